"""Writing down what a regular may be told, in the transaction of its cause (K14, K15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from domain.notices import GOOD_FOR, NoticeKind
from domain.people import CustomerId, ShopId
from domain.rules import ShopRules
from storage.desk import Tx
from storage.queries.notices import NewNotice, insert_notice_once


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell once for each `key`; `facts` are for its words."""

    kind: NoticeKind
    key: str
    facts: Mapping[str, object]


def tell(
    tx: Tx, rules: ShopRules, person: tuple[ShopId, CustomerId], news: News, at: datetime
) -> None:
    """Adds a waiting notice if the shop has switched this kind on.

    Whether the person wants to be told is the caller's knowledge (`Member.is_told`).
    """
    if news.kind not in rules.notices:
        return
    shop_id, customer_id = person
    notice = NewNotice(
        shop_id=shop_id,
        customer_id=customer_id,
        key=news.key,
        kind=news.kind,
        facts=orjson.dumps(news.facts).decode(),
        made_at=at,
        drop_at=at + GOOD_FOR[news.kind],
    )
    insert_notice_once(tx, notice)
