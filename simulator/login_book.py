"""What Kakao's login remembers: sessions, questions under way, consents, codes, tokens, keys."""

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from joserfc import jwt
from joserfc.jwk import KeyParameters, RSAKey

from simulator.clock import Now
from simulator.values import Person
from simulator.wire import Json

# kakao-chatbot.md 5.4: the session's length is documented, the tokens' are from memory.
SESSION = timedelta(hours=24)
SESSION_KEPT = timedelta(days=30)
CODE = timedelta(minutes=10)
ACCESS = timedelta(hours=6)
REFRESH = timedelta(days=60)
REFRESH_RENEWED_WITHIN = timedelta(days=30)
QUESTION = timedelta(hours=1)
KEPT_MAX = 10_000
KEY_BITS = 2048
KEYS_SERVED = 2
"""The one that signs and the one before it: what was signed last is still believed."""

OPENID = "openid"
# The names of the items on the page; their ids are from memory, no page of them was readable.
ITEMS = {
    "profile_nickname": "닉네임",
    "account_email": "카카오계정(이메일)",
    "phone_number": "카카오계정(전화번호)",
    "plusfriends": "카카오톡 채널 추가 상태 및 내역",
}

Value = TypeVar("Value")


class Question(NamedTuple):
    """What an app asks of whoever sits in front of the browser."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    nonce: str
    prompt: str
    login_hint: str
    challenge: str


class Session(NamedTuple):
    """One browser's Kakao account."""

    person_id: str
    since: datetime


class Code(NamedTuple):
    question: Question
    session: Session
    scopes: frozenset[str]


class Token(NamedTuple):
    client_id: str
    person_id: str
    scopes: frozenset[str]
    auth_time: datetime
    expires_at: datetime


class Kept(Generic[Value]):
    """Secret names for values that live a while; the oldest goes when there are too many."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._values: OrderedDict[str, tuple[datetime, Value]] = OrderedDict()

    def put(self, value: Value, span: timedelta) -> str:
        while len(self._values) >= KEPT_MAX:
            self._values.popitem(last=False)
        name = secrets.token_urlsafe(32)
        self._values[name] = (self._now() + span, value)
        return name

    def find(self, name: str) -> Value | None:
        expires_at, value = self._values.get(name, (None, None))
        return value if expires_at and self._now() < expires_at else None

    def take(self, name: str) -> Value | None:
        """The value, once."""
        value = self.find(name)
        self._values.pop(name, None)
        return value


@dataclass(slots=True)
class LoginBook:
    now: Now
    sessions: Kept[Session] = field(init=False)
    questions: Kept[Question] = field(init=False)
    codes: Kept[Code] = field(init=False)
    access: Kept[Token] = field(init=False)
    refresh: Kept[Token] = field(init=False)
    consents: dict[tuple[str, str], frozenset[str]] = field(init=False)
    connected_at: dict[tuple[str, str], datetime] = field(init=False)
    _keys: list[RSAKey] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets everybody; the keys stay, they belong to the running program."""
        self.sessions, self.questions = Kept(self.now), Kept(self.now)
        self.codes, self.access, self.refresh = Kept(self.now), Kept(self.now), Kept(self.now)
        self.consents, self.connected_at = {}, {}

    def agree(self, client_id: str, person_id: str, scopes: Iterable[str]) -> None:
        key = client_id, person_id
        self.consents[key] = self.consents.get(key, frozenset()) | frozenset(scopes)
        self.connected_at.setdefault(key, self.now())

    def agreed(self, client_id: str, person_id: str) -> frozenset[str]:
        return self.consents.get((client_id, person_id), frozenset())

    # Keys

    def turn_keys(self) -> str:
        """A new key signs from now on; making one takes some tens of milliseconds."""
        parameters: KeyParameters = {"use": "sig", "alg": "RS256"}
        key = RSAKey.generate_key(KEY_BITS, parameters, private=True, auto_kid=True)
        self._keys = [key, *self._keys][:KEYS_SERVED]
        return str(key.kid)

    def _signing_key(self) -> RSAKey:
        if not self._keys:
            self.turn_keys()
        return self._keys[0]

    def jwks(self) -> Json:
        self._signing_key()
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def sign(self, claims: Json) -> str:
        key = self._signing_key()
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def claims_of(person: Person, scopes: frozenset[str]) -> Json:
    """What userinfo says of a person, by consent (5.4); who the world is peopled with has no
    pictures, and e-mail addresses at a domain that nobody can have."""
    claims: Json = {"sub": person.app_user_id}
    if "profile_nickname" in scopes:
        claims["nickname"] = person.name
    if "account_email" in scopes:
        claims |= {"email": email_of(person), "email_verified": True}
    if "phone_number" in scopes:
        claims |= {"phone_number": international(person.phone), "phone_number_verified": True}
    return claims


def email_of(person: Person) -> str:
    return f"{person.app_user_id}@example.com"


def international(phone: str) -> str:
    """+82 10-1234-5678, as user/me writes it (5.4)."""
    digits = phone.removeprefix("0")
    return f"+82 {digits[:2]}-{digits[2:-4]}-{digits[-4:]}"
