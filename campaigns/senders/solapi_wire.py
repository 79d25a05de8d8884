"""One signed request to SOLAPI and what its answer means (providers.md A5, E)."""

from campaigns.senders.attempts import Line
from campaigns.senders.reading import Object, read_object, text_in
from campaigns.senders.solapi_auth import ApiKey, authorization, new_salt
from domain.refusals import Rejected, Retryable, SenderError, Unknown
from domain.time import Now

NOT_FOUND = "ResourceNotFound"
SEEN_BEFORE = "DuplicatedSignature"
"""Proves only that an earlier copy reached authentication (providers.md A2)."""
CLOCK_OFF = "RequestTimeTooSkewed"


class Wire:
    def __init__(self, line: Line, api: ApiKey, now: Now) -> None:
        self._line = line
        self._api = api
        self._now = now

    async def change(self, method: str, path: str, body: bytes | None = None) -> Object:
        """Raises Retryable, Rejected or Unknown as providers.md E has it."""
        headers = {"Authorization": authorization(self._api, self._now(), new_salt())}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = await self._line.ask(method, path, headers, body)
        value = read_object(answer.body)
        if not answer.is_success:
            raise _error(answer.status, value)
        return value

    async def read(self, path: str) -> Object | None:
        """What stands there, None when SOLAPI itself says nothing does.

        Reading changes nothing, so every other trouble is Retryable: a refused look must
        never be taken for a refused message.
        """
        try:
            return await self.change("GET", path)
        except Retryable:
            raise
        except SenderError as error:
            if isinstance(error, Rejected) and error.code == NOT_FOUND:
                return None
            raise Retryable(error.code, error.detail) from error

    async def close(self) -> None:
        await self._line.close()


def _error(status: int, answer: Object) -> SenderError:
    code = text_in(answer, "errorCode")
    if not code:
        # Not SOLAPI's own words: somebody in between refused, perhaps after it was done.
        return Unknown(f"HTTP_{status}")
    if code == SEEN_BEFORE:
        return Unknown(code)
    if code == CLOCK_OFF:
        return Retryable(code)
    return Rejected(code, text_in(answer, "errorMessage"))
