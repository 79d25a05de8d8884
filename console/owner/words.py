"""What an owner wrote on the sending page, kept exactly until it is sent."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from campaigns.booking import Draft
from campaigns.catalog import find_line
from console.forms import Form
from console.owner.parts_typed import (
    Rows,
    kept_rows,
    parts_of,
    pressed_rows,
    read_rows,
    rows_of,
)
from console.owner.people_chosen import PeopleWords, people_of, people_words
from console.owner.reward import whole
from console.owner.shapes import ALONE, carrier_of, limits_of, shape_of
from console.owner.when_chosen import WhenWords, when_words
from domain.addresses import ADDRESS_MAX, LABEL_MAX, read_button
from domain.campaigns import BubbleKind, SenderName
from domain.checking import Frame, mend
from domain.money import Jeon
from domain.people import OfferId
from domain.refusals import Invalid
from domain.subsidy import FairOrder

NAME_MARK = "#{고객명}님, "
LABEL_FOR_MOVED = "자세히 보기"
FORM_KEY_LENGTH = 40
ORDERS = frozenset(FairOrder)
SENDERS = frozenset(SenderName)
NOTHING = Jeon(0)
KEY_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The form's fields as text; `key` names one visit to the form.

    `way` is the shape (console/owner/shapes.py), `sender` the way its owner insists on, empty for
    the program's own order of ways. `rows` are the parts of a shape that has them. `own_max_jeon` and `order` are chosen under the preview, where the money is short.
    """

    body: str
    way: str
    picture_id: str
    coupon: str
    key: str
    label: str = ""
    link: str = ""
    sender: str = ""
    rows: Rows = ()
    people: PeopleWords = field(default_factory=PeopleWords)
    when: WhenWords = field(default_factory=WhenWords)
    own_max_jeon: Jeon = NOTHING
    order: FairOrder | None = None

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """What hidden fields carry on: everything but how the money is chosen."""
        own = ("key", "body", "way", "picture_id", "coupon", "label", "link")
        texts = ((name, str(getattr(self, name))) for name in own)
        insisted = (("sender", self.sender),) if self.sender else ()
        return (*texts, *insisted, *kept_rows(self.rows), *self.people.kept, *self.when.kept)

    @property
    def form_key(self) -> str:
        """Equal only for the same words from the same form: a second press sends nothing
        twice, and words changed after sending are a new message. How the money is chosen is no
        part of it, nor by which way: the same words would reach the same people again."""
        return key_of(*(part for pair in self.kept if pair[0] != "sender" for part in pair))


def key_of(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:FORM_KEY_LENGTH]


def empty_words(picture_id: str | None, body: str = "", coupon: str = "") -> Words:
    return Words(
        body=body,
        way=BubbleKind.PICTURE if picture_id else ALONE,
        picture_id=picture_id or "",
        coupon=coupon,
        key=secrets.token_hex(KEY_BYTES),
    )


def words_of(draft: Draft, picture_id: str | None) -> Words:
    """A kept message in a new form; without a picture of its own it finds the shop's."""
    shape = shape_of(draft.bubble)
    words = empty_words(draft.picture_id or picture_id, draft.body, str(draft.offer_id or ""))
    is_bare = shape is BubbleKind.PICTURE and not words.picture_id
    button = draft.button
    return replace(
        words,
        way=ALONE if is_bare else shape,
        rows=rows_of(draft.parts),
        label=button.label if button else "",
        link=button.url if button else "",
    )


def read_words(form: Form) -> Words:
    return Words(
        body=form.raw("body").strip(),
        way=form.text("way"),
        picture_id=form.text("picture_id"),
        coupon=form.text("coupon"),
        key=form.text("key")[:FORM_KEY_LENGTH] or secrets.token_hex(KEY_BYTES),
        label=form.text("label")[: 2 * LABEL_MAX],
        link=form.text("link")[: 2 * ADDRESS_MAX],
        sender=_sender(form),
        rows=read_rows(form),
        people=people_words(form),
        when=when_words(form),
        own_max_jeon=_own_max(form),
        order=_order(form),
    )


def _sender(form: Form) -> str:
    """What names no way insists on none."""
    chosen = form.text("sender")
    return chosen if chosen in SENDERS else ""


def _own_max(form: Form) -> Jeon:
    """Only what the preview's button named; anything else is no agreement."""
    return Jeon(whole(form.text("own_max")) or 0)


def _order(form: Form) -> FairOrder | None:
    chosen = form.text("order")
    return FairOrder(chosen) if chosen in ORDERS else None


def pressed(words: Words, form: Form, frame: Frame) -> Words:
    """The words after a tap on a sample sentence, on the name, on 저절로 고치기, or on a button of
    one of the parts.
    """
    if press := form.text("part"):
        return replace(words, rows=pressed_rows(words.rows, press, limits_of(words.way)))
    if line := find_line(form.text("sample")):
        return replace(words, body=line.text)
    if form.text("add") == "name" and NAME_MARK not in words.body:
        return replace(words, body=NAME_MARK + words.body)
    if rule := form.text("mend"):
        body, moved = mend(words.body, rule, frame)
        words = replace(words, body=body)
        if moved and not words.link:
            return replace(words, link=moved, label=words.label or LABEL_FOR_MOVED)
    return words


def draft_of(words: Words, offered: Collection[SenderName]) -> Draft:
    """The message and to whom; when is settled apart, and whether its parts can be sent.

    Raises Invalid with everything that is wrong: a shape that is not offered, what names no
    coupon, a button nobody could press, people that cannot be meant.
    """
    wrong: dict[str, str] = {}
    carrier = carrier_of(words.way, words.sender, offered)
    if carrier is None:
        raise Invalid({"bubble": "어떤 모양으로 보낼지 골라 주세요."})
    number = whole(words.coupon)
    if words.coupon and number is None:
        raise Invalid({"coupon": "함께 드릴 쿠폰을 골라 주세요."})
    draft = Draft(
        sender=carrier.sender,
        bubble=carrier.bubble,
        body=words.body,
        parts=parts_of(words.rows, limits_of(words.way)),
        picture_id=None if words.way == ALONE else words.picture_id or None,
        offer_id=OfferId(number) if number is not None else None,
        own_max_jeon=words.own_max_jeon,
        fair_order=words.order,
    )
    try:
        draft = replace(draft, button=read_button(words.label, words.link))
    except Invalid as refusal:
        wrong.update(refusal.fields)
    try:
        segment, percent = people_of(words.people)
        draft = replace(draft, segment=segment, holdout_percent=percent)
    except Invalid as refusal:
        wrong.update(refusal.fields)
    if wrong:
        raise Invalid(wrong)
    return draft
