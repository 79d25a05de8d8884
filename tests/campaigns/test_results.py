"""Many campaigns at once are what each of them is alone, and ask the books no more often."""

import pytest

from campaigns.results import SHOWN_MAX, campaign_result, list_campaigns
from domain.campaigns import CampaignState
from domain.people import ShopId
from storage.books import Books
from storage.desk import Tx
from storage.statements import Statement
from tests.campaigns.stage import set_stage
from tests.conftest import Clock
from tests.factories import make_campaign, make_customer, make_grant, make_run, make_shop

STATEMENTS_MAX = 4


class Counted(Tx):
    """A desk's transaction that counts what is asked of it."""

    __slots__ = ("asked",)

    def all(self, statement: Statement, **params: object) -> list[tuple[object, ...]]:
        self.asked = getattr(self, "asked", 0) + 1
        return super().all(statement, **params)


def ask_counted(tx: Tx, shop_id: ShopId, most: int) -> tuple[int, int]:
    """How many campaigns come, and for how many statements."""
    counted = Counted(tx._link, tx.dialect, tx.vault)
    return len(list_campaigns(counted, shop_id, most)), counted.asked


async def test_each_line_says_what_the_campaigns_own_page_says(books: Books, clock: Clock) -> None:
    """One was delivered but for a person who had withdrawn, one waits, one is booked."""
    stage = await set_stage(books, clock)
    await stage.withdraw(stage.street.customers[0])
    await stage.drain()
    shop_id, at = stage.street.shop_id, clock.now()
    for number in (61, 62):  # who got one this week gets no other
        await books.write(make_customer, stage.street.channel_id, shop_id, number)
    await books.write(make_run, shop_id, at=at, form_key="form-2")
    other = await books.write(make_shop, stage.street.market_id, stage.street.channel_id, slug="b")
    await books.write(make_customer, stage.street.channel_id, other, 50)
    await books.write(make_grant, stage.street.program_id, other, form_key="grant-2")
    await books.write(make_run, other, at=at)
    await books.write(make_customer, stage.street.channel_id, shop_id, 63)
    await books.write(make_campaign, shop_id, at=at, form_key="form-3")

    lines = await books.read(list_campaigns, shop_id)

    booked, planned, sent = lines
    assert [one.state for one in lines] == [
        CampaignState.BOOKED,
        CampaignState.RUNNING,
        CampaignState.FINISHED,
    ]
    assert (sent.people, sent.delivered, planned.people, booked.people) == (2, 2, 2, 0)
    for line in lines:
        alone = await books.read(campaign_result, shop_id, line.campaign_id)
        assert (line.delivered, line.failed) == (alone.delivered, alone.failed)
        assert line.people == alone.recipients - alone.refused_total
        assert line.spent_jeon == alone.spent_jeon
    assert sent.spent_jeon > 0


@pytest.mark.parametrize("most", [1, 3, SHOWN_MAX])
async def test_many_are_asked_for_as_a_set(books: Books, clock: Clock, most: int) -> None:
    stage = await set_stage(books, clock)
    for number in range(5):
        key, street = f"more-{number}", stage.street
        await books.write(make_customer, street.channel_id, street.shop_id, 60 + number)
        await books.write(make_run, street.shop_id, at=clock.now(), form_key=key)

    found, asked = await books.read(ask_counted, stage.street.shop_id, most)

    assert found == min(most, 6)
    assert asked == STATEMENTS_MAX
