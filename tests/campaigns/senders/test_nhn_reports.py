"""What NHN tells by itself, of both its services (providers.md B8)."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from campaigns.senders.nhn_reports import EVENT_MAX, instant_in, is_genuine, read_hooks
from domain.campaigns import Outcome
from domain.opt_outs import OptOut
from domain.people import MessageId
from domain.refusals import Invalid

from .conftest import NOW

SAMPLE = {
    "hooksId": "20261122100300example",
    "webhookConfigId": "cfg-1",
    "productName": "KakaoTalk Bizmessage",
    "appKey": "exampleAppKey",
    "event": "MESSAGE_RESULT_UPDATE",
}
HOOK = {
    "hookId": "h-1",
    "kakaoMessageType": "BRAND_MESSAGE_NORMAL",
    "requestId": "20261122100203ABCDEFGHIJ0",
    "recipientSeq": 1,
    "recipientNo": "01000000001",
    "resultCode": "1000",
    "requestDate": "2026-11-22 10:02:03",
    "createDate": "2026-11-22 10:02:03",
    "receiveDate": "2026-11-22 10:02:05",
    "senderGroupingKey": "batch-482",
    "recipientGroupingKey": "482:17",
    "isAddedChannel": True,
    "_links": {"self": {"href": "https://kakaotalk-bizmessage.api.nhncloudservice.com/x"}},
}
OPT_OUT = {
    "hookId": "202007271010101010sadasdavas",
    "recipientNo": "01012341234",
    "unsubscribeNo": "08012341234",
    "enterpriseName": "NHN Cloud",
    "createdDateTime": "2020-09-09T11:25:10.000+09:00",
}


def body(*hooks: object, event: str = "MESSAGE_RESULT_UPDATE") -> bytes:
    return orjson.dumps({**SAMPLE, "event": event, "hooks": hooks})


def test_a_result_is_a_report_of_our_message() -> None:
    told = read_hooks(body(HOOK), NOW)

    assert [(one.message_id, one.outcome, one.code) for one in told.reports] == [
        (MessageId(17), Outcome.DELIVERED, "1000")
    ]
    assert told.opt_outs == []


@pytest.mark.parametrize("key", ["c-482-r-000001", "17", "482:", ":17", "482:17:1", "", None])
def test_what_is_not_ours_is_left_out(key: str | None) -> None:
    assert read_hooks(body({**HOOK, "recipientGroupingKey": key}), NOW).reports == []


@pytest.mark.parametrize("odd", ["odd", 7, None, [], {}])
def test_an_odd_hook_spoils_nothing(odd: object) -> None:
    assert len(read_hooks(body(odd, HOOK), NOW).reports) == 1


@pytest.mark.parametrize(
    ("days", "outcomes"), [(2, []), (4, [Outcome.UNKNOWN])], ids=["2 days", "4 days"]
)
def test_an_unconfirmed_message_is_open_for_three_days(days: int, outcomes: list[Outcome]) -> None:
    asked_at = (NOW - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
    told = read_hooks(body({**HOOK, "resultCode": "3005", "requestDate": asked_at}), NOW)

    assert [one.outcome for one in told.reports] == outcomes


def test_who_called_the_080_number_is_named() -> None:
    told = read_hooks(body(OPT_OUT, event="UNSUBSCRIBE"), NOW)

    at = datetime(2020, 9, 9, 2, 25, 10, tzinfo=UTC)
    assert told.opt_outs == [
        OptOut(
            event_id=OPT_OUT["hookId"], phone="01012341234", number="08012341234", happened_at=at
        )
    ]
    assert "01012341234" not in repr(told.opt_outs)


@pytest.mark.parametrize("wrong", ["02-1", "0109999", None])
def test_an_opt_out_of_nobody_that_we_can_read_is_said(
    caplog: pytest.LogCaptureFixture, wrong: str | None
) -> None:
    """L4: by its id, so that a person can look; never with a number."""
    told = read_hooks(body({**OPT_OUT, "recipientNo": wrong}, OPT_OUT, event="UNSUBSCRIBE"), NOW)

    assert len(told.opt_outs) == 1
    (line,) = caplog.messages
    assert OPT_OUT["hookId"] in line
    assert wrong is None or wrong not in line


def test_an_opt_out_without_an_id_is_heard_once() -> None:
    """L4: the same call again has the same ids, another one has others."""
    hook = {**OPT_OUT, "hookId": ""}
    call = body(hook, {**hook, "recipientNo": "01000000002"}, event="UNSUBSCRIBE")
    bare = orjson.dumps({"event": "UNSUBSCRIBE", "hooks": [hook]})
    other = orjson.dumps({"event": "UNSUBSCRIBE", "hooks": [{**hook, "unsubscribeNo": "0801"}]})

    ids = [[one.event_id for one in read_hooks(told, NOW).opt_outs] for told in (call, bare, other)]
    again = [one.event_id for one in read_hooks(bare, NOW).opt_outs]

    assert ids[0] == [f"{SAMPLE['hooksId']}:0", f"{SAMPLE['hooksId']}:1"]
    assert ids[1] == again != ids[2]
    assert all("0101234" not in one for listed in ids for one in listed)


def test_an_id_longer_than_our_books_is_heard_too() -> None:
    long = [{**OPT_OUT, "hookId": "h" * 150 + end} for end in "ab"]
    first, second = read_hooks(body(*long, event="UNSUBSCRIBE"), NOW).opt_outs

    assert first.event_id != second.event_id
    assert len(first.event_id) <= EVENT_MAX


def test_a_template_s_event_tells_nothing_of_messages() -> None:
    hook = {"hookId": "h-2", "templateCode": "A", "status": "TSC03", "recipientGroupingKey": "1:1"}

    assert read_hooks(body(hook, event="TEMPLATE"), NOW) == ([], [])


@pytest.mark.parametrize("wrong", [b"", b"{", b"[]", b"null", b"\xff"])
def test_a_body_of_another_form_is_invalid(wrong: bytes) -> None:
    with pytest.raises(Invalid):
        read_hooks(wrong, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22 10:02:03",
        "2026-11-22T10:02:03",
        "2026-11-22 10:02:03.0",
        "2026-11-22T10:02:03.000+09:00",
        "2026-11-22T01:02:03Z",
    ],
)
def test_dates_are_read_in_every_form_of_the_samples(text: str) -> None:
    assert instant_in(text) == datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "어제", "2026-13-01", "20:00"])
def test_an_odd_date_is_none(text: str) -> None:
    assert instant_in(text) is None


def test_the_signature_is_the_registered_text() -> None:
    assert is_genuine("FAKE-서명", "FAKE-서명")


@pytest.mark.parametrize("header", [None, "", "wrong", "fake", "\udcff"])
def test_another_signature_is_not_genuine(header: str | None) -> None:
    assert not is_genuine(header, "FAKE")
    assert not is_genuine(header, "")
