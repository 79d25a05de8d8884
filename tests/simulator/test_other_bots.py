"""A bot by others, on the package kakao-chatbot from PyPI, lives in the pretend KakaoTalk.

So whoever writes a KakaoTalk bot in Python can try it with `dangol simulate` (S5).
"""

import orjson
import pytest
from kakao_chatbot import Payload
from kakao_chatbot.context import Context
from kakao_chatbot.event import EventAPI
from kakao_chatbot.input import TriggerType
from kakao_chatbot.response import ActionEnum, KakaoResponse, QuickReply
from kakao_chatbot.response.components import (
    BasicCardComponent,
    CarouselComponent,
    ItemCardComponent,
    SimpleTextComponent,
    TextCardComponent,
)
from kakao_chatbot.response.components.common import Button, Thumbnail
from kakao_chatbot.response.components.itemcard import Item
from yarl import URL

from simulator.chats import ChatEntry
from simulator.wire import Json

from .conftest import BOT_ID, EVENT, STAMP, Sim

PICTURE = "https://shop.example/bread.jpg"


class OtherBot:
    """Counts stamps in a context, and remembers what it was told, as the package reads it."""

    def __init__(self) -> None:
        self.heard: list[Payload] = []

    def answer(self, asked: Json) -> Json:
        payload = Payload.from_json(orjson.dumps(asked).decode())
        self.heard.append(payload)
        if payload.user_request.block["id"] == STAMP:
            return dict(self._stamped().get_dict())
        if payload.user_request.block["id"] == EVENT:
            card = BasicCardComponent(title="오늘의 빵", thumbnail=Thumbnail(PICTURE))
            return dict(KakaoResponse().add_component(card).get_dict())
        return dict(self._greeting().get_dict())

    def _greeting(self) -> KakaoResponse:
        button = Button("도장 찍기", ActionEnum.BLOCK, block_id=STAMP, extra={"shop": "s17"})
        text = TextCardComponent("단골 빵집", "무엇을 도와드릴까요?", buttons=[button])
        response = KakaoResponse().add_component(text)
        reply = QuickReply("적립", ActionEnum.BLOCK, block_id=STAMP, extra={"from": "chip"})
        return response.add_quick_reply(reply)

    def _stamped(self) -> KakaoResponse:
        cards = [TextCardComponent("아메리카노", "3,000원"), TextCardComponent("라테", "3,500원")]
        response = KakaoResponse()
        response.add_component(ItemCardComponent(item_list=[Item("도장", "7 / 10")]))
        response.add_component(SimpleTextComponent("3개 더 모으면 한 잔!"))
        response.add_component(CarouselComponent(*cards))
        return response.add_context(Context("stamp", lifespan=2, params={"count": "7"}))


def trigger(heard: Payload) -> TriggerType | str:
    assert heard.flow is not None
    return heard.flow.trigger.type


def kinds(entries: list[ChatEntry]) -> list[str]:
    """Of the bubbles that were shown."""
    outputs = [one for entry in entries if entry.content for one in entry.content.body["outputs"]]
    return [kind for output in outputs for kind in output]


@pytest.fixture
def other(sim: Sim) -> OtherBot:
    bot = OtherBot()
    sim.server.reply = bot.answer
    return bot


async def test_it_reads_who_speaks_from_where(sim: Sim, other: OtherBot) -> None:
    entries = await sim.kakao.say(*sim.here, "안녕")
    (heard,) = other.heard
    assert heard.user_request.utterance == "안녕"
    assert heard.user_request.user.id == sim.person.bot_user_keys[BOT_ID]
    assert heard.user_request.user.properties.app_user_id == sim.person.app_user_id
    assert heard.user_request.user.properties.is_friend is True
    assert trigger(heard) == TriggerType.TEXT_INPUT
    assert kinds(entries) == ["textCard"]


async def test_buttons_and_chips_lead_to_its_blocks_with_their_extras(
    sim: Sim, other: OtherBot
) -> None:
    await sim.kakao.say(*sim.here, "안녕")
    await sim.kakao.press_quick_reply(*sim.here, 0)
    await sim.kakao.say(*sim.here, "안녕")
    shown = await sim.kakao.press_label(*sim.here, "도장 찍기")
    _, chip, _, button = other.heard
    assert chip.action.client_extra == {"from": "chip"}
    assert trigger(chip) == TriggerType.QUICKREPLY_BUTTON_BLOCK
    assert button.action.client_extra == {"shop": "s17"}
    assert trigger(button) == TriggerType.CARD_BUTTON_BLOCK
    assert kinds(shown) == ["itemCard", "simpleText", "carousel"]


async def test_its_context_comes_back_until_its_turns_are_over(sim: Sim, other: OtherBot) -> None:
    await sim.kakao.say(*sim.here, "적립하기")
    for _ in range(3):
        await sim.kakao.say(*sim.here, "안녕")
    names = [[one.name for one in heard.contexts] for heard in other.heard]
    assert names == [[], ["stamp"], ["stamp"], []]
    assert other.heard[1].contexts[0].params["count"].value == "7"


async def test_its_event_reaches_the_phone(sim: Sim, other: OtherBot) -> None:
    event = EventAPI(BOT_ID, "rest-key", "promotion", params={"run": "r1"})
    event.add_user("botUserKey", sim.person.bot_user_keys[BOT_ID])
    path = URL(event.url).path
    response = await sim.client.post(path, json=event.body, headers=event.headers)
    await sim.background.idle()
    assert (await response.json())["status"] == "SUCCESS"
    (delivery,) = sim.world.handset.all_deliveries()
    assert "오늘의 빵" in delivery.shown_text
    params = other.heard[0].user_request.params
    assert params is not None
    assert params["run"] == "r1"


async def test_what_breaks_a_limit_is_refused_as_the_real_one_does(
    sim: Sim, other: OtherBot
) -> None:
    bubble = {"simpleText": {"text": "하나만 더"}}
    sim.server.reply = lambda _: {"version": "2.0", "template": {"outputs": [bubble] * 4}}
    entries = await sim.kakao.say(*sim.here, "안녕")
    assert [entry.kind for entry in entries] == ["words", "error"]
