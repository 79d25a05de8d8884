"""The channel webhook: the key, the id seen once, any order, ids that join to nobody."""

import asyncio

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.handlers.consent import AGREE
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.journal import InboundEvent
from tests.bot.conftest import ADMIN_KEY, Bot, Json, load

FRIEND = select(col(Customer.friend))
HEARS = select(col(Membership.advertising_since), col(Membership.withdrawn_at))
KEPT = select(
    col(InboundEvent.external_id), col(InboundEvent.kind), col(InboundEvent.customer_id)
).order_by(col(InboundEvent.id))


async def tell(
    bot: Bot, body: object, resource_id: str | None = "R-1", key: str = f"KakaoAK {ADMIN_KEY}"
) -> int:
    headers = {"Authorization": key}
    if resource_id is not None:
        headers["X-Kakao-Resource-ID"] = resource_id
    async with bot.client.post("/kakao/channel", json=body, headers=headers) as response:
        await response.read()
        return response.status


@pytest.mark.parametrize("name", ["blocked.json", "blocked_old_names.json"])
async def test_a_block_is_a_refusal(bot: Bot, name: str) -> None:
    """L4; the deprecated names mean the same."""
    await bot.joined()
    bot.clock.pass_(hours=2)

    assert await tell(bot, load(name)) == 200
    assert await bot.rows(FRIEND) == [("blocked",)]
    assert await bot.rows(HEARS) == [(None, bot.clock.at)]


async def test_adding_again_restores_nothing(bot: Bot) -> None:
    """I9"""
    await bot.joined()
    bot.clock.pass_(hours=3)
    await tell(bot, load("blocked.json"))
    again = load("added.json") | {"updated_at": "2026-11-22T03:00:00Z"}

    assert await tell(bot, again, "R-2") == 200
    assert await bot.rows(FRIEND) == [("added",)]
    assert (await bot.rows(HEARS))[0][0] is None


async def test_the_same_id_is_taken_once(bot: Bot) -> None:
    chat = await bot.joined()
    bot.clock.pass_(hours=2)
    await tell(bot, load("blocked.json"))
    await chat.say("네, 소식 받을래요", {"do": AGREE, "shop": str(bot.shop_id)})
    statuses = await asyncio.gather(*(tell(bot, load("blocked.json")) for _ in range(5)))

    assert set(statuses) == {200}
    assert len(await bot.rows(KEPT)) == 1
    assert (await bot.rows(HEARS))[0][0] is not None


async def test_older_news_is_ignored(bot: Bot) -> None:
    await bot.joined()
    bot.clock.pass_(hours=4)
    newer = load("added.json") | {"updated_at": "2026-11-22T04:30:00Z"}
    await tell(bot, newer, "R-2")
    await tell(bot, load("blocked.json"), "R-1")

    assert await bot.rows(FRIEND) == [("added",)]
    assert len(await bot.rows(KEPT)) == 2


async def test_an_add_in_the_same_second_as_the_last_words_is_newer(bot: Bot) -> None:
    """Kakao tells whole seconds; the words before came half a second into this one."""
    bot.clock.at = bot.clock.at.replace(microsecond=500_000)
    await bot.joined(is_friend=False)
    told_at = bot.clock.at.replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    bot.clock.pass_(milliseconds=200)

    await tell(bot, load("added.json") | {"updated_at": told_at})

    assert await bot.rows(FRIEND) == [("added",)]


async def test_a_clock_ahead_of_ours_does_not_silence_later_news(bot: Bot) -> None:
    await bot.joined()
    bot.clock.pass_(hours=1)
    await tell(bot, load("added.json") | {"updated_at": "2031-01-01T00:00:00Z"}, "R-1")
    bot.clock.pass_(hours=2)
    await tell(bot, load("blocked.json"), "R-2")

    assert await bot.rows(FRIEND) == [("blocked",)]


@pytest.mark.parametrize(
    "change", [{"id_type": "open_id", "id": "oQ2x"}, {"id": "999"}, {"id_type": "something_new"}]
)
async def test_an_id_that_joins_to_nobody_is_kept_and_harmless(bot: Bot, change: Json) -> None:
    await bot.joined()
    bot.clock.pass_(hours=2)

    assert await tell(bot, load("blocked.json") | change) == 200
    assert await bot.rows(KEPT) == [("R-1", "blocked", None)]
    assert (await bot.rows(HEARS))[0][0] is not None


async def test_an_open_id_event_as_it_was_captured(bot: Bot) -> None:
    assert await tell(bot, load("added_open_id.json")) == 200


@pytest.mark.parametrize("key", ["", "KakaoAK wrong", ADMIN_KEY, f"Bearer {ADMIN_KEY}", "KakaoAK "])
async def test_a_wrong_key_is_turned_away(bot: Bot, key: str) -> None:
    assert await tell(bot, load("added.json"), key=key) == 401
    assert await bot.rows(KEPT) == []


async def test_an_unknown_channel_is_not_found(bot: Bot) -> None:
    assert await tell(bot, load("added.json") | {"channel_public_id": "_nobody"}) == 404


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"event": "renamed"},
        load("added.json") | {"event": None},
        load("added.json") | {"id": ""},
        load("added.json") | {"id_type": None},
        load("added.json") | {"channel_public_id": 5.5},
        load("added.json") | {"updated_at": "yesterday"},
        load("added.json") | {"updated_at": "9" * 30},
        load("added.json") | {"id": "x" * 101},
    ],
)
async def test_missing_or_odd_fields_are_refused(bot: Bot, body: object) -> None:
    assert await tell(bot, body) == 400
    assert await bot.rows(KEPT) == []


@pytest.mark.parametrize("resource_id", [None, "", "r" * 101])
async def test_a_webhook_needs_its_own_id(bot: Bot, resource_id: str | None) -> None:
    assert await tell(bot, load("added.json"), resource_id) == 400


async def test_a_block_withdraws_once_and_says_how(bot: Bot) -> None:
    await bot.joined()
    bot.clock.pass_(hours=2)
    await tell(bot, load("blocked.json"))

    pressed = select(col(ConsentChoice.pressed)).where(col(ConsentChoice.choice) == "withdrawn")
    assert await bot.rows(pressed) == [("channel blocked",)]
