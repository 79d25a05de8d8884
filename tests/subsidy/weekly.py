"""A shop that sends once a week, and whose grant ends with the year."""

from datetime import UTC, datetime, timedelta

from campaigns.settle import settle_reports
from domain.campaigns import Outcome, Report
from domain.forecast import WEEK
from domain.money import won
from domain.people import MessageId
from storage.desk import Tx
from tests.factories import EARLIER, Street, make_grant, make_run, make_street, rows

AT = EARLIER + 4 * WEEK + timedelta(hours=3)
"""21 December, 13:00 KST."""

END_OF_YEAR = datetime(2026, 12, 31, 15, tzinfo=UTC)
COST_JEON = won(50)
"""Three people at 16.5 won, rounded up."""


def make_sender(tx: Tx, sends: int = 4, *, grant_won: float = 1_000) -> Street:
    """A shop that sent to three people, once in each week before `AT`; its grant ends with the
    year.
    """
    street = make_street(tx, grant_won=0)
    make_grant(tx, street.program_id, street.shop_id, amount_won=grant_won, expires_at=END_OF_YEAR)
    for week in range(sends):
        make_run(tx, street.shop_id, at=EARLIER + week * WEEK, form_key=f"week-{week}")
        settle_all(tx, EARLIER + week * WEEK)
    return street


def settle_all(tx: Tx, at: datetime, outcome: Outcome = Outcome.DELIVERED) -> None:
    open_ones = rows(tx, "SELECT id FROM message WHERE state = 'waiting'")
    settle_reports(
        tx,
        [
            Report(
                message_id=MessageId(one),
                outcome=outcome,
                code="1",
                is_charged=outcome is Outcome.DELIVERED,
            )
            for (one,) in open_ones
        ],
        at,
    )
