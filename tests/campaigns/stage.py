"""A shop with one run that waits to leave, a fake sender, and a dispatcher to let it leave."""

from dataclasses import dataclass
from datetime import timedelta

from campaigns.dispatch import Dispatcher
from campaigns.invariants import check_invariants
from campaigns.results import Result, campaign_result
from domain.campaigns import SenderName
from domain.people import CampaignId, ChunkId, CustomerId, RunId, ShopId
from loyalty.consent import stop_advertising
from storage.books import Books
from storage.desk import Tx
from storage.queries.chunks import find_next_act
from storage.queries.grants import list_grants
from tests.campaigns.fakes import FakeSender
from tests.conftest import Clock
from tests.factories import Street, make_run, make_street, rows

PUBLIC_URL = "https://dangol.test"
SENDERS = (SenderName.KAKAO_EVENT, SenderName.SOLAPI)
"""One of each kind that the engine knows: one shot, and a place that is prepared first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    books: Books
    clock: Clock
    sender: FakeSender
    street: Street
    campaign_id: CampaignId

    def dispatcher(self, books: Books | None = None) -> Dispatcher:
        """A process of its own: it remembers nothing of the others."""
        senders = {self.sender.name: self.sender}
        return Dispatcher(books or self.books, senders, self.clock.now, PUBLIC_URL)

    def everybody(self) -> dict[CustomerId, int]:
        """What `sender.arrived` counts when each regular got it once."""
        return dict.fromkeys(self.street.customers, 1)

    async def drain(self, *, hours: float = 3) -> None:
        """Lets everything happen that becomes due within so many hours; no promise is broken."""
        dispatcher, end = self.dispatcher(), self.clock.now() + timedelta(hours=hours)
        while True:
            while await dispatcher.send_next() or await dispatcher.ask_next():
                pass
            due_at = await self.books.read(find_next_act)
            if due_at is None or due_at > end:
                break
            self.clock.at = max(self.clock.at, due_at)
        assert await broken_promises(self.books) == {}

    async def result(self) -> Result:
        return await self.books.read(campaign_result, self.street.shop_id, self.campaign_id)

    async def withdraw(self, customer_id: CustomerId) -> None:
        await self.books.write(stop_advertising, customer_id, pressed="그만", at=self.clock.now())

    async def grant_left(self) -> int:
        return await self.books.read(_grant_left, self.street.shop_id)

    async def run_and_chunk(self) -> tuple[RunId, ChunkId]:
        return await self.books.read(_run_and_chunk, self.campaign_id)


async def set_stage(
    books: Books, clock: Clock, sender: SenderName = SenderName.SOLAPI, *, people: int = 3
) -> Stage:
    street = await books.write(make_street, people=people)
    campaign_id = await books.write(make_run, street.shop_id, at=clock.now(), sender=sender)
    return Stage(
        books=books,
        clock=clock,
        sender=FakeSender(sender),
        street=street,
        campaign_id=campaign_id,
    )


async def broken_promises(books: Books) -> dict[str, list[str]]:
    """What `dangol audit` would say: nothing."""
    told = await books.read(check_invariants)
    return {name: found for name, found in told.items() if found}


def _grant_left(tx: Tx, shop_id: ShopId) -> int:
    return sum(grant.left_jeon for grant in list_grants(tx, shop_id))


def _run_and_chunk(tx: Tx, campaign_id: CampaignId) -> tuple[RunId, ChunkId]:
    sql = "SELECT r.id, c.id FROM run r JOIN chunk c ON c.run_id = r.id WHERE campaign_id = :id"
    run_id, chunk_id = rows(tx, sql, id=campaign_id)[0]
    return RunId(run_id), ChunkId(chunk_id)
