"""Grants for many shops from one list: looked at first, given all at once or none (F1, F7)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson

from domain.eligibility import BAR_WORDS, bars_of
from domain.grant_list import GrantLine, GrantList
from domain.money import JEON_PER_WON, Jeon, format_won
from domain.people import AccountId, GrantId, ProposalId, ShopId
from domain.refusals import Invalid
from domain.subsidy import Phase, ProposalKind, TransferCode
from domain.tables import BadLine
from domain.time import in_kst, kst_instant
from storage.desk import Tx
from storage.queries.bulk import (
    Given,
    NewGrant,
    ShopStanding,
    insert_grants,
    list_shops_among,
    list_shops_called,
    open_accounts,
)
from storage.queries.ledger import lock_accounts
from storage.queries.programs import TermsView
from subsidy.acting import Acting, get_grant_in_reach, must_reach_everything
from subsidy.ledger import Move, transfer
from subsidy.offering import PAYS_ADVERTISING, Offer, check_offer, get_terms, lock_source
from subsidy.proposals import lock_undecided, mark_done, propose, reference_of

BAD_KEPT_MAX = 500
LINK = re.compile(r"(?:\S*/)?s/([^/\s]+)/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A row that fits; `number` is its row in the sheet."""

    number: int
    shop_id: ShopId
    amount_jeon: Jeon
    start_by: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What a proposal holds; `bad` are the first rows that were left out, of `bad_count`."""

    pot_id: GrantId | None
    ready: Sequence[Ready]
    bad: Sequence[BadLine]
    bad_count: int

    @property
    def total_jeon(self) -> Jeon:
        return Jeon(sum(one.amount_jeon for one in self.ready))


class BadList(Invalid):
    """A list from which nothing can be proposed; `bad` are its rows with their reasons."""

    def __init__(self, reason: str, bad: Sequence[BadLine] = ()) -> None:
        super().__init__({"sheet": reason})
        self.bad = bad


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What every row is measured by; `source` is locked."""

    source: AccountId
    left_jeon: Jeon
    ends_at: datetime
    terms: TermsView
    pot_id: GrantId | None


def propose_grants(
    tx: Tx,
    acting: Acting,
    listed: GrantList,
    *,
    pot_id: GrantId | None,
    form_key: str,
    at: datetime,
) -> ProposalId:
    """Looks at every row and keeps those that fit as a proposal; nothing is given yet.

    Raises BadList when nothing fits or all that fits is more than there is, Conflict, NotFound,
    NotAllowed for the budget when only one market is managed: that has its pots.
    """
    if pot_id is None:
        must_reach_everything(acting)
    frame = _frame(tx, acting, pot_id, at)
    ready, bad = _sort_out(tx, acting, listed, frame, at)
    if not ready:
        raise BadList("드릴 수 있는 줄이 없어요. 아래 줄을 고쳐서 다시 올려 주세요.", bad)
    over = _first_over(ready, frame.left_jeon)
    if over is not None:
        raise BadList(f"{over}번째 줄에서 {_too_much(ready, frame.left_jeon)}", bad)
    content = {
        "pot": pot_id,
        "ready": [_written(one) for one in ready],
        "bad": [(one.number, one.words, one.reason) for one in bad[:BAD_KEPT_MAX]],
        "bad_count": len(bad),
    }
    return propose(tx, acting, ProposalKind.GRANTS, content, form_key=form_key, at=at)


def confirm_grants(tx: Tx, acting: Acting, proposal_id: ProposalId, at: datetime) -> None:
    """Gives every grant of the proposal or none; confirmed again it changes nothing.

    Raises BadList with what does not fit any more, Conflict, NotFound.
    """
    proposal = lock_undecided(tx, acting, proposal_id, ProposalKind.GRANTS)
    if proposal is None:
        return
    bulk = read_bulk(proposal.content)
    if bulk.pot_id is None:
        must_reach_everything(acting)
    frame = _frame(tx, acting, bulk.pot_id, at)
    _check_again(tx, acting, bulk, frame, at)
    given = _give(tx, acting, bulk, frame, reference_of(proposal_id), at)
    mark_done(tx, acting, proposal, at, f"grants={len(given)} jeon={bulk.total_jeon}")


def read_bulk(content: str) -> Bulk:
    facts: Mapping[str, Any] = orjson.loads(content)
    return Bulk(
        pot_id=facts["pot"],
        ready=[_read(one) for one in facts["ready"]],
        bad=[BadLine(*one) for one in facts["bad"]],
        bad_count=facts["bad_count"],
    )


def _frame(tx: Tx, acting: Acting, pot_id: GrantId | None, at: datetime) -> _Frame:
    market_id = get_grant_in_reach(tx, acting, pot_id).market_id if pot_id else None
    source, ends_at = lock_source(tx, acting.program_id, market_id, pot_id, at)
    return _Frame(
        source=source,
        left_jeon=lock_accounts(tx, [source])[source].left_jeon,
        ends_at=ends_at,
        terms=get_terms(tx, acting.program_id, at),
        pot_id=pot_id,
    )


def _sort_out(
    tx: Tx, acting: Acting, listed: GrantList, frame: _Frame, at: datetime
) -> tuple[list[Ready], list[BadLine]]:
    shops = _Shops(tx, acting, listed.lines, frame)
    ready: list[Ready] = []
    bad = list(listed.bad)
    first: dict[ShopId, int] = {}
    for line in listed.lines:
        shop, reason = shops.find(line.shop)
        if shop is None:
            bad.append(BadLine(line.number, line.words, reason))
            continue
        one = _ready(line, shop)
        reasons = _reasons(one, shop, frame, at)
        if shop.shop_id in first:
            reasons = f"{first[shop.shop_id]}번째 줄에 이미 있는 가게예요. {reasons}".strip()
        first.setdefault(shop.shop_id, line.number)
        if reasons:
            bad.append(BadLine(line.number, line.words, reasons))
        else:
            ready.append(one)
    return ready, sorted(bad, key=lambda one: one.number)


class _Shops:
    """The shops that a list may name, by address and by exact name."""

    def __init__(self, tx: Tx, acting: Acting, lines: Sequence[GrantLine], frame: _Frame) -> None:
        words = [line.shop for line in lines]
        found = list_shops_called(tx, acting.program_id, [*words, *map(_slug, words)])
        market_id = acting.market_id
        if frame.pot_id is not None:
            market_id = get_grant_in_reach(tx, acting, frame.pot_id).market_id
        self._by_slug: dict[str, ShopStanding] = {}
        self._by_name: dict[str, list[ShopStanding]] = {}
        for shop in found:
            if market_id in (None, shop.market_id):
                self._by_slug[shop.slug] = shop
                self._by_name.setdefault(shop.name, []).append(shop)

    def find(self, words: str) -> tuple[ShopStanding | None, str]:
        """The one shop that is meant, else why not."""
        named = self._by_name.get(words, [])
        by_address = self._by_slug.get(_slug(words))
        if by_address is not None:
            if named and by_address not in named:
                return (
                    None,
                    "이름과 주소가 서로 다른 가게예요. 가게 주소를 https://부터 적어 주세요.",
                )
            return by_address, ""
        if len(named) == 1:
            return named[0], ""
        if named:
            addresses = ", ".join(shop.slug for shop in named[:3])
            return None, f"이름이 같은 가게가 {len(named)}곳이에요. 주소로 적어 주세요: {addresses}"
        return None, "그런 가게가 없어요. 가게 주소나 이름을 그대로 적어 주세요."


def _slug(words: str) -> str:
    """Also out of a whole link; a name may have a slash of its own."""
    link = LINK.fullmatch(words)
    return (link[1] if link else words).lower()


def _ready(line: GrantLine, shop: ShopStanding) -> Ready:
    return Ready(
        number=line.number,
        shop_id=shop.shop_id,
        amount_jeon=Jeon(line.amount_won * JEON_PER_WON),
        start_by=kst_instant(line.start_on + timedelta(days=1), time()),
        expires_at=kst_instant(line.end_on + timedelta(days=1), time()),
    )


def _reasons(one: Ready, shop: ShopStanding, frame: _Frame, at: datetime) -> str:
    """Everything that is wrong with a row, empty when it fits."""
    wrong = [BAR_WORDS[b] for b in bars_of(shop.standing, frame.terms.conditions, _day(at))]
    offer = Offer(amount_jeon=one.amount_jeon, start_by=one.start_by, expires_at=one.expires_at)
    try:
        check_offer(offer, frame.ends_at, at)
    except Invalid as refusal:
        wrong += refusal.fields.values()
    return " ".join(wrong)


def _first_over(ready: Sequence[Ready], left_jeon: Jeon) -> int | None:
    """The row at which the money does not reach any more."""
    total = 0
    for one in ready:
        total += one.amount_jeon
        if total > left_jeon:
            return one.number
    return None


def _too_much(ready: Sequence[Ready], left_jeon: Jeon) -> str:
    asked = format_won(sum(one.amount_jeon for one in ready))
    return f"남은 돈을 넘어요. 모두 {asked}인데 {format_won(left_jeon)}이 남아 있어요."


def _check_again(tx: Tx, acting: Acting, bulk: Bulk, frame: _Frame, at: datetime) -> None:
    shops = list_shops_among(tx, acting.program_id, [one.shop_id for one in bulk.ready])
    bad = []
    for one in bulk.ready:
        shop = shops.get(one.shop_id)
        reasons = _reasons(one, shop, frame, at) if shop else "이제 없는 가게예요."
        if reasons:
            bad.append(BadLine(one.number, shop.name if shop else "", reasons))
    if bad:
        raise BadList("그사이에 맞지 않게 된 줄이 있어요. 아무것도 드리지 않았어요.", bad)
    if _first_over(bulk.ready, frame.left_jeon) is not None:
        raise BadList(f"그사이에 돈이 줄어 {_too_much(bulk.ready, frame.left_jeon)}")


def _give(
    tx: Tx, acting: Acting, bulk: Bulk, frame: _Frame, reference: str, at: datetime
) -> Mapping[ShopId, GrantId]:
    accounts = open_accounts(tx, acting.program_id, [one.shop_id for one in bulk.ready])
    returned = timedelta(days=frame.terms.returned_days)
    given = Given(
        program_id=acting.program_id,
        parent_id=bulk.pot_id,
        terms_id=frame.terms.terms_id,
        pays=",".join(PAYS_ADVERTISING),
        vat_rule=frame.terms.vat_rule,
        granted_at=at,
    )
    grants = [
        NewGrant(
            shop_id=one.shop_id,
            amount_jeon=one.amount_jeon,
            start_by=one.start_by,
            expires_at=one.expires_at,
            returned_until=one.expires_at + returned,
        )
        for one in bulk.ready
    ]
    made = insert_grants(tx, given, grants, accounts)
    moves = [
        Move(
            key=f"{TransferCode.GRANT}:{reference}:{one.number}",
            code=TransferCode.GRANT,
            phase=Phase.SINGLE,
            debit=frame.source,
            credit=accounts[one.shop_id],
            amount_jeon=one.amount_jeon,
            shop_id=one.shop_id,
            reference=reference,
        )
        for one in bulk.ready
    ]
    transfer(tx, moves, happened_at=at, recorded_at=at)
    return made


def _day(at: datetime) -> date:
    return in_kst(at).date()


def _written(one: Ready) -> Sequence[object]:
    return (
        one.number,
        one.shop_id,
        one.amount_jeon,
        one.start_by.isoformat(),
        one.expires_at.isoformat(),
    )


def _read(facts: Sequence[Any]) -> Ready:
    number, shop_id, amount_jeon, start_by, expires_at = facts
    return Ready(
        number=number,
        shop_id=shop_id,
        amount_jeon=amount_jeon,
        start_by=datetime.fromisoformat(start_by),
        expires_at=datetime.fromisoformat(expires_at),
    )
