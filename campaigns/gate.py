"""May this go to this person now? Turns rows into facts, then asks domain/gate.py."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, time
from functools import lru_cache

from campaigns.compose import compose_message
from domain.campaigns import MessageKind, SenderName
from domain.classifying import URGE
from domain.compliance import Sign
from domain.consent import is_resting
from domain.forbidden import find_forbidden
from domain.gate import Content, Recipient, Verdict, judge, judge_content, judge_person
from domain.marks import flaw_of
from domain.people import CustomerId, ShopId
from domain.time import in_kst, kst_instant
from storage.desk import Tx
from storage.queries.audience import AlikeFacts
from storage.queries.campaigns import PersonFacts
from storage.queries.chunks import ChunkRow, RunFacts
from storage.queries.messages import Addressee
from storage.queries.places import get_shop
from storage.queries.sanctions import find_barriers, list_branded

RUNS_KEPT_MAX = 1_000


def content_of(tx: Tx, shop_id: ShopId, facts: RunFacts) -> Content:
    """What the gate must know of a run's message, as it stands at this instant."""
    flaw = _flaw(facts, Sign(name=get_shop(tx, shop_id).name, contact=facts.contact))
    return replace(wordless(tx, shop_id, facts.kind, facts.sender), flaw=flaw)


def wordless(tx: Tx, shop_id: ShopId, kind: MessageKind, sender: SenderName) -> Content:
    """The same before there is a run: its words have their own checker (campaigns/booking.py)."""
    is_halted, barred_until = find_barriers(tx, shop_id)
    return Content(kind, sender, is_halted=is_halted, barred_until=barred_until)


def free_from(tx: Tx, shop_id: ShopId, at: datetime) -> datetime:
    """The first instant from `at` on at which its channel is under no sanction (K8)."""
    _, barred_until = find_barriers(tx, shop_id)
    return max(at, barred_until or at)


@lru_cache(RUNS_KEPT_MAX)
def _flaw(facts: RunFacts, sign: Sign) -> str | None:
    """The first rule that the words break, written or shown, whoever they are shown to (L6-L12,
    L16, K3).
    """
    if any(not one.is_advice for one in find_forbidden(facts.body)):
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
        has_advertising_consent=alike.has_consent,
        has_withdrawn=alike.has_withdrawn,
        is_resting=alike.is_resting,
        has_address=sender is SenderName.KAKAO_EVENT or alike.has_phone,
        had_week=alike.had_week,
        had_day=alike.had_day,
        is_held_out=alike.is_held_out,
    )
    return judge(content or Content(kind, sender), to, at)


def gate_addressee(
    kind: MessageKind,
    sender: SenderName,
    person: Addressee,
    at: datetime,
    content: Content | None = None,
) -> Verdict:
    """The gate once more, for one person of whom a message is asked for."""
    return judge(content or Content(kind, sender), _recipient(sender, person, at), at)


def gate_chunk_people(
    tx: Tx, chunk: ChunkRow, facts: RunFacts, people: Sequence[Addressee], at: datetime
) -> Iterator[tuple[Addressee, Verdict]]:
    """The gate once more, when a chunk leaves: each of its people with what it says of them."""
    content = content_of(tx, chunk.shop_id, facts)
    branded: AbstractSet[CustomerId] = frozenset()
    if facts.sender is SenderName.SOLAPI:
        today = kst_instant(in_kst(at).date(), time())
        branded = list_branded(tx, chunk.shop_id, chunk.run_id, chunk.chunk_id, today)
    of_all = judge_content(content, at)
    for person in people:
        to = _recipient(facts.sender, person, at, had_brand=person.customer_id in branded)
        yield person, judge_person(content, to) if of_all.is_allowed else of_all


def _recipient(
    sender: SenderName, person: Addressee, at: datetime, *, had_brand: bool = False
) -> Recipient:
    """A deleted person has neither consent nor address."""
    return Recipient(
        friend=person.friend,
        is_of_age=person.is_of_age,
        has_advertising_consent=person.has_consent,
        has_withdrawn=person.has_withdrawn,
        is_resting=is_resting(person.paused_at, person.paused_until, at),
        has_address=address_of(sender, person) is not None,
        had_brand=had_brand,
    )


def address_of(sender: SenderName, person: Addressee) -> str | None:
    """Where this sender reaches a person: the chat's key, or the phone number."""
    return person.bot_user_key if sender is SenderName.KAKAO_EVENT else person.phone
