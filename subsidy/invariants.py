"""The promises about money (I1-I3, I10), checked in the books; what is wrong is named."""

from collections.abc import Iterator, Mapping
from typing import Final

from domain.subsidy import AccountKind, TransferCode
from storage.desk import Tx
from storage.queries import ledger_invariants as ledger
from storage.queries import way_invariants as ways
from storage.queries.ledger_invariants import Break, Drift

Kinds = tuple[AccountKind, AccountKind]

WAYS: Final[Mapping[TransferCode, frozenset[Kinds]]] = {
    TransferCode.FUND: frozenset(
        {
            (AccountKind.FUNDER, AccountKind.PROGRAM),
            (AccountKind.PROGRAM, AccountKind.OPERATING),
        }
    ),
    TransferCode.GRANT: frozenset(
        {
            (AccountKind.PROGRAM, AccountKind.GRANT),
            (AccountKind.PROGRAM, AccountKind.POT),
            (AccountKind.POT, AccountKind.GRANT),
        }
    ),
    TransferCode.TOP_UP: frozenset({(AccountKind.FUNDER, AccountKind.WALLET)}),
    TransferCode.REFUND: frozenset({(AccountKind.WALLET, AccountKind.FUNDER)}),
    TransferCode.MESSAGE: frozenset(
        {
            (AccountKind.GRANT, AccountKind.SPENT),
            (AccountKind.POT, AccountKind.SPENT),
            (AccountKind.OPERATING, AccountKind.SPENT),
            (AccountKind.WALLET, AccountKind.OWN_SPENT),
        }
    ),
    TransferCode.BY_HAND: frozenset(
        {
            (AccountKind.GRANT, AccountKind.SPENT),
            # A correction of what was told wrongly: see subsidy/by_hand.py.
            (AccountKind.SPENT, AccountKind.GRANT),
        }
    ),
    TransferCode.LAPSE: frozenset(
        {(AccountKind.GRANT, AccountKind.LAPSED), (AccountKind.POT, AccountKind.LAPSED)}
    ),
    TransferCode.CLAW_BACK: frozenset(
        {
            (AccountKind.GRANT, AccountKind.PROGRAM),
            (AccountKind.POT, AccountKind.PROGRAM),
            (AccountKind.GRANT, AccountKind.POT),
        }
    ),
    TransferCode.RESTORE: frozenset(
        {
            (AccountKind.PROGRAM, AccountKind.GRANT),
            (AccountKind.PROGRAM, AccountKind.POT),
            (AccountKind.POT, AccountKind.GRANT),
        }
    ),
    TransferCode.MOVE: frozenset({(AccountKind.GRANT, AccountKind.GRANT)}),
}
"""Which kinds of account money may leave and enter for each reason (F2-F6)."""


def transfers_make_balances(tx: Tx) -> list[str]:
    """I1, from the whole to the single entry."""
    off_sum = [f"program {one}: accounts sum to {off}" for one, off in ledger.list_unbalanced(tx)]
    off = [line for one in ledger.list_drifted(tx) for line in _drift_words(one)]
    return off_sum + off + _break_words(tx, ledger.list_breaks(tx))


def nothing_overdrawn(tx: Tx) -> list[str]:
    """I2, for accounts and for each shop's share of a pot."""
    overdrawn = [f"account {one} is overdrawn" for one in ledger.list_overdrawn(tx)]
    shares = [
        f"shop {one.shop_id}'s share of account {one.account_id} says {one.used_jeon} of"
        f" {one.cap_jeon} jeon are used, its transfers make {one.made_jeon}"
        for one in ledger.list_shares(tx)
    ]
    return overdrawn + shares


def holds_resolve_once(tx: Tx) -> list[str]:
    """I3."""
    bad = [
        f"hold {one} of {held} jeon is resolved as {resolved}"
        for one, held, resolved in ledger.list_bad_holds(tx)
    ]
    lost = [
        f"transfer {one} resolves {hold}, which is no hold"
        for one, hold in ledger.list_no_holds(tx)
    ]
    soon = [
        f"transfer {one} let a hold expire before its time ({until})"
        for one, until in ledger.list_too_soon(tx)
    ]
    return bad + lost + soon


def money_goes_home(tx: Tx) -> list[str]:
    """I10: what comes back returns to its account; nothing leaves by a way that is none."""
    strayed = [
        f"transfer {one} resolves hold {hold} for another account, shop or chunk"
        for one, hold in ways.list_strayed(tx)
    ]
    no_way = [
        f"transfer {one.first_id} is a {one.code} from {one.source} to {one.target}"
        + (f", and {one.count - 1} more are" if one.count > 1 else "")
        for one in ways.list_ways(tx)
        if (one.source, one.target) not in WAYS[one.code]
    ]
    abroad = [f"transfer {one} went to another program" for one in ways.list_abroad(tx)]
    astray = [
        f"transfer {one} of grant {grant} went where that grant never came from"
        for one, grant in ways.list_astray(tx)
    ]
    misstated = [
        f"grant {one} says {amount} jeon, {given} were given to it"
        for one, amount, given in ways.list_misstated(tx)
    ]
    others = [f"grant {one} names another's account" for one in ways.list_others_grants(tx)]
    wallets = [f"shop {one}'s wallet is another's" for one in ways.list_others_wallets(tx)]
    return [*strayed, *no_way, *abroad, *astray, *misstated, *others, *wallets]


def _drift_words(one: Drift) -> Iterator[str]:
    for name in ("debits_pending", "debits_posted", "credits_pending", "credits_posted"):
        said, made = getattr(one, name), getattr(one, f"made_{name}")
        if said != made:
            yield f"account {one.account_id} says {name} {said}, its transfers make {made}"


def _break_words(tx: Tx, breaks: list[Break]) -> list[str]:
    gaps = ledger.list_gaps(tx) if breaks else []
    return [line for one in breaks for line in _words_of(one, gaps)]


def _words_of(one: Break, gaps: list[tuple[int, int]]) -> Iterator[str]:
    if one.after_jeon - one.before_jeon != one.by_jeon:
        yield (
            f"transfer {one.transfer_id}: a {one.phase} of account {one.account_id} changes it by"
            f" {one.by_jeon} jeon, not from {one.before_jeon} to {one.after_jeon}"
        )
    if one.before_jeon != (one.previous_jeon or 0):
        before = f"transfer {one.previous_id} left" if one.previous_id else "an empty account has"
        yield (
            f"transfer {one.transfer_id} finds {one.before_jeon} jeon in account"
            f" {one.account_id}, {before} {one.previous_jeon or 0}{_missing_words(one, gaps)}"
        )
    if one.left_jeon is not None:
        yield (
            f"account {one.account_id} has {one.left_jeon} jeon, its last transfer"
            f" {one.transfer_id} left {one.after_jeon}"
        )


def _missing_words(one: Break, gaps: list[tuple[int, int]]) -> str:
    """Numbers that no transfer has, between two that do not follow one another."""
    missing = [
        f"{before + 1}" if after == before + 2 else f"{before + 1}-{after - 1}"
        for before, after in gaps
        if before >= (one.previous_id or 0) and after <= one.transfer_id
    ]
    return f"; not there: {', '.join(missing)}" if missing else ""
