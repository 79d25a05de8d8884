"""POST from Kakao when someone adds or blocks a channel (kakao-chatbot.md 5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bot.bodies import CHAT_BODY_MAX, BadCall, read_body
from bot.door import DOOR
from bot.kakao_in import Json, load_json
from domain.people import Friend, clean_text
from domain.refusals import Invalid
from loyalty.friendship import ChannelEvent, note_channel_event

SCHEME = "KakaoAK "
RESOURCE_ID_MAX = 100
BODY_KEPT_MAX = 4_000
MILLISECONDS_FROM = 100_000_000_000
"""A number this large cannot be seconds."""

ALMOST_A_SECOND = timedelta(microseconds=999_999)

FRIENDS: Mapping[object, Friend] = {"added": Friend.ADDED, "blocked": Friend.BLOCKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The body's fields; `id_type` other than `app_user_id` joins to nobody we know."""

    friend: Friend
    app_user_id: str | None
    channel_public_id: str
    updated_at: datetime


async def take_channel_event(request: web.Request) -> web.Response:
    door, received_at = request.app[DOOR], request.app[DOOR].now()
    raw = await read_body(request, CHAT_BODY_MAX)
    try:
        told = read_told(load_json(raw))
        resource_id = _resource_id(request)
    except Invalid as error:
        raise BadCall(400, "missing", fields=", ".join(error.fields)) from error
    channel = await door.channels.by_public_id(told.channel_public_id)
    if channel is None:
        raise BadCall(404, "no_channel")
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if not channel.trusts_admin(key) or scheme != SCHEME.strip():
        raise BadCall(401, "wrong_secret")
    event = ChannelEvent(
        resource_id=resource_id,
        friend=told.friend,
        app_user_id=told.app_user_id,
        # A clock ahead of ours must not make later news look old.
        happened_at=min(_end_of_second(told.updated_at), received_at),
        body=clean_text(raw.decode("utf-8", "replace"))[:BODY_KEPT_MAX],
    )
    await door.books.write(note_channel_event, channel.channel_id, event, received_at)
    return web.Response()


def _end_of_second(told_at: datetime) -> datetime:
    """Told in whole seconds: what the chat knew within that second was known before."""
    return told_at if told_at.microsecond else told_at + ALMOST_A_SECOND


def read_told(body: Json) -> Told:
    """The fields, or their deprecated twins; raises Invalid naming what is missing."""
    friend, person = FRIENDS.get(_text(body, "event")), _text(body, "id")
    id_type = _text(body, "id_type")
    public_id = _text(body, "channel_public_id") or _text(body, "plus_friend_public_id")
    updated_at = _instant(body.get("updated_at")) or _instant(body.get("timestamp"))
    if friend is None or updated_at is None or not (person and id_type and public_id):
        needed = {
            "event": friend,
            "id": person,
            "id_type": id_type,
            "channel_public_id": public_id,
            "updated_at": updated_at,
        }
        raise Invalid({name: "없어요." for name, value in needed.items() if not value})
    return Told(
        friend=friend,
        app_user_id=person if id_type == "app_user_id" else None,
        channel_public_id=public_id,
        updated_at=updated_at,
    )


def _resource_id(request: web.Request) -> str:
    """The webhook's own id, by which it is taken once; raises Invalid."""
    name = "X-Kakao-Resource-ID"
    found = _text({name: request.headers.get(name)}, name)
    if not found:
        raise Invalid({name: "없어요."})
    return found


def _text(body: Json, name: str) -> str:
    """A short printable text; a number (an id may come as one) counts as its digits."""
    value = body.get(name)
    if type(value) is int:
        value = str(value)
    if type(value) is str and len(value) <= RESOURCE_ID_MAX and value.isprintable():
        return value
    return ""


def _instant(value: object) -> datetime | None:
    """RFC 3339, or the epoch in seconds or milliseconds as the old field had it."""
    try:
        if type(value) is str and not value.isdigit():
            at = datetime.fromisoformat(value)
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        if type(value) is str or type(value) is int:
            seconds = int(value)
            seconds = seconds // 1000 if seconds >= MILLISECONDS_FROM else seconds
            return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
