"""Who is speaking, and how they stand with the shops of this channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.people import ChannelId, CustomerId, ShopId
from domain.refusals import NotFound
from storage.desk import Tx
from storage.queries.customers import (
    Call,
    Caller,
    Person,
    ShopStanding,
    save_question,
    see_person,
)
from storage.queries.meeting import meet_people


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


def meet_all(tx: Tx, calls: Sequence[Call]) -> list[Meeting | None]:
    """Begins the turns of one moment: remembers these people and holds their rows, as a set.

    None for who speaks again in the same moment: the first turn may change how they stand.
    """
    first = {(call.channel_id, call.caller.bot_user_key): call for call in reversed(calls)}
    met = dict(zip(first, meet_people(tx, list(first.values())), strict=True))
    return [
        Meeting(*met[key]) if first[key] is call else None
        for call in calls
        if (key := (call.channel_id, call.caller.bot_user_key))
    ]


def meet(tx: Tx, channel_id: ChannelId, caller: Caller, at: datetime) -> Meeting:
    """Begins one turn: remembers the person, and holds their row so that turns do not mix."""
    return Meeting(*meet_people(tx, [Call(channel_id, caller, at)])[0])


def recognize(tx: Tx, channel_id: ChannelId, caller: Caller, at: datetime) -> CustomerId:
    """The person behind a call that is no turn of theirs (an event block); holds their row."""
    return see_person(tx, channel_id, caller, at).customer_id


def ask(
    tx: Tx, meeting: Meeting, question: str | None, shop_id: ShopId | None, asked_at: datetime
) -> None:
    """Remembers what was asked, and when; None when nothing is open. Writes only what changed."""
    if (meeting.person.asking, meeting.person.asking_shop_id) != (question, shop_id):
        save_question(tx, meeting.customer_id, question, shop_id, asked_at)
