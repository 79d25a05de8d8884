"""Driver errors, translated once at the database's door."""

import sqlite3

import psycopg
from psycopg import errors as pg


class ConstraintBroken(Exception):
    """A row would break a named rule of the database; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Busy(Exception):
    """The database asks to try the whole transaction again (deadlock, serialization)."""


def is_passing(error: Exception) -> bool:
    """Whether the database alone is to blame, as it may at any time: the same may go well later."""
    return isinstance(translated(error), (Busy, psycopg.OperationalError))


def translated(error: Exception) -> Exception:
    """Our own exception for a driver's, or the same one back."""
    match error:
        case pg.DeadlockDetected() | pg.SerializationFailure() | pg.LockNotAvailable():
            return Busy(str(error))
        case psycopg.IntegrityError():
            return ConstraintBroken(error.diag.constraint_name or str(error))
        case psycopg.DataError():
            return ConstraintBroken(str(error).splitlines()[0])
        case sqlite3.IntegrityError():
            return ConstraintBroken(str(error).removeprefix("CHECK constraint failed: "))
        case sqlite3.OperationalError() if "locked" in str(error):
            return Busy(str(error))
        case _:
            return error
