"""Core statements, compiled once to SQL text and run on the driver's own cursor.

Measured in `make bench`: compiling or awaiting per statement costs more than the database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Executable,
    Float,
    FromClause,
    Insert,
    Select,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    make_url,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

Convert = Callable[[Any], Any]
Build = Callable[[str], Executable]

DIALECTS: Mapping[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": make_url("postgresql+psycopg://").get_dialect()(),
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """SQL text for one dialect and how values go in and come out."""

    sql: str
    constants: Mapping[str, Any]
    into: tuple[tuple[str, Convert], ...]
    out: tuple[tuple[int, Convert], ...]

    def values(self, params: dict[str, Any]) -> dict[str, Any]:
        for name, convert in self.into:
            if name in params:
                params[name] = convert(params[name])
        return {**self.constants, **params} if self.constants else params

    def row(self, raw: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.out:
            return raw
        values = list(raw)
        for index, convert in self.out:
            if values[index] is not None:
                values[index] = convert(values[index])
        return tuple(values)


class Statement:
    """One statement for both databases; `build` takes the dialect's name where they differ."""

    def __init__(self, build: Executable | Build) -> None:
        self._build = build
        self._prepared: dict[str, Prepared] = {}

    def on(self, dialect: str) -> Prepared:
        prepared = self._prepared.get(dialect)
        if prepared is None:
            prepared = self._prepared[dialect] = self._prepare(dialect)
        return prepared

    def _prepare(self, name: str) -> Prepared:
        built = self._build if isinstance(self._build, Executable) else self._build(name)
        assert isinstance(built, ClauseElement)
        dialect = DIALECTS[name]
        compiled = _inlined(built).compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        # One name may stand in several places of a statement; its value is converted once.
        converters = {
            key: convert
            for bind, key in compiled.bind_names.items()
            if (convert := _into(bind.type, dialect))
        }
        constants = {
            key: converters[key](value) if key in converters else _plain(value)
            for key, value in compiled.params.items()
            if not (key in compiled.binds and compiled.binds[key].required)
        }
        out = tuple(
            (index, convert)
            for index, kind in enumerate(_result_types(built))
            if (convert := _out_of(kind, dialect))
        )
        return Prepared(compiled.string, constants, tuple(converters.items()), out)


def _inlined(built: ClauseElement) -> ClauseElement:
    """With the words of our enums as literals, so that a partial index serves from the start.

    For a bound word SQLite plans anew at each run, and PostgreSQL cannot use the index at all.
    """

    def literal(element: ExternallyTraversible, **_: Any) -> ExternallyTraversible | None:
        if not isinstance(element, BindParameter) or not isinstance(element.value, StrEnum):
            return None
        return literal_column(f"'{element.value}'", element.type)

    inlined = replacement_traverse(built, {}, literal)
    assert isinstance(inlined, ClauseElement)
    return inlined


def _into(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if dialect.name == "sqlite" and isinstance(kind, UTCDateTime):
        return _instant_as_text
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out_of(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if dialect.name == "sqlite" and isinstance(kind, UTCDateTime):
        return _instant_from_text
    if isinstance(kind, Float):  # both drivers give floats; psycopg's processor asks its cursor
        return None
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _instant_as_text(at: datetime | None) -> str | None:
    """The same text that SQLAlchemy writes, without its layers (docs/decisions/0010)."""
    if at is None:
        return None
    assert at.tzinfo is not None, "instants are aware"
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _instant_from_text(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _plain(value: object) -> object:
    """psycopg writes an enum's name; we mean its value."""
    return value.value if isinstance(value, Enum) else value


def _result_types(built: ClauseElement) -> list[TypeEngine[Any]]:
    columns = getattr(built, "exported_columns", None)
    return [] if columns is None else [column.type for column in columns]


def json_rows(dialect: str, name: str, **columns: TypeEngine[Any]) -> FromClause:
    """A bound JSON array of objects as rows, so that a set is one statement.

    `executemany` hands the interpreter's lock back and forth per row (limits.md 2).
    Numbers and text only: instants go in as parameters of their own.
    """
    rows: BindParameter[Any] = bindparam(name)
    if dialect == "postgresql":
        listed = func.jsonb_to_recordset(text(f"CAST(:{name} AS jsonb)").bindparams(rows))
        fields = [column(key, kind) for key, kind in columns.items()]
        return listed.table_valued(*fields, name=name).render_derived(name=name, with_types=True)
    each = func.json_each(rows).table_valued(column("value"), name=f"{name}_each")
    picked = [
        func.json_extract(each.c.value, f"$.{key}", type_=kind).label(key)
        for key, kind in columns.items()
    ]
    return select(*picked).subquery(name)


def one_of(column: Any, *values: object) -> ColumnElement[bool]:
    """`IN` for constants, which is compiled once: SQLAlchemy's own is expanded per call."""
    return or_(*(column == value for value in values))


def total(amounts: Any) -> ColumnElement[int]:
    """A sum as an integer, 0 of nothing: PostgreSQL would answer with a decimal."""
    return cast(func.coalesce(func.sum(amounts), 0), BigInteger)


def inserting(table: type[SQLModel], *columns: str) -> Insert:
    """A plain insert whose values are parameters named like the columns."""
    return insert(table).values({name: bindparam(name) for name in columns})


def insert_once(dialect: str, table: type[SQLModel], **values: object) -> Executable:
    """Inserts unless a unique rule says it is there; the touched rows tell which."""
    return _insert(dialect, table).values(values).on_conflict_do_nothing()


Fresh = ReadOnlyColumnCollection[str, ColumnElement[Any]]
"""The row that an upsert wanted to insert."""


def upsert(
    dialect: str,
    table: type[SQLModel],
    key: Sequence[str],
    values: Mapping[str, object],
    changed: Callable[[Fresh], Mapping[str, Any]],
    where: ColumnElement[bool] | None = None,
) -> postgresql.Insert | sqlite.Insert:
    """Inserts, or changes the row with the same key as `changed` says, if `where` holds for it."""
    statement = _insert(dialect, table).values(values)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_=changed(statement.excluded), where=where
    )


def upsert_rows(
    dialect: str,
    table: type[SQLModel],
    key: Sequence[str],
    source: Select[*tuple[Any, ...]],
    changed: Callable[[Fresh], Mapping[str, Any]],
    where: ColumnElement[bool] | None = None,
) -> postgresql.Insert | sqlite.Insert:
    """`upsert` for a set of rows, whose columns are named like the table's.

    `source` must have a WHERE, or SQLite misreads it.
    """
    names = source.selected_columns.keys()
    statement = _insert(dialect, table).from_select(names, source, include_defaults=False)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_=changed(statement.excluded), where=where
    )


def insert_rows_once(
    dialect: str, table: type[SQLModel], source: Select[*tuple[Any, ...]], names: Sequence[str]
) -> Executable:
    """`insert_once` for a set of rows; `source` must have a WHERE, or SQLite misreads it."""
    statement = _insert(dialect, table).from_select(list(names), source, include_defaults=False)
    return statement.on_conflict_do_nothing()


def _insert(dialect: str, table: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
