"""Wiping by command and by night, and deleting again after an older backup came back."""

import asyncio
import base64
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from dangol.cli import main
from dangol.nightly import scrub_if_needed
from loyalty.privacy import erase_customer
from storage.books import Books, open_books
from storage.vault import KEY_BYTES, Vault
from tests.conftest import START, Clock
from tests.factories import OWNER, rows
from tests.known import Known, know_everything
from tests.storage.test_erasing import found_in, sqlite_files

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
VAULT = Vault(bytes(range(KEY_BYTES)))


@pytest.fixture(autouse=True)
def installation(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGOL_DATABASE_URL", database_url)
    monkeypatch.setenv("DANGOL_DATA_KEY", base64.b64encode(bytes(range(KEY_BYTES))).decode())


async def story(url: str, backup: Path | None = None) -> Known:
    """People come, a backup is made, they are deleted."""
    async with open_books(url, VAULT) as books:
        known = await know_everything(books)
    if backup is not None:
        shutil.copyfile(make_url(url).database or "", backup)
    async with open_books(url, VAULT) as books:
        for customer_id in known.people:
            await books.write(erase_customer, customer_id, actor=OWNER, at=START)
    return known


async def people(url: str) -> list[int]:
    async with open_books(url, VAULT) as books:
        return [row[0] for row in await books.read(rows, "SELECT id FROM customer ORDER BY id")]


def changed_at(path: Path) -> int:
    return path.stat().st_mtime_ns


async def off_loop(*words: str) -> int:
    """As a command is run: where no event loop is."""
    return await asyncio.to_thread(main, ["scrub", *words])


async def test_the_command_wipes_and_says_so(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = await story(database_url)

    assert await off_loop() == 0

    assert capsys.readouterr().out == "scrubbed\n"
    if database_url.startswith("sqlite"):
        assert found_in(sqlite_files(database_url), known) == set()


async def test_the_list_holds_numbers_and_times_alone(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = await story(database_url)

    assert await off_loop("--list") == 0

    shop = f"shop:{known.shop_id}"
    assert capsys.readouterr().out.splitlines() == [
        f"2026-11-25T01:00:00+00:00 erase_customer customer:{one} {shop}" for one in known.people
    ]


@on_sqlite
async def test_after_a_restore_the_listed_people_are_deleted_again(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, backup, kept = make_url(database_url).database or "", tmp_path / "old", tmp_path / "list"
    known = await story(database_url, backup)
    assert await off_loop("--list") == 0
    kept.write_text(capsys.readouterr().out)
    shutil.copyfile(backup, path)
    assert set(known.people) <= set(await people(database_url))

    assert await off_loop("--again", str(kept)) == 0
    assert capsys.readouterr().out == "deleted again: 2\nscrubbed\n"

    assert not set(known.people) & set(await people(database_url))
    assert found_in(sqlite_files(database_url), known) == set()
    assert await off_loop("--again", str(kept)) == 0
    assert capsys.readouterr().out == "deleted again: 0\nscrubbed\n"


@pytest.mark.parametrize("words", ["customer:1", "x erase_customer customer:1 shop:1", "; DROP"])
@on_sqlite
async def test_another_file_deletes_nobody(
    database_url: str, tmp_path: Path, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await story(database_url)
    before = await people(database_url)
    listed = tmp_path / "list"
    listed.write_text(words)

    assert await off_loop("--again", str(listed)) == 2
    assert await off_loop("--again", str(tmp_path / "nowhere")) == 2

    assert capsys.readouterr().err.count("dangol: ") == 2
    assert await people(database_url) == before


@on_sqlite
async def test_by_night_it_is_done_only_after_deletions(
    books: Books, database_url: str, clock: Clock
) -> None:
    known = await know_everything(books)
    path = Path(make_url(database_url).database or "")
    await scrub_if_needed(books, database_url, clock.now)
    assert found_in([*sqlite_files(database_url)], known) == set(known.traces)

    for customer_id in known.people:
        await books.write(erase_customer, customer_id, actor=OWNER, at=START)
    clock.advance(timedelta(days=4))
    before = changed_at(path)
    await scrub_if_needed(books, database_url, clock.now)
    assert changed_at(path) == before
    clock.at = START + timedelta(hours=17)
    await scrub_if_needed(books, database_url, clock.now)

    assert found_in(sqlite_files(database_url), known) == set()
