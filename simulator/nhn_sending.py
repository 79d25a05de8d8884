"""What AlimTalk and brand sends have in common: the request, its people, the answer (B2, B4)."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from simulator.nhn_account import NhnAccount, NhnSender
from simulator.nhn_book import Book, MessageType, Recipient, Request
from simulator.nhn_fallback import wanted
from simulator.nhn_wire import OK, NhnError, header, read_minute
from simulator.settings import Settings
from simulator.wire import Json

PEOPLE_MAX = 1_000
NUMBER = re.compile(r"\+?[0-9-]{8,15}")
GROUPING_KEY_MAX = 100
STATS_ID_MAX = 8
CREATE_USER_MAX = 100

Make = Callable[[int, Json], Recipient]


class Order(NamedTuple):
    """A send as it arrived: who asks, on whose behalf, by which rules, and when."""

    account: NhnAccount
    sender: NhnSender
    body: Json
    settings: Settings
    now: datetime


class Result(NamedTuple):
    """What `sendResults` says of one recipient; no recipient where the code refuses."""

    given: Json
    code: int
    text: str
    recipient: Recipient | None


def find_sender(account: NhnAccount, key: object) -> NhnSender:
    if not key:
        raise NhnError(-2001, "The 'senderKey' must not be blank.")
    sender = account.senders.get(str(key))
    if sender is None:
        raise NhnError(-2017)
    if sender.is_blocked:
        raise NhnError(-1027)
    return sender


def check_common(body: Json) -> list[Json]:
    """The fields both kinds of send share; returns the people."""
    for name, length_max in (
        ("senderGroupingKey", GROUPING_KEY_MAX),
        ("statsId", STATS_ID_MAX),
        ("createUser", CREATE_USER_MAX),
    ):
        check_length(body, name, length_max)
    people = body.get("recipientList")
    if not isinstance(people, list) or not people:
        raise NhnError(-4011)
    if len(people) > PEOPLE_MAX:
        raise NhnError(-2004, f"The 'recipientList' must be between 1 and {PEOPLE_MAX}.")
    if not all(isinstance(one, dict) for one in people):
        raise NhnError(-9997)
    return people


def check_length(body: Json, name: str, length_max: int) -> None:
    value = body.get(name)
    if value is None:
        return
    if not isinstance(value, str):
        raise NhnError(-9994, f"'{name}' has not the expected type.")
    if len(value) > length_max:
        raise NhnError(-2000, f"The '{name}' must be at less than or equal to {length_max}.")


def request_time(body: Json, settings: Settings, now: datetime) -> datetime:
    """Now, or the reserved minute (KST)."""
    text = body.get("requestDate")
    if not text:
        return now
    at = read_minute(text, -2027)
    if at < now.replace(second=0, microsecond=0):
        raise NhnError(-2025)
    if at > now + timedelta(days=settings.nhn_reserve_days_max):
        raise NhnError(-2026)
    return at


def read_people(order: Order, people: Sequence[Json], make: Make) -> list[Result]:
    """Each by itself: one who is refused does not hold the others back."""
    results: list[Result] = []
    for seq, given in enumerate(people, 1):
        try:
            recipient = _recipient(order, seq, given, make)
        except NhnError as error:
            results.append(Result(given, error.code, error.text, None))
        else:
            results.append(Result(given, OK, "", recipient))
    return results


def _recipient(order: Order, seq: int, given: Json, make: Make) -> Recipient:
    number = given.get("recipientNo")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise NhnError(-5000)
    check_length(given, "recipientGroupingKey", GROUPING_KEY_MAX)
    resend = wanted(given.get("resendParameter"), order.sender, order.account)
    one = make(seq, {**given, "recipientNo": number.replace("-", "")})
    one.grouping_key = given.get("recipientGroupingKey")
    one.resend = resend
    one.resend_status = "RSC01" if resend is None else "RSC02"
    return one


def make_request(
    order: Order, kind: MessageType, book: Book, results: list[Result], packed: bytes = b""
) -> Request:
    """Kept only where somebody is left; raises -1031 where nobody is."""
    body = {name: value for name, value in order.body.items() if name != "recipientList"}
    request = Request(
        request_id=book.next_id(order.now),
        account=order.account,
        sender=order.sender,
        kind=kind,
        body=body,
        created_at=order.now,
        request_at=request_time(body, order.settings, order.now),
        packed=packed,
        people={one.recipient.seq: one.recipient for one in results if one.recipient},
    )
    if not request.people:
        told = {"message": answered(request, results)}
        raise NhnError(-1031, body=told if order.settings.nhn_tells_all_refused else None)
    book.keep(request)
    return request


def answered(request: Request, results: list[Result]) -> Json:
    """B2; the answer to a brand send lacks the two grouping keys (B4)."""
    rows = [_row(seq, one, with_key=not request.is_brand) for seq, one in enumerate(results, 1)]
    shown: Json = {"requestId": request.request_id}
    if not request.is_brand:
        shown["senderGroupingKey"] = request.text_of("senderGroupingKey")
    return {**shown, "sendResults": rows}


def _row(seq: int, one: Result, *, with_key: bool) -> Json:
    verdict = header(one.code, one.text)
    row = {
        "recipientSeq": seq,
        "recipientNo": one.given.get("recipientNo"),
        "resultCode": one.code,
        "resultMessage": verdict["resultMessage"],
    }
    if with_key:
        row["recipientGroupingKey"] = one.given.get("recipientGroupingKey")
    return row
