"""Every code of providers.md B7: accepted, refused, delivered, failed, pending or unknown."""

from datetime import timedelta

import pytest

from campaigns.closed_ways import CLOSED
from campaigns.senders.nhn_codes import UNCONFIRMED_FOR, read_delivery, read_refusal
from campaigns.senders.nhn_wire import _error
from domain.campaigns import Outcome
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, SenderError, Unknown

MESSAGE = MessageId(1)

API_REJECTED = (
    *(4, -1000, -1001, -1002, -1003, -1006, -1024, -1027, -2017, -1016, -2028, -2029, -2500, -2501),
    *(-1019, -3340, -3341, -3345, -1028, -1030, -1031, *range(-2005, -1999)),
    *(-2018, -2019, -2032, -2035, -2037, -3048, -2025, -2026, -2027, -2502),
    *(-3003, -3004, -3005, -3010, -3011, -3033, -3042, -3043, -3046, -3049),
    *(-3298, -3299, -3301, -3344, -4029, *range(-3337, -3302), -3347, -3348, -3349),
    *(-4003, -4017, -5000, -4019, -8006, -8008),
    *(-9992, -9993, -9994, -9996, -9997, -9998),
)
API_UNKNOWN = (-1005, -7000, -9999)

FAILED = (
    *range(1001, 1028),
    *(1028, 1030, 1033, 2001, 2003, 2005, 3000, 3006, 3010, 3012),
    *(3008, 3011, 3013, 3014, 3025, 3015, 3016, *range(3027, 3049)),
    *(3018, 3019, 3020, 3021, 3022, 3024, 3041, *range(3051, 3059), 3050),
    *(4131, 4138, 4143, 4144, 4156),
)
DOUBTFUL = (4000, 4001, 9998, 9999)
PENDING = (3005, 4161)


def error_of(code: int) -> SenderError:
    return _error(str(code), "", 200)


@pytest.mark.parametrize("code", API_REJECTED)
def test_a_call_that_is_refused_was_not_accepted(code: int) -> None:
    assert isinstance(error_of(code), Rejected)


@pytest.mark.parametrize("code", API_UNKNOWN)
def test_a_call_that_may_have_gone_on_is_asked_about(code: int) -> None:
    assert isinstance(error_of(code), Unknown)


@pytest.mark.parametrize("code", [-4444, -8888, -7001, 500, -3350])
def test_a_call_s_code_that_nobody_has_printed_leaves_it_open(code: int) -> None:
    """A code of something in between says nothing of what went on to KakaoTalk."""
    assert isinstance(error_of(code), Unknown)


@pytest.mark.parametrize("code", API_REJECTED[:8])
def test_the_account_s_own_trouble_is_a_closed_way(code: int) -> None:
    assert (str(code) in CLOSED) == (code in (-1000, -1001, -1002, -1003, -1006, -1024, -1027))


def test_when_the_day_is_used_up_nothing_was_accepted() -> None:
    assert isinstance(error_of(-1017), Retryable)


@pytest.mark.parametrize("status", [200, 403, 404])
def test_who_does_not_speak_as_nhn_proves_nothing(status: int) -> None:
    assert isinstance(_error("", "", status), Unknown)


def test_who_is_accepted_is_not_reported() -> None:
    assert read_refusal(MESSAGE, "0") is None


@pytest.mark.parametrize("code", API_REJECTED)
def test_who_is_refused_failed_and_is_not_charged(code: int) -> None:
    report = read_refusal(MESSAGE, str(code))

    assert report is not None
    assert (report.outcome, report.is_charged) == (Outcome.FAILED, False)
    assert report.is_opt_out == (code == -3301)


@pytest.mark.parametrize("code", API_UNKNOWN)
def test_who_may_have_gone_on_stays_unknown(code: int) -> None:
    report = read_refusal(MESSAGE, str(code))

    assert report is not None
    assert report.outcome is Outcome.UNKNOWN


def test_a_delivery_is_charged() -> None:
    report = read_delivery(MESSAGE, "1000")

    assert report is not None
    assert (report.outcome, report.is_charged) == (Outcome.DELIVERED, True)


@pytest.mark.parametrize("code", FAILED)
def test_a_failure_is_not_charged(code: int) -> None:
    report = read_delivery(MESSAGE, str(code))

    assert report is not None
    assert (report.outcome, report.is_charged) == (Outcome.FAILED, False)
    assert not report.is_opt_out


@pytest.mark.parametrize("code", DOUBTFUL)
def test_what_nhn_does_not_know_is_unknown(code: int) -> None:
    report = read_delivery(MESSAGE, str(code))

    assert report is not None
    assert (report.outcome, report.is_charged) == (Outcome.UNKNOWN, False)


@pytest.mark.parametrize("code", ["", *map(str, PENDING)])
def test_what_is_not_final_is_not_reported(code: str) -> None:
    assert read_delivery(MESSAGE, code) is None


def test_what_is_unconfirmed_after_three_days_is_never_a_failure() -> None:
    report = read_delivery(MESSAGE, "3005", is_late=True)

    assert timedelta(days=3) == UNCONFIRMED_FOR
    assert report is not None
    assert report.outcome is Outcome.UNKNOWN
    assert read_delivery(MESSAGE, "4161", is_late=True) is None


def test_a_code_that_nobody_has_printed_is_a_failure() -> None:
    report = read_delivery(MESSAGE, "7777")

    assert report is not None
    assert report.outcome is Outcome.FAILED
