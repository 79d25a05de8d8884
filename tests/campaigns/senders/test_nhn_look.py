"""Asking NHN what became of a request, by its name or by ours (providers.md B3, B4, B10)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from campaigns.senders.nhn_places import Place
from domain.campaigns import Outcome, Progress
from domain.people import MessageId
from domain.refusals import Rejected, Retryable

from .conftest import ACCOUNT, NOW
from .fakes import HANG_UP, Asked, Said
from .nhn_steps import LOST, REQUEST_ID, brand_at, item, listed, verdict

PEOPLE = {"01000000001": MessageId(1001), "01000000002": MessageId(1002)}


async def look(ref: str, *answers: Said) -> tuple[Progress, list[Asked]]:
    async with brand_at(answers) as (sender, one):
        return await sender.look(ACCOUNT, ref, PEOPLE), one.asked


def query(asked: Asked) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(asked.path).query).items()}


async def test_a_request_that_answered_is_asked_about_by_its_id() -> None:
    told, (asked,) = await look(REQUEST_ID, listed(item(1001, "1000"), item(1002, "3018")))

    assert asked.path.startswith("/brand-message/v1.0/appkeys/exampleAppKey/messages?")
    assert query(asked) == {"requestId": REQUEST_ID, "pageNum": "1", "pageSize": "1000"}
    assert {one.message_id: one.outcome for one in told.reports} == {
        1001: Outcome.DELIVERED,
        1002: Outcome.FAILED,
    }
    assert told.is_accepted
    assert told.is_over


async def test_one_that_did_not_is_asked_about_by_our_key_within_a_day() -> None:
    """B3: a question may span 30 days."""
    place = Place.new("c70", NOW)
    told, (asked,) = await look(place.write(), listed(item(1001, None, requestId=REQUEST_ID)))

    assert query(asked) == {
        "startRequestDate": "2026-11-23 09:00",
        "endRequestDate": "2026-11-24 10:00",
        "senderGroupingKey": place.key,
        "pageNum": "1",
        "pageSize": "1000",
    }
    assert told.is_accepted
    assert told.ref == REQUEST_ID, "adopted"
    assert not told.is_over
    assert told.reports == ()


@pytest.mark.parametrize(
    "ref", [REQUEST_ID, Place.new("c70", NOW).write(), Place.new("c70", NOW - timedelta(1)).write()]
)
@pytest.mark.parametrize("answer", [listed(), verdict(-1016), verdict(0)])
async def test_nothing_found_proves_nothing(ref: str, answer: Said) -> None:
    """No key protects a brand message, so it is never posted again: a person decides."""
    told, _ = await look(ref, answer)

    assert told.is_accepted is None
    assert not told.is_over


async def test_pages_are_read_to_the_end() -> None:
    told, asked = await look(
        REQUEST_ID,
        listed(item(1001, "1000"), total=2),
        listed(item(1002, "1000"), total=2),
    )

    assert told.is_over
    assert [query(one)["pageNum"] for one in asked] == ["1", "2"]


async def test_pages_without_end_are_given_up() -> None:
    with pytest.raises(Retryable):
        await look(REQUEST_ID, listed(item(1001, "1000"), total=9))


async def test_an_item_without_our_key_is_known_by_its_number() -> None:
    told, _ = await look(REQUEST_ID, listed({"recipientNo": "01000000002", "resultCode": "1000"}))

    assert [one.message_id for one in told.reports] == [1002]


async def test_a_delivery_is_never_hidden_by_another_line() -> None:
    told, _ = await look(
        REQUEST_ID, listed(item(1001, "3018"), item(1001, "1000"), item(1001, "4138"))
    )

    assert [one.outcome for one in told.reports] == [Outcome.DELIVERED]


@pytest.mark.parametrize("status", ["FAILED", "CANCEL"])
async def test_what_ended_without_a_code_failed(status: str) -> None:
    told, _ = await look(REQUEST_ID, listed(item(1001, None, messageStatus=status)))

    assert [(one.outcome, one.code) for one in told.reports] == [(Outcome.FAILED, status)]


@pytest.mark.parametrize("answer", [LOST, HANG_UP, verdict(-9999), verdict(-1001), Said(403, b"")])
async def test_a_look_that_fails_comes_again(answer: Said) -> None:
    with pytest.raises(Retryable):
        await look(REQUEST_ID, answer)


def test_a_place_is_read_as_it_was_written() -> None:
    place = Place.new("c70a1c70a1c70a1c70a1c70a1c70a1c7", NOW)._replace(template="A1234567890")
    read = Place.read(place.write())

    assert read == place
    assert Place.read(REQUEST_ID) is None
    assert len(place.write()) <= 64


def test_a_template_code_that_does_not_fit_our_books_is_rejected() -> None:
    with pytest.raises(Rejected):
        Place("key.0.0", NOW, "T" * 64).write()
