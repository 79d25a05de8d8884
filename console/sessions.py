"""Who a browser belongs to: sessions in our books, of which a browser holds only a token."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from aiohttp import web
from aiohttp_session import SESSION_KEY, STORAGE_KEY, AbstractStorage, Session

from console.keys import ConsoleSettings
from domain.people import StaffId
from domain.time import Now
from storage.books import Books
from storage.desk import Tx
from storage.queries.staff import (
    delete_expired_sessions,
    delete_session,
    find_session,
    insert_session,
    save_session,
)
from subsidy.invitations import token_hash

GOOD_FOR = timedelta(days=30)
RENEW_BELOW = timedelta(days=29)
"""A visit renews the session at most once a day: who comes each month never has to ask again."""

TOKEN_BYTES = 32
STAFF, CSRF, SAID = "staff_id", "csrf", "said"
ACCOUNT = "account"
"""The Kakao account that a session was begun with; it may lead to other places as well."""

CHOOSING, PLACES = "choosing", "/account/places"
"""While an account with several places has not been told to which, only that page opens."""


# aiohttp-session 2.12 keeps its two things under string keys, about which aiohttp 3.14 warns.
web.BaseRequest._seen_str_keys.update((SESSION_KEY, STORAGE_KEY))  # noqa: SLF001 - no public way


class BookSessions(AbstractStorage):
    """Rows of web_session; the cookie is a random token, of which only the hash is kept."""

    def __init__(self, books: Books, now: Now, settings: ConsoleSettings) -> None:
        # The __Host- prefix makes browsers refuse the cookie from anywhere but this host.
        super().__init__(
            cookie_name="__Host-dangol" if settings.is_secure else "dangol",
            secure=settings.is_secure,
            httponly=True,
            samesite="Lax",
        )
        self._books = books
        self._now = now

    async def load_session(self, request: web.Request) -> Session:
        token, at = self.load_cookie(request), self._now()
        row = await self._books.read(find_session, token_hash(token), at) if token else None
        if row is None:
            return Session(None, data=None, new=True)
        words = {STAFF: row.staff_id, **json.loads(row.content)}
        created = int((row.expires_at - GOOD_FOR).timestamp())
        session = Session(token, data={"created": created, "session": words}, new=False)
        if row.expires_at - at < RENEW_BELOW:
            session.changed()
        return session

    async def save_session(
        self,
        request: web.Request,
        response: web.StreamResponse,
        session: Session,
    ) -> None:
        token = session.identity
        words = {key: value for key, value in session.items() if key != STAFF}
        if session.empty:
            await self._forget(response, token)
        elif token is None:
            replaced = self.load_cookie(request)
            opened = await self.open(StaffId(session[STAFF]), words, replaced=replaced)
            self._hand_out(response, opened)
        else:
            await self._books.write(
                save_session,
                token_hash(token),
                content=json.dumps(words),
                expires_at=self._now() + GOOD_FOR,
            )
            self._hand_out(response, token)

    async def open(
        self,
        staff_id: StaffId,
        words: Mapping[str, object] | None = None,
        *,
        replaced: str | None = None,
    ) -> str:
        """Begins a session that remembers these words, and ends the one it replaces; its token."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        content = json.dumps({**(words or {}), CSRF: secrets.token_urlsafe(TOKEN_BYTES)})
        at = self._now()
        await self._books.write(_open, token, staff_id, content, at, replaced=replaced)
        return token

    async def sign_in(self, response: web.StreamResponse, staff_id: StaffId) -> None:
        """Begins a session and hands it to the browser that gets this response."""
        self._hand_out(response, await self.open(staff_id))

    def _hand_out(self, response: web.StreamResponse, token: str) -> None:
        self.save_cookie(response, token, max_age=int(GOOD_FOR.total_seconds()))

    async def _forget(self, response: web.StreamResponse, token: str | None) -> None:
        if token is not None:
            await self._books.write(delete_session, token_hash(token))
        # Without Secure a browser would not even delete a __Host- cookie.
        response.del_cookie(self.cookie_name, secure=self.cookie_params["secure"], httponly=True)


def known_by(session: Session) -> str:
    """What the books know this browser's session by."""
    return token_hash(str(session.identity))


def _open(
    tx: Tx, token: str, staff_id: StaffId, content: str, at: datetime, *, replaced: str | None
) -> None:
    delete_expired_sessions(tx, at)
    if replaced is not None:
        delete_session(tx, token_hash(replaced))
    expires_at = at + GOOD_FOR
    insert_session(tx, token_hash(token), staff_id, content=content, expires_at=expires_at)


async def sign_in_directly(
    response: web.StreamResponse,
    staff_id: StaffId,
    *,
    books: Books,
    now: Now,
    settings: ConsoleSettings,
) -> None:
    """Opens a door without an invitation: only for the demo's start page."""
    await BookSessions(books, now, settings).sign_in(response, staff_id)
