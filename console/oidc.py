"""Kakao Login in the words of OpenID Connect: where to ask, and what an answer proves (5.4).

Signatures and claims are joserfc's business. What Kakao says about itself is kept for a day; its
keys until a token names one that is not among them, since keys are changed without notice.
"""

import base64
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from yarl import URL

from console.keys import KakaoLogin
from domain.refusals import Conflict, NotAllowed
from domain.time import Now

ABOUT_GOOD_FOR = timedelta(days=1)
KEYS_AGAIN_AFTER = timedelta(seconds=10)
"""Who makes up key names does not make us ask for keys without end."""

TIMEOUT = ClientTimeout(total=10, connect=5)
BODY_MAX = 256 * 1024
LEEWAY_SECONDS = 60
SECRET_BYTES = 32
SUBJECT_MAX = 20
ALGORITHMS = ("RS256",)
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OK, SERVER_ERROR_FROM = 200, 500

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What only the browser that began knows: by it the answer is found to be its own."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Attempt":
        return cls(*(secrets.token_urlsafe(SECRET_BYTES) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """PKCE's S256 of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Provider:
    """Raises Conflict(`login_down`) when Kakao does not answer, NotAllowed(`login_lapsed`) for
    a code that is used up, NotAllowed(`login_unproven`) for an answer that proves nothing.
    """

    def __init__(self, app: KakaoLogin, back_url: str, now: Now) -> None:
        self._app = app
        self._back_url = back_url
        self._now = now
        self._session: ClientSession | None = None
        self._about: dict[str, str] = {}
        self._about_until: datetime | None = None
        self._keys = KeySet([])
        self._keys_at: datetime | None = None

    @property
    def client_id(self) -> str:
        return self._app.client_id

    @asynccontextmanager
    async def running(self, app: web.Application) -> AsyncIterator[None]:
        del app
        async with ClientSession(timeout=TIMEOUT) as self._session:
            yield

    async def address(self, attempt: Attempt, *, prompt: str) -> str:
        """Where the browser is sent; `prompt` is OpenID Connect's."""
        about = await self._read_about()
        query = {
            "client_id": self._app.client_id,
            "redirect_uri": self._back_url,
            "response_type": "code",
            "scope": "openid",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "prompt": prompt,
        }
        return str(URL(about["authorization_endpoint"]).update_query(query))

    async def subject(self, code: str, attempt: Attempt) -> str:
        """The person's number at this app, proven for this attempt."""
        about = await self._read_about()
        form = {
            "grant_type": "authorization_code",
            "client_id": self._app.client_id,
            "redirect_uri": self._back_url,
            "code": code,
            "code_verifier": attempt.verifier,
        }
        if self._app.client_secret:
            form["client_secret"] = self._app.client_secret
        status, answer = await self._ask("POST", about["token_endpoint"], form)
        token = answer.get("id_token")
        if status == OK and isinstance(token, str):
            return await self._proven(token, attempt)
        if answer.get("error") == "invalid_grant":
            raise NotAllowed("login_lapsed")
        LOG.error("Kakao gave no ID token: HTTP %d %.60s", status, answer.get("error"))
        raise NotAllowed("login_unproven")

    async def _proven(self, token: str, attempt: Attempt) -> str:
        try:
            keys = await self._keys_with(jws.extract_compact(token.encode()).headers().get("kid"))
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            self._expected(attempt).validate(claims)
        except (JoseError, ValueError) as error:
            LOG.warning("an ID token was refused: %s", type(error).__name__)
            raise NotAllowed("login_unproven") from error
        subject, audience = claims["sub"], claims["aud"]
        is_ours = audience in (self._app.client_id, [self._app.client_id])
        if not is_ours or not subject.isdecimal() or len(subject) > SUBJECT_MAX:
            raise NotAllowed("login_unproven")
        return str(subject)

    def _expected(self, attempt: Attempt) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._app.issuer},
            aud={"essential": True, "value": self._app.client_id},
            nonce={"essential": True, "value": attempt.nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )

    async def _keys_with(self, kid: object) -> KeySet:
        """The one key that the token names, which may be new since we last looked."""
        if not any(key.kid == kid for key in self._keys):
            await self._read_keys()
        named = [key for key in self._keys if kid and key.kid == kid]
        if not named:
            raise NotAllowed("login_unproven")
        return KeySet(named)

    async def _read_keys(self) -> None:
        now = self._now()
        if self._keys_at is not None and now - self._keys_at < KEYS_AGAIN_AFTER:
            return
        about = await self._read_about()
        status, answer = await self._ask("GET", about["jwks_uri"])
        listed = answer.get("keys")
        if status != OK or not isinstance(listed, list):
            raise Conflict("login_down")
        of_rsa = [one for one in listed if isinstance(one, dict) and one.get("kty") == "RSA"]
        self._keys, self._keys_at = KeySet.import_key_set({"keys": of_rsa}), now

    async def _read_about(self) -> Mapping[str, str]:
        """The discovery document; while Kakao does not answer, the one of yesterday."""
        now = self._now()
        if self._about_until is not None and now < self._about_until:
            return self._about
        url = f"{self._app.issuer}/.well-known/openid-configuration"
        try:
            status, answer = await self._ask("GET", url)
            self._about = self._endpoints(status, answer)
        except Conflict:
            if not self._about:
                raise
            return self._about
        self._about_until = now + ABOUT_GOOD_FOR
        return self._about

    def _endpoints(self, status: int, answer: Mapping[str, object]) -> dict[str, str]:
        """Only this issuer's own document, and only addresses as safe as its own."""
        found = {name: answer.get(name) for name in ENDPOINTS}
        scheme = URL(self._app.issuer).scheme
        known = {name: at for name, at in found.items() if isinstance(at, str)}
        is_sound = all(URL(at).scheme in ("https", scheme) for at in known.values())
        if status != OK or answer.get("issuer") != self._app.issuer or not is_sound:
            raise Conflict("login_down")
        if len(known) != len(ENDPOINTS):
            raise Conflict("login_down")
        return known

    async def _ask(
        self, method: str, url: str, form: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, object]]:
        """Status and JSON object. Raises Conflict(`login_down`) for everything else."""
        assert self._session is not None, "the application is not running"
        try:
            async with self._session.request(
                method, url, data=form, allow_redirects=False
            ) as response:
                body = bytearray()
                async for part in response.content.iter_any():
                    body += part
                    if len(body) > BODY_MAX:
                        raise Conflict("login_down")
                answer: object = orjson.loads(body)
        except (ClientError, TimeoutError, OSError, orjson.JSONDecodeError) as error:
            LOG.warning("Kakao Login does not answer: %s", type(error).__name__)
            raise Conflict("login_down") from error
        if response.status >= SERVER_ERROR_FROM or not isinstance(answer, dict):
            raise Conflict("login_down")
        return response.status, answer
