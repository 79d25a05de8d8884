"""May this go to this person now? Turns rows into facts, then asks domain/gate.py."""

from collections.abc import Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, time
from functools import lru_cache
from typing import NamedTuple

from campaigns.alimtalk import compose_notice
from campaigns.compose import compose_message
from domain.campaigns import (
    BRAND_SENDERS,
    PRODUCTS,
    BubbleKind,
    MessageKind,
    Product,
    SenderName,
)
from domain.classifying import URGE
from domain.compliance import Sign
from domain.consent import is_resting
from domain.forbidden import find_forbidden
from domain.gate import (
    REGULAR,
    Content,
    Recipient,
    Verdict,
    judge,
    judge_content,
    judge_person,
)
from domain.marks import flaw_of
from domain.parts import parts_of
from domain.people import CustomerId, ShopId
from domain.time import NEVER, in_kst, kst_instant
from storage.desk import Tx
from storage.queries.audience import AlikeFacts
from storage.queries.campaigns import PersonFacts
from storage.queries.certificates import find_texts_until
from storage.queries.chunks import ChunkRow, RunFacts
from storage.queries.messages import Addressee
from storage.queries.places import get_channel, get_shop
from storage.queries.sanctions import find_barriers, list_branded

RUNS_KEPT_MAX = 1_000
STANDING = Addressee._fields.index("friend")
"""From there on an addressee's fields say how they stand, which few differ in."""


def content_of(tx: Tx, shop_id: ShopId, facts: RunFacts) -> Content:
    """What the gate must know of a run's message, as it stands at this instant."""
    if facts.bubble is BubbleKind.NOTICE:
        flaw = compose_notice(tx, shop_id, facts).flaw
    else:
        flaw = _flaw(facts, sign_for(tx, shop_id, facts))
    return replace(wordless(tx, shop_id, facts.kind, facts.sender), flaw=flaw)


def wordless(tx: Tx, shop_id: ShopId, kind: MessageKind, sender: SenderName) -> Content:
    """The same before there is a run: its words have their own checker (campaigns/booking.py)."""
    is_halted, barred_until = find_barriers(tx, shop_id)
    texts_until = None
    if PRODUCTS[sender] is Product.LMS:
        texts_until = find_texts_until(tx, shop_id, sender)
    return Content(
        kind, sender, is_halted=is_halted, barred_until=barred_until, texts_until=texts_until
    )


def sign_for(tx: Tx, shop_id: ShopId, facts: RunFacts) -> Sign:
    """Who speaks in a run's messages, and by which number a text message of it is refused."""
    shop, opt_out = get_shop(tx, shop_id), None
    if PRODUCTS[facts.sender] is Product.LMS:
        opt_out = get_channel(tx, shop.channel_id).opt_out_number
    return Sign(name=shop.name, contact=facts.contact, opt_out=opt_out)


def free_from(tx: Tx, shop_id: ShopId, at: datetime) -> datetime:
    """The first instant from `at` on at which its channel is under no sanction (K8)."""
    _, barred_until = find_barriers(tx, shop_id)
    return max(at, barred_until or at)


@lru_cache(RUNS_KEPT_MAX)
def _flaw(facts: RunFacts, sign: Sign) -> str | None:
    """The first rule that the words break, written or shown, whoever they are shown to (L6-L12,
    L16, K3).
    """
    parts = (f"{one.title} {one.text}" for one in parts_of(facts.parts))
    written = "\n".join((facts.body, *parts))
    if any(not one.is_advice for one in find_forbidden(written)):
        return "L16"
    if facts.kind is MessageKind.INFORMATION and URGE.search(facts.body):
        return "K3"
    bubble = compose_message(
        facts, sign, name=None, public_url="", why_url="/w/", button_url=facts.button_url
    )
    return flaw_of(facts.kind, bubble, sign)


def gate_regular(
    kind: MessageKind, sender: SenderName, person: PersonFacts, at: datetime
) -> Verdict:
    """The gate at planning."""
    alike = AlikeFacts(
        friend=person.friend,
        is_of_age=person.is_of_age,
        has_consent=person.has_consent,
        has_withdrawn=person.has_withdrawn,
        has_phone=person.has_phone,
        hears_texts=person.hears_texts,
        is_resting=is_resting(person.paused_at, person.paused_until, at),
    )
    return gate_alike(kind, sender, alike, at)


def gate_alike(
    kind: MessageKind,
    sender: SenderName,
    alike: AlikeFacts,
    at: datetime,
    content: Content | None = None,
) -> Verdict:
    """The same for everybody of whom these facts are true, asked once: shops may be large.

    Without a `content` the person alone is judged, as if nothing were wrong with the message.
    """
    to = Recipient(
        friend=alike.friend,
        is_of_age=alike.is_of_age,
        has_advertising_consent=_agrees(sender, alike),
        has_withdrawn=alike.has_withdrawn,
        is_resting=alike.is_resting,
        has_address=sender is SenderName.KAKAO_EVENT or alike.has_phone,
        had_week=alike.had_week,
        had_day=alike.had_day,
        is_held_out=alike.is_held_out,
    )
    return judge(content or _sound(kind, sender), to, at)


def _sound(kind: MessageKind, sender: SenderName) -> Content:
    """A message with nothing wrong about it."""
    return Content(kind, sender, texts_until=NEVER)


def gate_addressee(
    kind: MessageKind,
    sender: SenderName,
    person: Addressee,
    at: datetime,
    content: Content | None = None,
) -> Verdict:
    """The gate once more, for one person of whom a message is asked for."""
    return judge(content or _sound(kind, sender), _recipient(sender, person, at), at)


class OfChunk(NamedTuple):
    """What the gate says of a chunk before anybody in it is looked at; `branded` had a brand
    message of another shop today (K6).
    """

    content: Content
    verdict: Verdict
    branded: AbstractSet[CustomerId]

    @property
    def is_usual(self) -> bool:
        """Who is like nearly everybody may leave, so that only the others must be looked at."""
        is_plain = PRODUCTS[self.content.sender] is not Product.LMS and not self.branded
        return is_plain and judge_person(self.content, REGULAR).is_allowed


def gate_of_chunk(tx: Tx, chunk: ChunkRow, facts: RunFacts, at: datetime) -> OfChunk:
    """The gate once more, when a chunk leaves."""
    content = content_of(tx, chunk.shop_id, facts)
    branded: AbstractSet[CustomerId] = frozenset()
    if facts.sender in BRAND_SENDERS:
        today = kst_instant(in_kst(at).date(), time())
        branded = list_branded(tx, chunk.shop_id, chunk.run_id, chunk.chunk_id, today)
    return OfChunk(content, judge_content(content, at), branded)


def gate_people(
    of_chunk: OfChunk, people: Sequence[Addressee], at: datetime
) -> Iterator[tuple[Addressee, Verdict]]:
    """Each with what it says of them; asked once for all who stand alike."""
    content, of_all, branded = of_chunk
    verdicts: dict[Hashable, Verdict] = {}
    for person in people:
        had_brand = person.customer_id in branded
        has_address = address_of(content.sender, person) is not None
        alike = (person[STANDING:], has_address, had_brand)
        verdict = verdicts.get(alike)
        if verdict is None:
            to = _recipient(content.sender, person, at, had_brand=had_brand)
            verdict = judge_person(content, to) if of_all.is_allowed else of_all
            verdicts[alike] = verdict
        yield person, verdict


def _recipient(
    sender: SenderName, person: Addressee, at: datetime, *, had_brand: bool = False
) -> Recipient:
    """A deleted person has neither consent nor address."""
    return Recipient(
        friend=person.friend,
        is_of_age=person.is_of_age,
        has_advertising_consent=_agrees(sender, person),
        has_withdrawn=person.has_withdrawn,
        is_resting=is_resting(person.paused_at, person.paused_until, at),
        has_address=address_of(sender, person) is not None,
        had_brand=had_brand,
    )


def _agrees(sender: SenderName, person: AlikeFacts | Addressee) -> bool:
    """L1, L2: agreed to advertising, and where it comes as a text message, to that."""
    is_text = PRODUCTS[sender] is Product.LMS
    return person.has_consent and (person.hears_texts or not is_text)


def is_by_phone(sender: SenderName) -> bool:
    return sender is not SenderName.KAKAO_EVENT


def address_of(sender: SenderName, person: Addressee) -> str | None:
    """Where this sender reaches a person: the chat's key, or the phone number."""
    return person.phone if is_by_phone(sender) else person.bot_user_key
