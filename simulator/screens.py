"""What stands on each screen: the street, a phone's list of chats, a chat, the record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from aiohttp import web

from simulator.chats import Chat, ChatEntry
from simulator.clock import KST, LEAPS
from simulator.drawing import Bubble, Button, bubbles, chips
from simulator.reading import AD_MARK, shown_text
from simulator.recording import HttpCall
from simulator.values import Bot, Person, Relation
from simulator.world import SMS_THREAD, World

ENTRIES_SHOWN_MAX = 120
PEOPLE_PAGE_MAX = 24
PREVIEW_LENGTH_MAX = 60
OTHERS_MAX = 5
CALLS_BESIDE_MAX = 50
DOORS = {
    "/": "시장 거리",
    "/feed": "오가는 요청",
    "/faults": "고장",
    "/switches": "스위치",
    "/guide": "안내",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """One entry of a chat with what its neighbors decide: day, name, time."""

    entry: ChatEntry
    side: str  # "mine", "theirs", "note"
    bubbles: list[Bubble]
    name: str
    is_first: bool
    is_last: bool
    day: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatScreen:
    person: Person
    thread: str
    bot: Bot | None  # none: text messages from a number
    title: str
    lines: list[ChatLine]
    chips: list[Button]
    relation: Relation
    version: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One line in a phone's list of chats."""

    thread: str
    bot: Bot | None
    title: str
    preview: str
    at: datetime | None
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    bot: Bot
    friends: int
    relation: Relation = "NONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    people: list[Person]
    query: str
    number: int
    total: int

    unread: Mapping[str, int]

    @property
    def has_next(self) -> bool:
        return self.number * PEOPLE_PAGE_MAX < self.total


def frame(world: World, request: web.Request) -> dict[str, object]:
    """What stands on top of every page."""
    path = request.path
    return {
        "now": world.now(),
        "here": request.path_qs,
        "leaps": LEAPS if world.is_pushable else {},
        "doors": [(url, words, path == url) for url, words in DOORS.items()],
    }


def chat_screen(world: World, person: Person, thread: str) -> ChatScreen:
    bot = world.bots.get(thread)
    title = bot.name if bot else thread.removeprefix(SMS_THREAD)
    chat = world.chat(person.person_id, thread)
    relation = world.relation(person.person_id, thread)
    return ChatScreen(
        person=person,
        thread=thread,
        bot=bot,
        title=title,
        lines=_lines(chat.entries[-ENTRIES_SHOWN_MAX:], title),
        chips=chips(chat.quick_replies),
        relation=relation,
        version=chat_version(chat, relation),
        now=world.now(),
    )


def chat_version(chat: Chat, relation: Relation) -> str:
    """Changes whenever the chat would be drawn otherwise."""
    labels = "".join(str(one.get("label")) for one in chat.quick_replies)
    return f"{len(chat.entries)}.{len(chat.quick_replies)}.{sum(map(ord, labels))}.{relation}"


def _lines(entries: list[ChatEntry], title: str) -> list[ChatLine]:
    sides = [_side(entry) for entry in entries]
    lines: list[ChatLine] = []
    for place, entry in enumerate(entries):
        before = entries[place - 1] if place else None
        after = entries[place + 1] if place + 1 < len(entries) else None
        lines.append(
            ChatLine(
                entry=entry,
                side=sides[place],
                bubbles=bubbles(entry.content) if entry.content else [],
                name=f"{AD_MARK} {title}" if entry.via == "brand" else title,
                is_first=before is None or not _belongs(before, entry),
                is_last=after is None or not _belongs(entry, after),
                day=None if before and _is_same_day(before, entry) else entry.at,
            )
        )
    return lines


def _side(entry: ChatEntry) -> str:
    return {"words": "mine", "message": "theirs"}.get(entry.kind, "note")


def _belongs(first: ChatEntry, second: ChatEntry) -> bool:
    """Same speaker, same minute: one name above, one time below."""
    return (
        _side(first) == _side(second)
        and (first.via == "brand") == (second.via == "brand")
        and first.at.replace(second=0, microsecond=0) == second.at.replace(second=0, microsecond=0)
    )


def _is_same_day(first: ChatEntry, second: ChatEntry) -> bool:
    return first.at.astimezone(KST).date() == second.at.astimezone(KST).date()


def threads(world: World, person: Person) -> list[Thread]:
    """Newest first, as the chat list of KakaoTalk."""
    found = [
        _thread(world, thread, chat)
        for thread, chat in world.chats_of(person.person_id)
        if chat.entries
    ]
    return sorted(found, key=lambda one: (one.at or world.now(), one.title), reverse=True)


def _thread(world: World, thread: str, chat: Chat) -> Thread:
    bot = world.bots.get(thread)
    last = chat.entries[-1]
    text = last.text or (shown_text(last.content) if last.content else "")
    return Thread(
        thread=thread,
        bot=bot,
        title=bot.name if bot else thread.removeprefix(SMS_THREAD),
        preview=" ".join(text.split())[:PREVIEW_LENGTH_MAX],
        at=last.at,
        unread=chat.unread,
    )


def threads_version(found: list[Thread], shops: list[Shop]) -> str:
    newest = found[0].at.isoformat() if found and found[0].at else ""
    relations = "".join(shop.relation[0] for shop in shops)
    return f"{len(found)}.{sum(one.unread for one in found)}.{newest}.{relations}"


def shops(world: World, person: Person | None = None) -> list[Shop]:
    return [
        Shop(
            bot=bot,
            friends=len(world.friends(bot.bot_id)),
            relation=world.relation(person.person_id, bot.bot_id) if person else "NONE",
        )
        for bot in world.bots.values()
    ]


def people_page(world: World, query: str, number: int) -> PeoplePage:
    found = list(_matching(world, query)) if query else None
    total = len(world.people) if found is None else len(found)
    source = iter(world.people.values()) if found is None else iter(found)
    start = (number - 1) * PEOPLE_PAGE_MAX
    shown = list(islice(source, start, start + PEOPLE_PAGE_MAX))
    unread = {one.person_id: world.unread_of(one.person_id) for one in shown}
    return PeoplePage(people=shown, query=query, number=number, total=total, unread=unread)


def others(world: World, person: Person) -> list[Person]:
    """A few more phones to pick up, those added after this one first."""
    ids = list(islice(world.people, OTHERS_MAX * 40))
    start = ids.index(person.person_id) + 1 if person.person_id in ids else 0
    around = [*ids[start : start + OTHERS_MAX], *ids[:OTHERS_MAX]]
    return [world.people[one] for one in around if one != person.person_id][:OTHERS_MAX]


def _matching(world: World, query: str) -> Iterator[Person]:
    digits = "".join(one for one in query if one.isdigit())
    for person in world.people.values():
        if query in person.name or (digits and digits in person.phone):
            yield person


def calls(world: World) -> list[HttpCall]:
    """The newest first, as many as stand beside a phone."""
    return list(islice(reversed(world.calls), CALLS_BESIDE_MAX))
