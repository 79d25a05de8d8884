"""What statements are told of: a random history of money straight through the ledger, with the plain
sum of its transfers; and a shop that sent once.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from campaigns.settle import settle_reports
from console.manager.statement_files import COLUMNS
from domain.campaigns import Outcome, Report
from domain.money import Jeon
from domain.people import AccountId, MarketId, ProgramId, ShopId
from domain.statements import Line
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.desk import Tx
from storage.queries.ledger import get_program_account, open_account
from subsidy.ledger import Move, transfer
from tests.factories import (
    EARLIER,
    change,
    make_channel,
    make_market,
    make_program,
    make_run,
    make_shop,
    make_street,
    rows,
)

SHOPS = 3
START = EARLIER - timedelta(days=80)
"""Two months and a bit before, so that the history runs over three months."""

INSIDE = (AccountKind.GRANT, AccountKind.POT)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "grant",
                "top_up",
                "refund",
                "operate",
                "carve",
                "move",
                "claw_back",
                "restore",
                "lapse",
                "by_hand",
                "correct",
                "hold",
                "hold",
                "resolve",
                "resolve",
            )
        ),
        st.integers(min_value=0, max_value=50),
        st.integers(min_value=1, max_value=90_000),
        st.integers(min_value=0, max_value=120),
    ),
    min_size=5,
    max_size=60,
)

CORRECTED = [
    ("grant", 0, 90_000, 1),
    ("by_hand", 0, 1_650, 1),
    ("correct", 0, 1, 24 * 40),
    ("top_up", 0, 1, 24 * 40),
]
"""What chance seldom makes: told in one month, taken back in the next, and a third month."""


@dataclass
class World:
    """One program with two markets; of each shop two grants and a wallet."""

    program_id: ProgramId
    markets: list[MarketId]
    shops: list[ShopId]
    accounts: dict[AccountKind, list[AccountId]]
    shop_of: dict[AccountId, ShopId]
    at: datetime = START
    number: int = 0
    holds: list[tuple[Move, int]] = field(default_factory=list)
    told: list[Move] = field(default_factory=list)


def build_world(tx: Tx) -> World:
    program_id = make_program(tx, name="지난 프로그램", budget_won=2_000, at=START)
    markets = [
        make_market(tx, program_id, name=name, at=START) for name in ("연남시장", "망원시장")
    ]
    world = World(program_id, markets, [], {}, {})
    for kind in AccountKind:
        if kind not in (*INSIDE, AccountKind.WALLET):
            world.accounts[kind] = [get_program_account(tx, program_id, kind)]
    channels = [make_channel(tx, one, number=one, at=START) for one in markets]
    for number in range(SHOPS):
        place = number % 2
        shop_id = make_shop(
            tx, markets[place], channels[place], name=f"가게{number}", slug=f"s{number}", at=START
        )
        world.shops.append(shop_id)
        for kind in (AccountKind.GRANT, AccountKind.GRANT, AccountKind.WALLET):
            account_id = open_account(tx, kind, program_id, shop_id=shop_id)
            world.accounts.setdefault(kind, []).append(account_id)
            world.shop_of[account_id] = shop_id
    world.accounts[AccountKind.POT] = [
        open_account(tx, AccountKind.POT, program_id, market_id=one) for one in markets
    ]
    return world


def live(tx: Tx, world: World, steps: list[tuple[str, int, int, int]]) -> None:
    """What cannot be paid is left out, as the ledger refuses it."""
    for name, which, amount, hours in steps:
        world.at += timedelta(hours=hours)
        if name == "resolve":
            _resolve(tx, world, which, amount)
        elif name == "correct":
            _correct(tx, world, which)
        else:
            _put(tx, world, name, which, Jeon(amount))


def _put(tx: Tx, world: World, name: str, which: int, amount: Jeon) -> None:
    def one(*kinds: AccountKind, skip: int = 0) -> AccountId:
        listed = [account for kind in kinds for account in world.accounts[kind]]
        return listed[(which + skip) % len(listed)]

    kind = AccountKind
    given, pot, wallet = one(kind.GRANT), one(kind.POT), one(kind.WALLET)
    code, debit, credit = {
        "grant": (TransferCode.GRANT, one(kind.PROGRAM), one(*INSIDE)),
        "top_up": (TransferCode.TOP_UP, one(kind.FUNDER), wallet),
        "refund": (TransferCode.REFUND, wallet, one(kind.FUNDER)),
        "operate": (TransferCode.FUND, one(kind.PROGRAM), one(kind.OPERATING)),
        "carve": (TransferCode.GRANT, pot, given),
        "move": (TransferCode.MOVE, given, one(kind.GRANT, skip=1)),
        "claw_back": (TransferCode.CLAW_BACK, one(*INSIDE), one(kind.PROGRAM)),
        "restore": (TransferCode.RESTORE, one(kind.PROGRAM), one(*INSIDE)),
        "lapse": (TransferCode.LAPSE, one(*INSIDE), one(kind.LAPSED)),
        "by_hand": (TransferCode.BY_HAND, given, one(kind.SPENT)),
        "hold": (
            TransferCode.MESSAGE,
            one(*INSIDE, kind.WALLET, kind.OPERATING),
            one(kind.SPENT),
        ),
    }[name]
    world.number += 1
    phase = Phase.HOLD if name == "hold" else Phase.SINGLE
    shop_id = world.shop_of.get(debit) or world.shop_of.get(credit) or world.shops[which % SHOPS]
    move = Move(
        key=f"step:{world.number}",
        code=code,
        phase=phase,
        debit=debit,
        credit=credit,
        amount_jeon=amount,
        shop_id=shop_id,
    )
    if not _is_there(tx, debit, amount):
        return
    transfer(tx, [move], happened_at=world.at, recorded_at=world.at)
    if code is TransferCode.BY_HAND:
        world.told.append(move)
    if phase is Phase.HOLD:
        found = rows(tx, "SELECT id FROM transfer WHERE key = :key", key=move.key)
        world.holds.append((move, found[0][0]))


def _is_there(tx: Tx, account_id: AccountId, amount: Jeon) -> bool:
    sql = (
        "SELECT NOT is_limited OR credits_posted - debits_posted - debits_pending >= :jeon"
        " FROM account WHERE id = :id"
    )
    return bool(rows(tx, sql, id=account_id, jeon=amount)[0][0])


def _correct(tx: Tx, world: World, which: int) -> None:
    """What was told by hand and was wrong comes back, perhaps months later."""
    if not world.told:
        return
    told = world.told.pop(which % len(world.told))
    back = replace(told, key=f"back:{told.key}", debit=told.credit, credit=told.debit)
    transfer(tx, [back], happened_at=world.at, recorded_at=world.at)


def _resolve(tx: Tx, world: World, which: int, amount: int) -> None:
    if not world.holds:
        return
    hold, hold_id = world.holds.pop(which % len(world.holds))
    posted = min(amount % (hold.amount_jeon + 1), hold.amount_jeon)
    rest = Phase.VOID if which % 2 else Phase.EXPIRE
    moves = [
        Move(
            key=f"{phase}:{hold_id}",
            code=hold.code,
            phase=phase,
            debit=hold.debit,
            credit=hold.credit,
            amount_jeon=Jeon(jeon),
            hold_id=hold_id,
            shop_id=hold.shop_id,
        )
        for phase, jeon in ((Phase.POST, posted), (rest, hold.amount_jeon - posted))
        if jeon
    ]
    transfer(tx, moves, happened_at=world.at, recorded_at=world.at)


def balances_at(tx: Tx, at: datetime) -> tuple[Counter[AccountId], Counter[AccountId]]:
    """What stood in each account just before an instant, and how much of it was held: the plain
    sum of every transfer until then, one by one.
    """
    stood: Counter[AccountId] = Counter()
    held: Counter[AccountId] = Counter()
    found = rows(
        tx,
        "SELECT phase, debit_account_id, credit_account_id, amount_jeon, recorded_at"
        " FROM transfer ORDER BY id",
    )
    for phase, debit, credit, jeon, recorded_at in found:
        if as_instant(recorded_at) >= at:
            continue
        if phase in ("single", "post"):
            stood[debit] -= jeon
            stood[credit] += jeon
        held[debit] += {"hold": jeon, "single": 0}.get(phase, -jeon)
    return stood, held


def check_columns(line: Line) -> None:
    """Who adds the columns of the file by their titles comes to the closing."""
    for purse in ("지원금", "가게 돈"):
        cells = {one.title: int(str(one.read(line))) for one in COLUMNS if one.is_money}
        came, went = (
            sum(jeon for title, jeon in cells.items() if title.startswith(f"{purse} {sign} "))
            for sign in "+-"
        )
        assert cells[f"{purse} 처음"] + came - went == cells[f"{purse} 끝"]


def as_instant(value: object) -> datetime:
    """Raw SQL gives text on SQLite."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(f"{value}+00:00")


def sent_street(tx: Tx) -> tuple[ProgramId, ShopId]:
    """Ten were asked: one was left out by law, of nine eight came and one failed."""
    street = make_street(tx, people=10)
    change(tx, "UPDATE customer SET friend = 'none' WHERE id = :id", id=street.customers[0])
    make_run(tx, street.shop_id, at=EARLIER)
    waiting = rows(tx, "SELECT id FROM message WHERE state = 'waiting' ORDER BY id")
    reports = [
        Report(
            message_id=message_id,
            outcome=Outcome.DELIVERED if number else Outcome.FAILED,
            code="4000" if number else "3104",
            is_charged=bool(number),
        )
        for number, (message_id,) in enumerate(waiting)
    ]
    settle_reports(tx, reports, EARLIER)
    return street.program_id, street.shop_id
