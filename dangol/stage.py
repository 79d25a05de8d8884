"""The demo's stage: a fresh database, a clock at ten in the morning, and the pretend world."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from domain.time import in_kst, kst_instant, system_now

HOST = "127.0.0.1"
OWNER = "owner"
"""The first shop's owner, as a person with a phone."""
OPENING = clock_time(10)
SATURDAY = 5


class DemoClock:
    """Starts on a weekday at 10:00 KST and runs on from there; may be pushed forward."""

    def __init__(self) -> None:
        day = in_kst(system_now()).date()
        if day.weekday() >= SATURDAY:
            day += timedelta(days=7 - day.weekday())
        self._start = kst_instant(day, OPENING)
        self._started = time.monotonic()

    @property
    def start(self) -> datetime:
        return self._start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._started)

    def push_to(self, at: datetime) -> None:
        """Over days that nobody wants to sit out; `start` stays what it was."""
        self._started -= max(0.0, (at - self.now()).total_seconds())


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def fresh_database(url: str | None, folder: Path) -> Iterator[str]:
    """A SQLite file made anew, or a schema of its own in the named PostgreSQL, dropped after."""
    if url is None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("street.db", "street.db-wal", "street.db-shm"):
            (folder / name).unlink(missing_ok=True)
        yield f"sqlite:///{folder / 'street.db'}"
        return
    schema = f"dangol_demo_{uuid4().hex[:12]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        scoped = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
        yield scoped.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()
