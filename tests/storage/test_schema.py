"""The schema that migrations make is the schema of the models, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect

from storage.books import Books
from storage.errors import ConstraintBroken
from storage.migrate import migrate
from storage.models import metadata
from tests.factories import change, make_street, rows


def differences(url: str) -> list[object]:
    engine = create_engine(url)
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        found = list(compare_metadata(context, metadata))
    engine.dispose()
    return found


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """PgQueuer's tables are its own business (docs/decisions/0026)."""
    return kind != "table" or name is None or not name.startswith("pgqueuer")


def test_the_migrated_schema_is_that_of_the_models(database_url: str) -> None:
    assert differences(database_url) == []


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)

    assert differences(database_url) == []


def test_every_check_of_the_models_is_in_the_database(database_url: str) -> None:
    """compare_metadata does not look at checks; SQLite keeps their words, PostgreSQL its own."""
    engine = create_engine(database_url)
    seen = inspect(engine)
    found = {
        str(check["name"]): plain(str(check["sqltext"]))
        for name in metadata.tables
        for check in seen.get_check_constraints(name)
    }
    is_sqlite = engine.dialect.name == "sqlite"
    engine.dispose()
    wanted = {
        str(constraint.name): plain(str(constraint.sqltext))
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert set(wanted) <= set(found)
    own = {name: text for name, text in wanted.items() if "POSTCOMPILE" not in text}
    assert len(own) >= 5
    assert not is_sqlite or {name: found[name] for name in own} == own


def plain(words: str) -> str:
    return " ".join(words.split())


@pytest.mark.parametrize("sql", ["UPDATE transfer SET amount_jeon = 1", "DELETE FROM transfer"])
async def test_a_transfer_is_never_changed_or_deleted(books: Books, sql: str) -> None:
    await books.write(make_street)
    before = await books.read(rows, "SELECT * FROM transfer ORDER BY id")

    with pytest.raises(Exception, match="never changed"):
        await books.write(change, sql)

    assert await books.read(rows, "SELECT * FROM transfer ORDER BY id") == before


async def test_a_choice_that_is_not_on_the_list_is_refused(books: Books) -> None:
    await books.write(make_street)

    with pytest.raises(ConstraintBroken, match="friend"):
        await books.write(change, "UPDATE customer SET friend = 'lover'")


async def test_a_row_that_points_nowhere_is_refused(books: Books) -> None:
    await books.write(make_street)

    with pytest.raises(ConstraintBroken):
        await books.write(change, "UPDATE shop SET market_id = 999")


async def test_deleting_a_person_takes_their_choices_and_leaves_the_money(books: Books) -> None:
    """L45: the ledger and the audit log carry surrogate ids only."""
    street = await books.write(make_street, people=1)
    transfers = await books.read(rows, "SELECT count(*) FROM transfer")

    await books.write(change, "DELETE FROM customer WHERE id = :id", id=street.customers[0])

    assert await books.read(rows, "SELECT count(*) FROM consent_choice") == [(0,)]
    assert await books.read(rows, "SELECT count(*) FROM membership") == [(0,)]
    assert await books.read(rows, "SELECT count(*) FROM transfer") == transfers


def test_a_database_is_made_with_the_folder_it_lives_in(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "books.db"

    migrate(f"sqlite:///{path}")

    assert path.exists()
