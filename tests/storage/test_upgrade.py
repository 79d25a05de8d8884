"""A database of before is brought to today's tables with everything that was in it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from storage.migrate import migrate, migrations
from tests.postgres import create_database, drop_database

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
TIMES = {"at": "2026-11-20 01:00:00", "before": "2026-11-10 01:00:00", "none": b""}


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
        assert members.all() == [(2, 2, True, False), (0, 0, True, False)]
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


def run(connection: Connection, sql: str) -> None:
    names = {name: value for name, value in TIMES.items() if f":{name}" in sql}
    connection.execute(text(sql), names)
