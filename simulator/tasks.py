"""Event API tasks: who was asked for, who was reached, who was not and why."""

from dataclasses import dataclass, field

from simulator.wire import Json


@dataclass(slots=True)
class Task:
    task_id: str
    bot_id: str
    all_request_count: int
    success_count: int = 0
    unresolved_count: int = 0
    failures: list[Json] = field(default_factory=list)

    def fail(self, user: Json, at_seconds: int, error_type: int, message: str) -> None:
        self.failures.append(
            {
                "userId": user["id"],
                "reqUserType": user["type"],
                "createdAt": at_seconds,
                "errorMsg": {"errorType": error_type, "msg": message},
            }
        )

    def as_json(self) -> Json:
        """Counts so far; how a running task looks is not documented, the sum is then short."""
        failed = len(self.failures) + self.unresolved_count
        return {
            "taskId": self.task_id,
            "status": f"{failed} FAIL" if failed else "ALL SUCCESS",
            "allRequestCount": self.all_request_count,
            "successCount": self.success_count,
            "userKeyResolvingFailCount": self.unresolved_count,
            "fail": {"count": len(self.failures), "list": list(self.failures)},
        }
