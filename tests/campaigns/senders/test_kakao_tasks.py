"""Who was reached by a task, and who stays unknown (kakao-chatbot.md 4.2)."""

from collections.abc import Mapping

import pytest

from campaigns.senders.kakao_tasks import read_task
from domain.campaigns import Outcome
from domain.people import MessageId

PEOPLE = {"a": MessageId(1), "b": MessageId(2), "c": MessageId(3)}
ERROR_201 = {"errorType": 201, "msg": "skill"}


def task(
    reached: int, *failed: Mapping[str, object], unresolved: int = 0, asked: int = 3
) -> dict[str, object]:
    return {
        "taskId": "t-1",
        "allRequestCount": asked,
        "successCount": reached,
        "userKeyResolvingFailCount": unresolved,
        "fail": {"count": len(failed), "list": list(failed)},
    }


def outcomes(given: dict[str, object]) -> tuple[bool, dict[int, str]]:
    progress = read_task(given, PEOPLE)
    assert progress.is_accepted is True
    return progress.is_over, {one.message_id: one.outcome for one in progress.reports}


ALL = {1: Outcome.DELIVERED, 2: Outcome.DELIVERED, 3: Outcome.DELIVERED}
ONE_FAILED = {1: Outcome.DELIVERED, 2: Outcome.FAILED, 3: Outcome.DELIVERED}
ONLY_FAILED = {2: Outcome.FAILED}
FAILURE = {"userId": "b", "errorMsg": ERROR_201}
UNNAMED = {**task(1), "fail": {"count": 2, "list": [FAILURE]}}


@pytest.mark.parametrize(
    ("given", "is_over", "expected"),
    [
        (task(3), True, ALL),
        (task(2, FAILURE), True, ONE_FAILED),
        (task(2, {"userID": "b", "errorMsg": "timeout"}), True, ONE_FAILED),
        (task(1, FAILURE), False, ONLY_FAILED),
        (task(1, FAILURE, unresolved=1), True, ONLY_FAILED),
        (task(2, unresolved=1), True, {}),
        (task(0, asked=0), False, {}),
        (task(2, asked=2), False, {}),
        (UNNAMED, True, ONLY_FAILED),
        ({"taskId": "t-1"}, False, {}),
        ({"taskId": "t-1", "fail": "?", "allRequestCount": "3"}, False, {}),
    ],
    ids=[
        "all reached",
        "one failed",
        "one failed, older spelling",
        "not finished",
        "one failed, one not known",
        "one not known",
        "not counted yet",
        "fewer counted than asked",
        "a failure is counted but not named",
        "nothing said",
        "nonsense",
    ],
)
def test_what_a_task_says(
    given: dict[str, object], is_over: bool, expected: dict[int, str]
) -> None:
    assert outcomes(given) == (is_over, expected)


@pytest.mark.parametrize(("error", "code"), [(ERROR_201, "E201"), ("timeout", "E0"), (None, "E0")])
def test_a_failure_carries_kakaos_number_and_costs_nothing(error: object, code: str) -> None:
    (report,) = read_task(task(1, {"userId": "b", "errorMsg": error}), PEOPLE).reports

    assert (report.code, report.is_charged) == (code, False)


def test_who_was_reached_is_charged() -> None:
    assert all(one.is_charged for one in read_task(task(3), PEOPLE).reports)


def test_a_stranger_in_the_list_is_nobody_of_ours() -> None:
    assert outcomes(task(2, {"userId": "z", "errorMsg": ERROR_201})) == (True, ALL)
