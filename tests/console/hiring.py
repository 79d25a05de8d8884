"""More people at a program's desks."""

from domain.people import Role, StaffId
from storage.desk import Tx
from storage.queries.places import get_shop
from storage.queries.staff import insert_staff
from tests.console.street import MONDAY_TEN, Street


def hire(tx: Tx, street: Street, role: Role = Role.MANAGER) -> StaffId:
    """A market manager looks after the market of the street's shop."""
    is_of_market = role is Role.MARKET_MANAGER
    return insert_staff(
        tx,
        role=role,
        program_id=street.program_id,
        market_id=get_shop(tx, street.shop_id).market_id if is_of_market else None,
        shop_id=None,
        name="박선",
        created_at=MONDAY_TEN,
    )
