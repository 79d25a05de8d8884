"""The demo has one clock: the buttons of the pretend world move our own server, too."""

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from dangol.demo import Options, open_stage
from dangol.stage import free_port
from domain.time import in_kst


@pytest.mark.timeout(120)
async def test_pushing_the_world_pushes_the_server(tmp_path: Path) -> None:
    options = Options(database_url=None, folder=tmp_path, port=0, people=1)
    async with (
        open_stage(options, port=free_port(), world_port=free_port()) as stage,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser,
    ):
        before = stage.now()
        form = {"leap": "week", "back": "/"}
        async with browser.post(f"{stage.world_address}/clock", data=form) as pressed:
            assert pressed.status == 200
        async with browser.get(f"{stage.address}/demo/owner") as page:
            words = await page.text()

        assert timedelta(days=7) <= stage.now() - before < timedelta(days=7, minutes=2)
        day = in_kst(stage.now())
        assert f"{day.month}월 {day.day}일" in words
