"""The values of the pretend world: channels with bots, people, provider accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

Relation = Literal["ADDED", "BLOCKED", "NONE"]  # kakao-chatbot.md 5.2
IdType = Literal["app_user_id", "open_id"]

DEFAULT_PRICES: Mapping[str, int] = {  # providers.md D7; a sample, not a tariff
    "ATA": 13, "SMS": 20, "LMS": 50, "MMS": 200, "BMS_FREE": 25,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A channel and the bot behind it, as set up in the console."""

    bot_id: str
    name: str
    channel_public_id: str
    channel_uuid: str
    skill_url: str
    skill_header: tuple[str, str] = ("", "")
    rest_api_key: str = ""
    admin_key: str = ""
    webhook_url: str = ""
    blocks: Mapping[str, str] = field(default_factory=dict)  # block name -> block id
    events: Mapping[str, str] = field(default_factory=dict)  # event name -> block id
    fallback_block: str = ""
    welcome_block: str = ""
    image_url: str | None = None
    callback_blocks: frozenset[str] | set[str] = frozenset()
    is_dev: bool = False  # puts the `!` behind bot.id (kakao-chatbot.md 1.2)

    def block_name(self, block_id: str) -> str:
        for name, known in self.blocks.items():
            if known == block_id:
                return name
        for name, known in self.events.items():
            if known == block_id:
                return name
        named = {self.fallback_block: "폴백 블록", self.welcome_block: "웰컴 블록"}
        return named.get(block_id, "")

    def has_block(self, block_id: str) -> bool:
        return bool(self.block_name(block_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The two maps are filled by the world when a person first meets a bot."""

    person_id: str
    name: str
    phone: str
    app_user_id: str | None = None
    bot_user_keys: dict[str, str] = field(default_factory=dict)
    plusfriend_user_keys: dict[str, str] = field(default_factory=dict)
    # The consent item that turns open_id into app_user_id (kakao-chatbot.md 5.1).
    shares_channel_state: bool = True


@dataclass(slots=True, kw_only=True)
class SolapiAccount:
    """An account at the provider; the balance moves, so not frozen."""

    api_key: str
    api_secret: str
    webhook_url: str = ""
    webhook_secret: str = ""
    pf_ids: dict[str, str] = field(default_factory=dict)  # pfId -> bot id
    sender_numbers: set[str] = field(default_factory=set)
    balance_won: int = 0
    prices: dict[str, int] = field(default_factory=lambda: dict(DEFAULT_PRICES))
    templates: dict[str, str] = field(default_factory=dict)  # templateId -> text with #{name}
    # templateId -> PENDING, INSPECTING, APPROVED (where it is not named here) or REJECTED
    template_states: dict[str, str] = field(default_factory=dict)
    opt_outs: set[str] = field(default_factory=set)  # numbers that answered 080: code 1061
    scripts: dict[str, str] = field(default_factory=dict)  # number -> forced final code
    account_id: str = "26000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginApp:
    """An app that people sign in to with their Kakao account (kakao-chatbot.md 5.4)."""

    client_id: str  # the REST API key
    client_secret: str = ""  # empty: not switched on, so none is asked for
    redirect_uris: frozenset[str] = frozenset()  # compared letter by letter
    name: str = "연습용 앱"
    app_id: int = 100_000
    # Which consent items nobody may leave out.
    required: frozenset[str] = frozenset()


class RelationChange(NamedTuple):
    """A person's own doing; carried to the channel webhook (kakao-chatbot.md 5.1)."""

    event: Literal["added", "blocked"]
    person_id: str
    bot_id: str
    at: datetime
    resource_id: str
