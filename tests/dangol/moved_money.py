"""Books where every kind of money has moved, to be damaged by hand and audited."""

from dataclasses import replace
from datetime import date, timedelta

from campaigns.settle import settle_reports
from domain.campaigns import Outcome, Report, SenderName
from domain.money import won
from domain.people import MessageId
from domain.subsidy import Phase, TransferCode
from storage.desk import Tx
from storage.queries.grants import find_grant
from subsidy.closing_months import close_month
from subsidy.grants import start_pot
from subsidy.ledger import Move, transfer
from subsidy.offering import Offer, offer_grant, open_pot
from subsidy.wallets import top_up
from tests.conftest import START
from tests.factories import EARLIER, MANAGER, Street, make_run, make_street, rows


def live_a_little(tx: Tx) -> None:
    """A grant, a pot that pays first, one campaign settled and one on its way, own money, and a
    grant out of the pot that is called back.
    """
    street = make_street(tx)
    offer = Offer(
        amount_jeon=won(1_000),
        start_by=EARLIER + timedelta(days=3),
        expires_at=EARLIER + timedelta(days=20),
        shop_cap_jeon=won(500),
    )
    pot_id = open_pot(
        tx, street.program_id, street.market_id, offer, form_key="pot", actor=MANAGER, at=EARLIER
    )
    start_pot(tx, street.market_id, pot_id, actor=MANAGER, at=EARLIER)
    top_up(
        tx,
        street.shop_id,
        won(20_000),
        reference="20261101-1",
        form_key="top-up",
        actor=MANAGER,
        at=EARLIER,
    )
    make_run(tx, street.shop_id, at=START, form_key="settled")
    outcomes = (Outcome.DELIVERED, Outcome.DELIVERED, Outcome.FAILED)
    reports = [
        Report(
            message_id=MessageId(row[0]),
            outcome=outcome,
            code="4000",
            is_charged=outcome is Outcome.DELIVERED,
        )
        for row, outcome in zip(rows(tx, "SELECT id FROM message"), outcomes, strict=True)
    ]
    settle_reports(tx, reports, START)
    make_run(tx, street.shop_id, at=START, form_key="open", sender=SenderName.SOLAPI)
    month = date(2026, 11, 1)
    close_month(tx, street.program_id, month, actor=MANAGER, at=START + timedelta(days=10))
    _call_back(tx, street, replace(offer, pot_id=pot_id, shop_cap_jeon=None, amount_jeon=won(50)))


def _call_back(tx: Tx, street: Street, offer: Offer) -> None:
    child_id = offer_grant(
        tx, street.program_id, street.shop_id, offer, form_key="child", actor=MANAGER, at=EARLIER
    )
    child = find_grant(tx, child_id)
    assert child is not None
    assert child.parent_id is not None
    pot = find_grant(tx, child.parent_id)
    assert pot is not None
    move = Move(
        key="called back",
        code=TransferCode.CLAW_BACK,
        phase=Phase.SINGLE,
        debit=child.account_id,
        credit=pot.account_id,
        amount_jeon=won(50),
        shop_id=street.shop_id,
    )
    transfer(tx, [move], happened_at=START, recorded_at=START)
