"""Who is speaking, and how they stand with the shops of this channel."""

from dataclasses import dataclass
from datetime import datetime

from domain.people import ChannelId, CustomerId, ShopId
from domain.refusals import NotFound
from storage.desk import Tx
from storage.queries.customers import (
    Caller,
    Person,
    ShopStanding,
    meet_person,
    save_question,
    see_person,
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One turn's person, with the channel's shops."""

    person: Person
    shops: list[ShopStanding]

    @property
    def customer_id(self) -> CustomerId:
        return self.person.customer_id

    @property
    def joined(self) -> list[ShopStanding]:
        return [shop for shop in self.shops if shop.is_member]

    def shop(self, shop_id: ShopId) -> ShopStanding:
        """A shop of this channel; raises NotFound for any other."""
        for shop in self.shops:
            if shop.shop_id == shop_id:
                return shop
        raise NotFound("shop")


def meet(tx: Tx, channel_id: ChannelId, caller: Caller, at: datetime) -> Meeting:
    """Begins a turn: remembers the person, and holds their row so that turns do not mix."""
    return Meeting(*meet_person(tx, channel_id, caller, at))


def recognize(tx: Tx, channel_id: ChannelId, caller: Caller, at: datetime) -> CustomerId:
    """The person behind a call that is no turn of theirs (an event block); holds their row."""
    return see_person(tx, channel_id, caller, at).customer_id


def ask(tx: Tx, meeting: Meeting, question: str | None, shop_id: ShopId | None = None) -> None:
    """Remembers what was asked; None when nothing is open. Writes only what changed."""
    if (meeting.person.asking, meeting.person.asking_shop_id) != (question, shop_id):
        save_question(tx, meeting.customer_id, question, shop_id)
