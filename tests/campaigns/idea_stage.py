"""A shop that wants ideas, its owner, and the idea that was proposed to it."""

from datetime import UTC, datetime

from campaigns.ideas import find_idea_now, propose_ideas
from domain.ideas import IdeaTime
from domain.money import won
from domain.people import Role, ShopId, StaffId
from loyalty.meeting import recognize
from storage.books import Books
from storage.desk import Tx
from storage.queries.ideas import IdeaView, save_time
from storage.queries.staff import insert_staff
from storage.queries.staff_chats import save_chat
from subsidy.operating import fund_operating
from tests.factories import EARLIER, MANAGER, Street, make_caller, make_street

WEDNESDAY = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # 10:00 KST
WEDNESDAYS = IdeaTime(day=2, hour=10)
CAMPAIGNS = "SELECT kind, body, form_key FROM campaign ORDER BY id"
Scene = tuple[Street, StaffId]


def make_scene(
    tx: Tx, time: IdeaTime = WEDNESDAYS, *, people: int = 3, grant_won: float = 300_000
) -> Scene:
    """A shop that wants ideas on Wednesdays at ten."""
    street = make_street(tx, people=people, grant_won=grant_won)
    save_time(tx, street.shop_id, time, EARLIER)
    fund_operating(
        tx, street.program_id, amount_jeon=won(1_000), key="1", actor=MANAGER, at=EARLIER
    )
    return street, make_owner(tx, street.shop_id)


def make_owner(tx: Tx, shop_id: ShopId, role: Role = Role.OWNER) -> StaffId:
    return insert_staff(
        tx, role=role, program_id=None, shop_id=shop_id, name="김사장", created_at=EARLIER
    )


def pair(tx: Tx, street: Street, staff_id: StaffId, *, is_friend: bool = True) -> None:
    caller = make_caller(77, is_friend=is_friend)
    save_chat(tx, staff_id, recognize(tx, street.channel_id, caller, EARLIER), EARLIER)


async def proposed(books: Books, shop_id: ShopId, at: datetime = WEDNESDAY) -> IdeaView:
    await books.write(propose_ideas, at)
    idea = await books.read(find_idea_now, shop_id, at)
    assert idea is not None
    return idea
