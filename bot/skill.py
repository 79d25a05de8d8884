"""POST from a chat block: who calls, what was said, the answer within the deadline."""

import logging
from asyncio import Future
from collections.abc import Awaitable
from functools import cache

from aiohttp import web

from bot.bodies import CHAT_BODY_MAX, BadCall, json_answer, read_body
from bot.channels import Channel
from bot.conversation import (
    BEFORE_ALL,
    Arrival,
    apology,
    begin,
    begin_all,
    converse,
    refusal_words,
    reply_to_test,
)
from bot.deadline import Late, within
from bot.door import DOOR, Door
from bot.event_block import show_event
from bot.hearing.understanding import understand
from bot.kakao_in import Utterance, load_json, read_utterance
from bot.kakao_out import NOTHING_TO_SHOW, WAITING, encode, text_reply
from bot.turns import Turn, press
from bot.words import say
from domain.refusals import Invalid, Refusal
from storage.desk import Tx
from storage.queries.customers import Call

Done = tuple[bytes, bool]
"""The answer, and whether there is work for the worker now."""

LOG = logging.getLogger(__name__)


async def answer_skill(request: web.Request) -> web.Response:
    """One call of the skill. Everything but a bad caller gets HTTP 200 (rule 1)."""
    door = request.app[DOOR]
    said = _read(await read_body(request, CHAT_BODY_MAX))
    channel = await door.channels.by_bot(said.bot_id)
    if channel is None:
        raise BadCall(404, "no_bot")
    if not channel.trusts(request.headers.get(channel.header_name)):
        raise BadCall(401, "wrong_secret")
    if said.is_test:
        return json_answer(encode(reply_to_test(channel.name)))
    if _is_event(said, channel):
        return json_answer(await _event(door, channel, said))
    return json_answer(await _turn(door, channel, _by_block(said, channel)))


def _read(raw: bytes) -> Utterance:
    try:
        return read_utterance(load_json(raw))
    except Invalid as error:
        LOG.info("unreadable skill call: %s", sorted(error.fields))
        raise BadCall(400, "malformed") from error


def _is_event(said: Utterance, channel: Channel) -> bool:
    is_ours = said.run_id is not None and said.chunk_id is not None
    return is_ours and said.block_id == channel.event_block_id


def _by_block(said: Utterance, channel: Channel) -> Utterance:
    """What the block they came through does; a refusal that was typed is heard first (L11)."""
    does = channel.blocks.get(said.block_id)
    if said.do is not None or does is None or understand(said.words) in BEFORE_ALL:
        return said
    return said._replace(do=does, is_by_block=not said.is_pressed)


async def _turn(door: Door, channel: Channel, said: Utterance) -> bytes:
    if not door.paces.admits(channel.channel_id, said):
        return _slow_down()
    work = _begun(door, channel, said)
    try:
        return await _worded(door, within(work, door.settings.budget_seconds))
    except Late:
        LOG.warning("a turn took longer than %s s", door.settings.budget_seconds)
        if door.callbacks.promise(said.callback_url, _worded(door, work)):
            return WAITING
        return encode(text_reply(say("trouble", "late")))


def _begun(door: Door, channel: Channel, said: Utterance) -> "Future[Done]":
    call = Call(channel.channel_id, said.caller, door.now())
    person = channel.channel_id, said.caller.bot_user_key
    settings = door.settings
    about = settings.public_url, settings.seen_after_seconds, settings.senders
    arrival = Arrival(call, said, *about)

    def turn(tx: Tx, begun: Turn | None) -> Done:
        reply = converse(begun or begin(tx, arrival), door.now)
        return encode(reply), reply.has_work

    return door.lines.submit(
        person,
        lambda: door.books.write_gathered(begin_all, turn, arrival),
    )


async def _worded(door: Door, work: Awaitable[Done]) -> bytes:
    """A refusal is a kind sentence, a bug an apology; nothing of the turn is written then."""
    try:
        body, has_work = await work
    except Late:
        raise
    except Refusal as refusal:
        LOG.info("refused: %r", refusal)
        return encode(refusal_words(refusal))
    except Exception:
        LOG.exception("a turn failed")
        return encode(apology())
    if has_work:
        door.settings.wake()
    return body


@cache
def _slow_down() -> bytes:
    return encode(text_reply(say("trouble", "slow_down"), press("help")))


async def _event(door: Door, channel: Channel, said: Utterance) -> bytes:
    """No deadline words here: a campaign's bubble is either this person's message or nothing."""
    url = door.settings.public_url
    try:
        body = await door.books.write(show_event, channel.channel_id, said, door.now(), url)
    except Exception:
        LOG.exception("an event call failed")
        body = None
    if body is not None:
        return body
    if door.settings.empty_answer == "empty":
        return NOTHING_TO_SHOW
    return encode(text_reply(say("trouble", "nothing_new")))
