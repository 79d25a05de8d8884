"""NHN's result codes as ours (providers.md B7): of a call, of a recipient, of a delivery."""

from datetime import timedelta

from domain.campaigns import Outcome, Report
from domain.people import MessageId
from domain.ways import ACCOUNT_CODES

OK = "0"
SEEN_BEFORE = "-1005"
"""An earlier copy under the same key was seen: not that it was sent (providers.md trap 5)."""
TOO_MUCH = "-1017"
"""The day's volume is used up; nothing was accepted."""
REFUSED_ALL = "-1031"
OPTED_OUT = "-3301"

OPEN = frozenset({SEEN_BEFORE, "-7000", "-9999"})
"""Of a call or a recipient: it may have gone on to KakaoTalk all the same."""
NOT_FOUND = frozenset({"-1016", "-2028", "-2029", "-2500", "-2501"})


def _codes(*numbers: int) -> frozenset[str]:
    return frozenset(map(str, numbers))


REFUSALS = (
    ACCOUNT_CODES
    | NOT_FOUND
    | {REFUSED_ALL, OPTED_OUT}
    | _codes(4, -1028, *range(-2005, -1999), -2018, -2019, -2032, -2035, -2037, -3048)
    | _codes(-2025, -2026, -2027, -3003, -3004, -3005, -3010, -3011, -3033, -3042, -3043, -3046)
    | _codes(-3049, -3298, -3299, -3344, -4029, *range(-3337, -3302), -3347, -3348, -3349)
    | _codes(-4003, -4017, -5000, -4019, -8006, -8008, -9992, -9993, -9994, -9996, -9997, -9998)
)
"""Of a call: certainly nothing of it was accepted. Of any other code that is not known."""

DELIVERED = "1000"
UNCONFIRMED = "3005"
"""Sent, and no receipt yet: never a failure, however long it takes."""
UNCONFIRMED_FOR = timedelta(days=3)
PENDING = frozenset({UNCONFIRMED, "4161"})
DOUBTFUL = frozenset({"4000", "4001", "9998", "9999"})


def read_refusal(message_id: MessageId, code: str) -> Report | None:
    """What a recipient's code in the answer of a send says; None when they were accepted."""
    if code in (OK, ""):
        return None
    return refusal_of(message_id, code)


def refusal_of(message_id: MessageId, code: str) -> Report:
    return _report(message_id, Outcome.UNKNOWN if code in OPEN else Outcome.FAILED, code)


def read_delivery(message_id: MessageId, code: str, *, is_late: bool = False) -> Report | None:
    """What a delivery code says of a message; None when it is not final.

    A code that is not in the table is a failure. `is_late`: what is unconfirmed stays so.
    """
    if code == UNCONFIRMED and is_late:
        return _report(message_id, Outcome.UNKNOWN, code)
    if not code or code in PENDING:
        return None
    if code == DELIVERED:
        return _report(message_id, Outcome.DELIVERED, code)
    doubtful = code in DOUBTFUL or code in OPEN
    return _report(message_id, Outcome.UNKNOWN if doubtful else Outcome.FAILED, code)


def _report(message_id: MessageId, outcome: Outcome, code: str) -> Report:
    return Report(
        message_id=message_id,
        outcome=outcome,
        code=code,
        is_charged=outcome is Outcome.DELIVERED,
        is_opt_out=code == OPTED_OUT,
    )
