"""A message tried as it was written: everything its preview says, or everything that is wrong."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.around import Around, look_around
from campaigns.booking import Draft, DryRun, dry_run
from campaigns.compose import check_body
from campaigns.fairness import LeftOut, left_out, own_offer
from campaigns.shop_days import move_to_open_day, shop_days
from campaigns.ways import Weighed, by_policy, weigh
from campaigns.when import When, timed_draft
from console.owner.when_chosen import when_of
from console.owner.words import Words, draft_of
from domain.campaigns import BRAND_SENDERS, LATE_AFTER_DEFAULT, SenderName
from domain.classifying import classify
from domain.gate import SENDER_DAY
from domain.money import Jeon
from domain.parts import check_parts
from domain.people import ShopId
from domain.refusals import Invalid
from domain.schedule import next_time
from domain.time import in_kst, kst_instant
from storage.desk import Tx
from storage.queries.places import get_shop
from storage.queries.wallets import WalletView, find_wallet
from subsidy.money import shop_money

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`own_offer_jeon`: how much of the shop's own money would help; `unstarted_jeon` stands in
    grants that wait to be started. At `cut_at` those whose turn has not come are left, and hear
    from `rest_at` on, or never. `closed_at` is the next time of what repeats itself where the
    shop is closed then, `opens_at` when it leaves instead, `first_at` when it leaves first.
    """

    dry: DryRun
    weighed: Weighed
    when: When
    shop_name: str
    why: str
    around: Around
    left_out: LeftOut
    own_offer_jeon: Jeon
    unstarted_jeon: Jeon
    wallet: WalletView | None
    cut_at: datetime
    is_day_over: bool
    rest_at: datetime | None
    closed_at: datetime | None
    opens_at: datetime | None
    first_at: datetime | None

    @property
    def is_brand(self) -> bool:
        """KakaoTalk writes marks of its own on it."""
        return self.dry.draft.sender in BRAND_SENDERS

    @property
    def ends_by(self) -> datetime:
        """The full minute before which the last of them has it."""
        return self.dry.ends_at.replace(second=0, microsecond=0) + MINUTE

    @property
    def is_in_time(self) -> bool:
        return self.dry.ends_at < self.cut_at


def try_out(
    tx: Tx, shop_id: ShopId, words: Words, offered: Collection[SenderName], at: datetime
) -> Trial:
    """Raises Invalid with everything that is wrong at once, in the words, the people and the time.

    The picture of the preview comes from where the page came from: no address before it.
    """
    shop = get_shop(tx, shop_id)
    wrong: dict[str, str] = {}
    with _noted(wrong):
        check_body(words.body, shop.name)
    when, draft = When(), None
    with _noted(wrong):
        when = when_of(words.when, at)
    with _noted(wrong):
        draft = draft_of(words, offered)
        with _noted(wrong):
            check_parts(draft.bubble, draft.parts)
        draft = meant_draft(tx, shop_id, words, when, offered, at)
    dry = None
    if draft is not None:
        with _noted(wrong):
            dry = dry_run(tx, shop_id, draft, at)
    if wrong or dry is None:
        raise Invalid(wrong)
    closed_at, opens_at = _moved(tx, shop_id, when, at)
    cut_at, is_day_over, rest_at = _cut(tx, shop_id, dry)
    return Trial(
        dry=dry,
        weighed=weigh(tx, shop_id, dry.draft, offered, at),
        when=when,
        shop_name=shop.name,
        why=classify(words.body).why,
        around=look_around(tx, shop_id, dry, at),
        left_out=left_out(tx, shop_id, dry, at),
        own_offer_jeon=own_offer(dry),
        unstarted_jeon=shop_money(tx, shop_id, at).offered_jeon,
        wallet=find_wallet(tx, shop_id),
        cut_at=cut_at,
        is_day_over=is_day_over,
        rest_at=rest_at,
        closed_at=closed_at,
        opens_at=opens_at,
        first_at=_first(when, closed_at, opens_at, at),
    )


def meant_draft(
    tx: Tx, shop_id: ShopId, words: Words, when: When, offered: Collection[SenderName], at: datetime
) -> Draft:
    """The message with its time and by its way: the one its owner insists on, else the one that
    the program's order proposes. Raises Invalid as `draft_of` and `timed_draft` do.
    """
    draft = timed_draft(tx, shop_id, draft_of(words, offered), when, at)
    return draft if words.sender else by_policy(tx, shop_id, draft, offered, at)


def _cut(tx: Tx, shop_id: ShopId, dry: DryRun) -> tuple[datetime, bool, datetime | None]:
    """When it ends for those still waiting, whether because the sender's day does, and when they
    are gone on with: as campaigns/leaving.py puts them off.
    """
    draft, day = dry.draft, SENDER_DAY[dry.draft.sender]
    last = draft.not_later_than or dry.leaves_at + LATE_AFTER_DEFAULT
    closes_at = kst_instant(in_kst(dry.leaves_at).date(), day.closes)
    if last < closes_at:
        return last, False, None
    rest_at = move_to_open_day(tx, shop_id, closes_at, day, keeps_day=draft.keeps_day)
    return closes_at, True, rest_at if rest_at is not None and rest_at <= last else None


def _moved(
    tx: Tx, shop_id: ShopId, when: When, at: datetime
) -> tuple[datetime | None, datetime | None]:
    """The next time of what repeats itself, and the open day it is moved to; None where it stays."""
    if when.repeat is None or when.event is not None or when.is_closing_notice:
        return None, None
    days, wanted = shop_days(tx, shop_id), next_time(when.repeat, at)
    if days.is_open(wanted):
        return None, None
    opens_at = days.next_open(wanted)
    is_before_next = opens_at is not None and opens_at < next_time(when.repeat, wanted)
    return wanted, opens_at if is_before_next else None


def _first(
    when: When, closed_at: datetime | None, opens_at: datetime | None, at: datetime
) -> datetime | None:
    if when.repeat is None or closed_at is not None:
        return opens_at
    return next_time(when.repeat, at)


@contextmanager
def _noted(wrong: dict[str, str]) -> Iterator[None]:
    """What is found wrong is noted beside its field, and the next thing is looked at."""
    try:
        yield
    except Invalid as refusal:
        wrong.update(refusal.fields)
