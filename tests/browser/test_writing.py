"""Writing news on a small phone: ready lines, what is wrong mended in one tap, a picture cut."""

import io

import pytest
from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.browser.place import Place, looks_right
from tests.console.street import give_grant
from tests.factories import rows

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOK = "어떻게 보이는지 보기"


def tall_photo() -> bytes:
    """Red above, green in the middle, blue below."""
    picture = Image.new("RGB", (800, 1200))
    for row, color in enumerate([(200, 30, 30), (30, 160, 30), (30, 30, 200)]):
        picture.paste(color, (0, 400 * row, 800, 400 * row + 400))
    body = io.BytesIO()
    picture.save(body, "JPEG")
    return body.getvalue()


async def test_what_is_wrong_is_said_while_typing_and_mended_in_one_tap(place: Place) -> None:
    await place.books.write(give_grant, place.street, is_started=True)
    page = await place.open()
    await page.goto(f"{place.url}/owner/send")
    await looks_right(page)

    await page.get_by_label("보낼 말").fill("(광 고) #{이름}님, 예약은 https://naver.me/abc 에서요")
    found = page.get_by_role("list", name="고칠 곳").get_by_role("listitem")
    await expect(found).to_have_count(3)
    await looks_right(page)
    await page.get_by_role("button", name="저절로 고치기").first.click()
    await expect(found).to_have_count(2)
    await page.get_by_role("button", name="단추로 옮기기").click()
    await expect(found).to_have_count(1)
    await page.get_by_role("button", name="저절로 고치기").click()

    await expect(found).to_have_count(0)
    await expect(page.get_by_label("보낼 말")).to_have_value("#{고객명}님, 예약은 에서요")
    await expect(page.get_by_label("열릴 주소")).to_have_value("https://naver.me/abc")
    look = page.locator("#look")
    await expect(look).to_contain_text("(광고) 보람빵집")
    await expect(look).to_contain_text("자세히 보기")
    await looks_right(page)


async def test_a_ready_line_stands_in_the_box_with_its_blank_chosen(place: Place) -> None:
    page = await place.open()
    await page.goto(f"{place.url}/owner/send")
    await page.get_by_text("새로 나온 것", exact=True).click()
    await page.get_by_role("button", name="새로 나왔어요. 이름을 대고").click()

    box = page.get_by_label("보낼 말")
    await expect(box).to_have_value("○○이(가) 새로 나왔어요. 이름을 대고 찾아 주세요.")
    chosen = "(box) => box.value.slice(box.selectionStart, box.selectionEnd)"
    assert await box.evaluate(chosen) == "○○"
    await page.keyboard.type("무화과 식빵")
    await expect(page.locator("#look")).to_contain_text("무화과 식빵이(가) 새로 나왔어요")
    await page.get_by_role("button", name="저절로 고치기").click()
    await expect(box).to_have_value("무화과 식빵이 새로 나왔어요. 이름을 대고 찾아 주세요.")


async def test_of_two_pictures_the_one_touched_last_is_chosen(place: Place) -> None:
    page = await place.open()
    await page.goto(f"{place.url}/owner/send")
    await page.get_by_label("보낼 말").fill("오늘 3시 식빵 나와요")
    await page.get_by_text("사진 한 장과 글", exact=True).click()
    photo = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=tall_photo())
    upload = page.get_by_label("새 사진 올리기")
    await upload.set_input_files(photo)
    await page.get_by_role("button", name=LOOK).click()
    await page.get_by_role("button", name="고치기").click()
    old = page.locator(".thumb input").first
    await expect(old).to_be_checked()

    await upload.set_input_files(photo)
    await expect(old).not_to_be_checked()
    await expect(page.locator("#crop")).to_be_visible()
    await page.locator(".thumb").first.click()

    await expect(old).to_be_checked()
    await expect(page.locator("#crop")).to_be_hidden()
    assert await upload.input_value() == ""


@pytest.mark.parametrize(
    ("focus", "color"), [("위", (200, 30, 30)), ("가운데", (30, 160, 30)), ("아래", (30, 30, 200))]
)
async def test_a_tall_picture_is_cut_where_it_was_shown(
    place: Place, focus: str, color: tuple[int, int, int]
) -> None:
    """What the page drew before is what the customer gets."""
    await place.books.write(give_grant, place.street, is_started=True)
    page = await place.open()
    await page.goto(f"{place.url}/owner/send")
    await page.get_by_label("보낼 말").fill("오늘 3시 식빵 나와요")
    await page.get_by_text("사진 한 장과 글", exact=True).click()
    photo = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=tall_photo())
    await page.get_by_label("새 사진 올리기").set_input_files(photo)
    await page.get_by_text(focus, exact=True).click()
    await expect(page.locator("#crop")).to_be_visible()
    middle = "(it) => [...it.getContext('2d').getImageData(400, 200, 1, 1).data].slice(0, 3)"
    drawn = await page.locator("#crop").evaluate(middle)
    await looks_right(page)

    await page.get_by_role("button", name=LOOK).click()

    await expect(page.locator(".bubble img")).to_have_count(1)
    ((body,),) = await place.books.read(rows, "SELECT body FROM picture")
    kept = Image.open(io.BytesIO(body))
    assert kept.size == (800, 400)
    assert near(kept.getpixel((400, 200)), color)
    assert near(tuple(drawn), color)


def near(one: object, other: tuple[int, int, int]) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


async def test_a_message_is_kept_used_again_renamed_and_put_away(place: Place) -> None:
    page = await place.open(has_scripts=False)
    await page.goto(f"{place.url}/owner/send")
    await page.get_by_label("보낼 말").fill("식빵 나오는 날이에요")
    await page.get_by_text("다음에 또 쓰게").click()
    await page.get_by_label("이름", exact=True).fill("식빵 날")
    await page.get_by_role("button", name="내 글로 저장하기").click()
    await expect(page.get_by_role("status")).to_contain_text("저장했어요")

    await page.goto(f"{place.url}/owner/texts")
    await looks_right(page)
    await page.get_by_text("이름 바꾸기·지우기").click()
    await page.get_by_label("새 이름").fill("빵 나오는 날")
    await page.get_by_role("button", name="이름 바꾸기").click()
    await expect(page.get_by_role("heading", name="빵 나오는 날")).to_be_visible()
    await page.get_by_role("link", name="이 글로 쓰기").click()
    await expect(page.get_by_label("보낼 말")).to_have_value("식빵 나오는 날이에요")
    await expect(page.locator("#look")).to_contain_text("식빵 나오는 날이에요")

    await page.goto(f"{place.url}/owner/texts")
    await page.get_by_text("이름 바꾸기·지우기").click()
    await page.get_by_role("button", name="지우기").click()
    await expect(page.get_by_text("아직 저장한 글이 없어요")).to_be_visible()
