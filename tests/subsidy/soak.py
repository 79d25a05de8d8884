"""Two hundred kills on each database: `python -m tests.subsidy.soak`; prints its seed."""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from storage.migrate import migrate
from tests.postgres import create_database, running_postgres
from tests.subsidy.killing import survive

KILLS = 200


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, running_postgres() as server:
        urls = {
            "sqlite": f"sqlite:///{Path(folder) / 'killed.db'}",
            "postgresql": create_database(server, "killed"),
        }
        for url in urls.values():
            migrate(url)
        yield urls


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    given = parser.parse_args()
    broken = 0
    with databases() as urls:
        for name, url in urls.items():
            found = survive(url, given.kills, given.seed, processes=1 + (name == "postgresql"))
            broken += bool(found.broken or found.open_chunks)
            line = {"killed": name, "seed": given.seed, **asdict(found)}
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
