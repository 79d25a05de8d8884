"""What we post to NHN for an AlimTalk, and when the same may be posted again (B2, B10)."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from campaigns.senders.nhn_alimtalk import NhnAlimtalkSender
from domain.bubbles import Text
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, Unknown

from .conftest import ACCOUNT, NHN_KEYS, NHN_SENDER_KEY, NOTICE, NOW, addresses
from .fakes import Said, host
from .nhn_steps import LOST, REQUEST_ID, accepted, alimtalk_at, batch_of, listed, verdict

BATCH = batch_of(NOTICE, NOTICE)
SEEN = verdict(-1005)


async def test_the_request_is_the_documented_one() -> None:
    async with alimtalk_at([accepted()]) as (sender, one):
        ref = await sender.open(BATCH)
        assert (await sender.send(BATCH, ref)).ref == REQUEST_ID

        (asked,) = one.asked
        assert asked.method == "POST"
        assert asked.path == "/alimtalk/v2.3/appkeys/exampleAppKey/messages"
        assert asked.headers["X-Secret-Key"] == "FAKE-NHN-SECRET"
        assert asked.headers["Content-Type"] == "application/json;charset=UTF-8"
        assert asked.headers["X-NC-API-IDEMPOTENCY-KEY"] == ref
        assert orjson.loads(asked.body) == {
            "senderKey": NHN_SENDER_KEY,
            "templateCode": NOTICE.code,
            "senderGroupingKey": ref,
            "recipientList": [
                {
                    "recipientNo": f"0100000000{number}",
                    "templateParameter": {"보내는가게이름": "연남빵집"},
                    "resendParameter": {"isResend": False},
                    "recipientGroupingKey": f"7:{1000 + number}",
                }
                for number in (1, 2)
            ],
        }


async def test_who_was_refused_is_named_by_our_own_key() -> None:
    result = {"recipientSeq": 2, "resultCode": -5000, "recipientGroupingKey": "7:1002"}
    async with alimtalk_at([accepted(result)]) as (sender, _):
        sent = await sender.send(BATCH, await sender.open(BATCH))

    assert [(one.message_id, one.code) for one in sent.refused] == [(MessageId(1002), "-5000")]


async def test_each_start_has_a_key_of_its_own() -> None:
    """A key may be used up by a request that was turned away (providers.md F7)."""
    async with alimtalk_at([accepted()]) as (sender, _):
        assert await sender.open(BATCH) != await sender.open(BATCH)


async def test_what_was_lost_is_repeated_under_the_same_key_until_it_would_end() -> None:
    async with alimtalk_at([LOST, listed(), listed(), accepted()]) as (sender, one):
        ref = await sender.open(BATCH)
        with pytest.raises(Unknown):
            await sender.send(BATCH, ref)
        first, second = await sender.look(ACCOUNT, ref, {}), await sender.look(ACCOUNT, ref, {})
        await sender.send(BATCH, ref)

        assert first.is_accepted is second.is_accepted is False
        keys = [one.headers["X-NC-API-IDEMPOTENCY-KEY"] for one in (one.asked[0], one.asked[-1])]
        assert keys == [ref, ref]


@pytest.mark.parametrize(("minutes", "may"), [(7, False), (9, None), (600, None)])
async def test_after_ten_minutes_it_is_never_repeated(minutes: int, may: bool | None) -> None:
    clock = [NOW]
    async with host([listed()]) as one:
        sender = NhnAlimtalkSender(NHN_KEYS, lambda: clock[0], base_url=one.url)
        ref = await sender.open(BATCH)
        clock[0] += timedelta(minutes=minutes)

        progress = await sender.look(ACCOUNT, ref, addresses(BATCH))

        assert progress.is_accepted is may
        assert not progress.is_over
        await sender.close()


async def test_a_process_that_slept_after_it_looked_repeats_nothing() -> None:
    """Its key has ended meanwhile: the same once more would be a second message."""
    clock = [NOW]
    async with host([LOST, listed()]) as one:
        sender = NhnAlimtalkSender(NHN_KEYS, lambda: clock[0], base_url=one.url)
        ref = await sender.open(BATCH)
        with pytest.raises(Unknown):
            await sender.send(BATCH, ref)
        assert (await sender.look(ACCOUNT, ref, {})).is_accepted is False
        clock[0] += timedelta(minutes=30)

        with pytest.raises(Unknown, match="KEY_OLD"):
            await sender.send(BATCH, ref)

        assert [asked.method for asked in one.asked] == ["POST", "GET"]
        await sender.close()


async def test_however_many_were_opened_meanwhile_the_first_has_not_left() -> None:
    """Chunks that were put back are never sent: they must not push out one that waits."""
    async with alimtalk_at([accepted()]) as (sender, _):
        ref = await sender.open(BATCH)
        for _ in range(1_001):
            await sender.open(BATCH)

        await sender.remove(BATCH, ref, [MessageId(1002)])


async def test_what_was_opened_long_ago_is_forgotten() -> None:
    clock = [NOW]
    async with host([accepted()]) as one:
        sender = NhnAlimtalkSender(NHN_KEYS, lambda: clock[0], base_url=one.url)
        ref = await sender.open(BATCH)
        clock[0] += timedelta(minutes=11)
        await sender.open(BATCH)

        with pytest.raises(Retryable):
            await sender.remove(BATCH, ref, [MessageId(1002)])
        await sender.close()


@pytest.mark.parametrize("again", [SEEN, verdict(-3003), verdict(-1031), LOST])
async def test_a_refused_repetition_proves_nothing_of_the_first(again: Said) -> None:
    """Trap 5: -1005 means seen, not sent."""
    async with alimtalk_at([LOST, again]) as (sender, _):
        ref = await sender.open(BATCH)
        for _ in range(2):
            with pytest.raises(Unknown):
                await sender.send(BATCH, ref)


async def test_a_key_that_was_seen_before_is_asked_about() -> None:
    async with alimtalk_at([SEEN]) as (sender, _):
        with pytest.raises(Unknown):
            await sender.send(BATCH, await sender.open(BATCH))


async def test_nobody_is_taken_out_of_what_may_have_left() -> None:
    async with alimtalk_at([LOST]) as (sender, _):
        ref = await sender.open(BATCH)
        await sender.remove(BATCH, ref, [MessageId(1002)])
        with pytest.raises(Unknown):
            await sender.send(BATCH, ref)

        with pytest.raises(Retryable):
            await sender.remove(BATCH, ref, [MessageId(1002)])
        await sender.remove(BATCH, ref, [])


async def test_what_another_process_opened_may_have_left() -> None:
    async with alimtalk_at([LOST]) as (sender, _):
        ref = await sender.open(BATCH)
    async with alimtalk_at([verdict(-3003)]) as (other, _):
        with pytest.raises(Retryable):
            await other.remove(BATCH, ref, [MessageId(1002)])
        with pytest.raises(Unknown):
            await other.send(BATCH, ref)


async def test_one_number_twice_is_refused_once() -> None:
    """Nothing at NHN guards it (providers.md 0), so we do (I5)."""
    double = BATCH.people[1]._replace(address=BATCH.people[0].address)
    async with alimtalk_at([accepted()]) as (sender, one):
        batch = replace(BATCH, people=(BATCH.people[0], double))
        filled = await sender.fill(batch, await sender.open(batch))

        assert [one.message_id for one in filled.refused] == [MessageId(1002)]
        assert one.asked == []


@pytest.mark.parametrize("other", [Text("빵"), replace(NOTICE, code="OTHER")])
async def test_one_chunk_is_one_template(other: Text) -> None:
    batch = batch_of(NOTICE, other)
    async with alimtalk_at([accepted()]) as (sender, one):
        with pytest.raises(Rejected):
            await sender.send(batch, await sender.open(batch))
        assert one.asked == []
