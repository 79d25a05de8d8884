"""The sending page while it is written: mended, shown, kept; nothing is booked by any of it."""

import io
import time

import pytest
from PIL import Image

from campaigns.results import list_campaigns
from domain.campaigns import LinkButton
from storage.books import Books
from storage.queries.campaigns import find_campaign
from storage.queries.pictures import list_pictures
from storage.queries.ready_texts import list_texts
from tests.console.browser import Browser, Page
from tests.console.street import Street, add_regulars, give_grant
from tests.factories import rows

FORM = {
    "body": "오늘 3시 식빵 나와요",
    "way": "list",
    "picture_id": "",
    "when": "now",
    "due": "",
    "key": "abc",
}
SEND, EDIT, LOOK, KEEP = "/owner/send", "/owner/send/edit", "/owner/send/look", "/owner/send/keep"
BUTTON = {"label": "예약하기", "link": "https://a.kr/b"}


@pytest.fixture
async def ready(console_books: Books, street: Street) -> Street:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 3)
    return street


async def press(owner: Browser, path: str, **changes: str) -> Page:
    return await owner.submit(SEND, path, {**FORM, **changes})


async def test_every_occasion_offers_ready_lines_of_the_trade(
    owner: Browser, ready: Street
) -> None:
    page = await owner.get(SEND)

    for name in ("새로 나온 것", "오늘만", "쉬는 날·여는 시간", "고맙다는 인사", "처음 오신 분께",
                 "한동안 못 뵌 분께", "쿠폰 기한이 가까울 때", "도장이 거의 찼을 때", "생일 축하",
                 "가을 인사"):  # fmt: skip
        assert name in page.words
    assert "○○이(가) 새로 나왔어요. 이름을 대고 찾아 주세요." in page.words


async def test_the_look_follows_the_words_and_says_why_it_is_an_advertisement(
    owner: Browser, ready: Street
) -> None:
    page = await press(owner, LOOK, body="#{고객명}님, 식빵 반값이에요", **BUTTON)

    assert page.status == 200
    assert "<html" not in page.html
    for words in ("(광고) 보람빵집", "단골님, 식빵 반값", "예약하기", "무료 수신거부"):
        assert words in page.words
    assert "할인 이야기가 있어 광고로 보내요." in page.words
    assert page.words.index("예약하기") < page.words.index("왜 받았나요?")


async def test_a_brand_message_is_shown_as_its_handset_shows_it(
    owner: Browser, ready: Street
) -> None:
    page = await press(owner, LOOK, sender="solapi", **BUTTON)

    assert "(광고) 보람빵집" in page.words
    order = [page.words.index(one) for one in ("예약하기", "왜 받았나요?", "채널 홈")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    "body",
    [
        "가" * 400,
        "👨‍👩‍👧‍👦" * 30,
        "긴영어낱말" + "supercalifragilistic" * 10,
        "<script>x</script>",
        "\x07",
        "#{",
    ],
)
async def test_whatever_is_typed_the_look_answers(owner: Browser, ready: Street, body: str) -> None:
    page = await press(owner, LOOK, body=body)

    assert page.status == 200
    assert "<script>x" not in page.html


async def test_a_half_written_button_hides_nothing_else(owner: Browser, ready: Street) -> None:
    page = await press(owner, LOOK, label="예약하기", link="htt")

    assert "오늘 3시 식빵 나와요" in page.words
    assert "예약하기" not in page.words


async def test_one_tap_mends_one_fault_and_keeps_everything_else(
    owner: Browser, ready: Street
) -> None:
    body = "(광 고) 오늘 #{이름}님!!!"

    page = await press(owner, EDIT, body=body, mend="L6", label="예약하기", due="2026-11-24T15:00")

    assert "오늘 #{이름}님!!!</textarea>" in page.html
    assert 'value="예약하기"' in page.html
    assert 'value="2026-11-24T15:00"' in page.html
    page = await press(owner, EDIT, body="오늘 #{이름}님!!!", mend="PLACEHOLDER")
    assert "오늘 #{고객명}님!!!</textarea>" in page.html


async def test_an_address_in_the_words_becomes_a_button(owner: Browser, ready: Street) -> None:
    page = await press(owner, EDIT, body="예약은 naver.me/abc 에서", mend="K11")

    assert "예약은 에서</textarea>" in page.html
    assert 'value="https://naver.me/abc"' in page.html
    assert 'value="자세히 보기"' in page.html


async def test_an_address_of_a_button_that_is_there_stays(owner: Browser, ready: Street) -> None:
    page = await press(owner, EDIT, body="예약은 naver.me/abc 에서", mend="K11", **BUTTON)

    assert 'value="https://a.kr/b"' in page.html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": "(광고) 식빵"}, "맨 앞에 바르게 붙여 드려요"),
        ({"body": "예약 https://a.kr"}, "단추로 옮기면"),
        ({"body": "전자담배 액상 있어요"}, "국민건강증진법"),
        ({"body": "○○ 나왔어요"}, "○○ 자리"),
        ({"label": "예약하기"}, "열릴 주소를 넣어 주세요"),
        ({"label": "예약하기", "link": "http://a.kr"}, "https://로 시작하는"),
        ({"label": "예약하기", "link": "https://bit.ly/a"}, "줄인 주소는 쓸 수 없어요"),
        ({"label": "아주아주긴단추이름", "link": "https://a.kr"}, "8자까지"),
        ({"link": "https://a.kr"}, "단추에 적을 말"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    owner: Browser,
    ready: Street,
    console_books: Books,
    changes: dict[str, str],
    sentence: str,
) -> None:
    for path in (SEND, "/owner/campaigns"):
        page = await press(owner, path, **changes)

        assert page.status == 422
        assert sentence in page.words
        for text in changes.values():
            assert text in page.html or text in page.words
    assert await console_books.read(list_campaigns, ready.shop_id) == []


async def test_the_button_is_carried_through_the_preview_and_booked(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    page = await press(owner, SEND, **BUTTON)
    assert "예약하기" in page.words
    assert page.value("link") == BUTTON["link"]

    sent = await press(owner, "/owner/campaigns", **BUTTON)

    assert sent.status == 303
    (line,) = await console_books.read(list_campaigns, ready.shop_id)
    found = await console_books.read(rows, "SELECT button_label, button_url FROM campaign")
    assert [LinkButton(*one) for one in found] == [LinkButton("예약하기", "https://a.kr/b")]
    assert await console_books.read(find_campaign, ready.shop_id, line.campaign_id)


async def test_the_preview_says_how_long_it_takes_and_by_when_it_ends(
    owner: Browser, ready: Street
) -> None:
    page = await press(owner, SEND)

    assert "다 보내는 데 1분이 안 걸려요. 오전 10:01 전에 끝나요." in page.words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"every": "week", "weekday": "3", "repeat_time": "15:00"}, "매주 목요일 오후 3:00"),
        (
            {"every": "month", "weekday": "0", "nth": "1", "repeat_time": "11:00"},
            "매달 첫째 월요일",
        ),
    ],
)
async def test_what_repeats_itself_starts_a_series_once(
    owner: Browser, ready: Street, console_books: Books, when: dict[str, str], words: str
) -> None:
    chosen = {"when": "repeat", **when}
    page = await press(owner, SEND, **chosen)
    assert words in page.words
    assert "저절로 보내기 시작" in page.words

    first = await press(owner, "/owner/campaigns", **chosen)
    second = await press(owner, "/owner/campaigns", **chosen)

    assert (first.status, first.location) == (second.status, second.location)
    assert first.location == "/owner/series"
    assert len(await console_books.read(rows, "SELECT id FROM series")) == 1
    assert await console_books.read(list_campaigns, ready.shop_id) == []


async def test_what_follows_a_birthday_starts_also_when_nobody_has_one_today(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    chosen = {"when": "event", "event": "birthday"}
    page = await press(owner, SEND, **chosen)
    assert "생일에, 오전 9:30에 그날 해당하는 분께만 저절로 보내요" in page.words

    started = await press(owner, "/owner/campaigns", **chosen)

    assert started.location == "/owner/series"


async def test_news_for_some_says_for_whom(owner: Browser, ready: Street) -> None:
    """All three were added this month; nobody has a coupon."""
    new = '{"joined":"all","conditions":[{"what":"joined_within","number":30,"days":0,"is_not":false}]}'
    coupon = (
        '{"joined":"all","conditions":[{"what":"has_coupon","number":0,"days":0,"is_not":false}]}'
    )

    some = await press(owner, SEND, who=new)
    assert "받는 분: 30일 안에 단골이 된 분" in some.words
    nobody = await press(owner, SEND, who=coupon)
    assert "고르신 조건에 맞는 단골이 없어요" in nobody.words
    assert "QR" not in nobody.words
    assert nobody.value("who") == coupon


async def test_a_message_is_kept_used_renamed_and_put_away(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    kept = await press(owner, KEEP, name="식빵 날", **BUTTON)
    assert "내 글로 저장했어요" in kept.words
    (text,) = await console_books.read(list_texts, ready.shop_id)

    page = await owner.get(f"/owner/send?text={text.text_id}")
    assert "오늘 3시 식빵 나와요</textarea>" in page.html
    assert 'value="https://a.kr/b"' in page.html

    texts = f"/owner/texts/{text.text_id}"
    again = await owner.submit("/owner/texts", f"{texts}/name", {"name": ""})
    assert (again.status, "이름을 적어 주세요" in again.words) == (422, True)
    await owner.submit("/owner/texts", f"{texts}/name", {"name": "새 이름"})
    assert "새 이름" in (await owner.get("/owner/texts")).words
    await owner.submit("/owner/texts", f"{texts}/retire")
    assert "아직 저장한 글이 없어요" in (await owner.get("/owner/texts")).words
    assert (await owner.get(f"/owner/send?text={text.text_id}")).status == 404


async def test_what_cannot_be_kept_says_so_and_loses_nothing(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    await press(owner, KEEP, name="식빵 날")
    (text,) = await console_books.read(list_texts, ready.shop_id)
    renamed = await owner.submit(
        "/owner/texts", f"/owner/texts/{text.text_id}/name", {"name": "긴" * 21}
    )
    assert (renamed.status, renamed.value("name")) == (422, "긴" * 21)

    nameless = await press(owner, KEEP, name="")
    assert (nameless.status, "이름을 적어 주세요" in nameless.words) == (422, True)

    unsound = await press(owner, KEEP, name="식빵", body="○○ 나왔어요")
    assert (unsound.status, "○○ 자리" in unsound.words) == (422, True)
    assert unsound.value("name") == "식빵"
    for path in (SEND, EDIT):
        assert (await press(owner, path, name="식빵", body="○○ 나왔어요")).value("name") == "식빵"


async def test_a_novel_is_answered_at_once(owner: Browser, ready: Street) -> None:
    body = "#{" + " " * 3_000 + "x"

    for path in (EDIT, LOOK):
        began = time.perf_counter()
        page = await press(owner, path, body=body, mend="L6")
        assert time.perf_counter() - began < 2
        assert "자만 줄여서" in page.words


async def test_another_shops_texts_are_not_there(
    owner: Browser, ready: Street, other_street: Street, console_books: Books
) -> None:
    await press(owner, KEEP, name="식빵 날")
    (text,) = await console_books.read(list_texts, ready.shop_id)

    assert await console_books.read(list_texts, other_street.shop_id) == []
    assert (await owner.get(f"/owner/send?text={text.text_id + 1}")).status == 404


@pytest.mark.parametrize(
    ("focus", "is_red"), [("top", True), ("bottom", False), ("sideways", False)]
)
async def test_the_part_of_a_tall_photo_that_was_chosen_stays(
    owner: Browser, ready: Street, console_books: Books, focus: str, *, is_red: bool
) -> None:
    photo = Image.new("RGB", (400, 900), (20, 20, 200))
    photo.paste((200, 20, 20), (0, 0, 400, 200))
    body = io.BytesIO()
    photo.save(body, "PNG")

    page = await owner.submit(
        SEND, SEND, {**FORM, "way": "picture", "focus": focus}, files={"photo": body.getvalue()}
    )

    assert page.status == 200
    (picture_id,) = await console_books.read(list_pictures, ready.shop_id)
    ((kept,),) = await console_books.read(rows, "SELECT body FROM picture")
    picture = Image.open(io.BytesIO(kept))
    assert picture_id in page.html
    assert (picture.format, picture.size) == ("JPEG", (800, 400))
    pixel = picture.getpixel((400, 100))
    assert isinstance(pixel, tuple)
    assert (pixel[0] > 150) is is_red
    assert len(kept) <= 500 * 1024


async def test_a_fault_beside_the_words_is_not_said_twice(owner: Browser, ready: Street) -> None:
    page = await press(owner, SEND, body="가" * 121)

    assert 'id="body-mistake"' in page.html
    assert page.words.count("1자만 줄여") == 1
