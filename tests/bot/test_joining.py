"""Becoming a regular in the chat: age, notice, consent asked apart, an optional phone."""

from sqlalchemy import select
from sqlmodel import col

from bot.handlers.consent import AGREE
from domain.audit import shop_book
from domain.consent import TEXT_VERSION
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.journal import AuditLine
from tests.bot.conftest import Bot, add_shop

CHOICES = select(
    col(ConsentChoice.purpose),
    col(ConsentChoice.choice),
    col(ConsentChoice.text_version),
    col(ConsentChoice.pressed),
    col(ConsentChoice.notice_at),
).order_by(col(ConsentChoice.id))
STANDING = select(
    col(Membership.joined_at), col(Membership.advertising_since), col(Membership.withdrawn_at)
)
PHONES = select(col(Customer.phone), col(Customer.phone_hash))


async def test_a_stranger_is_asked_for_their_age_first(bot: Bot) -> None:
    """L44"""
    said = await bot.chat.say("단골 되기")

    assert "만 14세 이상이신가요?" in said.texts
    assert said.labels == ["네, 14세 이상이에요", "아니요"]
    assert await bot.rows(STANDING) == []


async def test_a_yes_makes_a_regular_and_asks_for_advertising_apart(bot: Bot) -> None:
    """L40, L42, L67: what is kept, why and how long; then who sends what, and that it is free."""
    chat = bot.chat
    await chat.say("단골 되기")
    said = await chat.press("네, 14세 이상이에요")

    notice, question = (one["simpleText"]["text"] for one in said.body["template"]["outputs"])
    assert all(word in notice for word in ("목적", "항목", "보관", "그만두"))
    assert all(
        word in question
        for word in (
            "[선택]",
            "광고성 정보",
            "보내는 곳: 연남빵집",
            "홍보",
            "보관",
            "무료",
            "받지 않으셔도",
        )
    )
    assert said.labels == ["네, 소식 받을래요", "괜찮아요"]
    assert await bot.rows(STANDING) == [(bot.clock.at, None, None)]


async def test_agreeing_is_answered_with_the_notice(bot: Bot) -> None:
    """L13: sender, choice, date, result; L2, L43: what was pressed under which text."""
    chat = bot.chat
    await chat.say("단골 되기")
    await chat.press("네, 14세 이상이에요")
    said = await chat.press("네, 소식 받을래요")

    assert all(
        word in said.texts
        for word in ("연남빵집", "광고성 정보 수신 동의", "2026년 11월 22일", "소식을 보내 드려요")
    )
    assert (await bot.rows(STANDING))[0][1] == bot.clock.at
    assert await bot.rows(CHOICES) == [
        ("service", "granted", TEXT_VERSION, "네, 14세 이상이에요", None),
        ("advertising", "granted", TEXT_VERSION, "네, 소식 받을래요", bot.clock.at),
    ]
    assert "더 확실히" in said.texts
    assert said.labels == ["건너뛰기"]


async def test_who_has_not_added_the_channel_is_told_that_it_takes_that(bot: Bot) -> None:
    """K7"""
    chat = bot.chat
    chat.is_friend = False
    await chat.say("단골 되기")
    await chat.press("네, 14세 이상이에요")

    assert "'채널 추가'를 눌러" in (await chat.press("네, 소식 받을래요")).texts


async def test_declining_costs_nothing_and_asks_for_no_phone(bot: Bot) -> None:
    """L41, L65: without advertising there is no use for a number."""
    chat = bot.chat
    await chat.say("단골 되기")
    await chat.press("네, 14세 이상이에요")
    said = await chat.press("괜찮아요")

    assert "광고성 정보 받지 않음" in said.texts
    assert "도장과 쿠폰은 그대로" in said.texts
    assert "번호" not in said.texts
    assert {"도장 받기", "내 도장", "소식 받기"} <= set(said.labels)
    assert await bot.rows(STANDING) == [(bot.clock.at, None, None)]
    assert (await bot.rows(CHOICES))[1][:2] == ("advertising", "declined")


async def test_under_fourteen_is_declined_and_may_come_back(bot: Bot) -> None:
    """L44"""
    chat = bot.chat
    await chat.say("단골 되기")
    said = await chat.press("아니요")

    assert "보호자" in said.texts
    assert await bot.rows(STANDING) == []
    assert await bot.rows(CHOICES) == []
    assert await bot.rows(select(col(Customer.of_age_at), col(Customer.asking))) == [(None, None)]
    assert "만 14세 이상이신가요?" in (await chat.say("단골 할래요")).texts


async def test_typed_answers_do_as_well_as_buttons(bot: Bot) -> None:
    chat = bot.chat
    await chat.say("가입하고 싶어요")
    await chat.say("네!")
    said = await chat.say("예 동의합니다")

    assert "수신 동의" in said.texts
    assert [row[3] for row in await bot.rows(CHOICES)] == ["네!", "예 동의합니다"]


async def test_no_ambiguous_word_consents(bot: Bot) -> None:
    """L1, L42"""
    chat = await bot.joined(hears=False)
    for words in (
        "네?",
        "ㅇㅇ",
        "음",
        "글쎄요",
        "👍",
        "좋은데 뭐가 오나요?",
        "네 근데 얼마나 와요",
        "ㅋㅋ",
        ".",
    ):
        asked = await chat.say("소식 받기", {"do": "ads_ask"})
        assert asked.labels == ["네, 소식 받을래요", "괜찮아요"]
        await chat.say(words)

    assert (await bot.rows(STANDING))[0][1] is None


async def test_a_yes_after_another_subject_consents_to_nothing(bot: Bot) -> None:
    chat = bot.chat
    await chat.say("단골 되기")
    await chat.press("네, 14세 이상이에요")
    await chat.say("영업시간이 어떻게 돼요?")
    await chat.say("네")

    assert (await bot.rows(STANDING))[0][1] is None


async def test_typed_wish_for_news_shows_the_text_first(bot: Bot) -> None:
    """L2: consent rests on a text that was shown."""
    chat = await bot.joined(hears=False)
    said = await chat.say("광고 받을래요")

    assert "광고성 정보 수신 동의" in said.texts
    assert (await bot.rows(STANDING))[0][1] is None
    await chat.say("네, 받을래요")
    assert (await bot.rows(STANDING))[0][1] == bot.clock.at


async def test_every_turn_may_come_twice(bot: Bot) -> None:
    chat = bot.chat
    await chat.say("단골 되기")
    for label in ("네, 14세 이상이에요", "네, 소식 받을래요"):
        assert chat.last is not None
        pressed = chat.last.quick(label)
        first = await chat.say(pressed["messageText"], pressed["extra"])
        bot.clock.pass_(seconds=3)
        again = await chat.say(pressed["messageText"], pressed["extra"])
        assert again.labels == first.labels

    assert len(await bot.rows(STANDING)) == 1
    assert [row[:2] for row in await bot.rows(CHOICES)] == [
        ("service", "granted"),
        ("advertising", "granted"),
    ]


async def test_a_late_second_yes_keeps_the_first_date(bot: Bot) -> None:
    chat = await bot.joined()
    first = (await bot.rows(STANDING))[0][1]
    await chat.press("건너뛰기")
    bot.clock.pass_(days=40)
    said = await chat.say("네, 소식 받을래요", {"do": AGREE, "shop": str(bot.shop_id)})

    assert "2026년 11월 22일" in said.texts
    assert (await bot.rows(STANDING))[0][1] == first


async def test_a_phone_number_is_kept_sealed(bot: Bot) -> None:
    chat = await bot.joined()
    said = await chat.say("010-1234-5678이에요")

    assert "010-****-5678" in said.texts
    ((sealed, digest),) = await bot.rows(PHONES)
    assert b"01012345678" not in sealed
    assert "5678" not in digest
    assert (await bot.rows(CHOICES))[-1][:4] == ("phone", "granted", TEXT_VERSION, "typed")


async def test_a_number_that_is_none_is_asked_again(bot: Bot) -> None:
    chat = await bot.joined()
    for words in ("02-123-4567", "010-12", "010-1234-56789012", "+82 2 123 4567"):
        said = await chat.say(words)
        assert said.labels == ["건너뛰기"]
    assert await bot.rows(PHONES) == [(None, None)]

    assert "저장했어요" in (await chat.say("+82 10-1234-5678")).texts


async def test_another_shop_asks_for_the_number_anew(bot: Bot) -> None:
    """L68: what was left for one shop is not the other's to use; both purposes are named."""
    chat = await bot.joined()
    await chat.say("010-1234-5678")
    second = await bot.books.write(add_shop, bot.market_id, bot.channel_id, "성산꽃집")
    await chat.say("단골 되기", {"do": "join", "shop": str(second)})
    said = await chat.press("네, 소식 받을래요")

    assert "연남빵집, 성산꽃집 홍보 소식을" in said.texts
    assert "계산대에서 번호로 도장 찍기" in said.texts
    granted = select(col(Membership.phone_granted_at)).order_by(col(Membership.shop_id))
    assert await bot.rows(granted) == [(bot.clock.at,), (None,)]
    await chat.say("010-1234-5678")
    assert await bot.rows(granted) == [(bot.clock.at,)] * 2
    again = await chat.say("네, 소식 받을래요", {"do": AGREE, "shop": str(second)})
    assert "건너뛰기" not in again.labels


async def test_a_phone_number_may_be_skipped(bot: Bot) -> None:
    chat = await bot.joined()
    said = await chat.press("건너뛰기")

    assert "번호 없이도 괜찮아요" in said.texts
    assert await bot.rows(PHONES) == [(None, None)]


async def test_a_number_typed_unasked_is_not_kept_before_its_notice(bot: Bot) -> None:
    """L42, L65"""
    chat = await bot.joined(hears=False)
    said = await chat.say("010-1234-5678")

    assert "휴대폰 번호" in said.texts
    assert await bot.rows(PHONES) == [(None, None)]


async def test_a_number_is_deleted_on_request(bot: Bot) -> None:
    """L45, L49: at once, and the result is told."""
    chat = await bot.joined()
    await chat.say("01012345678")
    said = await chat.say("전화번호 삭제해 주세요")

    assert "지웠어요" in said.texts
    assert await bot.rows(PHONES) == [(None, None)]
    assert "없어요" in (await chat.say("전화번호 삭제")).texts


async def test_each_change_leaves_one_line_in_the_log(bot: Bot) -> None:
    """I12"""
    chat = await bot.joined()
    await chat.say("01012345678")
    await chat.say("무료 수신거부")

    of_shop = col(AuditLine.book) == shop_book(bot.shop_id)
    acts = await bot.rows(select(col(AuditLine.act)).where(of_shop).order_by(col(AuditLine.number)))
    assert [row[0] for row in acts] == [
        "join",
        "advertising_granted",
        "leave_phone",
        "advertising_withdrawn",
    ]
