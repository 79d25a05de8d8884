"""Column types that mean the same on SQLite and PostgreSQL."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Enum, Integer
from sqlmodel import Field
from sqlmodel.sql.sqltypes import UTCDateTime

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both; SQLite counts up by itself only for INTEGER PRIMARY KEY."""


INSTANT = UTCDateTime()
"""What SQLModel makes of a `datetime`: aware in, UTC out; for parameters without a column."""


NEVER_AGAIN = {"sqlite_autoincrement": True}
"""For tables whose ids outlive their rows (messages, redemptions, the audit log): SQLite would
give the last id, once deleted, to the next row; PostgreSQL never does.
"""


def choice(kind: type[StrEnum]) -> Enum:
    """Text plus a CHECK of the values: readable, and easier to migrate than a native enum."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def primary() -> Any:
    return Field(default=None, primary_key=True, sa_type=BigId)


def ref(column: str, *, ondelete: str = "RESTRICT", index: bool = False) -> Any:
    """A foreign key that says what happens when its target goes."""
    return Field(foreign_key=column, ondelete=ondelete, sa_type=BigId, index=index)  # type: ignore[call-overload]  # SQLModel's overloads know no sa_type beside a foreign key


def maybe_ref(column: str, *, ondelete: str | None = None, index: bool = False) -> Any:
    return Field(
        default=None,
        foreign_key=column,
        ondelete=ondelete,
        sa_type=BigId,
        nullable=True,
        index=index,
    )  # type: ignore[call-overload]  # as above


def jeon() -> Any:
    return Field(sa_type=BigInteger)
