"""Who acts on a program's money, and how far they reach."""

from dataclasses import dataclass

from domain.people import GrantId, MarketId, ProgramId, StaffId
from domain.refusals import NotAllowed, NotFound
from storage.desk import Tx
from storage.queries.grants import GrantRow, find_grant
from storage.queries.places import get_shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """A manager at work; `market_id` None reaches the whole program."""

    program_id: ProgramId
    market_id: MarketId | None
    staff_id: StaffId
    actor: str

    @property
    def is_everywhere(self) -> bool:
        return self.market_id is None


def get_grant_in_reach(tx: Tx, acting: Acting, grant_id: GrantId) -> GrantRow:
    """A grant or pot. Raises NotFound(grant) also for another market's or program's."""
    row = find_grant(tx, grant_id)
    if row is None or row.program_id != acting.program_id:
        raise NotFound("grant")
    if acting.market_id not in (None, market_of(tx, row)):
        raise NotFound("grant")
    return row


def market_of(tx: Tx, row: GrantRow) -> MarketId:
    """The market of a pot, or of the shop whose grant this is."""
    if row.shop_id is not None:
        return get_shop(tx, row.shop_id).market_id
    assert row.market_id is not None, "a grant is a shop's or a market's"
    return row.market_id


def must_reach_everything(acting: Acting) -> None:
    """Raises NotAllowed(program_managers_only) for who manages one market."""
    if not acting.is_everywhere:
        raise NotAllowed("program_managers_only")
