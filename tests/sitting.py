"""One connection and one piece of work at a time, without an event loop: for state machines."""

from collections.abc import Callable
from typing import Any, TypeVar

from storage.desk import Tx
from storage.drivers import dialect_of, open_link
from storage.vault import KEY_BYTES, Vault

T = TypeVar("T")


class Sitting:
    def __init__(self, url: str) -> None:
        self._link = open_link(url)
        self._tx = Tx(self._link, dialect_of(url), Vault(bytes(KEY_BYTES)))

    def write(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        self._link.begin()
        try:
            result = work(self._tx, *args, **kwargs)
        except BaseException:
            self._link.rollback()
            raise
        self._link.commit()
        return result

    def close(self) -> None:
        self._link.close()
