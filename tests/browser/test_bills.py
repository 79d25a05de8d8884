"""A bill in a real browser: chosen, asked about, compared, taken away; on a desk and on a phone."""

from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, ViewportSize, expect

from tests.browser import measures
from tests.browser.stage import DESK, PHONE, Street, Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

STRANGE = "정산번호,수,청구액\nfremd-0001,3,49.5\n합계,많이,1\n"


def file(text: str) -> FilePayload:
    return FilePayload(name="bill.csv", mimeType="text/csv", buffer=text.encode())


async def choose(page: Page, street: Street, text: str) -> None:
    await page.goto(f"{street.address}/demo/manager")
    await page.goto(f"{street.address}/manager/bills")
    await page.get_by_label("청구서 파일").set_input_files(files=[file(text)])
    await page.get_by_role("button", name="견주기").click()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_bill_with_strange_columns_is_compared(
    windows: Windows, street: Street, size: ViewportSize, tmp_path: Path
) -> None:
    page = await windows.open(size)
    await choose(page, street, STRANGE)

    await expect(page.get_by_role("heading", name="어느 칸이 무엇인가요?")).to_be_visible()
    assert await measures.faults(page) == []
    await page.get_by_label("번호").select_option("0")
    await page.get_by_label("건수").select_option("1")
    await page.get_by_label("금액").select_option("2")
    await page.get_by_role("button", name="견주기").click()

    await expect(page.get_by_text("fremd-0001").first).to_be_visible()
    await expect(page.get_by_text("건수가 숫자가 아니에요")).to_be_visible()
    assert await measures.faults(page) == []
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="차이를 CSV로 받기").click()
    taken = await waiting.value
    await taken.save_as(tmp_path / "bill.csv")
    text = (tmp_path / "bill.csv").read_text(encoding="utf-8-sig")
    assert taken.suggested_filename.endswith(".csv")
    assert "우리 기록에 없어요,fremd-0001" in text


async def test_a_file_that_is_none_is_answered_beside_the_field(
    windows: Windows, street: Street
) -> None:
    """What was chosen besides is still there."""
    page = await windows.open(DESK)
    await page.goto(f"{street.address}/demo/manager")
    await page.goto(f"{street.address}/manager/bills")
    await page.get_by_label("적힌 금액에 부가세가").select_option("without")
    await page.get_by_label("청구서 파일").set_input_files(files=[file("")])
    await page.get_by_role("button", name="견주기").click()

    await expect(page.get_by_text("빈 파일이에요")).to_be_visible()
    await expect(page.get_by_label("적힌 금액에 부가세가")).to_have_value("without")
