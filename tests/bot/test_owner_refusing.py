"""Staff who are regulars: whatever they were asked, their refusals are heard (L4, L11)."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.conversation import Arrival, begin, converse
from bot.hearing.owner_words import speaks_of_work
from bot.hearing.spelling import squeezed
from bot.hearing.understanding import Meaning, understand
from bot.kakao_in import read_utterance
from bot.owner.conversation import DROP
from domain.people import Role
from storage.desk import Tx
from storage.queries.customers import Call
from tests.bot.conftest import SUNDAY_TEN, Bot, Chat
from tests.bot.test_owner import paired
from tests.bot.test_owner_words import LINES as STAFF_LINES
from tests.factories import change, rows

HEARD = (Meaning.STOP, Meaning.MAYBE_STOP, Meaning.PAUSE)
LINES = (
    *("광고 전부 중지해주세요", "문자 전부 중단", "알림 모두 중지해 주세요", "전부 중지"),
    *("광고 당장 중지해주세요", "월요일마다 오는 광고 그만 보내세요", "수요일 광고 수신거부"),
    *(
        line.split("\t")[0]
        for line in (Path(__file__).parent / "utterances.tsv").read_text("utf-8").splitlines()
        if line.split("\t")[-1] in HEARD
    ),
)
OWNERS_OWN = frozenset({"발송중단"})
"""Only a shop sends off: an owner is asked about that work instead."""

DRAFTS = ("body", "edit", "preview", "time")
COUNTER = ("", "a:1", "ac:1", "stamp", "coupon", "part")
CASES = [
    *((Role.OWNER, question) for question in (*COUNTER, *DRAFTS, "stop", "idea", "idea_when")),
    *((Role.CLERK, question) for question in COUNTER),
]
ASK = "UPDATE customer SET asking = :asking, asking_shop_id = :shop WHERE is_staff"
HEAR = "UPDATE membership SET advertising_since = :at, paused_at = NULL, paused_until = NULL"
HEARS = (
    "SELECT 1 FROM membership JOIN customer ON customer.id = membership.customer_id"
    " WHERE is_staff AND advertising_since IS NOT NULL AND paused_at IS NULL"
)


async def regular(bot: Bot, role: Role) -> Chat:
    chat = await paired(bot, role)
    await chat.say("단골 되기")
    await chat.press("네, 14세 이상이에요")
    await chat.press("네, 소식 받을래요")
    await chat.press("건너뛰기")
    return chat


def still_hear(tx: Tx, bot: Bot, chat: Chat, question: str, lines: Sequence[str]) -> list[str]:
    """Those lines after which this regular of the staff would still be sent advertisements."""
    heard = []
    for words in lines:
        asking = f"owner:{question}" if question else None
        change(tx, ASK, asking=asking, shop=bot.shop_id if question else None)
        change(tx, HEAR, at=SUNDAY_TEN.isoformat())
        said = read_utterance(chat.payload(words, None))
        call = Call(bot.channel_id, said.caller, SUNDAY_TEN)
        converse(begin(tx, Arrival(call, said, "https://dangol.example", 0.0)), lambda: SUNDAY_TEN)
        if rows(tx, HEARS):
            heard.append(words)
    return heard


@pytest.mark.parametrize(("role", "question"), CASES)
async def test_every_refusal_of_staff_is_heard(bot: Bot, role: Role, question: str) -> None:
    chat = await regular(bot, role)

    still = await bot.books.write(still_hear, bot, chat, question, LINES)

    # The words of the button that stands below a draft are that button.
    own = OWNERS_OWN if role is Role.OWNER else frozenset()
    assert {squeezed(words) for words in still} == (own | {DROP} if question in DRAFTS else own)


async def test_what_an_owner_says_of_their_work_is_no_refusal(bot: Bot) -> None:
    chat = await regular(bot, Role.OWNER)
    work = [
        words
        for words, meant in STAFF_LINES
        if meant != "customer"
        and (understand(words) not in HEARD or speaks_of_work(words, understand(words)))
    ]

    still = await bot.books.write(still_hear, bot, chat, "", work)

    assert set(still) == set(work)
    assert {"보내기", "발송 중지", "예약 소식 취소할게요", "연결 끊기", "뭐라고 보내지"} <= set(
        work
    )


async def test_all_of_it_is_withdrawn_and_the_shops_own_stands_beside_it(bot: Bot) -> None:
    chat = await regular(bot, Role.OWNER)

    said = await chat.say("광고 전부 중지해주세요")

    assert "[수신 거부 처리 결과]" in said.texts
    assert said.labels[0] == "전부 멈춤"
    assert "지금은 예약했거나 보내고 있는 소식이 없어요" in (await chat.press("전부 멈춤")).texts
