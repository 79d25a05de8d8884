"""Whom news is for: how many that are and what it costs, at once; and a shop's own segments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.audience import audience_of, count_by_rule
from campaigns.booking import get_price
from domain.audit import Act, shop_book
from domain.campaigns import SenderName
from domain.gate import SENDER_DAY
from domain.holdout import Draw
from domain.money import Jeon
from domain.people import OwnSegmentId, ShopId
from domain.refusals import Invalid, NotFound
from domain.segments import READY, Ready, Segment, check_segment, ready_segment
from storage.desk import Tx
from storage.queries import own_segments as books
from storage.queries.cards import get_rules
from storage.queries.journal import append_audit
from storage.queries.own_segments import OwnSegment
from storage.queries.places import get_shop

OWN_MAX = 20
NAME_MAX = 20


@dataclass(frozen=True, slots=True)
class Counted:
    """`people` may get it; `refused` are meant, too, by the rule that leaves them out. It costs
    `cost_jeon` if all of them get it.
    """

    people: int
    refused: Mapping[str, int]
    cost_jeon: Jeon

    @property
    def meant(self) -> int:
        return self.people + sum(self.refused.values())


@dataclass(frozen=True, slots=True)
class Choice:
    """A segment under its name: `ready` has its words in the templates, an own one its `name`."""

    segment: Segment
    ready: Ready | None = None
    own: OwnSegment | None = None


def count_people(
    tx: Tx,
    shop_id: ShopId,
    segment: Segment,
    at: datetime,
    *,
    sender: SenderName = SenderName.KAKAO_EVENT,
    holdout_percent: int = 0,
) -> Counted:
    """Whom news would reach that leaves at `at`, or when the sender's day begins after it.

    Who is held out is drawn anew for each news; of how many, this is about right. Raises
    Invalid(segment).
    """
    check_segment(segment)
    leaves_at = SENDER_DAY[sender].next_open(at)
    shop = get_shop(tx, shop_id)
    audience = audience_of(tx, shop, segment, Draw(percent=holdout_percent), leaves_at)
    people, refused = count_by_rule(tx, shop, audience, sender)
    return Counted(people, refused, get_price(tx, sender, leaves_at).cost_jeon(people))


def list_choices(tx: Tx, shop_id: ShopId) -> Sequence[Choice]:
    """The ready ones as the shop's own tiers have them, then those it put together itself."""
    tiers = get_rules(tx, shop_id).tiers
    ready = [Choice(ready_segment(which, tiers), ready=which) for which in READY]
    own = [Choice(one.segment, own=one) for one in books.list_own_segments(tx, shop_id)]
    return [*ready, *own]


def keep_segment(
    tx: Tx,
    shop_id: ShopId,
    segment: Segment,
    *,
    name: str,
    form_key: str,
    actor: str,
    at: datetime,
) -> OwnSegmentId:
    """Keeps conditions under a name; the same form keeps them once.

    Raises Invalid(segment) or Invalid(segment_name).
    """
    if known := books.find_id_by_key(tx, shop_id, form_key):
        return known
    check_segment(segment)
    if not segment.conditions:
        raise Invalid({"segment": "조건을 하나 이상 골라 주세요."})
    if not 1 <= len(name.strip()) <= NAME_MAX:
        raise Invalid({"segment_name": f"이름을 {NAME_MAX}자까지 적어 주세요."})
    if len(books.list_own_segments(tx, shop_id)) >= OWN_MAX:
        raise Invalid({"segment_name": f"{OWN_MAX}개까지 저장할 수 있어요."})
    kept_id, is_new = books.keep_once(
        tx, shop_id=shop_id, form_key=form_key, name=name.strip(), segment=segment, at=at
    )
    if is_new:
        _note(tx, shop_id, kept_id, "keep_segment", actor=actor, at=at)
    return kept_id


def drop_segment(
    tx: Tx, shop_id: ShopId, segment_id: OwnSegmentId, *, actor: str, at: datetime
) -> None:
    """What was booked with it keeps its people. Dropped again changes nothing. Raises NotFound."""
    if books.find_own_segment(tx, shop_id, segment_id) is None:
        raise NotFound("segment")
    if books.retire(tx, shop_id, segment_id, at):
        _note(tx, shop_id, segment_id, "drop_segment", actor=actor, at=at)


def _note(
    tx: Tx, shop_id: ShopId, segment_id: OwnSegmentId, act: str, *, actor: str, at: datetime
) -> None:
    line = Act(actor=actor, act=act, subject=f"segment:{segment_id}", at=at)
    append_audit(tx, shop_book(shop_id), line)
