"""The commands of a real installation, from an empty database to an invitation."""

import base64
import json
from collections.abc import Sequence

import pytest

from dangol.cli import main
from dangol.commands import in_books
from domain.time import system_now
from storage.queries.places import find_channel_by_bot
from subsidy.channels import account_of
from subsidy.invitations import open_invitation

BOT_ID = "65f0000011112222333344aa"
PROGRAM = ("--name", "시범", "--from", "2026-11-01", "--to", "2027-03-31", "--budget-won", "1000")
CHANNEL = tuple(
    (
        f"--market=1 --name=빵집 --bot-id={BOT_ID} --public-id=_abc --search-id=@빵집"
        " --event-name=news --event-block=65f0bb --pf-id=KA01PF --service-number=02-345-6789 --opt-out-number=080-123-4567"
    ).split()
)


@pytest.fixture(autouse=True)
def installation(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGOL_DATABASE_URL", database_url)
    monkeypatch.setenv("DANGOL_DATA_KEY", base64.b64encode(bytes(32)).decode())
    monkeypatch.setenv("DANGOL_PUBLIC_URL", "https://shop.example")
    for name in ("HEADER_SECRET", "REST_API_KEY", "ADMIN_KEY"):
        monkeypatch.setenv(f"DANGOL_CHANNEL_{name}", f"hush-{name}")


PRICE = ("price", "add", "--list", "kakao_event", "--kind", "advertisement")


def opened() -> None:
    assert main(["program", *PROGRAM]) == 0
    assert main(["market", "--program", "시범", "--name", "망원", "--region", "마포"]) == 0


def test_a_program_a_market_a_channel_and_a_manager(capsys: pytest.CaptureFixture[str]) -> None:
    opened()
    assert main(["channel", "add", *CHANNEL]) == 0
    assert main(["invite", "manager", "--program", "시범", "--name", "박담당"]) == 0

    said = capsys.readouterr().out
    assert "다 갖춰졌어요." in said
    assert "https://shop.example/join/" in said
    assert "hush" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("auditor", "--program", "시범"), "auditor"),
        (("market-manager", "--market", "1"), "market_manager"),
    ],
)
def test_market_managers_and_auditors_are_invited(
    words: Sequence[str], said: str, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    opened()
    capsys.readouterr()

    assert main(["invite", *words, "--name", "새이"]) == 0

    link = capsys.readouterr().out.strip()
    assert link.startswith("https://shop.example/join/")
    found = in_books(lambda tx: open_invitation(tx, link.rsplit("/", 1)[1], system_now()))
    assert (found.role, found.program_id) == (said, 1)
    assert found.market_id == (1 if said == "market_manager" else None)


def test_a_price_is_added_once_and_listed_with_those_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    opened()
    capsys.readouterr()
    new = [*PRICE, "--net-won", "20.5", "--from", "2099-01-01"]
    assert main(["price", "list"]) == 0
    before = capsys.readouterr().out.splitlines()

    assert main(new) == 0
    assert main(new) == 0
    ids = capsys.readouterr().out.split()
    assert main(["price", "list"]) == 0
    after = capsys.readouterr().out.splitlines()

    assert ids[0] == ids[1]
    (added,) = set(after) - set(before)
    assert len(after) == len(before) + 1
    assert added == (
        f"{ids[0]}\tkakao_event\tadvertisement\t2099-01-01 00:00\t20.5원 + 10% = 22.55원"
    )


def test_what_a_channel_lacks_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DANGOL_CHANNEL_ADMIN_KEY")
    opened()

    assert main(["channel", "add", *CHANNEL]) == 1
    assert "어드민 키가 없어요" in capsys.readouterr().out


def test_a_header_secret_is_changed_while_the_old_one_stays_good(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened()
    main(["channel", "add", *CHANNEL])
    monkeypatch.setenv("DANGOL_CHANNEL_HEADER_SECRET", "hush-new")

    assert main(["channel", "rotate", "--bot-id", BOT_ID]) == 0
    assert main(["channel", "check", "--bot-id", BOT_ID]) == 0
    assert "hush" not in capsys.readouterr().out


def test_a_channel_gets_its_names_at_the_providers_one_by_one() -> None:
    opened()
    main(["channel", "add", *CHANNEL])
    key = "0123456789abcdefABCD" * 2

    assert main(["channel", "set", "--bot-id", BOT_ID, "--nhn-sender-key", key]) == 0
    assert main(["channel", "set", "--bot-id", BOT_ID, "--opt-out-number=0809876543"]) == 0

    channel = in_books(lambda tx: find_channel_by_bot(tx, BOT_ID))
    assert channel is not None
    account = account_of(channel)
    assert (account.pf_id, account.nhn_sender_key) == ("KA01PF", key)
    assert account.opt_out_number == "0809876543"
    assert key not in repr(account)


def test_blocks_are_told_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    opened()
    main(["channel", "add", *CHANNEL])
    blocks = ["channel", "blocks", "--bot-id", BOT_ID]
    assert main([*blocks, "--set", "my_stamps=65f0a1", "--set", "stop=65f0a2"]) == 0
    capsys.readouterr()

    assert main([*blocks, "--set", "welcome=65f0a1", "--drop", "65f0a2"]) == 0
    assert capsys.readouterr().out == "welcome = 65f0a1\n"
    assert main(["channel", "check", "--bot-id", BOT_ID]) == 0
    assert capsys.readouterr().out == "welcome = 65f0a1\n다 갖춰졌어요.\n"


@pytest.mark.parametrize("change", ["ads_yes=65f0a1", "=65f0a1", "my_stamps=", "my_stamps=65f0bb"])
def test_a_block_that_may_not_do_that_is_refused(
    change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """L42: an answer is nothing without its question; the event's block is the event's."""
    opened()
    main(["channel", "add", *CHANNEL])
    capsys.readouterr()

    assert main(["channel", "blocks", "--bot-id", BOT_ID, "--set", change]) == 2
    assert capsys.readouterr().err.startswith("dangol: ")


def test_every_promise_holds_in_what_the_commands_made(capsys: pytest.CaptureFixture[str]) -> None:
    opened()
    capsys.readouterr()

    assert main(["audit", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["invariants"]
    assert len(found) == 12
    assert not any(found.values())


@pytest.mark.parametrize(
    "words",
    [
        ("program", *PROGRAM),
        ("market", "--program", "없는 사업", "--name", "망원", "--region", "마포"),
        ("invite", "owner", "--shop", "nowhere", "--name", "김사장"),
        ("invite", "owner", "--program", "시범", "--name", "김사장"),
        ("invite", "auditor", "--program", "없는 사업", "--name", "최감사"),
        ("invite", "auditor", "--shop", "nowhere", "--name", "최감사"),
        ("invite", "market-manager", "--program", "시범", "--name", "박시장"),
        ("invite", "market-manager", "--market", "99", "--name", "박시장"),
        (*PRICE, "--net-won", "15.05", "--from", "2099-01-01"),
        (*PRICE, "--net-won", "많이", "--from", "2099-01-01"),
        (*PRICE, "--net-won", "20", "--from", "2020-01-01"),
        (*PRICE, "--net-won", "20", "--from", "2099-01-01", "--targeted"),
        ("channel", "check", "--bot-id", "0000"),
        ("channel", "add", *CHANNEL[:-1], "--service-number=전화 주세요"),
        ("channel", "add", *CHANNEL[:-1], "--service-number="),
        ("channel", "add", *CHANNEL, "--nhn-sender-key=short"),
        ("channel", "set", "--bot-id=unknown", f"--nhn-sender-key={'a' * 40}"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    opened()
    capsys.readouterr()

    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("dangol: ")
    assert said.count("\n") == 1


def test_an_unmigrated_database_is_not_touched(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("empty") / "none.db"
    monkeypatch.setenv("DANGOL_DATABASE_URL", f"sqlite:///{path}")

    assert main(["audit"]) == 2
    assert "dangol migrate" in capsys.readouterr().err
    assert not path.exists()
