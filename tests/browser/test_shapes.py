"""Every shape of news by clicking: composed on a phone, looked at, sent, seen on a handset."""

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Locator, Page, Route, ViewportSize, expect

from tests.browser import steps
from tests.browser.place import looks_right
from tests.browser.stage import DESK, Street, Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = ViewportSize(width=375, height=812)
NEWS = "오늘 새로 나왔어요"
REFUSE = "무료 수신거부"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A shop of its own for each shape; `seen` stands on the handset besides the words."""

    slug: str
    shape: str
    typed: Mapping[str, str]
    seen: tuple[str, ...]


STORIES = (
    Story(slug="hanwoo", shape="넓은 사진과 한 줄", typed={}, seen=()),
    Story(
        slug="dried-fish",
        shape="여러 가지 한눈에",
        typed={"p0_title": "멸치 한 봉지 4,500원", "p1_title": "황태채"},
        seen=("멸치 한 봉지 4,500원", "황태채"),
    ),
    Story(
        slug="kkwabaegi",
        shape="옆으로 넘겨 보기",
        typed={"p0_title": "꽈배기", "p0_text": "세 개 2천 원"},
        seen=("꽈배기", "세 개 2천 원"),
    ),
    Story(
        slug="danjeong-hair",
        shape="한 가지와 값",
        typed={"p0_title": "뿌리 염색", "p0_price": "45,000원", "p0_sale": "39000"},
        seen=("뿌리 염색", "45,000원", "39,000원"),
    ),
)


def photo() -> FilePayload:
    """As a phone takes one: large, and higher than it is wide."""
    body = io.BytesIO()
    picture = Image.new("RGB", (2400, 3200), (30, 160, 30))
    picture.paste((200, 30, 30), (0, 0, 2400, 800))
    picture.save(body, "JPEG")
    return FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=body.getvalue())


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)
async def test_a_shape_is_composed_sent_and_seen(
    windows: Windows, street: Street, story: Story
) -> None:
    owner = await windows.open(PHONE, scripts=True)
    await owner.goto(f"{street.address}/demo/owner/{story.slug}")
    await steps.write_news(owner, street, story.shape, NEWS)
    await fill_in(owner, story)
    await expect(owner.locator("#look .bubble").first).to_contain_text(NEWS)
    await looks_right_everywhere(owner)

    promise = await steps.look(owner)
    for words in ("(광고)", NEWS, *story.seen):
        await expect(owner.locator(".chat")).to_contain_text(words)
    assert await pictures_missing(owner) == []
    await looks_right_everywhere(owner)
    before = (await deliveries(owner, street))["total"]
    await steps.send(owner)
    await steps.wait_for_result(owner)

    received = owner.locator(".keys li", has_text="받으셨어요")
    assert steps.number(await received.inner_text()) == promise.people > 0
    newest = (await deliveries(owner, street, after=before))["deliveries"][-1]
    await see_the_news(
        windows, f"{street.world}/phones/{newest['person_id']}/{newest['bot_id']}", story
    )


async def fill_in(owner: Page, story: Story) -> None:
    for name, text in story.typed.items():
        await owner.locator(f"#{name}").fill(text)
    for photos in await owner.locator(".part-photo").all():
        await give_photo(owner, photos)


async def give_photo(owner: Page, photos: Locator) -> None:
    """It is sent at once, and what was typed stays."""
    await photos.locator("summary").click()
    await photos.get_by_label("새 사진 올리기").set_input_files(photo())
    await expect(photos.get_by_text("사진 바꾸기")).to_be_visible()
    await expect(owner.locator("#parts")).not_to_have_attribute("aria-busy", "true")


async def looks_right_everywhere(page: Page) -> None:
    for size in (DESK, PHONE):
        await page.set_viewport_size(size)
        await looks_right(page)


async def pictures_missing(page: Page) -> list[str]:
    """Addresses on the preview under which there is no picture."""
    found: list[str] = await page.locator(".chat img").evaluate_all(
        "(all) => all.filter((it) => it.complete && !it.naturalWidth).map((it) => it.src)"
    )
    return found


async def deliveries(page: Page, street: Street, after: int = 0) -> dict[str, Any]:
    """What the handsets have received, from that many on."""
    answer = await page.request.get(f"{street.world}/sim/handset/deliveries?after={after}")
    told: dict[str, Any] = await answer.json()
    return told


async def see_the_news(windows: Windows, phone: str, story: Story) -> None:
    """I8: on the handset of one who got it, from the mark to the way to refuse."""
    handset = await windows.open(PHONE, scripts=True)
    await handset.goto(phone)

    news = handset.locator(".is-theirs .said-row", has_text=NEWS).last
    for words in ("(광고)", *story.seen):
        await expect(news).to_contain_text(words)
    button = news.get_by_role("button", name=REFUSE)
    await expect(button.or_(news.get_by_role("link", name=REFUSE)).last).to_be_visible()


async def test_cards_are_put_in_moved_and_dropped_on_the_page(
    windows: Windows, street: Street
) -> None:
    owner = await windows.open(PHONE, scripts=True)
    await owner.goto(f"{street.address}/demo/owner/spring-flower")
    await steps.write_news(owner, street, "옆으로 넘겨 보기", NEWS)
    await owner.locator("#p0_title").fill("장미")
    await owner.get_by_role("button", name="카드 더하기").click()
    await expect(owner.locator(".part").nth(1).locator("summary").first).to_be_focused()
    await owner.locator("#p1_title").fill("튤립")

    await owner.get_by_role("button", name="위로 3번째 카드").click()

    await expect(owner.locator("#p0_title")).to_have_value("튤립")
    await expect(owner.locator("#p1_title")).to_have_value("장미")
    await expect(owner.locator("#look .slides")).to_contain_text("튤립")
    await owner.get_by_role("button", name="빼기 2번째 카드").click()
    await expect(owner.locator(".part")).to_have_count(1)
    await expect(owner.locator("#p0_title")).to_have_value("장미")
    await expect(owner.get_by_label("보낼 말")).to_have_value(NEWS)

    await owner.get_by_text("한 가지와 값", exact=True).click()
    await expect(owner.get_by_label("무엇인가요")).to_have_value("장미")
    await owner.get_by_text("글만", exact=True).click()
    await expect(owner.locator("#parts")).to_be_hidden()


async def test_photographs_given_at_once_all_arrive_before_the_page_is_left(
    windows: Windows, street: Street
) -> None:
    """The first is still on its way when the second is chosen and the button pressed."""
    owner = await windows.open(PHONE, scripts=True)
    await owner.goto(f"{street.address}/demo/owner/spring-flower")
    await steps.write_news(owner, street, "여러 가지 한눈에", NEWS)
    for index, text in enumerate(("장미", "튤립")):
        await owner.locator(f"#p{index}_title").fill(text)
    await owner.route("**/owner/send/parts", late)

    for index in range(2):
        await owner.locator(f"[name=p{index}_photo]").set_input_files(photo())
    await owner.get_by_role("button", name="어떻게 보이는지 보기").click()

    await expect(owner.get_by_role("heading", name="이렇게 보여요")).to_be_visible()
    assert await pictures_missing(owner) == []


async def late(route: Route) -> None:
    await asyncio.sleep(0.5)
    await route.continue_()


async def test_a_new_photograph_is_cut_again_where_its_owner_points(
    windows: Windows, street: Street
) -> None:
    owner = await windows.open(PHONE, scripts=True)
    await owner.goto(f"{street.address}/demo/owner/spring-flower")
    await steps.write_news(owner, street, "옆으로 넘겨 보기", NEWS)
    photos = owner.locator(".part-photo")
    await give_photo(owner, photos)
    chosen = photos.locator("summary img")
    before = await chosen.get_attribute("src")

    await photos.locator("summary").click()
    await photos.get_by_text("위", exact=True).click()

    await expect(chosen).not_to_have_attribute("src", str(before))
    await expect(photos.locator("input[value=top]")).to_be_checked()


async def test_without_scripts_the_same_is_done_by_buttons(
    windows: Windows, street: Street
) -> None:
    owner = await windows.open(PHONE)
    await owner.goto(f"{street.address}/demo/owner/spring-flower")
    await steps.write_news(owner, street, "옆으로 넘겨 보기", NEWS)
    await owner.get_by_role("button", name="이 모양으로 쓰기").click()
    await owner.get_by_label("제목").fill("장미")
    await owner.get_by_role("button", name="카드 더하기").click()
    await owner.locator("#p1_title").fill("튤립")
    await owner.locator(".part-photo summary").nth(1).click()
    await (
        owner.locator(".part-photo").nth(1).get_by_label("새 사진 올리기").set_input_files(photo())
    )

    await owner.get_by_role("button", name="어떻게 보이는지 보기").click()

    await expect(owner.locator("#p0_picture-mistake")).to_contain_text("사진을 골라 주세요")
    await expect(owner.locator("#p1_title")).to_have_value("튤립")
    await expect(owner.locator(".part").nth(1).get_by_text("사진 바꾸기")).to_be_visible()
    await looks_right(owner)
    await owner.locator(".part-photo").first.locator(".thumb").first.click()
    await owner.get_by_role("button", name="어떻게 보이는지 보기").click()
    await expect(owner.get_by_role("heading", name="이렇게 보여요")).to_be_visible()


async def test_an_answer_that_never_came_is_told_and_loses_nothing(
    windows: Windows, street: Street
) -> None:
    owner = await windows.open(PHONE, scripts=True)
    await owner.goto(f"{street.address}/demo/owner/spring-flower")
    await steps.write_news(owner, street, "옆으로 넘겨 보기", NEWS)
    await owner.locator("#p0_title").fill("장미")
    await owner.route("**/owner/send/parts", no_answer)

    await owner.get_by_role("button", name="카드 더하기").click()

    await expect(owner.locator("#trouble")).to_contain_text("지금은 바꾸지 못했어요")
    await expect(owner.locator("#p0_title")).to_have_value("장미")
    await expect(owner.locator("#parts")).not_to_have_attribute("aria-busy", "true")
    await owner.unroute("**/owner/send/parts")
    await owner.get_by_role("button", name="카드 더하기").click()
    await expect(owner.locator(".part")).to_have_count(2)
    await expect(owner.locator("#trouble")).to_have_count(0)
    assert windows.problems, "the browser itself notes the answer"
    windows.problems.clear()


async def no_answer(route: Route) -> None:
    await route.fulfill(status=500, body="")
