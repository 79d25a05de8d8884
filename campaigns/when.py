"""When news leaves, as its owner chose it: now, at a time, at a good moment, or again and again."""

from dataclasses import dataclass, replace
from datetime import datetime

from campaigns.booking import Draft, leaving_at, refuse_far
from campaigns.good_moment import good_moment
from campaigns.shop_days import shop_days
from domain.gate import SENDER_DAY
from domain.people import ShopId
from domain.refusals import Invalid
from domain.schedule import Repeat
from domain.segments import Condition
from storage.desk import Tx

NEVER_OPEN = "앞으로 1년 동안 여는 날이 없어요. 쉬는 날을 확인해 주세요."


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """`due_at` is None for now. With `repeat` it is a series (campaigns/series.py), with `event`
    besides one that follows something that happened. `is_closing_notice` may leave on a day on
    which the shop is closed.
    """

    due_at: datetime | None = None
    is_good_moment: bool = False
    repeat: Repeat | None = None
    event: Condition | None = None
    not_later_than: datetime | None = None
    is_closing_notice: bool = False


def timed_draft(tx: Tx, shop_id: ShopId, draft: Draft, when: When, at: datetime) -> Draft:
    """The draft with its time: the good moment found, the shop's closed days minded.

    Raises Invalid(due_at) for a day on which the shop is closed, Invalid(not_later_than).
    """
    refuse_far("due_at", when.due_at, at)
    draft = replace(
        draft,
        due_at=when.due_at,
        not_later_than=when.not_later_than,
        keeps_day=when.is_closing_notice or when.event is not None,
        segment=replace(draft.segment, event=when.event),
    )
    if when.repeat is not None:
        return draft
    if when.is_good_moment:
        draft = replace(draft, due_at=_good(tx, shop_id, draft, at))
    leaves_at = leaving_at(draft, at)
    if not draft.keeps_day and not shop_days(tx, shop_id).is_open(leaves_at):
        raise Invalid({"due_at": "쉬는 날이거나 다 팔린 날이에요. 여는 날로 골라 주세요."})
    if draft.not_later_than is not None and draft.not_later_than < leaves_at:
        raise Invalid({"not_later_than": "보낼 시각보다 늦은 시각으로 골라 주세요."})
    return draft


def _good(tx: Tx, shop_id: ShopId, draft: Draft, at: datetime) -> datetime:
    found = good_moment(tx, shop_id, at, SENDER_DAY[draft.sender])
    if found is None:
        raise Invalid({"due_at": NEVER_OPEN})
    return found.at
