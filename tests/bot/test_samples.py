"""The samples of the references as KakaoTalk and SOLAPI send them to us, and as we answer."""

from datetime import UTC, datetime
from typing import Any

import orjson

from bot.channel import Told, read_told
from bot.kakao_in import read_utterance
from bot.kakao_out import WAITING, ContextValue, Reply, encode_strictly
from campaigns.senders.nhn_reports import read_hooks
from campaigns.senders.solapi_reports import read_reports
from domain.bubbles import Action, Button, FactCard, Text
from domain.campaigns import Outcome
from domain.people import Friend, MessageId
from storage.queries.customers import Caller
from tests.samples.pages import sample

BOT_ID = "65f0000011112222333344aa"
KEY = "9a" * 33


def with_whole_keys(payload: Any) -> Any:
    """The page cuts the person's key short."""
    text = orjson.dumps(payload).decode()
    return orjson.loads(text.replace("9a…66 hex…", KEY).replace("9a…", KEY))


def test_a_turn_on_the_real_channel_is_read() -> None:
    heard = read_utterance(with_whole_keys(sample("kakao-chatbot-1.7-1")))
    assert heard.bot_id == BOT_ID
    assert heard.caller == Caller(
        bot_user_key=KEY,
        plusfriend_user_key="Ab3dEf6hIj9k",
        app_user_id="3012345678",
        is_friend=True,
    )
    assert (heard.words, heard.block_id) == ("적립", "65f0aa11bb22cc33dd44ee55")
    assert heard.is_pressed
    assert not heard.is_test


def test_the_consoles_test_button_is_read() -> None:
    """No contexts, no flow, an id of another kind, null where an object belongs (S9)."""
    heard = read_utterance(sample("kakao-chatbot-1.7-2"))
    assert heard.is_test
    assert heard.bot_id == BOT_ID
    assert (heard.words, heard.do, heard.is_pressed) == ("발화 내용", None, False)
    assert heard.caller == Caller("123456", None, None, is_friend=False)


def test_our_encoder_makes_the_answer_of_the_page() -> None:
    coupons = Button(
        label="쿠폰 보기",
        action=Action.BLOCK,
        target="65f0dd00112233445566aabb",
        extra={"src": "stamp"},
    )
    card = FactCard(
        head="단골 스탬프",
        facts=(("매장", "연남점"), ("스탬프", "7 / 10")),
        is_right=True,
        buttons=(coupons,),
    )
    reply = Reply(
        (card, Text("3개 더 모으면 아메리카노 1잔!")),
        (Button(label="내 정보", action=Action.SAY, target="내 정보"),),
        context=(ContextValue(name="join_flow", life_span=3, params={"store": "s17"}),),
    )
    assert orjson.loads(encode_strictly(reply)) == sample("kakao-chatbot-2.11-1")


def test_our_promise_of_a_late_answer_is_that_of_the_page() -> None:
    """Its `data` may feed the waiting text (section 3); ours stands in the block."""
    promise = sample("kakao-chatbot-3-1")
    del promise["data"]
    assert orjson.loads(WAITING) == promise


def test_the_channels_webhook_is_read() -> None:
    assert read_told(sample("kakao-chatbot-5.1-1")) == Told(
        friend=Friend.ADDED,
        app_user_id="3012345678",
        channel_public_id="_abCdE",
        updated_at=datetime(2026, 3, 2, 4, 5, 6, tzinfo=UTC),
    )


def test_reports_are_read_flat_and_nested() -> None:
    for name in ("providers-A8-1", "providers-A8-2"):
        text = orjson.dumps(sample(name)).decode()
        assert read_reports(text.encode()) == []  # the page's fields are another program's
        ours = text.replace('"sendKey":"c-481-r-000017"', '"message":"17"')
        (report,) = read_reports(ours.encode())
        assert (report.message_id, report.outcome) == (MessageId(17), Outcome.DELIVERED)
        assert (report.code, report.is_charged) == ("4000", True)


def test_the_hooks_of_nhn_are_read() -> None:
    hooks = orjson.dumps(sample("providers-B8-1"))
    at = datetime(2026, 11, 22, 1, 2, 6, tzinfo=UTC)
    assert read_hooks(hooks, at).reports == []  # the page's key is another program's
    ours = hooks.replace(b'"c-482-r-000001"', b'"7:17"')
    (report,) = read_hooks(ours, at).reports
    assert (report.message_id, report.outcome) == (MessageId(17), Outcome.DELIVERED)
    assert (report.code, report.is_charged) == ("1000", True)
