"""People at the managers' desk, and markets beside each other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.money import won
from domain.people import GrantId, MarketId, ProgramId, Role, ShopId, StaffId
from storage.desk import Tx
from storage.queries.places import get_shop
from subsidy.channels import NewChannel, Secrets, add_channel
from subsidy.enrolling import enroll_shop
from subsidy.grants import start_pot
from subsidy.invitations import accept, invite
from subsidy.offering import Offer, open_pot
from subsidy.programs import open_market
from subsidy.shops import open_shop
from tests.console.street import MONDAY_TEN, Street
from tests.factories import QUALIFIED


@dataclass(frozen=True, slots=True)
class Market:
    market_id: MarketId
    shop_id: ShopId


def market_of(tx: Tx, street: Street) -> Market:
    return Market(get_shop(tx, street.shop_id).market_id, street.shop_id)


def open_second_market(tx: Tx, street: Street, at: datetime = MONDAY_TEN) -> Market:
    """Another market of the same program, with one shop."""
    market_id = open_market(
        tx, street.program_id, name="건너시장", region="서울 은평", actor="test", at=at
    )
    channel_id = add_channel(
        tx,
        NewChannel(
            market_id=market_id,
            name="건너시장",
            bot_id=f"bot-second-{market_id}",
            public_id=f"_second{market_id}",
            search_id="@건너",
            event_name="dangol_news",
            event_block_id="block",
            pf_id=None,
            service_number=None,
            secrets=Secrets(
                header_name="X-Dangol", header_secrets=("s",), rest_api_key="k", admin_keys=("a",)
            ),
        ),
        actor="test",
        at=at,
    )
    shop_id = open_shop(
        tx,
        market_id=market_id,
        channel_id=channel_id,
        name="건너떡집",
        trade="떡집",
        slug=f"across-{market_id}",
        contact=None,
        at=at,
        actor="test",
    )
    return Market(market_id, shop_id)


def hire(
    tx: Tx, program_id: ProgramId, role: Role, market_id: MarketId | None = None, name: str = "새이"
) -> StaffId:
    token = invite(tx, role, program_id=program_id, market_id=market_id, name=name, at=MONDAY_TEN)
    return accept(tx, token, MONDAY_TEN)


def qualify(tx: Tx, program_id: ProgramId, shop_id: ShopId) -> None:
    enroll_shop(tx, program_id, shop_id, QUALIFIED, actor="test", at=MONDAY_TEN)


def fill_pot(
    tx: Tx, program_id: ProgramId, market_id: MarketId, amount_won: int = 1_000_000
) -> GrantId:
    """A started pot of a market, without caps."""
    pot_id = open_pot(
        tx,
        program_id,
        market_id,
        Offer(
            amount_jeon=won(amount_won),
            start_by=MONDAY_TEN + timedelta(days=14),
            expires_at=MONDAY_TEN + timedelta(days=60),
        ),
        form_key=f"pot-{market_id}",
        actor="test",
        at=MONDAY_TEN,
    )
    start_pot(tx, market_id, pot_id, actor="test", at=MONDAY_TEN)
    return pot_id
