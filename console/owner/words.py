"""What an owner wrote on the sending page, kept exactly until it is sent."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campaigns.booking import Draft
from console.forms import Form, read_moment
from console.owner.reward import whole
from domain.campaigns import BubbleKind, SenderName
from domain.money import Jeon
from domain.people import OfferId
from domain.refusals import Invalid
from domain.subsidy import FairOrder

WAYS = {
    "picture": (SenderName.KAKAO_EVENT, BubbleKind.PICTURE),
    "list": (SenderName.KAKAO_EVENT, BubbleKind.LIST),
    "text": (SenderName.SOLAPI, BubbleKind.TEXT),
}
NAME_MARK = "#{고객명}님, "
FORM_KEY_LENGTH = 40
ORDERS = frozenset(FairOrder)
NOTHING = Jeon(0)
KEY_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The form's fields as text; `key` names one visit to the form.

    `own_max_jeon` and `order` are chosen under the preview, where the money is short.
    """

    body: str
    way: str
    picture_id: str
    coupon: str
    is_later: bool
    due: str
    key: str
    own_max_jeon: Jeon = NOTHING
    order: FairOrder | None = None

    @property
    def form_key(self) -> str:
        """Equal only for the same words from the same form: a second press sends nothing
        twice, and words changed after sending are a new message. How the money is chosen is no
        part of it: the same words would reach the same people again."""
        due = self.due if self.is_later else ""
        parts = (self.key, self.body, self.way, self.picture_id, self.coupon, due)
        digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        return digest[:FORM_KEY_LENGTH]


def empty_words(picture_id: str | None, body: str = "", coupon: str = "") -> Words:
    return Words(
        body=body,
        way="picture" if picture_id else "list",
        picture_id=picture_id or "",
        coupon=coupon,
        is_later=False,
        due="",
        key=secrets.token_hex(KEY_BYTES),
    )


def read_words(form: Form) -> Words:
    return Words(
        body=form.raw("body").strip(),
        way=form.text("way"),
        picture_id=form.text("picture_id"),
        coupon=form.text("coupon"),
        is_later=form.text("when") == "later",
        due=form.text("due"),
        key=form.text("key")[:FORM_KEY_LENGTH] or secrets.token_hex(KEY_BYTES),
        own_max_jeon=_own_max(form),
        order=_order(form),
    )


def _own_max(form: Form) -> Jeon:
    """Only what the preview's button named; anything else is no agreement."""
    return Jeon(whole(form.text("own_max")) or 0)


def _order(form: Form) -> FairOrder | None:
    chosen = form.text("order")
    return FairOrder(chosen) if chosen in ORDERS else None


def pressed(words: Words, form: Form) -> Words:
    """The words after a tap on a sample sentence or on the name."""
    if sample := form.text("sample"):
        return replace(words, body=sample)
    if form.text("add") == "name" and NAME_MARK not in words.body:
        return replace(words, body=NAME_MARK + words.body)
    return words


def draft_of(words: Words, due_at: datetime | None, offered: Collection[SenderName]) -> Draft:
    """Raises Invalid for a way that is not offered, and for what names no coupon."""
    if words.way not in WAYS or WAYS[words.way][0] not in offered:
        raise Invalid({"bubble": "어떻게 보낼지 골라 주세요."})
    sender, bubble = WAYS[words.way]
    number = whole(words.coupon)
    if words.coupon and number is None:
        raise Invalid({"coupon": "함께 드릴 쿠폰을 골라 주세요."})
    return Draft(
        sender=sender,
        bubble=bubble,
        body=words.body,
        picture_id=(words.picture_id or None) if bubble is BubbleKind.PICTURE else None,
        due_at=due_at,
        offer_id=OfferId(number) if number is not None else None,
        own_max_jeon=words.own_max_jeon,
        fair_order=words.order,
    )


def due_of(words: Words, at: datetime) -> datetime | None:
    """When it shall leave, None for now. Raises Invalid for a time that cannot be."""
    if not words.is_later:
        return None
    due_at = read_moment(words.due, "due_at")
    if due_at < at - timedelta(minutes=1):
        raise Invalid({"due_at": "이미 지난 시각이에요. 앞으로 올 시각을 골라 주세요."})
    return due_at
