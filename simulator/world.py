"""The state of the pretend world, in memory: who exists, who is whose friend, who got what."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from simulator.chats import Chat, ChatEntry
from simulator.clock import Now
from simulator.handset import Delivery, Handset
from simulator.nhn_account import NhnAccount
from simulator.recording import HttpCall
from simulator.values import Bot, LoginApp, Person, Relation, RelationChange, SolapiAccount

__all__ = [
    "Bot", "Chat", "ChatEntry", "Delivery", "Handset", "HttpCall", "Person", "SolapiAccount", "World",
]  # fmt: skip

CALLS_KEPT_MAX = 500
BOT_USER_KEY_BYTES = 33  # 66 hex characters in every capture (kakao-chatbot.md 1.3)
PLUSFRIEND_KEY_LENGTH = 12
APP_USER_ID_DIGITS = 10
ALPHANUMERICS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# A text message has no channel; its thread on the phone is the sender's number.
SMS_THREAD = "sms:"

Listener = Callable[[RelationChange], None]


@dataclass(slots=True)
class Friendships:
    """Sets per bot, because a send of 10,000 messages asks about one bot 10,000 times."""

    added: dict[str, set[str]] = field(default_factory=dict)
    blocked: dict[str, set[str]] = field(default_factory=dict)
    changed_at: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def move(self, person_id: str, bot_id: str, to: Relation, at: datetime) -> None:
        self.added.setdefault(bot_id, set()).discard(person_id)
        self.blocked.setdefault(bot_id, set()).discard(person_id)
        if to == "ADDED":
            self.added[bot_id].add(person_id)
        elif to == "BLOCKED":
            self.blocked[bot_id].add(person_id)
        self.changed_at[person_id, bot_id] = at


class World:
    def __init__(self, now: Now, seed: int = 0) -> None:
        self.now = now
        self.seed = seed
        self.listeners: list[Listener] = []
        self.is_pushable = False  # whether the pages may push its clock
        self.reset()

    def reset(self) -> None:
        """Forgets everybody; listeners stay, they belong to the running program."""
        self.bots: dict[str, Bot] = {}
        self.people: dict[str, Person] = {}
        self.accounts: dict[str, SolapiAccount] = {}
        self.nhn_accounts: dict[str, NhnAccount] = {}
        self.apps: dict[str, LoginApp] = {}
        self.handset = Handset()
        self.calls: deque[HttpCall] = deque(maxlen=CALLS_KEPT_MAX)
        self.calls_seen = 0
        self._friendships = Friendships()
        self._chats: dict[tuple[str, str], Chat] = {}
        self._threads: dict[str, list[str]] = {}
        self._by_phone: dict[str, str] = {}
        self._by_key: dict[tuple[str, str, str], str] = {}
        self._resources = 0

    # Who exists

    def add_bot(self, bot: Bot) -> Bot:
        self.bots[bot.bot_id] = bot
        return bot

    def bot(self, bot_id: str) -> Bot:
        """The `!` of a development channel may stand behind the id (kakao-chatbot.md 4.1)."""
        return self.bots[bot_id.removesuffix("!")]

    def add_account(self, account: SolapiAccount) -> SolapiAccount:
        self.accounts[account.api_key] = account
        return account

    def add_nhn_account(self, account: NhnAccount) -> NhnAccount:
        self.nhn_accounts[account.appkey] = account
        return account

    def add_app(self, app: LoginApp) -> LoginApp:
        self.apps[app.client_id] = app
        return app

    def add_person(
        self,
        *,
        name: str,
        phone: str,
        person_id: str | None = None,
        app_user_id: str | None = None,
        bot_user_keys: Mapping[str, str] | None = None,
        shares_channel_state: bool = True,
    ) -> Person:
        person = Person(
            person_id=person_id or f"p{len(self.people) + 1}",
            name=name,
            phone=phone,
            app_user_id=app_user_id,
            shares_channel_state=shares_channel_state,
        )
        if person.person_id in self.people:
            raise ValueError(f"person {person.person_id} exists")
        self.people[person.person_id] = person
        self._by_phone[phone] = person.person_id
        if app_user_id:
            self._by_key["appUserId", "", app_user_id] = person.person_id
        for bot_id, key in (bot_user_keys or {}).items():
            self._learn_key(person, bot_id, key)
        return person

    def connect(self, person_id: str) -> Person:
        """Known to the app from the first login on: the skill's appUserId is the login's `sub`."""
        person = self.people[person_id]
        if not person.app_user_id:
            digits = str(int.from_bytes(self._digest("app", person_id)[:8]))[:APP_USER_ID_DIGITS]
            person = replace(person, app_user_id="3" + digits[1:])
            self._replace_person(person)
        return person

    def share_channel_state(self, person_id: str, *, shares: bool) -> None:
        """The consent item that the webhook's id_type depends on (5.1)."""
        self._replace_person(replace(self.people[person_id], shares_channel_state=shares))

    def _replace_person(self, person: Person) -> None:
        self.people[person.person_id] = person
        if person.app_user_id:
            self._by_key["appUserId", "", person.app_user_id] = person.person_id

    def person(self, person_id: str) -> Person:
        return self.people[person_id]

    def person_by_phone(self, phone: str) -> Person | None:
        person_id = self._by_phone.get(phone)
        return self.people[person_id] if person_id else None

    def person_id_by_phone(self, phone: str) -> str | None:
        return self._by_phone.get(phone)

    def person_by_key(self, bot_id: str, kind: str, key: str) -> Person | None:
        """`kind` as the Event API names it: botUserKey, plusfriendUserKey, appUserId."""
        scope = "" if kind == "appUserId" else bot_id
        person_id = self._by_key.get((kind, scope, key))
        return self.people[person_id] if person_id else None

    def bot_user_key(self, person_id: str, bot_id: str) -> str:
        """Another bot, another key for the same person; the same seed, the same key."""
        person = self.people[person_id]
        if bot_id not in person.bot_user_keys:
            self._learn_key(person, bot_id, self._digest("bot", person_id, bot_id).hex())
        return person.bot_user_keys[bot_id]

    def plusfriend_user_key(self, person_id: str, bot_id: str) -> str:
        person = self.people[person_id]
        if bot_id not in person.plusfriend_user_keys:
            digest = self._digest("plusfriend", person_id, bot_id)
            key = "".join(ALPHANUMERICS[b % 62] for b in digest[:PLUSFRIEND_KEY_LENGTH])
            person.plusfriend_user_keys[bot_id] = key
            self._by_key["plusfriendUserKey", bot_id, key] = person_id
        return person.plusfriend_user_keys[bot_id]

    def builder_key(self, bot_id: str) -> str:
        """The tester inside the builder is a user of the bot, but nobody's friend."""
        return self._digest("builder", bot_id).hex()

    def open_id(self, person_id: str) -> str:
        return self._digest("open", person_id).hex()[:32]

    def _learn_key(self, person: Person, bot_id: str, key: str) -> None:
        person.bot_user_keys[bot_id] = key
        self._by_key["botUserKey", bot_id, key] = person.person_id

    def _digest(self, *parts: str) -> bytes:
        text = "|".join((str(self.seed), *parts)).encode()
        return hashlib.blake2b(text, digest_size=BOT_USER_KEY_BYTES).digest()

    # Who is whose friend

    def add_friend(self, person_id: str, bot_id: str, *, notify: bool = False) -> None:
        """`notify`: the person did it on the phone, so the channel webhook is called."""
        self._relate(person_id, bot_id, "ADDED")
        self.bot_user_key(person_id, bot_id)
        if notify:
            self._tell("added", person_id, bot_id)

    def block(self, person_id: str, bot_id: str, *, notify: bool = False) -> None:
        self._relate(person_id, bot_id, "BLOCKED")
        if notify:
            self._tell("blocked", person_id, bot_id)

    def unblock(self, person_id: str, bot_id: str, *, notify: bool = False) -> None:
        """Neither friend nor blocker; the webhook knows only `added` and `blocked` (5.1)."""
        del notify
        self._relate(person_id, bot_id, "NONE")

    def leave(self, person_id: str, bot_id: str, *, notify: bool = False) -> None:
        """The chat room goes, the friendship stays; no webhook is documented for it."""
        del notify
        self._chats.pop((person_id, bot_id), None)
        if bot_id in self._threads.get(person_id, ()):
            self._threads[person_id].remove(bot_id)

    def _relate(self, person_id: str, bot_id: str, relation: Relation) -> None:
        if person_id not in self.people or bot_id not in self.bots:
            raise KeyError(f"{person_id} or {bot_id} is unknown")
        self._friendships.move(person_id, bot_id, relation, self.now())

    def _tell(self, event: Literal["added", "blocked"], person_id: str, bot_id: str) -> None:
        self._resources += 1
        resource = self._digest("resource", str(self._resources)).hex()[:32]
        change = RelationChange(event, person_id, bot_id, self.now(), resource)
        for listener in self.listeners:
            listener(change)

    def is_friend(self, person_id: str, bot_id: str) -> bool:
        return person_id in self._friendships.added.get(bot_id, ())

    def is_blocked(self, person_id: str, bot_id: str) -> bool:
        return person_id in self._friendships.blocked.get(bot_id, ())

    def relation(self, person_id: str, bot_id: str) -> Relation:
        if self.is_friend(person_id, bot_id):
            return "ADDED"
        return "BLOCKED" if self.is_blocked(person_id, bot_id) else "NONE"

    def related_at(self, person_id: str, bot_id: str) -> datetime | None:
        return self._friendships.changed_at.get((person_id, bot_id))

    def friends(self, bot_id: str) -> set[str]:
        return self._friendships.added.get(bot_id, set())

    def bot_id_of_channel(self, channel_public_id: str) -> str | None:
        for bot in self.bots.values():
            if bot.channel_public_id == channel_public_id:
                return bot.bot_id
        return None

    # Who got what

    def chat(self, person_id: str, bot_id: str) -> Chat:
        key = (person_id, bot_id)
        chat = self._chats.get(key)
        if chat is None:
            chat = self._chats[key] = Chat()
            self._threads.setdefault(person_id, []).append(bot_id)
        return chat

    def chats_of(self, person_id: str) -> Iterator[tuple[str, Chat]]:
        for bot_id in self._threads.get(person_id, ()):
            yield bot_id, self._chats[person_id, bot_id]

    def unread_of(self, person_id: str) -> int:
        return sum(chat.unread for _, chat in self.chats_of(person_id))

    def record(self, call: HttpCall) -> None:
        self.calls.append(call)
        self.calls_seen += 1

    def calls_after(self, number: int) -> list[tuple[int, HttpCall]]:
        """Those still kept that came after the one of this number, oldest first."""
        first = self.calls_seen - len(self.calls) + 1
        start = max(number + 1 - first, 0)
        return [(first + place, self.calls[place]) for place in range(start, len(self.calls))]

    def call_of(self, number: int) -> HttpCall | None:
        place = number - (self.calls_seen - len(self.calls) + 1)
        return self.calls[place] if 0 <= place < len(self.calls) else None

    def instant(self) -> datetime:
        return self.now()
