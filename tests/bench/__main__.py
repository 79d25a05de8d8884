"""make bench: one JSON object a line."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storage.migrate import migrate
from tests.bench import (
    conversations,
    ledger,
    million,
    pipeline,
    planning,
    rush,
    segments,
    stamps,
    statements,
    turns,
    understanding,
)
from tests.postgres import create_database, running_postgres


def lines(folder: Path, postgres: str) -> Iterator[dict[str, Any]]:
    yield from understanding.measure()
    yield from turns.measure(_fresh(folder, postgres, "turns"))
    yield from conversations.measure(_fresh(folder, postgres, "talks"))
    yield from stamps.measure(lambda name: _fresh(folder, postgres, name))
    yield from pipeline.measure(lambda name: _fresh(folder, postgres, name))
    yield from million.measure(lambda name: _fresh(folder, postgres, name))
    yield from rush.measure(lambda name: _fresh(folder, postgres, name))
    yield from planning.measure(lambda name: _fresh(folder, postgres, name))
    yield from ledger.measure(lambda name: _fresh(folder, postgres, name))
    yield from segments.measure(lambda name: _fresh(folder, postgres, name))
    yield from statements.measure(lambda name: _fresh(folder, postgres, name))


def _fresh(folder: Path, postgres: str, name: str) -> dict[str, str]:
    """Migrated databases that nobody has used."""
    databases = {
        "sqlite": f"sqlite:///{folder / name}.db",
        "postgresql": create_database(postgres, f"bench_{name}"),
    }
    for url in databases.values():
        migrate(url)
    return databases


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_postgres(is_durable=True) as postgres:
        for line in lines(Path(folder), postgres):
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
