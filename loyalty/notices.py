"""What a regular may be told, written down in the transaction of its cause (K14, K15), and the
person's own switch for it; advertising has consent of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from domain.audit import Act, shop_book
from domain.notices import GOOD_FOR, NoticeKind
from domain.people import CustomerId, ShopId
from domain.rules import ShopRules
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.notices import NewNotice, drop_notices, insert_notice_once, set_told


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


def switch_telling(
    tx: Tx, customer_id: CustomerId, shops: Sequence[ShopId], *, is_told: bool, at: datetime
) -> None:
    """From now on, for these shops; what waits is not told any more, but an answer they asked
    for.
    """
    who, act = f"customer:{customer_id}", "told_on" if is_told else "told_off"
    for shop_id in shops:
        set_told(tx, shop_id, customer_id, is_told=is_told)
        append_audit(tx, shop_book(shop_id), Act(actor=who, act=act, subject=who, at=at))
    if shops and not is_told:
        drop_notices(tx, customer_id, at)
