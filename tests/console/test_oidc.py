"""What an ID token must prove, against a provider that lies in every way it can."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from yarl import URL

from console.keys import KakaoLogin
from console.oidc import Attempt, Provider
from domain.refusals import Conflict, NotAllowed

CLIENT, BACK = "login-key", "https://dangol.example/login/kakao/back"
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ATTEMPT = Attempt(state="s" * 43, nonce="n" * 43, verifier="v" * 43)
KEYS = [
    RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"}, private=True, auto_kid=True)
    for _ in range(2)
]
OURS, FOREIGN = KEYS

Claims = dict[str, Any]


@dataclass(slots=True)
class Liar:
    """Says of itself, its keys and a person whatever the test wants."""

    address: str = ""
    about: Claims = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [OURS])
    token: Callable[[Claims], str] = lambda claims: sign(claims)  # noqa: PLW0108 - it stands below
    claims: Claims = field(default_factory=dict)
    forms: list[Claims] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self.discover)
        app.router.add_get("/keys", self.show_keys)
        app.router.add_post("/token", self.give)
        return app

    async def discover(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        named = {"authorization_endpoint": "authorize", "token_endpoint": "token"}
        about = {name: f"{self.address}/{path}" for name, path in named.items()}
        about |= {"issuer": self.address, "jwks_uri": f"{self.address}/keys"}
        return web.json_response(about | self.about)

    async def show_keys(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        public = [key.as_dict(private=False) for key in self.keys]
        return web.json_response({"keys": [*public, {"kty": "OKP", "crv": "unheard"}]})

    async def give(self, request: web.Request) -> web.Response:
        self.forms.append(dict(await request.post()))
        at = int(AT.timestamp())
        claims: Claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "3012345678",
            "nonce": ATTEMPT.nonce,
            "iat": at,
            "exp": at + 3600,
        }
        told = {name: value for name, value in (claims | self.claims).items() if value is not None}
        return web.json_response({"id_token": self.token(told)})


def sign(claims: Claims, key: RSAKey = OURS, **header: str) -> str:
    return jwt.encode({"alg": "RS256", "kid": str(key.kid), **header}, claims, key)


def unsigned(claims: Claims) -> str:
    head, body, _ = sign(claims).split(".")
    none = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    assert head != none
    return f"{none}.{body}."


def with_a_shared_secret(claims: Claims) -> str:
    secret = OctKey.import_key(b"s3cret" * 8)
    return jwt.encode({"alg": "HS256", "kid": str(OURS.kid)}, claims, secret)


@pytest_asyncio.fixture
async def liar() -> AsyncIterator[Liar]:
    liar = Liar()
    async with TestServer(liar.app()) as server:
        liar.address = str(server.make_url("")).rstrip("/")
        yield liar


@pytest.fixture
def clock() -> list[datetime]:
    return [AT]


@pytest_asyncio.fixture
async def provider(liar: Liar, clock: list[datetime]) -> AsyncIterator[Provider]:
    login = KakaoLogin(client_id=CLIENT, client_secret="s3cret", issuer=liar.address)
    provider = Provider(login, BACK, lambda: clock[0])
    async with provider.running(web.Application()):
        yield provider


async def test_an_honest_answer_proves_who_it_is(liar: Liar, provider: Provider) -> None:
    assert await provider.subject("code-1", ATTEMPT) == "3012345678"
    assert liar.forms == [
        {
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "client_secret": "s3cret",
            "redirect_uri": BACK,
            "code": "code-1",
            "code_verifier": ATTEMPT.verifier,
        }
    ]


async def test_the_way_to_kakao_carries_state_nonce_and_challenge(provider: Provider) -> None:
    query = URL(await provider.address(ATTEMPT, prompt="login")).query
    assert (query["state"], query["nonce"]) == (ATTEMPT.state, ATTEMPT.nonce)
    assert (query["code_challenge"], query["code_challenge_method"]) == (ATTEMPT.challenge, "S256")
    assert ATTEMPT.verifier not in str(query)
    assert (query["scope"], query["redirect_uri"]) == ("openid", BACK)


def test_every_attempt_has_secrets_of_its_own() -> None:
    values = {value for _ in range(50) for one in [Attempt.new()] for value in (
        one.state, one.nonce, one.verifier,
    )}  # fmt: skip
    assert len(values) == 150
    assert {len(value) for value in values} == {43}  # RFC 7636 wants 43 to 128


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another app"},
        {"aud": [CLIENT, "another app"]},
        {"aud": None},
        {"nonce": "of another browser"},
        {"nonce": None},
        {"exp": int(AT.timestamp()) - 61},
        {"exp": None},
        {"iat": int(AT.timestamp()) + 61},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "me@example.com"},
        {"sub": "1" * 21},
        {"sub": 3012345678},
    ],
    ids=str,
)
async def test_what_is_not_said_of_us_and_now_proves_nothing(
    liar: Liar, provider: Provider, claims: Claims
) -> None:
    liar.claims = claims
    with pytest.raises(NotAllowed, match="login_unproven"):
        await provider.subject("code", ATTEMPT)


@pytest.mark.parametrize(
    "token",
    [
        unsigned,
        with_a_shared_secret,
        lambda claims: sign(claims, FOREIGN),
        lambda claims: sign(claims, FOREIGN, kid=str(OURS.kid)),
        lambda claims: sign(claims)[:-4] + "AAAA",
        lambda _: "not.a.token",
        lambda _: "",
    ],
    ids=["none", "HS256", "foreign key", "foreign key, our name", "broken", "no token", "empty"],
)
async def test_what_kakaos_key_did_not_sign_proves_nothing(
    liar: Liar, provider: Provider, token: Callable[[Claims], str]
) -> None:
    liar.token = token
    with pytest.raises(NotAllowed, match="login_unproven"):
        await provider.subject("code", ATTEMPT)


async def test_a_new_key_is_asked_for_but_not_without_end(
    liar: Liar, provider: Provider, clock: list[datetime]
) -> None:
    await provider.subject("code", ATTEMPT)
    liar.keys = [FOREIGN, OURS]
    liar.token = lambda claims: sign(claims, FOREIGN)
    for _ in range(3):
        with pytest.raises(NotAllowed):
            await provider.subject("code", ATTEMPT)
    clock[0] += timedelta(seconds=10)
    assert await provider.subject("code", ATTEMPT) == "3012345678"
    assert liar.asked.count("/keys") == 2


async def test_the_document_is_asked_for_once_a_day_and_kept_while_it_is_gone(
    liar: Liar, provider: Provider, clock: list[datetime]
) -> None:
    for _ in range(3):
        await provider.address(ATTEMPT, prompt="login")
    assert len(liar.asked) == 1
    clock[0] += timedelta(days=1)
    liar.about = {"issuer": "https://elsewhere.example"}
    assert await provider.address(ATTEMPT, prompt="login")
    assert len(liar.asked) == 2


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": None},
        {"token_endpoint": "ftp://elsewhere.example/token"},
        {"jwks_uri": 7},
    ],
    ids=str,
)
async def test_a_document_of_somebody_else_is_not_followed(
    liar: Liar, provider: Provider, about: Claims
) -> None:
    liar.about = about
    with pytest.raises(Conflict, match="login_down"):
        await provider.address(ATTEMPT, prompt="login")
