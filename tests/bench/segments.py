"""How long an owner waits for "how many is that, and what does it cost", after each tap."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import orjson
from sqlalchemy import bindparam, text
from sqlmodel import col

from campaigns.segments import count_people
from domain.birthdays import A_LEAP_YEAR, Birthday
from domain.cards import CardTerms
from domain.coupons import CouponKind, CouponSource, CouponTerms
from domain.people import OfferId, ShopId
from domain.segments import READY, Condition, Joined, Segment, What, ready_segment
from storage.books import Books, open_books
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.cards import CardRules
from storage.models.coupons import CouponOffer
from storage.queries.birthdays import BIRTHDAY
from storage.statements import Statement, inserting
from storage.terms import CARD_TERMS, COUPON_TERMS
from storage.vault import KEY_BYTES, Vault
from tests.bench.crowd import gather_alike
from tests.factories import make_street

PEOPLE = 100_000
ROUNDS = 5
LIMIT_MS = 200
AT = datetime(2026, 11, 25, 1, tzinfo=UTC)
VISITS = 8
DAYS_APART = 11
OWN = Segment(
    (
        Condition(What.VISITED_OFTEN, 3, 60),
        Condition(What.NOT_SEEN_FOR, 7),
        Condition(What.HAS_COUPON, is_not=True),
        Condition(What.STAMPS_MISSING, 4),
        Condition(What.JOINED_WITHIN, 300),
    )
)
SEGMENTS: Mapping[str, Segment] = {
    **{which.value: ready_segment(which) for which in READY},
    "own_all_5": OWN,
    "own_any_5": Segment(OWN.conditions, Joined.ANY),
}
VISITED = tuple(f"visit_{number}" for number in range(VISITS))
OF_SHOP = "FROM membership m WHERE m.shop_id = :shop"
FILL = (
    # Up to eight times as their number says: one half lately, the other long ago.
    *(
        f"""INSERT INTO visit (shop_id, customer_id, key, way, items, stamps, actor,
                visited_at, recorded_at)
            SELECT shop_id, customer_id, 'bench-' || customer_id || '-{number}', 'code', 1, 1,
                'owner:1', :visit_{number}, :visit_{number}
            {OF_SHOP} AND customer_id % {VISITS + 1} >
                CASE WHEN customer_id % 2 = 0 THEN {number} ELSE {VISITS - 1 - number} END"""
        for number in range(VISITS)
    ),
    """UPDATE membership SET
        visits = (SELECT count(*) FROM visit v WHERE v.shop_id = membership.shop_id
            AND v.customer_id = membership.customer_id),
        first_visit_at = (SELECT min(visited_at) FROM visit v
            WHERE v.shop_id = membership.shop_id AND v.customer_id = membership.customer_id),
        last_visit_at = (SELECT max(visited_at) FROM visit v
            WHERE v.shop_id = membership.shop_id AND v.customer_id = membership.customer_id)
        WHERE shop_id = :shop""",
    "UPDATE membership SET joined_at = :visit_1 WHERE customer_id % 7 = 0 AND shop_id = :shop",
    "UPDATE membership SET visit_days = visits WHERE shop_id = :shop",
    f"""INSERT INTO tally (shop_id, customer_id, stamps, given, card_number, first_at, last_at)
        SELECT shop_id, customer_id, customer_id % 10, 0, 1, :at, :at {OF_SHOP}""",
    """INSERT INTO held_card (tally_id, number, rules_id, starts_after)
        SELECT id, 1, :rules, 0 FROM tally WHERE shop_id = :shop""",
    f"""INSERT INTO coupon (shop_id, customer_id, offer_id, key, state, issued_at, expires_at)
        SELECT shop_id, customer_id, :offer, 'bench', 'ready', :at, :ends
        {OF_SHOP} AND customer_id % 4 = 0""",
    f"""INSERT INTO consent_choice (shop_id, customer_id, purpose, choice, text_version, pressed,
            chosen_at, counts_from)
        SELECT shop_id, customer_id, 'birthday', 'granted', 'bench', 'bench', :at, :at {OF_SHOP}""",
)
BORN: Mapping[str, str] = {
    "sqlite": """UPDATE customer SET birthday_hash =
        json_extract(:hashes, '$[' || (id % 366) || ']')""",
    "postgresql": """UPDATE customer SET birthday_hash =
        CAST(:hashes AS jsonb) ->> CAST(id % 366 AS integer)""",
}
OFFER = Statement(
    inserting(CouponOffer, "shop_id", "source", "terms", "taken", "made_at").returning(
        col(CouponOffer.id)
    )
)
RULES = Statement(
    inserting(CardRules, "shop_id", "position", "terms", "made_at").returning(col(CardRules.id))
)

Databases = Callable[[str], Mapping[str, str]]


def measure(databases: Databases) -> Iterator[dict[str, Any]]:
    for name, url in databases("segments").items():
        yield asyncio.run(_time(name, url))


async def _time(name: str, url: str) -> dict[str, Any]:
    async with open_books(url, Vault(bytes(KEY_BYTES))) as books:
        shop_id = await books.write_batch(_fill)
        if name == "postgresql":
            await books.write_batch(_analyze)
        spent = {which: await _milliseconds(books, shop_id, SEGMENTS[which]) for which in SEGMENTS}
    return {
        "bench": "segments",
        "database": name,
        "regulars": PEOPLE,
        "milliseconds": {which: round(one) for which, one in spent.items()},
        "slowest": round(max(spent.values())),
        "limit": LIMIT_MS,
    }


async def _milliseconds(books: Books, shop_id: ShopId, segment: Segment) -> float:
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        counted = await books.read(count_people, shop_id, segment, AT)
        rounds.append((time.perf_counter() - started) * 1_000)
        assert counted.people, f"nobody is meant by {segment}"
    return median(rounds)


def _fill(tx: Tx) -> ShopId:
    joined_at = AT - timedelta(days=200)
    street = make_street(tx, people=0, at=joined_at)
    shop_id = street.shop_id
    gather_alike(tx, street.channel_id, shop_id, PEOPLE, joined_at)
    bread = CouponTerms(kind=CouponKind.ITEM, title="빵", item="빵")
    terms = COUPON_TERMS.write(bread)
    offer = tx.one(
        OFFER, shop_id=shop_id, source=CouponSource.CARD, terms=terms, taken=0, made_at=joined_at
    )
    assert offer
    card = CARD_TERMS.write(CardTerms(rewards={10: OfferId(offer[0])}))
    rules = tx.one(RULES, shop_id=shop_id, position=1, terms=card, made_at=joined_at)
    assert rules
    params: dict[str, Any] = {
        "shop": shop_id,
        "offer": offer[0],
        "rules": rules[0],
        "at": joined_at,
        "ends": AT + timedelta(days=9),
        **{name: _visit_at(number) for number, name in enumerate(VISITED)},
    }
    for sql in FILL:
        tx.run(_typed(sql), **{key: one for key, one in params.items() if f":{key}" in sql})
    hashes = [tx.vault.fingerprint(str(day), purpose=BIRTHDAY) for day in _birthdays()]
    tx.run(Statement(text(BORN[tx.dialect])), hashes=orjson.dumps(hashes).decode())
    return shop_id


def _typed(sql: str) -> Statement:
    instants = [one for one in ("at", "ends", *VISITED) if f":{one}" in sql]
    return Statement(text(sql).bindparams(*[bindparam(one, type_=INSTANT) for one in instants]))


def _visit_at(number: int) -> datetime:
    return AT - timedelta(days=3 + number * DAYS_APART)


def _birthdays() -> list[Birthday]:
    first = datetime(A_LEAP_YEAR, 1, 1, tzinfo=UTC)
    days = (first + timedelta(days=count) for count in range(366))
    return [Birthday(day.month, day.day) for day in days]


def _analyze(tx: Tx) -> None:
    """What PostgreSQL does by itself after a while."""
    tx.run(Statement(text("ANALYZE")))
