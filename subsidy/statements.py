"""A month's statement of a shop, a market or a program: live while it is open, frozen when closed.

An open month is counted from what the accounts hold now, back to its first moment, so that it
costs what moved since then and not what ever moved.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.campaigns import MessageKind
from domain.money import Jeon, Tariff
from domain.people import AccountId, MarketId, ProgramId, ShopId
from domain.refusals import NotFound
from domain.statements import (
    Line,
    Purse,
    Sent,
    Spending,
    Subject,
    add_purses,
    month_of,
    month_starts,
    next_month,
    read_line,
)
from domain.subsidy import AccountKind, TransferCode
from storage.desk import Tx
from storage.queries import statement_counts as counts
from storage.queries import statements as books
from storage.queries.months import (
    ClosedMonth,
    find_frozen,
    get_opened_at,
    list_closed,
    list_frozen,
)
from storage.queries.statement_counts import ShopPlace
from storage.queries.statements import Flow, PurseAccount

PAGE = 500
"""Shops a page: what is in memory at once, whatever the size of the program."""

INSTANT = timedelta(microseconds=1)
"""What was recorded just now counts, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One month of a program, or of one market of it. What is recorded from `until` on does not
    count, so that all pages of an open month are of one moment.
    """

    program_id: ProgramId
    market_id: MarketId | None
    month: date
    closed: ClosedMonth | None
    until: datetime

    @property
    def since(self) -> datetime:
        return month_starts(self.month)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthView:
    """`is_next`: the one that is closed next, once it is over."""

    month: date
    closed: ClosedMonth | None
    is_over: bool
    is_next: bool

    @property
    def may_close(self) -> bool:
        return self.is_over and self.is_next


def list_months(tx: Tx, program_id: ProgramId, at: datetime) -> list[MonthView]:
    """Every month since the program began, the newest first."""
    closed = {one.month: one for one in list_closed(tx, program_id)}
    months: list[MonthView] = []
    month = month_of(get_opened_at(tx, program_id))
    while month <= month_of(at):
        view = MonthView(
            month=month,
            closed=closed.get(month),
            is_over=month < month_of(at),
            is_next=len(months) == len(closed),
        )
        months.append(view)
        month = next_month(month)
    return months[::-1]


def open_sheet(
    tx: Tx, program_id: ProgramId, month: date, at: datetime, *, market_id: MarketId | None = None
) -> Sheet:
    """Raises NotFound(month) for one in which there was no program, or that has not begun."""
    if not month_of(get_opened_at(tx, program_id)) <= month <= month_of(at):
        raise NotFound("month")
    closed = {one.month: one for one in list_closed(tx, program_id)}
    return Sheet(
        program_id=program_id,
        market_id=market_id,
        month=month,
        closed=closed.get(month),
        until=min(month_starts(next_month(month)), at + INSTANT),
    )


def list_lines(tx: Tx, sheet: Sheet, after: int = 0) -> tuple[list[Line], int | None]:
    """A page of lines, and where the next one begins: first the program's own and its pots, then
    the shops. A market's statement has its pots and shops only.
    """
    if sheet.closed is not None:
        frozen = list_frozen(tx, sheet.closed.statement_id, sheet.market_id, after, PAGE)
        next_after = frozen[-1].number if len(frozen) == PAGE else None
        return [read_line(one.content) for one in frozen], next_after
    first = [] if after else list(_own_lines(tx, sheet))
    shops = counts.list_shops_after(tx, sheet.program_id, sheet.market_id, after, PAGE)
    next_after = shops[-1].shop_id if len(shops) == PAGE else None
    return first + _shop_lines(tx, sheet, shops), next_after


def all_lines(tx: Tx, sheet: Sheet) -> Iterator[Line]:
    """Every line, page by page, in one transaction."""
    after: int | None = 0
    while after is not None:
        lines, after = list_lines(tx, sheet, after)
        yield from lines


def get_shop_line(tx: Tx, sheet: Sheet, shop_id: ShopId) -> Line:
    """Raises NotFound(shop) for another program's or market's, or one that came later."""
    if sheet.closed is not None:
        frozen = find_frozen(tx, sheet.closed.statement_id, shop_id)
        if frozen is None or sheet.market_id not in (None, frozen.market_id):
            raise NotFound("shop")
        return read_line(frozen.content)
    shops = counts.list_shops_after(tx, sheet.program_id, sheet.market_id, shop_id - 1, 1)
    if [one.shop_id for one in shops] != [shop_id]:
        raise NotFound("shop")
    return _shop_lines(tx, sheet, shops)[0]


def _own_lines(tx: Tx, sheet: Sheet) -> Iterator[Line]:
    own = [] if sheet.market_id else books.list_own_accounts(tx, sheet.program_id)
    accounts = own + books.list_pot_accounts(tx, sheet.program_id, sheet.market_id)
    purses = _purses(tx, sheet, accounts)
    for account in sorted(accounts, key=lambda one: (SUBJECTS[one.kind], one.account_id)):
        yield Line(
            subject=SUBJECTS[account.kind],
            name=account.market_name or "",
            market_id=account.market_id,
            market_name=account.market_name or "",
            grant_id=account.grant_id,
            free=purses[account.account_id],
        )


SUBJECTS = {
    AccountKind.PROGRAM: Subject.BUDGET,
    AccountKind.OPERATING: Subject.OPERATING,
    AccountKind.POT: Subject.POT,
}


def _shop_lines(tx: Tx, sheet: Sheet, shops: Sequence[ShopPlace]) -> list[Line]:
    if not shops:
        return []
    shop_ids = [one.shop_id for one in shops]
    free, own = _shop_purses(tx, sheet, shop_ids)
    spendings = _spendings(tx, sheet, shop_ids)
    sent = _sent(tx, sheet, shop_ids)
    friends = counts.count_friends(tx, shop_ids)
    posts = counts.read_posts(tx, shop_ids, sheet.month)
    return [
        Line(
            subject=Subject.SHOP,
            name=shop.name,
            market_id=shop.market_id,
            market_name=shop.market_name,
            shop_id=shop.shop_id,
            free=free.get(shop.shop_id, EMPTY),
            own=own.get(shop.shop_id, EMPTY),
            spendings=tuple(sorted(spendings.get(shop.shop_id, ()))),
            sent=tuple(sorted(sent.get(shop.shop_id, ()))),
            friends=friends.get(shop.shop_id, 0),
            posts=posts.get(shop.shop_id),
        )
        for shop in shops
    ]


EMPTY = Purse()
Purses = dict[ShopId, Purse]


def _shop_purses(tx: Tx, sheet: Sheet, shop_ids: Sequence[ShopId]) -> tuple[Purses, Purses]:
    """The program's money and the shop's own, all grants of a shop together."""
    free: Purses = {}
    own: Purses = {}
    accounts = books.list_shop_accounts(tx, shop_ids)
    purses = _purses(tx, sheet, accounts)
    for account in accounts:
        assert account.shop_id is not None, "these were asked for by shop"
        kept = own if account.kind is AccountKind.WALLET else free
        purse = purses[account.account_id]
        known = kept.get(account.shop_id)
        kept[account.shop_id] = add_purses(known, purse) if known else purse
    return free, own


def _purses(tx: Tx, sheet: Sheet, accounts: Sequence[PurseAccount]) -> Mapping[AccountId, Purse]:
    by_account: dict[AccountId, list[Flow]] = defaultdict(list)
    account_ids = [one.account_id for one in accounts]
    for flow in books.list_flows(tx, account_ids, sheet.since, sheet.until):
        by_account[flow.account_id].append(flow)
    return {account_id: _purse(flows) for account_id, flows in by_account.items()}


def _purse(flows: Sequence[Flow]) -> Purse:
    """From what is there now back to the beginning: an account is never summed up from its
    first day.
    """
    came = [one for one in flows if one.code and one.is_in]
    went = [one for one in flows if one.code and not one.is_in]
    balance = sum(one.balance for one in flows)
    by_now = sum(one.moved + one.later for one in came) - sum(one.moved + one.later for one in went)
    held = sum(one.pending for one in flows) - sum(one.later_pending for one in went)
    return Purse(
        opening_jeon=Jeon(balance - by_now),
        came=_amounts(came),
        went=_amounts(went),
        held_jeon=Jeon(held),
        voided_jeon=Jeon(sum(one.voided for one in went)),
        expired_jeon=Jeon(sum(one.expired for one in went)),
    )


def _amounts(flows: Iterable[Flow]) -> Mapping[TransferCode, Jeon]:
    return {TransferCode(one.code): Jeon(one.moved) for one in flows if one.code and one.moved}


def _spendings(tx: Tx, sheet: Sheet, shop_ids: Sequence[ShopId]) -> dict[ShopId, list[Spending]]:
    found: dict[ShopId, list[Spending]] = defaultdict(list)
    for row in books.list_spent(tx, shop_ids, sheet.since, sheet.until):
        spending = Spending(
            tariff=Tariff(row.sender) if row.sender else Tariff.CHANNEL_MESSAGE,
            kind=row.kind or MessageKind.ADVERTISEMENT,
            paid_from=row.paid_from,
            jeon=Jeon(row.jeon),
        )
        found[row.shop_id].append(spending)
    return found


def _sent(tx: Tx, sheet: Sheet, shop_ids: Sequence[ShopId]) -> dict[ShopId, list[Sent]]:
    found: dict[ShopId, list[Sent]] = defaultdict(list)
    for row in counts.list_sent(tx, shop_ids, sheet.since, sheet.until):
        sent = Sent(
            tariff=row.tariff,
            kind=row.kind,
            asked=row.asked,
            delivered=row.delivered,
            failed=row.failed,
            left_out=row.left_out,
        )
        found[row.shop_id].append(sent)
    return found
