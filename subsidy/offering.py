"""Setting free cash aside: for a shop, or as a pot that a market's shops share (F1, F7)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from domain.audit import Act, program_book
from domain.campaigns import PRODUCTS, MessageKind, Product
from domain.eligibility import Standing, bar_words, bars_of
from domain.money import Jeon
from domain.people import AccountId, GrantId, MarketId, ProgramId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.subsidy import AccountKind, Phase, TransferCode
from domain.time import KST, kst_instant
from storage.desk import Tx
from storage.queries import grants as books
from storage.queries.grants import GrantRow, find_grant
from storage.queries.journal import append_audit
from storage.queries.ledger import get_program_account, lock_accounts, open_account
from storage.queries.places import get_program_of_market, get_shop
from storage.queries.programs import (
    ProgramView,
    TermsView,
    find_enrollment,
    find_terms,
    get_program_view,
)
from subsidy.form_keys import digest_of
from subsidy.grants import OVER, view_grant
from subsidy.holding import pays_for
from subsidy.ledger import Move, transfer

PAYS_ADVERTISING = tuple(
    pays_for(sender, MessageKind.ADVERTISEMENT)
    for sender, product in PRODUCTS.items()
    if product in (Product.EVENT, Product.BRAND)
)
NOT_SHOWN = Standing(yearly_sales_won=None, opened_on=None, has_business_wallet=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Free cash to be set aside: `start_by` is when it must be started, `expires_at` when what is
    free of it lapses. `pot_id`: the market's pot it is carved out of, else the program's budget.
    """

    amount_jeon: Jeon
    start_by: datetime
    expires_at: datetime
    pays: tuple[str, ...] = PAYS_ADVERTISING
    pot_id: GrantId | None = None
    shop_cap_jeon: Jeon | None = None


def offer_grant(
    tx: Tx,
    program_id: ProgramId,
    shop_id: ShopId,
    offer: Offer,
    *,
    form_key: str,
    actor: str,
    at: datetime,
    reference: str | None = None,
) -> GrantId:
    """Sets free cash aside for a shop; inert until its owner starts it (F1).

    The same offer of the same form gives the same grant again; a changed one is a new grant.
    Raises Invalid (with `shop` when it does not qualify), NotFound, Conflict, OverBudget.
    """
    shop = get_shop(tx, shop_id)
    if shop.program_id != program_id:
        raise NotFound("shop")
    key = _offer_key(program_id, form_key, f"shop:{shop_id}", offer)
    source, ends_at = lock_source(tx, program_id, shop.market_id, offer.pot_id, at)
    if known := books.find_grant_by_key(tx, key):
        return known
    terms = get_terms(tx, program_id, at)
    check_offer(offer, ends_at, at)
    check_standing(tx, shop_id, terms, at)
    owner = Owner(program_id=program_id, shop_id=shop_id)
    return _give(tx, owner, offer, Way(key, source, reference), terms=terms, actor=actor, at=at)


def open_pot(
    tx: Tx,
    program_id: ProgramId,
    market_id: MarketId,
    offer: Offer,
    *,
    form_key: str,
    actor: str,
    at: datetime,
) -> GrantId:
    """Sets free cash aside that a market's shops share, each up to `shop_cap_jeon` if given.

    Raises Invalid, NotFound, Conflict, OverBudget.
    """
    if get_program_of_market(tx, market_id) != program_id:
        raise NotFound("market")
    if offer.pot_id is not None:
        raise Invalid({"pot": "공동 지원금은 프로그램 예산에서만 만들 수 있어요."})
    key = _offer_key(program_id, form_key, f"market:{market_id}", offer)
    source, ends_at = lock_source(tx, program_id, market_id, None, at)
    if known := books.find_grant_by_key(tx, key):
        return known
    check_offer(offer, ends_at, at)
    owner = Owner(program_id=program_id, market_id=market_id)
    terms = get_terms(tx, program_id, at)
    return _give(tx, owner, offer, Way(key, source), terms=terms, actor=actor, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a grant is: a shop's, or as a pot a market's."""

    program_id: ProgramId
    market_id: MarketId | None = None
    shop_id: ShopId | None = None

    @property
    def subject(self) -> str:
        return f"market:{self.market_id}" if self.shop_id is None else f"shop:{self.shop_id}"


@dataclass(frozen=True, slots=True)
class Way:
    """How the money comes: under which key, from which account, by which act on many."""

    key: str
    source: AccountId
    reference: str | None = None


def _give(
    tx: Tx,
    owner: Owner,
    offer: Offer,
    way: Way,
    *,
    terms: TermsView,
    actor: str,
    at: datetime,
) -> GrantId:
    """The grant with its account, its money and its line in the log."""
    is_pot = owner.shop_id is None
    account_id = open_account(
        tx,
        AccountKind.POT if is_pot else AccountKind.GRANT,
        owner.program_id,
        market_id=owner.market_id,
        shop_id=owner.shop_id,
    )
    grant_id = _insert(tx, terms, offer, account_id, owner, at)
    move = Move(
        key=way.key,
        code=TransferCode.GRANT,
        phase=Phase.SINGLE,
        debit=way.source,
        credit=account_id,
        amount_jeon=offer.amount_jeon,
        shop_id=owner.shop_id,
        reference=way.reference,
    )
    transfer(tx, [move], happened_at=at, recorded_at=at)
    act = Act(
        actor=actor,
        act="open_pot" if is_pot else "offer_grant",
        subject=owner.subject,
        at=at,
        details=f"grant={grant_id} jeon={offer.amount_jeon}",
    )
    append_audit(tx, program_book(owner.program_id), act)
    return grant_id


def get_terms(tx: Tx, program_id: ProgramId, at: datetime) -> TermsView:
    terms = find_terms(tx, program_id, at)
    assert terms is not None, "a program has terms since it was opened"
    return terms


def check_standing(tx: Tx, shop_id: ShopId, terms: TermsView, at: datetime) -> None:
    """Raises Invalid(shop) with every reason why this shop may not have the program's money."""
    found = find_enrollment(tx, shop_id)
    standing = found[1] if found else NOT_SHOWN
    bars = bars_of(standing, terms.conditions, at.astimezone(KST).date())
    if bars:
        said = (bar_words(bar, standing, terms.conditions) for bar in bars)
        raise Invalid({"shop": " ".join(said)})


def lock_source(
    tx: Tx,
    program_id: ProgramId,
    market_id: MarketId | None,
    pot_id: GrantId | None,
    at: datetime,
) -> tuple[AccountId, datetime]:
    """The account the money comes from, locked, and the end that no child of it may outlive.

    Locked, so that of two presses at once the second finds the first. Raises NotFound(pot),
    Conflict(program_closed, pot_over).
    """
    if pot_id is None:
        source = get_program_account(tx, program_id, AccountKind.PROGRAM)
    else:
        source = _own_pot(tx, market_id, pot_id, at).account_id
    lock_accounts(tx, [source])
    # Asked behind the lock: a program may have been closed, or a pot called back, meanwhile.
    program = get_open_program(tx, program_id)
    if pot_id is None:
        return source, last_instant(program)
    return source, _own_pot(tx, market_id, pot_id, at).expires_at


def get_open_program(tx: Tx, program_id: ProgramId) -> ProgramView:
    """Raises Conflict(program_closed)."""
    program = get_program_view(tx, program_id)
    if program.closed_at is not None:
        raise Conflict("program_closed")
    return program


def last_instant(program: ProgramView) -> datetime:
    """The end of its last day (KST): no grant outlives it."""
    return kst_instant(program.ends_on + timedelta(days=1), time())


def _own_pot(tx: Tx, market_id: MarketId | None, pot_id: GrantId, at: datetime) -> GrantRow:
    pot = find_grant(tx, pot_id)
    if pot is None or market_id is None or pot.market_id != market_id:
        raise NotFound("pot")
    # Also past its dates, in the moments before its money is swept.
    if view_grant(pot, at).state in OVER:
        raise Conflict("pot_over")
    return pot


def _insert(
    tx: Tx, terms: TermsView, offer: Offer, account_id: AccountId, owner: Owner, at: datetime
) -> GrantId:
    return books.insert_grant(
        tx,
        program_id=terms.program_id,
        market_id=owner.market_id,
        shop_id=owner.shop_id,
        account_id=account_id,
        parent_id=offer.pot_id,
        terms_id=terms.terms_id,
        amount_jeon=offer.amount_jeon,
        shop_cap_jeon=offer.shop_cap_jeon,
        pays=",".join(offer.pays),
        vat_rule=terms.vat_rule,
        granted_at=at,
        start_by=offer.start_by,
        expires_at=offer.expires_at,
        returned_until=offer.expires_at + timedelta(days=terms.returned_days),
    )


def _offer_key(program_id: ProgramId, form_key: str, whose: str, offer: Offer) -> str:
    """Equal only for the same offer from the same form, however its instants are written.

    Raises Invalid for a form without a key.
    """
    dates = (one.timestamp() for one in (offer.start_by, offer.expires_at))
    money = (offer.amount_jeon, offer.pot_id, offer.shop_cap_jeon)
    return f"grant:{program_id}:{digest_of(form_key, whose, *money, *offer.pays, *dates)}"


def check_offer(offer: Offer, ends_at: datetime, at: datetime) -> None:
    """Raises Invalid with everything that is wrong about its amounts and dates."""
    wrong = {}
    if offer.amount_jeon <= 0:
        wrong["amount"] = "1원보다 큰 금액을 적어 주세요."
    if offer.start_by <= at:
        wrong["start_by"] = "시작 기한은 지금보다 뒤여야 해요."
    if offer.expires_at < offer.start_by:
        wrong["expires_at"] = "만료일은 시작 기한보다 앞설 수 없어요."
    elif offer.expires_at > ends_at:
        last = (ends_at - timedelta(microseconds=1)).astimezone(KST)
        wrong["expires_at"] = f"{last:%Y년 %-m월 %-d일}까지만 정할 수 있어요."
    if offer.shop_cap_jeon is not None and offer.shop_cap_jeon <= 0:
        wrong["shop_cap"] = "1원보다 큰 금액을 적거나 비워 두세요."
    if wrong:
        raise Invalid(wrong)
