"""Lists of messages and groups: objects keyed by id, paged by startKey (A6, A7, E8, E13)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

import orjson

from simulator.clock import iso_utc
from simulator.solapi_auth import ProviderError
from simulator.solapi_groups import (
    PENDING_CODES,
    STATUS_MESSAGES,
    Group,
    GroupBook,
    Message,
)  # fmt: skip
from simulator.values import SolapiAccount
from simulator.wire import Json

LIMIT_DEFAULT = 20
LIMIT_MAX = 500
EQUAL = ("messageId", "to", "from", "type", "statusCode")


class Window:
    """`limit` and `startKey` of a query."""

    def __init__(self, query: Mapping[str, str]) -> None:
        try:
            self.limit = min(max(int(query.get("limit", LIMIT_DEFAULT)), 1), LIMIT_MAX)
        except ValueError:
            raise ProviderError(400, "ValidationError", "limit") from None
        self.start_key = query.get("startKey") or None


def group_messages(group: Group, query: Mapping[str, str], *, hidden_after: datetime) -> Json:
    """One page of a group; by place, so that the last page costs what the first does."""
    window = Window(query)
    if set(query) - {"limit", "startKey"}:
        found = _filtered(group.messages.values(), query)
        return _page(((group, one) for one in found), window, hidden_after)
    if len(group.order) != len(group.messages):
        group.order = list(group.messages)
    start = _place(group, window.start_key)
    ids = group.order[start : start + window.limit + 1]
    found = (group.messages[one] for one in ids)
    shown = {one.message_id: as_item(one, group) for one in found if one.created_at <= hidden_after}
    next_key = ids[window.limit] if len(ids) > window.limit else None
    if next_key:
        shown.pop(next_key, None)
    return _listed(window, next_key, "messageList", shown)


def _place(group: Group, start_key: str | None) -> int:
    """Ids of one group grow with their counter, so a start key is found by halving."""
    if start_key is None:
        return 0
    low, high = 0, len(group.order)
    counter = start_key[-8:]
    while low < high:
        middle = (low + high) // 2
        if group.order[middle][-8:] < counter:
            low = middle + 1
        else:
            high = middle
    return low


def account_messages(
    book: GroupBook, account: SolapiAccount, query: Mapping[str, str], *, hidden_after: datetime
) -> Json:
    if "groupId" in query:
        group = book.get(account, query["groupId"])
        rest = {name: value for name, value in query.items() if name != "groupId"}
        return group_messages(group, rest, hidden_after=hidden_after)
    found = (
        (group, message)
        for group in book.of(account)
        for message in _filtered(group.messages.values(), query)
    )
    return _page(found, Window(query), hidden_after)


def _page(found: Iterable[tuple[Group, Message]], window: Window, hidden_after: datetime) -> Json:
    visible: Iterator[tuple[Group, Message]] = (
        (group, one) for group, one in found if one.created_at <= hidden_after
    )
    if window.start_key:
        visible = _from(visible, window.start_key)
    rows = list(islice(visible, window.limit + 1))
    next_key = rows[window.limit][1].message_id if len(rows) > window.limit else None
    shown = {one.message_id: as_item(one, group) for group, one in rows[: window.limit]}
    return _listed(window, next_key, "messageList", shown)


def _from(rows: Iterator[tuple[Group, Message]], start_key: str) -> Iterator[tuple[Group, Message]]:
    is_there = False
    for group, message in rows:
        is_there = is_there or message.message_id == start_key
        if is_there:
            yield group, message


def group_list(book: GroupBook, account: SolapiAccount, query: Mapping[str, str]) -> Json:
    window = Window(query)
    groups = [group for group in book.of(account) if _is_wanted(group, query)]
    ids = [group.group_id for group in groups]
    start = ids.index(window.start_key) if window.start_key in ids else 0
    page = groups[start : start + window.limit]
    after = start + window.limit
    next_key = ids[after] if after < len(ids) else None
    shown = {group.group_id: group.as_json() for group in page}
    return _listed(window, next_key, "groupList", shown)


def _is_wanted(group: Group, query: Mapping[str, str]) -> bool:
    """`criteria=status&cond=eq&value=…`, the same by `groupId`, and the date window (A6)."""
    known = {"status": group.status.value, "groupId": group.group_id}
    criteria = query.get("criteria", "")
    if criteria in known and query.get("cond") == "eq" and known[criteria] != query.get("value"):
        return False
    return _in_dates(group.created_at, query)


def _listed(window: Window, next_key: str | None, name: str, shown: Json) -> Json:
    return {
        "startKey": window.start_key,
        "nextKey": next_key,
        "limit": window.limit,
        name: shown,
    }


def _filtered(messages: Iterable[Message], query: Mapping[str, str]) -> Iterator[Message]:
    wanted = {name: {query[name]} for name in EQUAL if name in query}
    for name in EQUAL:
        if f"{name}[in]" in query:
            wanted[name] = set(_array(query[f"{name}[in]"]))
    if "messageIds" in query:
        wanted["messageId"] = set(_array(query["messageIds"]))
    for message in messages:
        if not _in_dates(message.created_at, query):
            continue
        if all(_value(message, name) in values for name, values in wanted.items()):
            yield message


def _array(text: str) -> list[str]:
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ProviderError(400, "ValidationError", "array expected") from None
    return [str(value) for value in values] if isinstance(values, list) else []


def _value(message: Message, name: str) -> str:
    match name:
        case "messageId":
            return message.message_id
        case "to":
            return message.to
        case "from":
            return message.sender
        case "type":
            return message.kind
        case _:
            return message.code


def _in_dates(at: datetime, query: Mapping[str, str]) -> bool:
    try:
        if "startDate" in query and at < datetime.fromisoformat(query["startDate"]):
            return False
        return "endDate" not in query or at <= datetime.fromisoformat(query["endDate"])
    except (ValueError, TypeError):
        raise ProviderError(400, "ValidationError", "startDate, endDate") from None


def as_item(message: Message, group: Group) -> Json:
    body = message.body()
    created, updated = iso_utc(message.created_at), iso_utc(message.updated_at)
    is_pending = message.code in PENDING_CODES
    return {
        "_id": message.message_id,
        "messageId": message.message_id,
        "groupId": group.group_id,
        "accountId": group.account.account_id,
        "to": message.to,
        "from": body.get("from"),
        "text": body.get("text"),
        "type": message.kind,
        "country": body.get("country", "82"),
        "customFields": message.fields,
        "status": "PENDING" if is_pending else "COMPLETE",
        "statusCode": message.code,
        "reason": STATUS_MESSAGES.get(message.code, ""),
        "replacement": message.is_replaced,
        "kakaoOptions": body.get("kakaoOptions"),
        "dateProcessed": None if message.code == "2000" else updated,
        "dateReported": None if is_pending else updated,
        "dateReceived": None if is_pending else updated,
        "dateCreated": created,
        "dateUpdated": updated,
    }


def visible_until(now: datetime, delay_seconds: float) -> datetime:
    return now - timedelta(seconds=delay_seconds)
