"""KakaoTalk itself: a person types or presses, a block is chosen, the skill is asked."""

from collections.abc import Mapping
from typing import NamedTuple

from simulator.background import Background
from simulator.bubbles import (
    BadReplyError,
    ad_problem,
    checked_outputs,
    context_values,
    quick_replies,
)
from simulator.callbacks import Callbacks, Waiting
from simulator.chats import NO_TAGS, Block, Chat, ChatEntry
from simulator.handset import Delivery
from simulator.pressing import Pressable, pressables, quick_reply
from simulator.reading import AD_MARK, Content, skill_lines
from simulator.settings import Settings
from simulator.skill import (
    ERROR_BAD_BUBBLE,
    Answer,
    Turn,
    ask,
    builder_payload,
    channel_payload,
    skill_test_payload,
)
from simulator.values import Bot, Person
from simulator.wire import Json, Line
from simulator.world import World

DEFAULT_WAITING_TEXT = "잠시만 기다려 주세요."


class Shown(NamedTuple):
    """What a skill's answer did to the screen; an error type as in Event tasks, 0 is good."""

    entries: list[ChatEntry]
    error_type: int = 0
    problem: str = ""


class Kakao:
    """Holds the open callbacks; everything else is in the world."""

    def __init__(
        self, world: World, settings: Settings, line: Line, background: Background
    ) -> None:
        self.world = world
        self.settings = settings
        self.line = line
        self.background = background
        self.callbacks = Callbacks(world, settings)

    # What a person does

    async def say(self, person_id: str, bot_id: str, text: str) -> list[ChatEntry]:
        """Typed words: the block of exactly that name answers, else the fallback block."""
        return await self._speak(person_id, bot_id, Pressable("TEXT", text, "type", text=text))

    async def enter(self, person_id: str, bot_id: str) -> list[ChatEntry]:
        """Opens the chat; the first time the welcome block speaks (kakao-chatbot.md 6)."""
        bot, chat = self.world.bot(bot_id), self.world.chat(person_id, bot_id)
        chat.unread = 0
        if chat.is_entered or not bot.welcome_block:
            chat.is_entered = True
            return []
        chat.is_entered = True
        # What the utterance of a welcome block is, no text says; the block's name stands in.
        block = Block(bot.welcome_block, bot.block_name(bot.welcome_block))
        shown = await self.run(person_id, bot, Turn(block, block.name))
        return shown.entries

    async def press_quick_reply(self, person_id: str, bot_id: str, index: int) -> list[ChatEntry]:
        chat = self.world.chat(person_id, bot_id)
        chosen = quick_reply(chat.quick_replies[index])
        return await self._speak(person_id, bot_id, chosen, chat.quick_reply_block)

    async def press_button(
        self, person_id: str, bot_id: str, entry_index: int, button_index: int
    ) -> list[ChatEntry]:
        """Counts what can be pressed on one bubble from top to bottom (`pressing.pressables`)."""
        entry = self.world.chat(person_id, bot_id).entries[entry_index]
        return await self._press(person_id, bot_id, entry, pressables(entry.content)[button_index])

    async def press_label(self, person_id: str, bot_id: str, label: str) -> list[ChatEntry]:
        """The quick reply or, newest first, the button that reads so; KeyError if none does."""
        chat = self.world.chat(person_id, bot_id)
        for index, reply in enumerate(chat.quick_replies):
            if reply.get("label") == label:
                return await self.press_quick_reply(person_id, bot_id, index)
        for entry in reversed(chat.entries):
            for one in pressables(entry.content):
                if one.label == label:
                    return await self._press(person_id, bot_id, entry, one)
        raise KeyError(label)

    async def _press(
        self, person_id: str, bot_id: str, entry: ChatEntry, pressed: Pressable
    ) -> list[ChatEntry]:
        chat, now = self.world.chat(person_id, bot_id), self.world.now()
        match pressed.action:
            case "message" | "block":
                return await self._speak(person_id, bot_id, pressed, entry.block)
            case "phone":
                return [chat.note(now, f"전화 걸기: {pressed.phone}")]
            case "operator":
                return [chat.note(now, "상담직원 연결을 요청했어요.")]
            case "addChannel":
                self.world.add_friend(person_id, bot_id, notify=True)
                return [chat.note(now, "채널을 추가했어요.")]
            case _:  # links open in the browser; nothing reaches the bot
                return []

    async def _speak(
        self, person_id: str, bot_id: str, spoken: Pressable, referrer: Block | None = None
    ) -> list[ChatEntry]:
        bot, chat = self.world.bot(bot_id), self.world.chat(person_id, bot_id)
        own = chat.say(self.world.now(), spoken.text)
        chat.quick_replies = []
        chat.is_entered = True
        turn = Turn(
            block=_block_for(bot, spoken),
            utterance=spoken.text,
            trigger=_trigger(spoken),
            referrer=referrer,
            extra=spoken.extra,
        )
        shown = await self.run(person_id, bot, turn)
        return [own, *shown.entries]

    # What KakaoTalk makes of it

    async def run(
        self,
        person_id: str,
        bot: Bot,
        turn: Turn,
        *,
        via: str = "reply",
        tags: Mapping[str, str] = NO_TAGS,
    ) -> Shown:
        """One skill call and its answer on the screen."""
        person, chat = self.world.person(person_id), self.world.chat(person_id, bot.bot_id)
        waiting: Waiting | None = None
        if turn.block.id in bot.callback_blocks:
            waiting = self.callbacks.expect(person_id, bot, turn.block)
            turn = turn._replace(callback_url=waiting.url)
        null_extra = self.settings.null_client_extra
        payload = channel_payload(self.world, person, bot, turn, null_extra=null_extra)
        answer = await ask(self.line, self.settings, bot, payload)
        chat.last_block = turn.block
        if answer.reply is not None and waiting and answer.reply.get("useCallback") is True:
            return self._wait(chat, answer.reply, waiting)
        return self.show(person, bot, turn.block, answer, via=via, tags=tags)

    def _wait(self, chat: Chat, reply: Json, waiting: Waiting) -> Shown:
        """Section 3: `template` is ignored, `data` may feed the waiting text."""
        waiting.is_promised = True
        chat.take_turn(context_values(reply), self.world.now())
        text = str((reply.get("data") or {}).get("text") or DEFAULT_WAITING_TEXT)
        return Shown([chat.note(self.world.now(), text)])

    def show(
        self,
        person: Person,
        bot: Bot,
        block: Block,
        answer: Answer,
        *,
        via: str = "reply",
        tags: Mapping[str, str] = NO_TAGS,
    ) -> Shown:
        chat, now = self.world.chat(person.person_id, bot.bot_id), self.world.now()
        reply = answer.reply
        try:
            if reply is None:
                return self._failed(chat, answer.error_type, answer.problem, via)
            outputs = self._outputs(reply, bot)
        except BadReplyError as error:
            return self._failed(chat, ERROR_BAD_BUBBLE, str(error), via)
        chat.take_turn(context_values(reply), now)
        if not outputs:
            return Shown([])
        chat.quick_replies, chat.quick_reply_block = quick_replies(reply), block
        content = Content("skill", bot.name, {"outputs": outputs})
        self.world.handset.receive(Delivery(person.person_id, bot.bot_id, now, via, tags, content))
        entries = [
            chat.receive(now, via, content._replace(source={"outputs": [output]}), tags, block)
            for output in outputs
        ]
        return Shown(entries)

    def _outputs(self, reply: Json, bot: Bot) -> list[Json]:
        outputs = checked_outputs(reply, bot)
        if not outputs and self.settings.empty_outputs == "fail":
            raise BadReplyError("outputs가 비어 있음")
        # How Kakao knows that an event is an advertisement is not documented; we go by the mark.
        if self.settings.strict_ads and next(skill_lines(outputs), "").startswith(AD_MARK):
            problem = ad_problem(outputs)
            if problem:
                raise BadReplyError(problem)
        return outputs

    def _failed(self, chat: Chat, error_type: int, problem: str, via: str) -> Shown:
        """What the customer sees is unknown (1.9); we draw a gray line, for events nothing."""
        if via == "event":
            return Shown([], error_type, problem)
        entry = chat.note(self.world.now(), problem, is_error=True)
        return Shown([entry], error_type, problem)

    # What the owner of a bot does in the console

    async def skill_test_button(self, bot_id: str) -> Answer:
        bot = self.world.bot(bot_id)
        return await ask(self.line, self.settings, bot, skill_test_payload(bot))

    async def builder_test(self, bot_id: str, text: str) -> Answer:
        bot = self.world.bot(bot_id)
        block = _block_for(bot, Pressable("TEXT", text, "type", text=text))
        key = self.world.builder_key(bot_id)
        payload = builder_payload(bot, block, text, key)
        return await ask(self.line, self.settings, bot, payload)


def _block_for(bot: Bot, spoken: Pressable) -> Block:
    block_id = spoken.block_id if spoken.action == "block" else ""
    block_id = block_id or bot.blocks.get(spoken.text.strip()) or bot.fallback_block
    return Block(block_id, bot.block_name(block_id))


def _trigger(spoken: Pressable) -> str:
    if spoken.action == "type":
        return "TEXT_INPUT"
    return f"{spoken.origin}_{'BLOCK' if spoken.action == 'block' else 'MESSAGE'}"
