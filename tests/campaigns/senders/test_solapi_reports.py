"""Delivery reports in both shapes (providers.md A8, A10)."""

import orjson
import pytest

from campaigns.senders.solapi_reports import is_genuine, read_reports
from domain.campaigns import Outcome, Report
from domain.people import MessageId
from domain.refusals import Invalid

SECRET = "FAKE-WEBHOOK-SECRET"
SECRET_SHA1 = "20e1b004d7fda89fd9d1d6d7fbc04ec594219bb8"
EMPTY_SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"


def event(code: object = "4000", fields: object = None) -> dict[str, object]:
    ours = {"run": "7", "chunk": "70", "message": "1001"}
    return {
        "messageId": "M4V1",
        "groupId": "G4V1",
        "to": "01000000001",
        "statusCode": code,
        "customFields": ours if fields is None else fields,
        "somethingNew": [1],
    }


def nested(inner: object) -> dict[str, object]:
    return {"eventDataId": "EV-1", "retryCount": 0, "data": inner}


def read(*events: object) -> list[Report]:
    return read_reports(orjson.dumps(events))


DELIVERED = Report(
    message_id=MessageId(1001), outcome=Outcome.DELIVERED, code="4000", is_charged=True
)


def test_both_shapes_are_read() -> None:
    assert read(event(), nested(event())) == [DELIVERED, DELIVERED]


@pytest.mark.parametrize(
    ("code", "outcome", "is_opt_out"),
    [
        ("1026", Outcome.FAILED, False),
        ("1061", Outcome.FAILED, True),
        ("2061", Outcome.FAILED, True),
        ("3014", Outcome.UNKNOWN, False),
        ("3048", Outcome.UNKNOWN, False),
        ("3102", Outcome.FAILED, False),
        ("3999", Outcome.FAILED, False),
        (3104, Outcome.FAILED, False),
    ],
)
def test_a_final_code_is_a_report_that_costs_nothing(
    code: object, outcome: Outcome, is_opt_out: bool
) -> None:
    (report,) = read(event(code))

    assert (report.outcome, report.code) == (outcome, str(code))
    assert (report.is_charged, report.is_opt_out) == (False, is_opt_out)


@pytest.mark.parametrize("code", ["2000", "3000", "", None, True])
def test_a_code_that_is_not_final_is_no_report(code: object) -> None:
    assert read(event(code)) == []


@pytest.mark.parametrize(
    "stranger",
    [
        nested({"groupId": "G4V1", "status": "COMPLETE", "customFields": {"batch": "c70"}}),
        nested(None),
        event(fields={}),
        event(fields={"message": "²"}),
        event(fields={"message": "-1"}),
        event(fields={"message": "9" * 5_000}),
        event(fields={"message": 1001}),
        event(fields=["message"]),
        "text",
        None,
    ],
)
def test_what_is_not_about_a_message_of_ours_is_left_out(stranger: object) -> None:
    assert read(stranger, event()) == [DELIVERED]


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"null", b"\xff"])
def test_a_body_that_is_no_array_is_invalid(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_reports(body)


@pytest.mark.parametrize(
    ("header", "secret", "expected"),
    [
        (SECRET_SHA1, SECRET, True),
        (SECRET_SHA1.upper(), SECRET, True),
        (SECRET, SECRET, False),
        ("", SECRET, False),
        (None, SECRET, False),
        ("비밀", SECRET, False),
        (EMPTY_SHA1, "", False),
    ],
)
def test_a_header_is_the_hash_of_the_secret(
    header: str | None, secret: str, expected: bool
) -> None:
    assert is_genuine(header, secret) is expected


def test_the_secret_itself_is_taken_only_when_asked_for() -> None:
    assert is_genuine(SECRET, SECRET, accepts_raw=True)
    assert is_genuine(SECRET_SHA1, SECRET, accepts_raw=True)
    assert not is_genuine("wrong", SECRET, accepts_raw=True)
