"""A program with two markets and their shops, and the managers who act on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.money import Jeon
from domain.people import ChannelId, GrantId, MarketId, ProgramId, Role, ShopId
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.desk import Tx
from storage.queries.grants import find_grant
from storage.queries.ledger import get_program_account, lock_accounts
from storage.queries.staff import insert_staff
from subsidy.acting import Acting
from subsidy.ending import send_home
from subsidy.ledger import Move, transfer
from tests.factories import (
    EARLIER,
    make_channel,
    make_grant,
    make_market,
    make_program,
    make_shop,
    rows,
)

NOW = EARLIER + timedelta(days=20)
"""Long enough after the grants were given that their shops count as quiet."""

ENDS = EARLIER + timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`shops` have a started grant of 1,000 won each, in order of `grants`; the last shop stands
    in the second market.
    """

    program_id: ProgramId
    market_id: MarketId
    other_market: MarketId
    channel_id: ChannelId
    shops: list[ShopId]
    grants: list[GrantId]
    maker: Acting
    second: Acting
    of_market: Acting


def make_desk(
    tx: Tx, *, shops: int = 3, grant_won: float = 1_000, budget_won: int = 1_000_000
) -> Desk:
    program_id = make_program(tx, budget_won=budget_won)
    market_id = make_market(tx, program_id)
    other = make_market(tx, program_id, name="이웃시장")
    channel_id = make_channel(tx, market_id)
    opened = [
        make_shop(
            tx,
            market_id if number < shops - 1 else other,
            channel_id,
            name=f"가게{number}",
            slug=f"shop-{number}",
        )
        for number in range(shops)
    ]
    grants = [
        make_grant(
            tx,
            program_id,
            shop_id,
            amount_won=grant_won,
            form_key=f"grant-{shop_id}",
            expires_at=ENDS,
        )
        for shop_id in opened
    ]
    return Desk(
        program_id=program_id,
        market_id=market_id,
        other_market=other,
        channel_id=channel_id,
        shops=opened,
        grants=grants,
        maker=make_manager(tx, program_id, "이정"),
        second=make_manager(tx, program_id, "박선"),
        of_market=make_manager(tx, program_id, "최시", market_id),
    )


def make_manager(
    tx: Tx, program_id: ProgramId, name: str, market_id: MarketId | None = None
) -> Acting:
    role = Role.MANAGER if market_id is None else Role.MARKET_MANAGER
    staff_id = insert_staff(
        tx,
        role=role,
        program_id=program_id,
        market_id=market_id,
        shop_id=None,
        name=name,
        created_at=EARLIER,
    )
    return Acting(
        program_id=program_id, market_id=market_id, staff_id=staff_id, actor=f"{role}:{staff_id}"
    )


def hold_some(tx: Tx, desk: Desk, grant_id: GrantId, amount_jeon: int, at: datetime) -> None:
    """As a news on its way does; one a grant."""
    row = find_grant(tx, grant_id)
    assert row is not None
    move = Move(
        key=f"hold:{grant_id}",
        code=TransferCode.MESSAGE,
        phase=Phase.HOLD,
        debit=row.account_id,
        credit=get_program_account(tx, desk.program_id, AccountKind.SPENT),
        amount_jeon=Jeon(amount_jeon),
        shop_id=row.shop_id,
    )
    transfer(tx, [move], happened_at=at, recorded_at=at)


def give_back(tx: Tx, grant_id: GrantId, at: datetime) -> None:
    """What was held comes back whole, as settling does it."""
    key = f"hold:{grant_id}"
    sql = "SELECT id, debit_account_id, credit_account_id, amount_jeon, shop_id FROM transfer"
    hold = rows(tx, f"{sql} WHERE key = :key", key=key)[0]
    move = Move(
        key=f"void:{hold[0]}",
        code=TransferCode.MESSAGE,
        phase=Phase.VOID,
        debit=hold[1],
        credit=hold[2],
        amount_jeon=hold[3],
        hold_id=hold[0],
        shop_id=hold[4],
    )
    transfer(tx, [move], happened_at=at, recorded_at=at)
    send_home(tx, [hold[1]], at)


def left(tx: Tx, grant_id: GrantId) -> int:
    row = find_grant(tx, grant_id)
    assert row is not None
    return row.left_jeon


def budget_left(tx: Tx, program_id: ProgramId) -> int:
    account = get_program_account(tx, program_id, AccountKind.PROGRAM)
    return lock_accounts(tx, [account])[account].left_jeon


def acts(tx: Tx, program_id: ProgramId) -> list[str]:
    """What the program's audit log says was done, the last first, of this module's acts."""
    sql = "SELECT act FROM audit_line WHERE book = :book ORDER BY number DESC"
    return [row[0] for row in rows(tx, sql, book=f"program:{program_id}")]
