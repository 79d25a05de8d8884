"""What the books say, compared with what should be, at the end of every step."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from campaigns.invariants import CHECKS
from domain.people import AccountId, ChunkId
from storage.desk import Tx
from storage.queries.balances import balance_at
from tests.factories import rows

from .should import Should

ASKED_ABOUT = 8
MONEY = ("I1", "I2", "I3", "I10")
ACCOUNTS = """
SELECT id, credits_posted - debits_posted - debits_pending, debits_pending, is_limited
FROM account ORDER BY id
"""
SHARES = "SELECT account_id, shop_id, used_jeon FROM pot_share"
OPEN = """
SELECT chunk_id, debit_account_id, amount_jeon FROM transfer h WHERE phase = 'hold'
AND NOT EXISTS (SELECT 1 FROM transfer r WHERE r.hold_id = h.id) ORDER BY id
"""
GRANTS = 'SELECT id, lapsed_at IS NOT NULL, clawed_back_at IS NOT NULL FROM "grant"'
ENTRIES = """
SELECT phase, debit_account_id, credit_account_id, amount_jeon, recorded_at,
       debit_before_jeon, debit_after_jeon, credit_before_jeon, credit_after_jeon
FROM transfer ORDER BY id
"""
TAKEN = {"single": 1, "hold": 1, "post": 0, "void": -1, "expire": -1}
GIVEN = {"single": 1, "hold": 0, "post": 1, "void": 0, "expire": 0}
"""What a line of each phase takes of the one account's free money, and gives to the other's."""


def broken(tx: Tx) -> list[str]:
    """I1, I2, I3 and I10 by the books' own look at themselves."""
    return [line for name in MONEY for line in CHECKS[name](tx)]


def compare(tx: Tx, should: Should) -> None:
    found = rows(tx, ACCOUNTS)
    assert {row[0]: row[1] for row in found if row[1]} == _some(should.left)
    assert {row[0]: row[2] for row in found if row[2]} == _some(should.held)
    assert sum(row[1] + row[2] for row in found) == 0
    assert all(row[1] >= 0 for row in found if row[3])
    for account, shop, used in rows(tx, SHARES):
        assert used == should.used[account, shop]
    assert {row[0]: (bool(row[1]), bool(row[2])) for row in rows(tx, GRANTS)} == {
        one.grant_id: (one.has_lapsed, one.is_called_back) for one in should.grants.values()
    }
    open_parts: dict[ChunkId, list[tuple[AccountId, int]]] = {}
    for chunk_id, account, amount in rows(tx, OPEN):
        open_parts.setdefault(chunk_id, []).append((account, amount))
    assert open_parts == {number: one.parts for number, one in should.chunks.items()}


def follow(tx: Tx, was: Mapping[datetime, Mapping[AccountId, int]]) -> None:
    """Each line goes on where the one before it ended, and at every past instant the lines until
    then make the balances of then.
    """
    balance: Counter[AccountId] = Counter()
    instants = iter(sorted(was))
    instant = next(instants, None)
    for phase, debit, credit, amount, recorded_at, *around in rows(tx, ENTRIES):
        at = _instant(recorded_at)
        while instant is not None and instant < at:
            assert _some(balance) == _some(was[instant])
            instant = next(instants, None)
        assert around[0] - around[1] == TAKEN[phase] * amount
        assert around[3] - around[2] == GIVEN[phase] * amount
        assert (balance[debit], balance[credit]) == (around[0], around[2])
        balance[debit], balance[credit] = around[1], around[3]
    for last in [instant, *instants]:
        assert last is None or _some(balance) == _some(was[last])


def remember(tx: Tx, was: Mapping[datetime, Mapping[AccountId, int]]) -> None:
    """What the books themselves answer about some past instants."""
    instants = sorted(was)
    for at in instants[:: len(instants) // ASKED_ABOUT + 1]:
        found = {account: balance_at(tx, account, at) for account in was[at]}
        assert found == {account: was[at][account] for account in found}


def _some(amounts: Mapping[AccountId, int]) -> dict[AccountId, int]:
    return {account: amount for account, amount in amounts.items() if amount}


def _instant(found: object) -> datetime:
    if isinstance(found, str):  # SQLite keeps UTC without saying so
        return datetime.fromisoformat(found).replace(tzinfo=UTC)
    assert isinstance(found, datetime)
    return found
