"""Blocks of the bot that do something: what is said through them still comes first."""

from collections.abc import Sequence

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlmodel import col

from bot.conversation import BY_BLOCK
from storage.desk import Tx
from storage.models.customers import Membership
from subsidy.channels import set_blocks
from tests.bot.conftest import SUNDAY_TEN, Bot

STANDING = select(
    col(Membership.advertising_since).is_not(None), col(Membership.paused_at).is_not(None)
)


@pytest_asyncio.fixture
async def blocks(bot: Bot) -> Bot:
    def name_all(tx: Tx) -> None:
        set_blocks(tx, bot.channel_id, {one: one for one in BY_BLOCK}, actor="x", at=SUNDAY_TEN)

    await bot.books.write(name_all)
    return bot


@pytest.mark.parametrize("does", sorted(BY_BLOCK))
@pytest.mark.parametrize(
    ("words", "standing"),
    [("광고 그만 보내세요", [False, False]), ("왜 자꾸 울려요", [True, True])],
)
async def test_a_refusal_is_heard_whatever_block_it_came_through(
    blocks: Bot, does: str, words: str, standing: Sequence[bool]
) -> None:
    """L11: Kakao chooses the block by likeness; the person chose the words."""
    chat = await blocks.joined()
    await chat.say(words, block={"id": does})

    assert await blocks.rows(STANDING) == [tuple(standing)]


async def test_what_is_open_is_answered_before_a_block_does_something(blocks: Bot) -> None:
    chat = blocks.chat
    await chat.say("가입", block={"id": "join"})
    said = await chat.say("네", block={"id": "help"})

    assert "단골이 되셨어요" in said.texts
    await chat.press("괜찮아요")
    assert "'내 정보'" in (await chat.say("눌렀어요", block={"id": "help"})).texts


async def test_a_block_that_stops_does_so_under_any_question(blocks: Bot) -> None:
    """Whatever is written on its button."""
    chat = await blocks.joined()
    await chat.say("이름 고치기")
    await chat.say("🔕", block={"id": "stop"})

    assert await blocks.rows(STANDING) == [(False, False)]
