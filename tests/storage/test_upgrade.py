"""A database of before is brought to today's tables with everything that was in it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, bindparam, create_engine, text
from sqlalchemy.exc import DBAPIError

from campaigns.invariants import CHECKS
from domain.money import Jeon
from domain.people import ChunkId, GrantId, ProgramId
from domain.statutory import confirm_deadlines, result_deadlines
from domain.subsidy import AccountKind
from storage.columns import INSTANT
from storage.migrate import migrate, migrations
from storage.queries.grants import find_grant
from storage.queries.ledger import get_program_account
from storage.queries.programs import list_terms
from subsidy.ending import lapse_grants
from subsidy.holding import Charge, settle_money
from tests.postgres import create_database, drop_database
from tests.sitting import Sitting

BEFORE = """
INSERT INTO program VALUES (1, 'p', '2026-01-01', '2026-12-31', :at);
INSERT INTO market VALUES (1, 1, 'm', 'r');
INSERT INTO channel (id, market_id, name, bot_id, public_id, search_id, event_name,
    event_block_id, secrets, created_at)
    VALUES (1, 1, 'c', 'b', 'p', 's', 'e', 'b', :none, :at);
INSERT INTO shop (id, market_id, channel_id, slug, name, trade, created_at)
    VALUES (1, 1, 1, 's', 'n', 't', :at);
INSERT INTO shop (id, market_id, channel_id, slug, name, trade, created_at)
    VALUES (2, 1, 1, 's2', 'n', 't', :at);
INSERT INTO customer
    (id, channel_id, bot_user_key, name, friend, friend_at, created_at, last_seen_at)
    VALUES (1, 1, 'k', '김철수', 'added', :at, :at, :at);
INSERT INTO membership (shop_id, customer_id, joined_at, visits, last_visit_at)
    VALUES (1, 1, :at, 2, :at);
INSERT INTO membership (shop_id, customer_id, joined_at, visits) VALUES (2, 1, :at, 0);
INSERT INTO visit (shop_id, customer_id, visited_at) VALUES (1, 1, :before);
INSERT INTO visit (shop_id, customer_id, visited_at) VALUES (1, 1, :at)
"""
CHOICE = """
INSERT INTO consent_choice
    (shop_id, customer_id, purpose, choice, text_version, pressed, chosen_at, counts_from)
    VALUES (:shop, 1, :purpose, :choice, 'v', 'typed', :at, :at)
"""
CHOICES = (
    (1, "phone", "withdrawn"),
    (1, "phone", "granted"),
    (1, "advertising", "withdrawn"),
    (2, "phone", "granted"),
    (2, "phone", "withdrawn"),
    (2, "advertising", "granted"),
)
NEWCOMER = """
INSERT INTO customer
    (channel_id, bot_user_key, friend, friend_at, created_at, last_seen_at{more})
    VALUES (1, :key, 'added', :at, :at, :at{values})
"""
SHOP_OF_0003 = """
INSERT INTO shop (id, market_id, channel_id, slug, name, trade, created_at, reply_hours, idea_hour,
    is_idea_sent) VALUES (1, 1, 1, 's', 'n', 't', :at, 24, 10, false)
"""
AGREED = text(
    "INSERT INTO membership (shop_id, customer_id, joined_at, advertising_since, visits,"
    " visit_days, is_told, has_news) VALUES (1, :person, :since, :since, 0, 0, true, false)"
).bindparams(bindparam("since", type_=INSTANT))
UNTOLD = text(
    "INSERT INTO consent_choice (shop_id, customer_id, purpose, choice, text_version, pressed,"
    " chosen_at, counts_from) VALUES (1, :person, 'advertising', 'withdrawn', 'v', 'list', :since,"
    " :since)"
).bindparams(bindparam("since", type_=INSTANT))
OWED = text(
    "SELECT kind, about, chosen_at, number, say_from, act_at, due_at FROM statutory_notice"
    " ORDER BY kind, customer_id"
).columns(chosen_at=INSTANT, say_from=INSTANT, act_at=INSTANT, due_at=INSTANT)
TIMES = {
    "at": "2026-11-20 01:00:00",
    "before": "2026-11-10 01:00:00",
    "later": "2026-12-20 01:00:00",
    "none": b"",
}

CONSENTS = (
    datetime(2026, 11, 23, 1, 0, tzinfo=UTC),
    datetime(2024, 2, 29, 3, 0, tzinfo=UTC),
    datetime(2024, 2, 28, 15, 0, tzinfo=UTC),
    datetime(2025, 12, 31, 14, 59, 59, tzinfo=UTC),
)


@pytest.fixture
def empty_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that nobody has migrated."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    server, name = request.getfixturevalue("postgres_url"), f"dangol_old_{uuid4().hex[:8]}"
    yield create_database(server, name)
    drop_database(server, name)


def test_visits_of_before_are_kept_as_claimed(empty_url: str) -> None:
    """And a name and the leave to use a number go to each shop of the person."""
    command.upgrade(migrations(empty_url), "0001")
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        for sql in BEFORE.split(";"):
            run(connection, sql)
        for shop, purpose, choice in CHOICES:
            said = {"shop": shop, "purpose": purpose, "choice": choice, "at": TIMES["at"]}
            connection.execute(text(CHOICE), said)

    migrate(empty_url)

    with engine.connect() as connection:
        visits = connection.execute(
            text("SELECT way, stamps, items, actor, canceled_at FROM visit")
        )
        keys = connection.execute(text("SELECT count(DISTINCT key) FROM visit"))
        members = connection.execute(
            text("SELECT visits, visit_days, is_told, has_news FROM membership ORDER BY shop_id")
        )
        people = connection.execute(
            text("SELECT name, phone_granted_at IS NOT NULL FROM membership ORDER BY shop_id")
        )
        assert visits.all() == [("phone", 0, 1, "before", None)] * 2
        assert keys.all() == [(2,)]
        # A choice about advertising of which nobody was told is to be said (L13).
        assert members.all() == [(2, 2, True, True), (0, 0, True, True)]
        assert people.all() == [("김철수", True), ("김철수", False)]
    engine.dispose()


@pytest.mark.parametrize("gone", [["second"], ["first", "second"]])
def test_a_deleted_persons_number_is_never_given_again(empty_url: str, gone: list[str]) -> None:
    """Neither by the upgrade's new tables: what is kept about numbers stays about nobody."""
    command.upgrade(migrations(empty_url), "0002")
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        for sql in BEFORE.split(";")[:3]:
            run(connection, sql)
        newcomer = NEWCOMER.format(more="", values="")
        for key in ("first", "second"):
            connection.execute(text(newcomer), {"key": key, "at": TIMES["at"]})
        for key in gone:
            connection.execute(text("DELETE FROM customer WHERE bot_user_key = :key"), {"key": key})

    migrate(empty_url)

    newcomer = NEWCOMER.format(more=", is_staff", values=", false")
    with engine.begin() as connection:
        connection.execute(text(newcomer), {"key": "third", "at": TIMES["at"]})
        found = connection.execute(text("SELECT id FROM customer WHERE bot_user_key = 'third'"))
        assert found.all() == [(3,)]
    engine.dispose()


MONEY = """
INSERT INTO account (id, kind, program_id, is_limited,
    debits_pending, debits_posted, credits_pending, credits_posted)
    VALUES (1, 'funder', 1, false, 0, 9000, 0, 0), (2, 'program', 1, true, 0, 6000, 0, 9000),
        (3, 'spent', 1, false, 0, 0, 1700, 3300), (4, 'lapsed', 1, false, 0, 0, 0, 0),
        (5, 'operating', 1, false, 0, 0, 0, 500);
INSERT INTO account (id, kind, program_id, shop_id, is_limited,
    debits_pending, debits_posted, credits_pending, credits_posted)
    VALUES (6, 'grant', 1, 1, true, 1700, 3300, 0, 5500);
INSERT INTO "grant" (id, program_id, shop_id, account_id, amount_jeon, pays, granted_at, start_by,
    started_at, expires_at)
    VALUES (1, 1, 1, 6, 5500, 'kakao_event:advertisement', :at, :later, :at, :later);
INSERT INTO campaign (id, shop_id, form_key, sender, bubble, body, state, due_at, not_later_than,
    created_at, kind)
    VALUES (1, 1, 'f', 'kakao_event', 'list', 'b', 'running', :at, :later, :at, 'advertisement');
INSERT INTO run (id, shop_id, campaign_id, price_id, unit_jeon, contact, recipients, charged,
    planned_at) VALUES (1, 1, 1, 1, 1650, '02', 4, 2, :at);
INSERT INTO chunk (id, shop_id, run_id, number, sender, size, state, act_at, tries, send_key,
    settled_at) VALUES (1, 1, 1, 0, 'kakao_event', 3, 'settled', :at, 1, 'a', :at);
INSERT INTO chunk (id, shop_id, run_id, number, sender, size, state, act_at, tries, send_key)
    VALUES (2, 1, 1, 1, 'kakao_event', 1, 'accepted', :at, 1, 'b');
INSERT INTO message (id, shop_id, run_id, chunk_id, customer_id, state, is_charged)
    VALUES (1, 1, 1, 1, 1, 'delivered', true), (2, 1, 1, 1, 2, 'delivered', true),
        (3, 1, 1, 1, 3, 'failed', false), (4, 1, 1, 2, 4, 'waiting', false);
INSERT INTO transfer (id, key, code, phase, debit_account_id, credit_account_id, amount_jeon,
    hold_id, run_id, chunk_id, debit_before_jeon, debit_after_jeon, credit_before_jeon,
    credit_after_jeon, happened_at, recorded_at)
    VALUES (1, 'fund', 'fund', 'single', 1, 2, 9000, NULL, NULL, NULL, 0, -9000, 0, 9000, :at, :at),
        (2, 'op', 'fund', 'single', 2, 5, 500, NULL, NULL, NULL, 9000, 8500, 0, 500, :at, :at),
        (3, 'give', 'grant', 'single', 2, 6, 5500, NULL, NULL, NULL, 8500, 3000, 0, 5500, :at, :at),
        (4, 'h1', 'message', 'hold', 6, 3, 5000, NULL, 1, 1, 5500, 500, 0, 0, :at, :at),
        (5, 'p1', 'message', 'post', 6, 3, 3300, 4, 1, 1, 500, 500, 0, 3300, :at, :at),
        (6, 'v1', 'message', 'void', 6, 3, 1700, 4, 1, 1, 500, 2200, 3300, 3300, :at, :at),
        (7, 'h2', 'message', 'hold', 6, 3, 1700, NULL, 1, 2, 2200, 500, 3300, 3300, :at, :at)
"""
LATER = datetime(2026, 12, 20, 1, tzinfo=UTC)


def test_money_of_before_is_where_it_was_and_goes_on(empty_url: str) -> None:
    """A grant, a hold that is still open and what was paid are read by today's rules."""
    _open_with_money(empty_url)

    migrate(empty_url)

    with closing(Sitting(empty_url)) as sitting:
        _look_and_settle(sitting)


def _look_and_settle(sitting: Sitting) -> None:
    assert [
        line for name in ("I1", "I2", "I3", "I10") for line in sitting.write(CHECKS[name])
    ] == []
    grant = sitting.write(find_grant, GrantId(1))
    assert grant is not None
    assert (grant.vat_rule, grant.returned_until, grant.lapsed_at) == ("with_vat", LATER, None)
    assert (grant.market_id, grant.parent_id, grant.left_jeon) == (None, None, 500)
    (terms,) = sitting.write(list_terms, ProgramId(1))
    assert (terms.terms_id, terms.vat_rule, terms.returned_days) == (grant.terms_id, "with_vat", 0)
    for kind in (AccountKind.OWN_SPENT, AccountKind.OPERATING):
        assert sitting.write(get_program_account, ProgramId(1), kind)
    sitting.write(settle_money, [Charge(ChunkId(2), Jeon(1_700), has_left=True)], LATER)
    sitting.write(lapse_grants, LATER)
    settled = sitting.write(find_grant, GrantId(1))
    assert settled is not None
    assert (settled.spent_jeon, settled.lapsed_jeon, settled.left_jeon) == (5_000, 500, 0)


def test_prices_and_entries_of_before_say_what_today_asks_of_them(empty_url: str) -> None:
    _open_with_money(empty_url)
    kept = "SELECT id, key, amount_jeon, debit_after_jeon, credit_after_jeon FROM transfer"
    with _connected(empty_url) as connection:
        before = connection.execute(text(f"{kept} ORDER BY id")).all()

    migrate(empty_url)

    with _connected(empty_url) as connection:
        assert connection.execute(text(f"{kept} ORDER BY id")).all() == before
        whose = connection.execute(text("SELECT shop_id FROM transfer ORDER BY id"))
        assert [row[0] for row in whose] == [None, None, 1, 1, 1, 1, 1]
        prices = connection.execute(
            text("""
            SELECT tariff, kind, is_targeted, net_jeon, rounds_to_jeon FROM price ORDER BY id""")
        )
        assert [(row[0], row[1], bool(row[2]), *row[3:]) for row in prices] == [
            ("kakao_event", "advertisement", False, 1_500, 100),
            ("solapi", "advertisement", False, 2_500, 100),
            ("kakao_event", "information", False, 1_500, 100),
            ("channel_message", "advertisement", False, 1_500, 100),
            ("channel_message", "advertisement", True, 2_000, 100),
            ("solapi_lms", "advertisement", False, 3_900, 100),
            ("nhn", "advertisement", False, 2_500, 100),
            ("solapi_alimtalk", "information", False, 1_000, 100),
            ("nhn_alimtalk", "information", False, 1_000, 100),
        ]
        counts = connection.execute(text("SELECT delivered, failed FROM chunk ORDER BY id"))
        assert counts.all() == [(2, 1), (0, 0)]
        rest = connection.execute(
            text("""
            SELECT price_id, rounds_to_jeon, own_max_jeon, fair_order
            FROM run JOIN campaign ON campaign.id = run.campaign_id""")
        )
        assert rest.all() == [(1, 100, 0, None)]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE transfer SET shop_id = NULL", "never changed"),
        ("DELETE FROM transfer WHERE id = 7", "never changed"),
        ("UPDATE account SET debits_posted = 501 WHERE kind = 'operating'", "not_overdrawn"),
        ('UPDATE "grant" SET market_id = 1', "one_owner"),
        ('UPDATE "grant" SET shop_cap_jeon = 1', "cap_of_pot"),
    ],
)
def test_the_upgraded_database_itself_refuses(empty_url: str, sql: str, words: str) -> None:
    """As a new one does."""
    _open_with_money(empty_url)
    migrate(empty_url)

    with pytest.raises(DBAPIError, match=words), _connected(empty_url) as connection:
        connection.execute(text(sql))


def _open_with_money(url: str) -> None:
    command.upgrade(migrations(url), "0003")
    with _connected(url) as connection:
        for sql in [*BEFORE.split(";")[:3], SHOP_OF_0003, *MONEY.split(";")]:
            run(connection, sql)
        if connection.dialect.name == "postgresql":
            for table in ("account", "transfer"):
                last = f"pg_get_serial_sequence('{table}', 'id')"
                connection.execute(text(f"SELECT setval({last}, 7)"))


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def run(connection: Connection, sql: str) -> None:
    names = {name: value for name, value in TIMES.items() if f":{name}" in sql}
    connection.execute(text(sql), names)


def test_what_the_law_wants_said_is_owed_as_the_rule_reckons(empty_url: str) -> None:
    """L13, L14: also about what was chosen before there was a table for it."""
    command.upgrade(migrations(empty_url), "0003")
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        for sql in (*BEFORE.split(";")[:3], SHOP_OF_0003):
            run(connection, sql)
        newcomer = NEWCOMER.format(more=", is_staff", values=", false")
        for number, since in enumerate(CONSENTS, 1):
            connection.execute(text(newcomer), {"key": str(number), "at": TIMES["at"]})
            connection.execute(AGREED, {"person": number, "since": since})
            connection.execute(UNTOLD, {"person": number, "since": since})

    migrate(empty_url)

    with engine.connect() as connection:
        found = connection.execute(OWED).all()
    expected = [
        *(("confirm", "granted", since, 1, *confirm_deadlines(since, 1)) for since in CONSENTS),
        *(("result", "withdrawn", since, 0, *result_deadlines(since)) for since in CONSENTS),
    ]
    assert [tuple(row) for row in found] == expected
    engine.dispose()
