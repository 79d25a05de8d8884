"""Campaigns, runs, chunks and messages: their states and the values passed between steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.bubbles import Bubble, Button
from domain.people import ChannelId, ChunkId, CustomerId, MessageId, RunId, ShopId
from domain.refusals import Conflict

BODY_MAX = 120
"""What an owner may write: with its marks it still fits KakaoTalk's smallest card (230)."""

LATE_AFTER_DEFAULT = timedelta(hours=2)
"""A campaign that could not start for this long does not leave late; it asks."""


class SenderName(StrEnum):
    """A way to a person: a provider, and what it carries for us there."""

    KAKAO_EVENT = "kakao_event"
    SOLAPI = "solapi"
    SOLAPI_ALIMTALK = "solapi_alimtalk"
    SOLAPI_LMS = "solapi_lms"
    NHN = "nhn"
    NHN_ALIMTALK = "nhn_alimtalk"


class Product(StrEnum):
    """What a way carries: the law, the hours and the address depend on it, not on the provider."""

    EVENT = "event"
    BRAND = "brand"
    ALIMTALK = "alimtalk"
    LMS = "lms"


PRODUCTS: Mapping[SenderName, Product] = {
    SenderName.KAKAO_EVENT: Product.EVENT,
    SenderName.SOLAPI: Product.BRAND,
    SenderName.SOLAPI_ALIMTALK: Product.ALIMTALK,
    SenderName.SOLAPI_LMS: Product.LMS,
    SenderName.NHN: Product.BRAND,
    SenderName.NHN_ALIMTALK: Product.ALIMTALK,
}

BRAND_SENDERS = tuple(name for name, product in PRODUCTS.items() if product is Product.BRAND)


class BubbleKind(StrEnum):
    """How a message is drawn. `WIDE`: a wide picture over one short line; `ITEMS`: several things,
    a line and a small picture each; `SLIDES`: cards to push along; `GOODS`: one thing and its
    price; `NOTICE`: an inspected template (AlimTalk).
    """

    PICTURE = "picture"
    LIST = "list"
    TEXT = "text"
    WIDE = "wide"
    ITEMS = "items"
    SLIDES = "slides"
    GOODS = "goods"
    NOTICE = "notice"


class MessageKind(StrEnum):
    """What a message is, for price and for what a grant may pay."""

    ADVERTISEMENT = "advertisement"
    INFORMATION = "information"


class CampaignState(StrEnum):
    """`CANCELED` before it began, `STOPPED` after; `MISSED` and `STUCK` ask the owner."""

    BOOKED = "booked"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELED = "canceled"
    STOPPED = "stopped"
    MISSED = "missed"
    STUCK = "stuck"


class PauseReason(StrEnum):
    """Who or what holds a running campaign; `WAY`: no account or no money at its provider."""

    OWNER = "owner"
    ERRORS = "errors"
    HALT = "halt"
    WAY = "way"


class ChunkState(StrEnum):
    """`GATHERED` waits for the rest of its run and for its money, `PAUSED` for a person.
    `STARTED` is the point of no return: from there on we ask, never send again.
    """

    GATHERED = "gathered"
    PLANNED = "planned"
    PAUSED = "paused"
    STARTED = "started"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    SETTLED = "settled"


class MessageState(StrEnum):
    """`WAITING` covers planned and sent: which of them follows from the chunk."""

    WAITING = "waiting"
    REFUSED = "refused"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


NO_MONEY = "MONEY"
"""Why somebody was left out: the money did not reach them, in the order the owner chose."""

HELD_OUT = "HOLDOUT"
"""Why somebody was left out: by lot, so that the others' visits can be compared with theirs."""

SAME_NUMBER = ("SAME_NUMBER", "1026")
"""Why somebody was left out: another of the same run has their number, and gets it there. Ours,
where a provider guards nothing, and SOLAPI's."""

FINAL_STATES = (
    MessageState.REFUSED,
    MessageState.DELIVERED,
    MessageState.FAILED,
    MessageState.CANCELED,
)


class CampaignEvent(StrEnum):
    START = "start"
    FINISH = "finish"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    COME_TOO_LATE = "come_too_late"
    LACK = "lack"


CAMPAIGN_MOVES: Mapping[CampaignState, Mapping[CampaignEvent, CampaignState]] = {
    CampaignState.BOOKED: {
        CampaignEvent.START: CampaignState.RUNNING,
        CampaignEvent.CANCEL: CampaignState.CANCELED,
        CampaignEvent.COME_TOO_LATE: CampaignState.MISSED,
        CampaignEvent.LACK: CampaignState.STUCK,
    },
    CampaignState.RUNNING: {
        CampaignEvent.PAUSE: CampaignState.PAUSED,
        CampaignEvent.STOP: CampaignState.STOPPED,
        CampaignEvent.FINISH: CampaignState.FINISHED,
        # Its people are gathered first, and then there is no money for them.
        CampaignEvent.LACK: CampaignState.STUCK,
    },
    CampaignState.PAUSED: {
        CampaignEvent.RESUME: CampaignState.RUNNING,
        CampaignEvent.STOP: CampaignState.STOPPED,
        # What had left before the pause was all that there was.
        CampaignEvent.FINISH: CampaignState.FINISHED,
    },
    CampaignState.FINISHED: {},
    CampaignState.CANCELED: {},
    CampaignState.STOPPED: {},
    CampaignState.MISSED: {CampaignEvent.CANCEL: CampaignState.CANCELED},
    CampaignState.STUCK: {CampaignEvent.CANCEL: CampaignState.CANCELED},
}


def next_state(state: CampaignState, event: CampaignEvent) -> CampaignState:
    """The state after an event; raises Conflict when the campaign is past it."""
    try:
        return CAMPAIGN_MOVES[state][event]
    except KeyError:
        raise Conflict("campaign_state", state=state, event=event) from None


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button of the owner's own: where it leads, and what stands on it (K11)."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a sender needs to speak in a channel's name."""

    channel_id: ChannelId
    bot_id: str
    rest_api_key: str = field(repr=False)
    event_name: str
    pf_id: str | None
    nhn_sender_key: str | None = field(default=None, repr=False)
    opt_out_number: str | None = None


class Outgoing(NamedTuple):
    """One person's message, ready to leave; `address` is a chat key or a phone number.

    `why_url` and the owner's own `button` are for a bubble that cannot hold its buttons.
    """

    message_id: MessageId
    customer_id: CustomerId
    address: str
    bubble: Bubble
    why_url: str | None = None
    button: Button | None = None

    def __repr__(self) -> str:
        """Without the address: what is logged names nobody."""
        return f"Outgoing(message_id={self.message_id})"


class Shot(NamedTuple):
    """A picture of ours as a bubble shows it: under this address, cut for this shape
    (`PictureShape`).
    """

    url: str
    picture_id: str
    shape: str


class CouponPart(NamedTuple):
    """What a brand message says of the coupon that comes along (providers.md D4)."""

    title: str
    description: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One chunk as a sender sees it.

    `shots` are the pictures that its bubbles show, and `pictures` what the provider calls them:
    by address and shape, for as many as it keeps already.
    """

    shop_id: ShopId
    run_id: RunId
    chunk_id: ChunkId
    send_key: str
    account: Account
    people: tuple[Outgoing, ...]
    coupon: CouponPart | None = None
    shots: tuple[Shot, ...] = ()
    pictures: Mapping[tuple[str, str], str] = field(default_factory=dict)


class Outcome(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Report(NamedTuple):
    """What became of one message.

    `is_opt_out`: the provider's own list of refusals; `is_stranger`: no friend of the channel.
    """

    message_id: MessageId
    outcome: Outcome
    code: str
    is_charged: bool
    is_opt_out: bool = False
    is_stranger: bool = False


class Sent(NamedTuple):
    """The reference to ask by, and whom the provider refused in the same answer."""

    ref: str
    refused: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a provider says of a chunk when asked.

    `is_accepted` is None when it cannot tell; `is_over` means nothing more will be reported,
    so that who is in no report stays unknown. `ref` is what the provider itself calls it, where it
    was asked about by a name of ours.
    """

    is_accepted: bool | None
    is_over: bool
    reports: tuple[Report, ...] = ()
    ref: str | None = None


CHUNK_SIZE: Mapping[SenderName, int] = {
    SenderName.KAKAO_EVENT: 100,  # kakao-chatbot.md 4.1: at most 100 users a request
    SenderName.SOLAPI: 1_000,  # providers.md A6 allows 10,000; smaller stops sooner
    SenderName.SOLAPI_ALIMTALK: 1_000,
    SenderName.SOLAPI_LMS: 1_000,
    SenderName.NHN: 1_000,  # providers.md B4
    SenderName.NHN_ALIMTALK: 1_000,  # providers.md B2
}
"""People per chunk: one provider request each."""

PEOPLE_A_SECOND: Mapping[SenderName, int] = {
    name: 50 if name is SenderName.KAKAO_EVENT else 200 for name in SenderName
}
"""A careful guess of what leaves in a second, to tell an owner how long it takes: neither limit is
documented. While it leaves, the sender's answers decide.
"""

BRAND_BUBBLES = (
    BubbleKind.TEXT,
    BubbleKind.PICTURE,
    BubbleKind.WIDE,
    BubbleKind.ITEMS,
    BubbleKind.SLIDES,
    BubbleKind.GOODS,
)

BUBBLES: Mapping[SenderName, tuple[BubbleKind, ...]] = {
    SenderName.KAKAO_EVENT: (BubbleKind.PICTURE, BubbleKind.LIST),
    SenderName.SOLAPI: BRAND_BUBBLES,
    SenderName.SOLAPI_ALIMTALK: (),
    SenderName.SOLAPI_LMS: (BubbleKind.TEXT,),
    SenderName.NHN: BRAND_BUBBLES,
    SenderName.NHN_ALIMTALK: (),
}
"""How each sender can draw an advertisement (kakao-chatbot.md 4.3, providers.md D4)."""
