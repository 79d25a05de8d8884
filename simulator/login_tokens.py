"""Kakao Login between servers: discovery, code for tokens, who somebody is (5.4)."""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from simulator.clock import iso_utc
from simulator.login_book import (
    ACCESS,
    ITEMS,
    OPENID,
    REFRESH,
    REFRESH_RENEWED_WITHIN,
    LoginBook,
    Token,
    claims_of,
    email_of,
    international,
)
from simulator.settings import Settings
from simulator.values import LoginApp
from simulator.wire import Json, answer
from simulator.world import World

BEARER = "Bearer "
NO_STORE = {"Cache-Control": "no-store"}

Form = Mapping[str, str]
Handler = Callable[[web.Request], Awaitable[web.Response]]


class TokenError(Exception):
    """`error` and `error_description` as OAuth names them (RFC 6749, 5.2)."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.description = description
        self.status = status


class Tokens:
    def __init__(self, world: World, settings: Settings, book: LoginBook) -> None:
        self._world = world
        self._settings = settings
        self._book = book

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/.well-known/openid-configuration", self.discovery),
            web.get("/.well-known/jwks.json", self.jwks),
            web.post("/oauth/token", self.token),
            web.get("/v1/oidc/userinfo", self.userinfo),
            web.post("/v1/oidc/userinfo", self.userinfo),
            web.get("/v2/user/me", self.me),
            web.post("/v2/user/me", self.me),
            web.get("/v1/user/access_token_info", self.token_info),
        ]

    async def discovery(self, request: web.Request) -> web.Response:
        del request
        here = self._settings.public_url
        return answer(
            {
                "issuer": here,
                "authorization_endpoint": f"{here}/oauth/authorize",
                "token_endpoint": f"{here}/oauth/token",
                "userinfo_endpoint": f"{here}/v1/oidc/userinfo",
                "jwks_uri": f"{here}/.well-known/jwks.json",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": [OPENID, *ITEMS],
            }
        )

    async def jwks(self, request: web.Request) -> web.Response:
        del request
        return answer(self._book.jwks())

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            granted = self._granted(form)
        except TokenError as error:
            told = {"error": error.code, "error_description": error.description}
            return answer(told, status=error.status)
        response = answer(granted)
        response.headers.update(NO_STORE)
        return response

    def _granted(self, form: Form) -> Json:
        app = self._client(form)
        match form.get("grant_type"):
            case "authorization_code":
                return self._by_code(app, form)
            case "refresh_token":
                return self._by_refresh(app, form)
            case _:
                raise TokenError("unsupported_grant_type", "grant_type is not supported")

    def _client(self, form: Form) -> LoginApp:
        app = self._world.apps.get(form.get("client_id", ""))
        if app is None:
            raise TokenError("invalid_client", "Not exist client_id", 401)
        given = form.get("client_secret", "")
        if app.client_secret and not hmac.compare_digest(
            given.encode(), app.client_secret.encode()
        ):
            raise TokenError("invalid_client", "Bad client credentials", 401)
        return app

    def _by_code(self, app: LoginApp, form: Form) -> Json:
        code = self._book.codes.take(form.get("code", ""))
        if code is None:
            raise TokenError("invalid_grant", "authorization code not found")
        question = code.question
        if question.client_id != app.client_id:
            raise TokenError("invalid_grant", "authorization code of another app")
        if question.redirect_uri != form.get("redirect_uri"):
            raise TokenError("invalid_grant", "redirect_uri mismatch")
        if question.challenge and question.challenge != s256(form.get("code_verifier", "")):
            raise TokenError("invalid_grant", "code_verifier mismatch")
        session = code.session
        token = Token(
            app.client_id,
            session.person_id,
            code.scopes,
            session.since,
            self._world.now() + REFRESH,
        )
        answered = self._access(token, question.nonce)
        return answered | self._new_refresh(token)

    def _by_refresh(self, app: LoginApp, form: Form) -> Json:
        name = form.get("refresh_token", "")
        token = self._book.refresh.find(name)
        if token is None or token.client_id != app.client_id:
            raise TokenError("invalid_grant", "Expired or invalid refresh token")
        answered = self._access(token, "")
        now = self._world.now()
        # From memory: a new one comes only when the old one ends within a month.
        if token.expires_at - now < REFRESH_RENEWED_WITHIN:
            self._book.refresh.take(name)
            answered |= self._new_refresh(token._replace(expires_at=now + REFRESH))
        return answered

    def _access(self, token: Token, nonce: str) -> Json:
        if token.person_id not in self._world.people:
            raise TokenError("invalid_grant", "user is gone")
        live = token._replace(expires_at=self._world.now() + ACCESS)
        answered: Json = {
            "access_token": self._book.access.put(live, ACCESS),
            "token_type": "bearer",
            "expires_in": int(ACCESS.total_seconds()),
            "scope": " ".join(sorted(token.scopes)),
        }
        if OPENID in token.scopes:
            answered["id_token"] = self._book.sign(self._id_claims(live, nonce))
        return answered

    def _new_refresh(self, token: Token) -> Json:
        return {
            "refresh_token": self._book.refresh.put(token, REFRESH),
            "refresh_token_expires_in": int(REFRESH.total_seconds()),
        }

    def _id_claims(self, token: Token, nonce: str) -> Json:
        person = self._world.person(token.person_id)
        known = claims_of(person, token.scopes)
        claims: Json = {
            "iss": self._settings.public_url,
            "aud": token.client_id,
            "iat": int(self._world.now().timestamp()),
            "exp": int(token.expires_at.timestamp()),
            "auth_time": int(token.auth_time.timestamp()),
            **{name: known[name] for name in ("sub", "nickname", "email") if name in known},
        }
        if nonce:
            claims["nonce"] = nonce
        return claims

    async def userinfo(self, request: web.Request) -> web.Response:
        token = self._bearer(request)
        if token is None or OPENID not in token.scopes:
            return _no_token()
        return answer(claims_of(self._world.person(token.person_id), token.scopes))

    async def me(self, request: web.Request) -> web.Response:
        token = self._bearer(request)
        if token is None:
            return _no_token()
        person = self._world.person(token.person_id)
        account: Json = {}
        if "profile_nickname" in token.scopes:
            account["profile"] = {"nickname": person.name}
        if "account_email" in token.scopes:
            account["email"] = email_of(person)
        if "phone_number" in token.scopes:
            account["phone_number"] = international(person.phone)
        since = self._book.connected_at[token.client_id, token.person_id]
        told = {
            "id": int(person.app_user_id or 0),
            "connected_at": iso_utc(since)[:-5] + "Z",
            "kakao_account": account,
        }
        return answer(told)

    async def token_info(self, request: web.Request) -> web.Response:
        token = self._bearer(request)
        if token is None:
            return _no_token()
        left = token.expires_at - self._world.now()
        person = self._world.person(token.person_id)
        app = self._world.apps[token.client_id]
        return answer(
            {
                "id": int(person.app_user_id or 0),
                "expires_in": int(left.total_seconds()),
                "app_id": app.app_id,
            }
        )

    def _bearer(self, request: web.Request) -> Token | None:
        given = request.headers.get("Authorization", "")
        if not given.startswith(BEARER):
            return None
        token = self._book.access.find(given.removeprefix(BEARER))
        if token is None or token.client_id not in self._world.apps:
            return None
        return token if token.person_id in self._world.people else None


def s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _no_token() -> web.Response:
    return answer({"msg": "this access token does not exist", "code": -401}, status=401)
