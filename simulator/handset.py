"""What the handsets truly received: the only witness that cannot be talked round."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from simulator.reading import Content, shown_text

NOBODY: Counter[str] = Counter()


class Delivery(NamedTuple):
    """One message on one screen (a tuple, because a benchmark makes 200,000 of them)."""

    person_id: str
    bot_id: str
    at: datetime
    via: str
    tags: Mapping[str, str]
    content: Content

    @property
    def shown_text(self) -> str:
        return shown_text(self.content)


class Handset:
    def __init__(self) -> None:
        self._deliveries: list[Delivery] = []
        self._by_tag: dict[str, dict[str, Counter[str]]] = {}
        self._indexed: dict[str, int] = {}

    def receive(self, delivery: Delivery) -> None:
        self._deliveries.append(delivery)

    def receive_all(self, deliveries: list[Delivery]) -> None:
        self._deliveries.extend(deliveries)

    def all_deliveries(self) -> list[Delivery]:
        return list(self._deliveries)

    def page(self, after: int, limit: int) -> list[Delivery]:
        return self._deliveries[after : after + limit]

    def __len__(self) -> int:
        return len(self._deliveries)

    def deliveries(self, tag_key: str, tag_value: str) -> Counter[str]:
        """How often each person received what carries this tag."""
        index = self._index(tag_key)
        return Counter(index.get(tag_value, NOBODY))

    def tag_values(self, tag_key: str) -> list[str]:
        return list(self._index(tag_key))

    def _index(self, tag_key: str) -> dict[str, Counter[str]]:
        """Built when first asked for and then only continued: receiving stays one append."""
        index = self._by_tag.setdefault(tag_key, {})
        for delivery in self._deliveries[self._indexed.get(tag_key, 0) :]:
            value = delivery.tags.get(tag_key)
            if value is not None:
                index.setdefault(value, Counter())[delivery.person_id] += 1
        self._indexed[tag_key] = len(self._deliveries)
        return index
