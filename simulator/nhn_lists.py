"""Looking at what was sent: lists, one message, changed results (providers.md B3, B4)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple, TypeVar

import orjson

from simulator.nhn_account import NhnAccount
from simulator.nhn_alimtalk import filled
from simulator.nhn_book import (
    CODE_NAMES,
    DELIVERED,
    RESEND_NAMES,
    Book,
    MessageType,
    Recipient,
    Request,
)
from simulator.nhn_wire import NhnError, read_minute, shown_date
from simulator.settings import Settings
from simulator.wire import Json

PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX = 15, 1_000
RANGE_MAX = timedelta(days=31)  # the text of -4003; the page says 30
KEPT = timedelta(days=90)
MINUTE = timedelta(minutes=1)
# Query parameters compared with a field of the request's own body.
OF_BODY = ("templateCode", "senderGroupingKey", "createUser")
RESULTS = {"MRC01": True, "MRC02": False}
CONTENT = (
    "content", "adult", "header", "additionalContent", "image", "buttons", "item", "coupon",
    "commerce", "video", "carousel",
)  # fmt: skip
PARTS = (
    "templateTitle", "templateSubtitle", "templateExtra", "templateAd", "templateHeader",
    "templateItem", "templateItemHighlight", "templateRepresentLink", "buttons", "quickReplies",
)  # fmt: skip

Found = Iterator[tuple[Request, Recipient]]
Row = TypeVar("Row")


class Look(NamedTuple):
    """Who asks, and what they may see at this instant."""

    account: NhnAccount
    book: Book
    settings: Settings
    now: datetime
    kinds: tuple[MessageType, ...]

    def requests(self) -> Iterator[Request]:
        return (one for one in self.book.of(self.account) if self.may_see(one))

    def request(self, request_id: str) -> Request | None:
        found = self.book.find(self.account, request_id)
        return found if found is not None and self.may_see(found) else None

    def may_see(self, request: Request) -> bool:
        visible_until = self.now - timedelta(seconds=self.settings.nhn_list_delay_seconds)
        return request.kind in self.kinds and request.created_at <= visible_until


def message_list(look: Look, query: Mapping[str, str]) -> Json:
    found = [
        (request, one)
        for request in _in_window(look, query)
        if _is_of(request, query)
        for one in request.people.values()
        if _is_wanted(look, one, query)
    ]
    rows = [_item(look, *pair) for pair in page(found, query)]
    return {"messageSearchResultResponse": {"messages": rows, "totalCount": len(found)}}


def one_message(look: Look, request_id: str, seq: str) -> Json:
    """Raises -1016 where there is none."""
    request = look.request(request_id)
    one = request.people.get(int(seq)) if request is not None and seq.isdecimal() else None
    if request is not None and one is not None and _is_shown(look, one):
        return {"message": _whole(look, request, one)}
    raise NhnError(-1016)


def changed_results(look: Look, query: Mapping[str, str]) -> Json:
    found = page(_changed(look, query), query)
    return {"messages": [_change(look, *pair) for pair in found]}


def changed_count(look: Look, query: Mapping[str, str]) -> Json:
    return {"totalCount": sum(1 for _ in _changed(look, query))}


def _changed(look: Look, query: Mapping[str, str]) -> Found:
    since, until = window(look.now, query, "startUpdateDate", "endUpdateDate")
    kind = query.get("alimtalkMessageType")
    for request in look.requests():
        if kind and request.kind != f"ALIMTALK_{kind}":
            continue
        for one in request.people.values():
            if one.updated_at is not None and since <= one.updated_at < until:
                yield request, one


def _in_window(look: Look, query: Mapping[str, str]) -> Iterator[Request]:
    """By requestId, or by one of the two pairs of dates; none of them is -4103."""
    if query.get("requestId"):
        request = look.request(query["requestId"])
        return iter([request] if request is not None else [])
    is_brand = "BRAND_MESSAGE_NORMAL" in look.kinds
    by_creation = "startCreateDate" in query and not is_brand
    name = "CreateDate" if by_creation else "RequestDate"
    since, until = window(look.now, query, f"start{name}", f"end{name}")
    return (
        one
        for one in look.requests()
        if since <= (one.created_at if by_creation else one.request_at) < until
    )


def window(now: datetime, query: Mapping[str, str], start: str, end: str) -> tuple[datetime, ...]:
    """From the first minute to the end of the last (KST)."""
    if not query.get(start) or not query.get(end):
        raise NhnError(-4103)
    since, until = read_minute(query[start], -4103), read_minute(query[end], -4103) + MINUTE
    if until - since > RANGE_MAX + MINUTE:
        raise NhnError(-4003)
    if since < now - KEPT:
        raise NhnError(-4017)
    return since, until


def _is_shown(look: Look, one: Recipient) -> bool:
    return one.status != "" or look.settings.nhn_pending != "hidden"


def _is_of(request: Request, query: Mapping[str, str]) -> bool:
    values = {name: request.text_of(name) for name in OF_BODY}
    return _are_equal({"senderKey": request.sender.sender_key, **values}, query)


def _are_equal(values: Mapping[str, str | None], query: Mapping[str, str]) -> bool:
    return all(query[name] == value for name, value in values.items() if query.get(name))


def _is_wanted(look: Look, one: Recipient, query: Mapping[str, str]) -> bool:
    values = {
        "recipientNo": one.number,
        "recipientGroupingKey": one.grouping_key,
        "messageStatus": one.status,
    }
    if not _is_shown(look, one) or not _are_equal(values, query):
        return False
    result = query.get("resultCode")
    return not result or (bool(one.code) and (one.code == DELIVERED) is RESULTS.get(result))


def page(found: Iterable[Row], query: Mapping[str, str]) -> Iterator[Row]:
    try:
        number = max(int(query.get("pageNum") or 1), 1)
        size = int(query.get("pageSize") or PAGE_SIZE_DEFAULT)
    except ValueError:
        raise NhnError(-9994) from None
    if not 1 <= size <= PAGE_SIZE_MAX:
        raise NhnError(-2004, f"The 'pageSize' must be between 1 and {PAGE_SIZE_MAX}.")
    return islice(found, (number - 1) * size, number * size)


def _change(look: Look, request: Request, one: Recipient) -> Json:
    settings = look.settings
    return {
        "requestId": request.request_id,
        "recipientSeq": one.seq,
        "requestDate": shown_date(request.request_at, settings),
        "createDate": shown_date(request.created_at, settings),
        "receiveDate": shown_date(one.received_at, settings),
        **_resend(one, "resendStatus"),
        "resendResultCode": None,  # a code of the SMS service, whose table is not ours
        "resendRequestId": one.resend_id,
        **_result(one),
    }


def _resend(one: Recipient, name: str) -> Json:
    return {name: one.resend_status, "resendStatusName": RESEND_NAMES[one.resend_status]}


def _result(one: Recipient) -> Json:
    return {
        "messageStatus": one.status or None,
        "resultCode": one.code or None,
        "resultCodeName": CODE_NAMES.get(one.code) if one.code else None,
    }


def _item(look: Look, request: Request, one: Recipient) -> Json:
    settings = look.settings
    shown = {
        "requestId": request.request_id,
        "recipientSeq": one.seq,
        "plusFriendId": request.sender.plus_friend_id,
        "senderKey": request.sender.sender_key,
        "templateCode": request.text_of("templateCode"),
        "recipientNo": one.number,
        "requestDate": shown_date(request.request_at, settings),
        "createDate": shown_date(request.created_at, settings),
        "receiveDate": shown_date(one.received_at, settings),
        **_result(one),
        "createUser": request.text_of("createUser"),
        "senderGroupingKey": request.text_of("senderGroupingKey"),
        "recipientGroupingKey": one.grouping_key,
    }
    return {**shown, **(_brand_only(request, one) if request.is_brand else _alimtalk_only(one))}


def _alimtalk_only(one: Recipient) -> Json:
    return {"content": one.text, **_resend(one, "resendStatus")}


def _brand_only(request: Request, one: Recipient) -> Json:
    return {
        "targeting": one.targeting,
        "chatBubbleType": request.body.get("chatBubbleType"),
        "pushAlarm": request.body.get("pushAlarm", True),
        **_resend(one, "resendStatusCode"),
        "resendResultCode": None,
        "resendRequestId": one.resend_id,
        "isAddedChannel": one.is_friend is True,
    }


def _whole(look: Look, request: Request, one: Recipient) -> Json:
    shown = _item(look, request, one)
    if not request.is_brand:
        return {
            **shown,
            **_parts(request, one),
            "messageOption": request.body.get("messageOption"),
            "resendResultCode": None,
            "resendRequestId": one.resend_id,
        }
    content = {name: request.body.get(name) for name in CONTENT}
    content["adult"] = request.body.get("adult") is True
    parameters = orjson.dumps(one.parameters).decode() if one.parameters else None
    return {**shown, **content, "templateParameter": parameters}


def _parts(request: Request, one: Recipient) -> Json:
    """The template's parts with this person's values; of a finished text only its own are known."""
    template = request.sender.templates.get(request.text_of("templateCode") or "")
    known = template.body if template is not None else {}
    if one.parameters is not None:
        known = filled({name: known[name] for name in PARTS if name in known}, one.parameters)
    return {name: known.get(name) for name in PARTS}
