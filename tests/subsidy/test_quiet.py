"""Which shops have gone quiet: what was sent by hand and what is booked counts, too."""

from datetime import timedelta

from domain.audit import shop_book
from domain.money import won
from domain.people import ShopId
from domain.subsidy import GrantState
from domain.time import in_kst
from storage.books import Books
from storage.desk import Tx
from subsidy.by_hand import Sending, record_by_hand, take_back
from subsidy.clawing import Quiet, claw_back, look_for_quiet, propose_claw_back
from subsidy.grants import list_grants
from tests.factories import OWNER, make_campaign, make_customer, make_draft
from tests.subsidy.desks import NOW, Desk, make_desk

QUIET = Quiet(days=14)
LATER = NOW + timedelta(hours=1)


def tell(tx: Tx, shop_id: ShopId, days_ago: int) -> int:
    """Ten people were sent something by hand."""
    told = record_by_hand(
        tx,
        shop_id,
        Sending(
            sent_on=in_kst(NOW).date() - timedelta(days=days_ago), people=10, is_targeted=False
        ),
        form_key=f"by-hand-{days_ago}",
        agreed_jeon=won(165),
        book=shop_book(shop_id),
        actor=OWNER,
        at=NOW,
    )
    return told.hand_id


def book(tx: Tx, desk: Desk, shop_id: ShopId) -> None:
    """A news for tomorrow."""
    make_customer(tx, desk.channel_id, shop_id, 1)
    make_campaign(tx, shop_id, at=NOW, draft=make_draft(due_at=NOW + timedelta(days=1)))


async def test_who_told_of_a_sending_by_hand_is_not_quiet_until_it_is_taken_back(
    books: Books,
) -> None:
    desk = await books.write(make_desk)
    await books.write(tell, desk.shops[0], 15)
    told = await books.write(tell, desk.shops[1], 14)

    found = await books.read(look_for_quiet, desk.maker, QUIET, NOW)
    await books.write(
        take_back,
        desk.shops[1],
        told,
        is_owner=True,
        book=shop_book(desk.shops[1]),
        actor=OWNER,
        at=NOW,
    )
    after = await books.read(look_for_quiet, desk.maker, QUIET, NOW)

    assert [one.shop_id for one in found] == [desk.shops[0], desk.shops[2]]
    assert [one.shop_id for one in after] == desk.shops


async def test_who_has_booked_a_news_is_not_quiet(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(book, desk, desk.shops[1])

    found = await books.read(look_for_quiet, desk.maker, QUIET, NOW)

    assert [one.shop_id for one in found] == [desk.shops[0], desk.shops[2]]


async def test_who_has_told_or_booked_since_it_was_proposed_keeps_its_money(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(
        propose_claw_back, desk.maker, QUIET, desk.grants, form_key="form", at=NOW
    )
    await books.write(tell, desk.shops[0], 3)
    await books.write(book, desk, desk.shops[1])

    await books.write(claw_back, desk.second, proposal_id, LATER)

    states = [(await books.read(list_grants, one, LATER))[0].state for one in desk.shops]
    assert states == [GrantState.STARTED, GrantState.STARTED, GrantState.CLAWED_BACK]
