"""One request to NHN Cloud and what its verdict means (providers.md B1, B7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from campaigns.senders.attempts import Line
from campaigns.senders.nhn_codes import NOT_FOUND, OK, REFUSALS, REFUSED_ALL, TOO_MUCH
from campaigns.senders.reading import Object, object_in, read_object, text_in
from domain.refusals import Rejected, Retryable, SenderError, Unknown

BASE_URL = "https://kakaotalk-bizmessage.api.nhncloudservice.com"
ALIMTALK = "/alimtalk/v2.3/appkeys/"
BRAND = "/brand-message/v1.0/appkeys/"
IDEMPOTENCY = "X-NC-API-IDEMPOTENCY-KEY"
JSON = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class NhnKeys:
    appkey: str
    secret_key: str = field(repr=False)


class NhnWire:
    """Speaks of one product (`ALIMTALK` or `BRAND`) of one app key."""

    def __init__(self, line: Line, keys: NhnKeys, product: str) -> None:
        self._line = line
        self._secret_key = keys.secret_key
        self._root = f"{product}{quote(keys.appkey, safe='')}"

    async def post(
        self, path: str, body: bytes, *, key: str | None = None, kind: str = JSON
    ) -> Object:
        """The answer, also when it refuses everybody one by one (-1031).

        Raises Retryable, Rejected or Unknown as providers.md E has it. The same `key` is taken
        once within ten minutes.
        """
        headers = {"Content-Type": kind}
        if key is not None:
            headers[IDEMPOTENCY] = key
        return await self._ask("POST", path, headers, body)

    async def read(self, path: str, query: Mapping[str, str]) -> Object | None:
        """What stands there, None when NHN itself says nothing does.

        Reading changes nothing, so every other trouble is Retryable: a refused look must
        never be taken for a refused message.
        """
        try:
            return await self._ask("GET", f"{path}?{urlencode(query)}", {}, None)
        except Retryable:
            raise
        except SenderError as error:
            if isinstance(error, Rejected) and error.code in NOT_FOUND:
                return None
            raise Retryable(error.code, error.detail) from error

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Object:
        secret = {"X-Secret-Key": self._secret_key}
        answer = await self._line.ask(method, self._root + path, {**headers, **secret}, body)
        value = read_object(answer.body)
        head = object_in(value, "header")
        code = text_in(head, "resultCode")
        if code == OK or (code == REFUSED_ALL and object_in(value, "message")):
            return value
        raise _error(code, text_in(head, "resultMessage"), answer.status)

    async def close(self) -> None:
        await self._line.close()


def _error(code: str, words: str, status: int) -> SenderError:
    if not code:
        # Not NHN's own words: somebody in between answered, perhaps after it was done.
        return Unknown(f"HTTP_{status}")
    if code == TOO_MUCH:
        return Retryable(code, words)
    # Who prints no such code may have passed it on to KakaoTalk: asked about, never sent again.
    return Rejected(code, words) if code in REFUSALS else Unknown(code, words)
