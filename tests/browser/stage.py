"""What a browser needs to be tested: a demo street in a process of its own, and Chromium."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, async_playwright

HOST = "127.0.0.1"
WORLD_PORT_OFFSET = 10
FIRST_PORT = 8300
LAST_PORT = 9000
OPEN_SECONDS = 60
STOP_SECONDS = 15
READY_WORDS = "Ctrl-C"
PATIENCE_MS = 20_000

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NO_CHROMIUM = "no Chromium to test the pages in; install it: sudo apt-get install -y chromium"
# Chromium also calls every answer of 4xx an error; those are looked at by the tests themselves.
EXPECTED = "the server responded with a status of 4"


@dataclass(frozen=True, slots=True)
class Street:
    """Where the demo listens, and the pretend world beside it."""

    address: str
    world: str


@dataclass
class Windows:
    """Opens windows, each with its own cookies, and keeps what went wrong in them.

    No slots: Playwright hangs something of its own on whoever listens to it.
    """

    browser: Browser
    problems: list[str] = field(default_factory=list)

    async def open(
        self, size: ViewportSize = PHONE, *, scripts: bool = False, scale: float = 1
    ) -> Page:
        context = await self.browser.new_context(
            viewport=size,
            java_script_enabled=scripts,
            device_scale_factor=scale,
            is_mobile=size["width"] < DESK["width"],
            has_touch=size["width"] < DESK["width"],
            locale="ko-KR",
            timezone_id="Asia/Seoul",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    async def close(self) -> None:
        for context in self.browser.contexts:
            await context.close()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and EXPECTED not in message.text:
            self.problems.append(message.text)


@contextmanager
def running_street(folder: Path, people: int) -> Iterator[Street]:
    """`dangol demo` as anybody starts it. Raises RuntimeError with what it said."""
    port = _free_port()
    log = folder / "demo.log"
    options = ["--port", str(port), "--folder", str(folder), "--people", str(people)]
    with (
        log.open("w") as out,
        subprocess.Popen(
            [sys.executable, "-m", "dangol", "demo", *options],
            stdout=out,
            stderr=subprocess.STDOUT,
        ) as demo,
    ):
        try:
            _wait_until_ready(demo, log)
            yield Street(f"http://{HOST}:{port}", f"http://{HOST}:{port + WORLD_PORT_OFFSET}")
        finally:
            demo.terminate()
            try:
                demo.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                demo.kill()


def _wait_until_ready(demo: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(OPEN_SECONDS * 10):
        if READY_WORDS in log.read_text():
            return
        if demo.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"dangol demo did not open: {log.read_text()[-2000:]}")


def _free_port() -> int:
    """One whose companion for the pretend world is free as well."""
    for port in range(FIRST_PORT, LAST_PORT):
        if _is_free(port) and _is_free(port + WORLD_PORT_OFFSET):
            return port
    raise RuntimeError("no free port")


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex((HOST, port)) != 0


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """Raises RuntimeError with one line that says how to install it."""
    path = chromium_path()
    if path is None:
        raise RuntimeError(NO_CHROMIUM)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()
