"""What an Event API task says of each person (kakao-chatbot.md 4.2)."""

from collections.abc import Mapping

from campaigns.senders.reading import Object, number_in, object_in, objects_in, text_in
from domain.campaigns import Outcome, Progress, Report
from domain.people import MessageId

DELIVERED_CODE = "SUCCESS"
UNTYPED_CODE = "E0"
"""Older answers give the error as words, without its number."""


def read_task(task: Object, people: Mapping[str, MessageId]) -> Progress:
    """Who failed is named; who was reached is not, so it follows when all others are named."""
    failures = _failures(task)
    reports = [_failed(people[user], code) for user, code in failures.items() if user in people]
    is_over = _is_finished(task, len(people))
    if is_over and _names_all(task, len(failures)):
        reports += [_delivered(one) for user, one in people.items() if user not in failures]
    return Progress(is_accepted=True, is_over=is_over, reports=tuple(reports))


def _failures(task: Object) -> dict[str, str]:
    failures: dict[str, str] = {}
    for one in objects_in(object_in(task, "fail"), "list"):
        user = text_in(one, "userId") or text_in(one, "userID")
        failures[user] = _code(one)
    return failures


def _code(failure: Object) -> str:
    number = number_in(object_in(failure, "errorMsg"), "errorType")
    return UNTYPED_CODE if number is None else f"E{number}"


def _is_finished(task: Object, people_count: int) -> bool:
    """A task that counts fewer than we asked for has not counted yet."""
    asked = number_in(task, "allRequestCount")
    reached = number_in(task, "successCount")
    failed = number_in(object_in(task, "fail"), "count")
    if asked is None or reached is None or failed is None:
        return False
    return max(people_count, 1) <= asked == reached + failed + _unresolved(task)


def _names_all(task: Object, named_count: int) -> bool:
    failed = number_in(object_in(task, "fail"), "count")
    return _unresolved(task) == 0 and failed == named_count


def _unresolved(task: Object) -> int:
    """People whose id Kakao does not know: counted, never named."""
    return number_in(task, "userKeyResolvingFailCount") or 0


def _failed(message_id: MessageId, code: str) -> Report:
    return Report(message_id=message_id, outcome=Outcome.FAILED, code=code, is_charged=False)


def _delivered(message_id: MessageId) -> Report:
    return Report(
        message_id=message_id, outcome=Outcome.DELIVERED, code=DELIVERED_CODE, is_charged=True
    )
