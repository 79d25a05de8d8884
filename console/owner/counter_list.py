"""The counter without a network: the list that a phone kept, sent when it is back."""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from console.forms import Form, read_form
from console.keys import NOW
from console.owner.counter import write_visit
from console.owner.counter_words import Typed, read_typed, wrong_of
from console.pages import STATIC
from domain.refusals import Refusal

LOG = logging.getLogger(__name__)
LIST_MAX = 100
AGO_DIGITS_MAX = 9
FIELDS = ("key", "who", "items", "spend_won")
SCOPE = "/owner/counter"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. It says how long ago it was, not when: a phone's clock may be
    wrong, but it runs as fast as ours.
    """

    typed: Typed
    ago: timedelta


async def take_list(request: web.Request) -> web.Response:
    """One answer for each line, each in a transaction of its own: one stops no other.

    What has no answer stays on the phone, which asks again under the same key.
    """
    entries = read_entries(await read_form(request))
    works = (_answer(request, entry) for entry in entries)
    answers = await asyncio.gather(*works, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            LOG.error("failed in a list", exc_info=answer)
    return web.json_response([one for one in answers if isinstance(one, dict)])


async def _answer(request: web.Request, entry: Entry) -> dict[str, object] | None:
    """None for a code that has to wait."""
    at = request.app[NOW]()
    try:
        await write_visit(request, entry.typed, at, happened_at=at - entry.ago)
    except Refusal as refusal:
        if refusal.reason == "too_many_codes":
            return None
        words = " ".join(wrong_of(refusal).values())
        return {"key": entry.typed.key, "is_saved": False, "words": words}
    return {"key": entry.typed.key, "is_saved": True}


def read_entries(form: Form) -> Sequence[Entry]:
    """Raises HTTPBadRequest for what our own page would never send."""
    try:
        listed = json.loads(form.raw("list"))
        if not isinstance(listed, list) or len(listed) > LIST_MAX:
            raise web.HTTPBadRequest
        return [_entry(one) for one in listed]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise web.HTTPBadRequest from error


def _entry(one: dict[str, object]) -> Entry:
    texts = {name: str(one[name]) for name in FIELDS}
    seconds = str(one["seconds_ago"])
    if not texts["key"] or not (seconds.isascii() and seconds.isdigit()):
        raise ValueError("no line of ours")
    return Entry(read_typed(Form(texts)), timedelta(seconds=int(seconds[:AGO_DIGITS_MAX])))


async def send_worker(request: web.Request) -> web.Response:
    """The script that opens the counter without a network; it may see nothing else."""
    del request
    headers = {"Service-Worker-Allowed": SCOPE}
    body = (STATIC / "counter_worker.js").read_bytes()
    return web.Response(body=body, content_type="text/javascript", headers=headers)
