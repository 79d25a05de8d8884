"""Whole conversations as a shop owner would tell them, over real HTTP on both databases."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.conversation import BY_BLOCK
from domain.people import ChannelId
from loyalty.invariants import earned_and_used_once
from storage.books import Books
from storage.desk import Tx
from subsidy.channels import set_blocks
from tests.bot.conftest import (
    SUNDAY_TEN,
    Bot,
    Chat,
    Clock,
    Said,
    Web,
    add_shop,
    open_shop,
    settings,
    whole,
)
from tests.bot.counter import Counter
from tests.bot.office import OFFICE_ACTS, Office
from tests.bot.script import Step, filled, matches, read_script, squeezed

FOLDER = Path(__file__).parent / "dialogues"
DIALOGUES = sorted(FOLDER.glob("*.txt"))
SPANS = {"초": "seconds", "분": "minutes", "시간": "hours", "일": "days"}
SPAN = re.compile(r"\+(\d+)(초|분|시간|일)")
CHATTING = ("손님", "(톡)")
AGAIN = " 다시"
"""`[손님 다시 누름]`: a button of an earlier answer that still stands in the chat."""


@dataclass(slots=True)
class Stage:
    """Everybody of one dialogue, and the digits that were seen so far."""

    bot: Bot
    chats: dict[str, Chat] = field(default_factory=dict)
    counters: dict[str, Counter] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    heard: dict[str, list[Said]] = field(default_factory=dict)
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        self.office = Office(self.bot)

    async def play(self, step: Step) -> None:
        words = filled(step.words, self.known)
        who = step.who.removesuffix(AGAIN)
        if who.endswith(CHATTING):
            self.heard.setdefault(who, []).append(said := await self._chat(step, words))
            self._check_said(step, said)
        elif who in OFFICE_ACTS:
            about = link_in(self.heard[words]) if who == "링크" else words
            self._check_done(step, await self.office.do(who, about))
        else:
            self._check_done(step, await self._happen(who, words))

    async def _chat(self, step: Step, words: str) -> Said:
        who = step.who.removesuffix(AGAIN)
        chat = self.chats.get(who)
        if chat is None:
            number = len(self.chats) + 1
            chat = replace(self.bot.chat, user=f"{number:066x}", app_user_id=f"90{number}")
            self.chats[who] = chat
        if step.is_block:
            return await chat.choose(block_id(words))
        if not step.is_press:
            return await chat.say(words)
        older = self.heard[who][:-1] if step.who.endswith(AGAIN) else self.heard.get(who, [])
        shown = [chat.last] if older == self.heard.get(who) else reversed(older)
        found = [one for said in shown if said for one in buttons(said) if one["label"] == words]
        button = found[0]
        return await chat.say(button["messageText"], button.get("extra"))

    async def _happen(self, who: str, words: str) -> str:
        owner = self.counters["사장님"]
        match who:
            case "단골" | "소식 듣는 단골" | "시간" | "가게":
                await self._set_scene(who, words)
                return ""
            case "날마다":
                return await owner.sweep()
            case "장부":
                return await owner.in_the_books()
            case "계산대(오프라인)":
                return await owner.keep(words)
            case "계산대":
                return await owner.send_list()
            case _:
                return await self.counters[who].do(words)

    async def _set_scene(self, what: str, words: str) -> None:
        if what == "시간":
            span = SPAN.fullmatch(words)
            assert span, words
            self.bot.clock.pass_(**{SPANS[span[2]]: int(span[1])})
        elif what == "가게":
            place = self.bot.market_id, self.bot.channel_id
            shop_id = await self.bot.books.write(add_shop, *place, words)
            self.counters[f"{words} 사장님"] = Counter(self.bot, shop_id)
        else:
            # The first of them is the one that everybody knows; the others are others.
            number = len(self.chats)
            other = {"user": f"{number:x}".rjust(66, "5"), "app_user_id": f"70{number}"}
            about = other if number else {}
            self.chats[words] = await self.bot.joined(hears=what != "단골", **about)

    def _check_said(self, step: Step, said: Said) -> None:
        assert said.status == 200
        bubbles = [squeezed(" ".join(texts(one))) for one in said.body["template"]["outputs"]]
        wanted = step.of("봇")
        assert len(wanted) == len(bubbles), (step, bubbles)
        for words, bubble in zip(wanted, bubbles, strict=True):
            assert matches(words, bubble, self.known), (step.number, words, bubble)
        labels = {one["label"] for one in buttons(said)}
        for words in step.of("단추"):
            assert set(words.split(" / ")) <= labels, (step.number, labels)
        for words in step.of("없음"):
            assert words not in " ".join(bubbles), (step.number, bubbles)

    def _check_done(self, step: Step, result: str) -> None:
        wanted = step.of("결과")
        assert wanted or not result, (step.number, result)
        for words in wanted:
            assert matches(words, result, self.known), (step.number, words, result)


def block_id(does: str) -> str:
    return does.replace("_", "-")


def name_blocks(tx: Tx, channel_id: ChannelId) -> None:
    """Every block that may do something does it."""
    blocks = {block_id(does): does for does in BY_BLOCK}
    set_blocks(tx, channel_id, blocks, actor="test", at=SUNDAY_TEN)


def texts(part: Any) -> Iterator[str]:
    """What a person reads in a bubble, in order; buttons left out."""
    match part:
        case str():
            yield part
        case list():
            for one in part:
                yield from texts(one)
        case dict():
            for name in ("text", "head", "header", "title", "itemList", "description", "items"):
                yield from texts(part.get(name))
            for name in ("simpleText", "textCard", "basicCard", "listCard", "itemCard", "carousel"):
                yield from texts(part.get(name))


def buttons(said: Said) -> list[dict[str, Any]]:
    """Quick replies, then the buttons of cards."""
    template = said.body["template"]
    found = list(template.get("quickReplies", []))
    for output in template["outputs"]:
        for card in output.values():
            found += card.get("buttons", [])
            for item in card.get("items", []):
                found += item.get("buttons", [])
    return found


def link_in(heard: list[Said]) -> str:
    """The last thing a chat's last link is about: its token."""
    links = [one["webLinkUrl"] for said in heard for one in buttons(said) if "webLinkUrl" in one]
    return str(links[-1]).rpartition("/")[2]


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
async def test_dialogue(
    path: Path,
    books: Books,
    clock: Clock,
    open_client: Callable[[web.Application], Awaitable[Web]],
) -> None:
    client = await open_client(whole(books, clock, settings()))
    bot = Bot(client, books, clock, *await books.write(open_shop))
    await books.write(name_blocks, bot.channel_id)
    stage = Stage(bot, counters={"사장님": Counter(bot, bot.shop_id)})
    for step in read_script(path):
        await stage.play(step)

    assert await books.read(earned_and_used_once) == []
