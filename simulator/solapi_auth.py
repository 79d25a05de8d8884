"""Who may call the provider: one-time HMAC signatures (providers.md A2, E1, E2)."""

import hashlib
import hmac
from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple

from simulator.values import SolapiAccount
from simulator.world import World

SCHEME = "HMAC-SHA256"
SKEW_MAX = timedelta(minutes=15)
SIGNATURE_KEPT = timedelta(minutes=15)
SALT_LENGTH_MIN, SALT_LENGTH_MAX = 12, 64

MESSAGES = {
    "InvalidAPIKey": "유효한 API Key가 아닙니다.",
    "SignatureDoesNotMatch": "생성한 Signature가 일치하지 않습니다.",
    "RequestTimeTooSkewed": "요청 시각이 서버 시각과 15분 이상 차이납니다.",
    "DuplicatedSignature": "이미 사용된 Signature입니다.",
}


class ProviderError(Exception):
    """An answer in the shape of providers.md A5."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message or MESSAGES.get(code, code)


class Admission(NamedTuple):
    account: SolapiAccount
    signature: str


def sign(secret: str, date: str, salt: str) -> str:
    """Body, path and method are not covered (A2)."""
    return hmac.new(secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()


class Gate:
    def __init__(self, world: World) -> None:
        self._world = world
        self._used: dict[str, datetime] = {}
        self._order: deque[str] = deque()

    def admit(self, header: str) -> Admission:
        given = _parameters(header)
        account = self._world.accounts.get(given.get("apikey", ""))
        if account is None:
            raise ProviderError(403, "InvalidAPIKey")
        date, salt = given.get("date", ""), given.get("salt", "")
        expected = sign(account.api_secret, date, salt)
        signature = given.get("signature", "")
        if not SALT_LENGTH_MIN <= len(salt) <= SALT_LENGTH_MAX:
            raise ProviderError(403, "SignatureDoesNotMatch")
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise ProviderError(403, "SignatureDoesNotMatch")
        self._check_date(date)
        if signature in self._used:
            raise ProviderError(403, "DuplicatedSignature")
        return Admission(account, signature)

    def _check_date(self, date: str) -> None:
        now = self._world.now()
        try:
            at = datetime.fromisoformat(date)
            is_near = abs(now - at) <= SKEW_MAX
        except (ValueError, TypeError):  # no date at all, or one without a zone
            raise ProviderError(403, "RequestTimeTooSkewed") from None
        if not is_near:
            raise ProviderError(403, "RequestTimeTooSkewed")
        while self._order and now - self._used[self._order[0]] > SIGNATURE_KEPT:
            del self._used[self._order.popleft()]

    def remember(self, signature: str) -> None:
        if signature not in self._used:
            self._used[signature] = self._world.now()
            self._order.append(signature)


def _parameters(header: str) -> dict[str, str]:
    """Names in any case: the documents and the Python SDK write them differently (A2)."""
    scheme, _, rest = header.partition(" ")
    if scheme != SCHEME:
        raise ProviderError(403, "InvalidAPIKey")
    pairs = (one.strip().partition("=") for one in rest.split(","))
    return {name.lower(): value for name, _, value in pairs}
