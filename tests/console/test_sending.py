"""Sending news: written, looked at, sent once; what is wrong stands beside its field."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from campaigns.results import list_campaigns
from console.owner.words import NAME_MARK, empty_words
from storage.books import Books
from storage.queries.pictures import list_pictures
from subsidy.shops import change_shop
from tests.console.browser import Browser, Page
from tests.console.street import MONDAY_TEN, Clock, Street, add_regular, add_regulars, give_grant

WORDS = {
    "body": "오늘 3시 식빵 나와요",
    "way": "list",
    "picture_id": "",
    "when": "now",
    "due": "",
    "key": "abc",
}


def photo(width: int = 1200, height: int = 900) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (width, height), (200, 160, 110)).save(body, "JPEG")
    return body.getvalue()


@pytest.fixture
async def ready(console_books: Books, street: Street) -> Street:
    """A shop with money and 143 regulars who agreed, and six who are not asked."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 143)
    for number in range(4):
        await console_books.write(add_regular, street.shop_id, f"silent-{number}", consents=False)
    for number in range(2):
        await console_books.write(add_regular, street.shop_id, f"away-{number}", is_friend=False)
    return street


async def preview(owner: Browser, **changes: str) -> Page:
    return await owner.submit("/owner/send", "/owner/send", {**WORDS, **changes})


async def test_the_dry_run_says_people_cost_and_what_is_left(owner: Browser, ready: Street) -> None:
    page = await preview(owner)

    assert page.status == 200
    assert "143명 · 지원금 2,360원 · 남은 지원금 297,640원" in page.words


async def test_the_preview_shows_the_message_as_the_customer_sees_it(
    owner: Browser, ready: Street
) -> None:
    """I8: mark, name, contact and the free way to refuse."""
    page = await preview(owner, body="#{고객명}님, 오늘 3시 식빵 나와요")

    for words in ("(광고) 보람빵집", "단골님, 오늘 3시", "02-123-4567", "무료 수신거부"):
        assert words in page.words


async def test_the_preview_says_who_is_left_out_and_why(owner: Browser, ready: Street) -> None:
    page = await preview(owner)

    assert "보내지 않는 분 6명" in page.words
    assert "소식 받기에 동의하지 않은 분4명" in page.words
    assert "톡채널 친구가 아닌 분2명" in page.words


async def test_a_brand_message_leaves_out_who_left_no_number(owner: Browser, ready: Street) -> None:
    """L68"""
    page = await preview(owner, sender="solapi")

    assert "전화번호를 남기지 않은 분143명" in page.words
    assert "보낼 수 있는 분이 없어요. 전화번호를 남기지 않은 분이 143명이에요." in page.words
    assert "QR" not in page.words


async def test_sending_books_one_campaign_and_shows_its_result(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    page = await preview(owner)

    sent = await owner.post("/owner/campaigns", {**WORDS, "csrf": page.value("csrf")})

    lines = await console_books.read(list_campaigns, ready.shop_id)
    assert sent.status == 303
    assert sent.location == f"/owner/campaigns/{lines[0].campaign_id}"
    assert "곧 나가요" in (await owner.get(sent.location)).words


async def test_a_second_press_sends_nothing_twice(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    first = await owner.submit("/owner/send", "/owner/campaigns", WORDS)
    second = await owner.submit("/owner/send", "/owner/campaigns", WORDS)

    assert first.location == second.location
    assert len(await console_books.read(list_campaigns, ready.shop_id)) == 1


async def test_a_second_press_leads_to_what_was_booked_when_its_time_has_passed(
    owner: Browser, ready: Street, console_books: Books, console_clock: Clock
) -> None:
    later = {**WORDS, "when": "later", "due": "2026-11-23T10:30"}
    first = await owner.submit("/owner/send", "/owner/campaigns", later)
    console_clock.pass_(hours=1)

    second = await owner.submit("/owner/send", "/owner/campaigns", later)

    assert (second.status, second.location) == (303, first.location)
    assert len(await console_books.read(list_campaigns, ready.shop_id)) == 1


async def test_words_changed_after_sending_are_a_new_message(owner: Browser, ready: Street) -> None:
    """Going back and writing something else must not be taken for a second press."""
    first = await owner.submit("/owner/send", "/owner/campaigns", WORDS)
    other = {**WORDS, "body": "오늘은 일찍 닫아요"}
    second = await owner.submit("/owner/send", "/owner/campaigns", other)

    assert first.location != second.location


def test_the_key_of_a_press_follows_from_form_and_words() -> None:
    words = replace(empty_words(None), body="가", key="k")

    assert replace(words).form_key == words.form_key
    assert replace(words, body="나").form_key != words.form_key
    assert replace(words, key="l").form_key != words.form_key
    assert len(words.form_key) == 40


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": ""}, "보낼 말을 적어 주세요"),
        ({"body": "가" * 121}, "1자만 줄여서 다시 적어 주세요"),
        ({"body": "#{이름}님"}, "#{고객명}"),
        ({"body": "어서 \x07 오세요"}, "보이지 않는 글자"),
        ({"way": ""}, "어떤 모양으로"),
        ({"way": "fax"}, "어떤 모양으로"),
        ({"way": "picture"}, "사진이 필요해요"),
        ({"when": "later"}, "날짜와 시각을 골라 주세요"),
        ({"when": "later", "due": "내일"}, "날짜와 시각을 골라 주세요"),
        ({"when": "later", "due": "2026-11-22T10:00"}, "지난 시각"),
        ({"when": "later", "due": "2027-11-22T10:00"}, "60일 안"),
        ({"when": "later", "due": "0001-01-01T00:00"}, "골라 주세요"),
    ],
)
async def test_bad_input_gets_a_sentence_and_keeps_the_words(
    owner: Browser, ready: Street, changes: dict[str, str], sentence: str
) -> None:
    page = await preview(owner, **changes)

    assert page.status == 422
    assert sentence in page.words
    assert changes.get("body", WORDS["body"]) in page.words


async def test_everything_wrong_is_said_at_once(owner: Browser, ready: Street) -> None:
    page = await preview(owner, body="#{이름}", when="later", due="")

    assert "쓸 수 있는 것" in page.words
    assert "날짜와 시각" in page.words


async def test_what_was_refused_at_the_preview_is_refused_at_sending_too(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    page = await owner.submit("/owner/send", "/owner/campaigns", {**WORDS, "body": "#{이름}"})

    assert page.status == 422
    assert await console_books.read(list_campaigns, ready.shop_id) == []


async def test_without_a_contact_the_owner_is_shown_where_to_write_it(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    """L7"""
    await console_books.write(
        change_shop,
        ready.shop_id,
        contact="",
        address="",
        hours="",
        welcome="",
        actor="test",
        at=MONDAY_TEN,
    )

    page = await preview(owner)

    assert page.status == 422
    assert "연락처" in page.words
    assert 'href="/owner/shop"' in page.html


async def test_without_money_nothing_can_be_sent(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(add_regulars, street.shop_id, 3)

    page = await preview(owner)
    pressed = await owner.submit("/owner/send", "/owner/campaigns", WORDS)

    assert "모자라요" in page.words
    assert "에게 보내기" not in page.words
    assert pressed.status == 409
    assert "모자라서 보내지 않았어요. 지원금 보기" in pressed.words
    assert WORDS["body"] in pressed.words
    assert pressed.value("key") == WORDS["key"]


async def test_without_regulars_the_owner_is_shown_the_qr(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)

    page = await preview(owner)
    pressed = await owner.submit("/owner/send", "/owner/campaigns", WORDS)

    assert 'href="/owner/poster"' in page.html
    assert pressed.status == 409
    assert "받을 수 있는 분이 없어져서 보내지 않았어요" in pressed.words
    assert "QR을 붙여 단골을 먼저 모아 볼까요?" in pressed.words
    assert WORDS["body"] in pressed.words


async def test_at_night_it_leaves_in_the_morning(
    owner: Browser, ready: Street, console_clock: Clock
) -> None:
    """L5, K1: 21:30 becomes 8:00."""
    console_clock.pass_(hours=11, minutes=30)

    page = await preview(owner)

    assert "11월 24일 (화) 오전 8:00에 보내 드려요" in page.words
    assert "바로 나가요" not in page.words


async def test_a_chosen_time_is_korean_time(owner: Browser, ready: Street) -> None:
    page = await preview(owner, when="later", due="2026-11-24T15:00")

    assert "11월 24일 (화) 오후 3:00에 보내 드려요" in page.words


async def test_a_photo_is_kept_and_drawn_in_the_bubble(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    page = await owner.submit(
        "/owner/send", "/owner/send", {**WORDS, "way": "picture"}, files={"photo": photo()}
    )

    picture_id = (await console_books.read(list_pictures, ready.shop_id))[0]
    assert page.status == 200
    assert f'src="/media/{picture_id}"' in page.html
    assert page.value("picture_id") == picture_id


async def test_a_photo_larger_than_other_bodies_may_be_is_taken(
    owner: Browser, ready: Street
) -> None:
    body = photo() + bytes(1_000_000)

    page = await owner.submit(
        "/owner/send", "/owner/send", {**WORDS, "way": "picture"}, files={"photo": body}
    )

    assert page.status == 200


async def test_what_is_no_photo_is_refused_beside_the_field(owner: Browser, ready: Street) -> None:
    page = await owner.submit(
        "/owner/send", "/owner/send", {**WORDS, "way": "picture"}, files={"photo": b"%PDF"}
    )

    assert page.status == 422
    assert "사진을 읽을 수 없어요" in page.words
    assert WORDS["body"] in page.words


async def test_a_sample_is_taken_with_one_tap(owner: Browser, ready: Street) -> None:
    shown = await owner.get("/owner/send")
    assert "식빵" in shown.words

    page = await owner.submit(
        "/owner/send", "/owner/send/edit", {**WORDS, "way": "slides", "sample": "bakery.winter.tea"}
    )

    assert page.status == 200
    assert "겨울밤, 따뜻한 차 한 잔에 빵 한 조각 어떠세요?</textarea>" in page.html
    assert 'value="slides" checked' in page.html


async def test_the_name_is_put_before_the_words_once(owner: Browser, ready: Street) -> None:
    page = await owner.submit("/owner/send", "/owner/send/edit", {**WORDS, "add": "name"})
    assert f"{NAME_MARK}{WORDS['body']}" in page.words

    again = {**WORDS, "body": f"{NAME_MARK}안녕", "add": "name"}
    page = await owner.submit("/owner/send", "/owner/send/edit", again)
    assert f"{NAME_MARK}안녕</textarea>" in page.html
    assert NAME_MARK + NAME_MARK not in page.words


async def test_a_suggestion_fills_the_form_but_sends_nothing(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    page = await owner.get("/owner/send?body=%3Cb%3E오늘+식빵")

    assert "&lt;b&gt;오늘 식빵" in page.html
    assert await console_books.read(list_campaigns, ready.shop_id) == []


async def test_the_form_says_what_each_way_costs(owner: Browser, ready: Street) -> None:
    page = await owner.get("/owner/send")

    assert "한 분 16.5원" in page.words
    assert "한 분 27.5원" in page.words
