"""A shop's rules and cards, and the tallies of its regulars."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Executable, and_, bindparam, func, select, update
from sqlmodel import col

from domain.cards import CardTerms, HeldCard
from domain.people import CustomerId, RulesId, ShopId, TallyId
from domain.rules import ShopRules
from storage.desk import Tx
from storage.models.cards import CardRules as CardRow
from storage.models.cards import HeldCard as HeldRow
from storage.models.cards import ShopRules as RulesRow
from storage.models.cards import Tally as TallyRow
from storage.statements import Statement, inserting, upsert
from storage.terms import CARD_TERMS, SHOP_RULES


class Tally(NamedTuple):
    """A regular's stamps since their cards last lapsed; see the model."""

    tally_id: TallyId
    stamps: int
    given: int
    card_number: int
    first_at: datetime
    last_at: datetime
    lapses_at: datetime | None


TALLY = tuple(
    col(getattr(TallyRow, "id" if name == "tally_id" else name)) for name in Tally._fields
)
CARD = (col(HeldRow.number), col(HeldRow.rules_id), col(CardRow.terms), col(HeldRow.starts_after))
CARD_OF = and_(
    col(HeldRow.tally_id) == col(TallyRow.id), col(HeldRow.number) == col(TallyRow.card_number)
)
RULES = Statement(select(col(RulesRow.rules)).where(col(RulesRow.shop_id) == bindparam("of_shop")))
CARDS = Statement(
    select(col(CardRow.id), col(CardRow.terms))
    .where(col(CardRow.shop_id) == bindparam("of_shop"), col(CardRow.retired_at).is_(None))
    .order_by(col(CardRow.position))
)
INSERT_CARD = Statement(
    inserting(CardRow, "shop_id", "position", "terms", "made_at").returning(col(CardRow.id))
)
RETIRE_CARDS = Statement(
    update(CardRow)
    .where(col(CardRow.shop_id) == bindparam("of_shop"), col(CardRow.retired_at).is_(None))
    .values(retired_at=bindparam("at"))
)


def _save_rules(dialect: str) -> Executable:
    names = ("shop_id", "rules", "changed_at")
    return upsert(
        dialect,
        RulesRow,
        ("shop_id",),
        {name: bindparam(name) for name in names},
        lambda fresh: {"rules": fresh.rules, "changed_at": fresh.changed_at},
    )


def _save_pin(dialect: str) -> Executable:
    names = ("shop_id", "rules", "pin_hash", "changed_at")
    return upsert(
        dialect,
        RulesRow,
        ("shop_id",),
        {name: bindparam(name) for name in names},
        lambda fresh: {"pin_hash": fresh.pin_hash, "changed_at": fresh.changed_at},
    )


SAVE_RULES = Statement(_save_rules)
SAVE_PIN = Statement(_save_pin)
PIN_HASH = Statement(
    select(col(RulesRow.pin_hash)).where(col(RulesRow.shop_id) == bindparam("of_shop"))
)
OPEN_TALLY = Statement(
    select(*TALLY, *CARD)
    .join(HeldRow, CARD_OF)
    .join(CardRow, col(CardRow.id) == col(HeldRow.rules_id))
    .where(
        col(TallyRow.shop_id) == bindparam("of_shop"),
        col(TallyRow.customer_id) == bindparam("of_customer"),
        col(TallyRow.closed_at).is_(None),
    )
)
TALLY_BY_ID = Statement(select(*TALLY).where(col(TallyRow.id) == bindparam("of_tally")))
LAST_NUMBER = Statement(
    select(func.max(col(TallyRow.card_number))).where(
        col(TallyRow.shop_id) == bindparam("of_shop"),
        col(TallyRow.customer_id) == bindparam("of_customer"),
    )
)
INSERT_TALLY = Statement(
    inserting(
        TallyRow,
        "shop_id",
        "customer_id",
        "stamps",
        "given",
        "card_number",
        "first_at",
        "last_at",
        "lapses_at",
    ).returning(col(TallyRow.id))
)
SAVE_TALLY = Statement(
    update(TallyRow)
    .where(col(TallyRow.id) == bindparam("tally_id"))
    .values({name: bindparam(name) for name in Tally._fields if name != "tally_id"})
)
CLOSE_TALLY = Statement(
    update(TallyRow)
    .where(col(TallyRow.id) == bindparam("tally_id"))
    .values(closed_at=bindparam("at"))
)
HELD_CARDS = Statement(
    select(*CARD)
    .join(CardRow, col(CardRow.id) == col(HeldRow.rules_id))
    .where(col(HeldRow.tally_id) == bindparam("of_tally"))
    .order_by(col(HeldRow.number))
)
INSERT_HELD = Statement(inserting(HeldRow, "tally_id", "number", "rules_id", "starts_after"))


def get_rules(tx: Tx, shop_id: ShopId) -> ShopRules:
    """What the shop set, or the defaults."""
    row = tx.one(RULES, of_shop=shop_id)
    return SHOP_RULES.read(row[0]) if row else ShopRules()


def save_rules(tx: Tx, shop_id: ShopId, rules: ShopRules, at: datetime) -> None:
    tx.run(SAVE_RULES, shop_id=shop_id, rules=SHOP_RULES.write(rules), changed_at=at)


def find_pin_hash(tx: Tx, shop_id: ShopId) -> str | None:
    row = tx.one(PIN_HASH, of_shop=shop_id)
    return row[0] if row else None


def save_pin_hash(tx: Tx, shop_id: ShopId, pin_hash: str, at: datetime) -> None:
    rules = SHOP_RULES.write(get_rules(tx, shop_id))
    tx.run(SAVE_PIN, shop_id=shop_id, rules=rules, pin_hash=pin_hash, changed_at=at)


def list_cards(tx: Tx, shop_id: ShopId) -> list[tuple[RulesId, CardTerms]]:
    """The shop's cards of today, one after the other; empty when it has none."""
    return [(RulesId(row[0]), CARD_TERMS.read(row[1])) for row in tx.all(CARDS, of_shop=shop_id)]


def insert_card(tx: Tx, shop_id: ShopId, position: int, terms: CardTerms, at: datetime) -> RulesId:
    text = CARD_TERMS.write(terms)
    row = tx.one(INSERT_CARD, shop_id=shop_id, position=position, terms=text, made_at=at)
    assert row is not None, "an insert returns its row"
    return RulesId(row[0])


def retire_cards(tx: Tx, shop_id: ShopId, at: datetime) -> None:
    tx.run(RETIRE_CARDS, of_shop=shop_id, at=at)


def find_open_tally(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId
) -> tuple[Tally, HeldCard] | None:
    """With the card it stands on."""
    row = tx.one(OPEN_TALLY, of_shop=shop_id, of_customer=customer_id)
    width = len(Tally._fields)
    return (Tally._make(row[:width]), held_of(row[width:])) if row else None


def get_tally(tx: Tx, tally_id: TallyId) -> Tally:
    row = tx.one(TALLY_BY_ID, of_tally=tally_id)
    assert row is not None, "a visit's tally is there"
    return Tally._make(row)


def find_last_number(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> int | None:
    """Which card of the shop this person had when their last tally closed."""
    row = tx.one(LAST_NUMBER, of_shop=shop_id, of_customer=customer_id)
    return row[0] if row else None


def insert_tally(tx: Tx, shop_id: ShopId, customer_id: CustomerId, new: Tally) -> TallyId:
    """`new.tally_id` is ignored."""
    fields = {name: value for name, value in new._asdict().items() if name != "tally_id"}
    row = tx.one(INSERT_TALLY, shop_id=shop_id, customer_id=customer_id, **fields)
    assert row is not None, "an insert returns its row"
    return TallyId(row[0])


def save_tally(tx: Tx, tally: Tally) -> None:
    tx.run(SAVE_TALLY, **tally._asdict())


def close_tally(tx: Tx, tally_id: TallyId, at: datetime) -> None:
    tx.run(CLOSE_TALLY, tally_id=tally_id, at=at)


def list_held_cards(tx: Tx, tally_id: TallyId) -> list[HeldCard]:
    return [held_of(row) for row in tx.all(HELD_CARDS, of_tally=tally_id)]


def insert_held_cards(tx: Tx, tally_id: TallyId, cards: Sequence[HeldCard]) -> None:
    for card in cards:
        tx.run(
            INSERT_HELD,
            tally_id=tally_id,
            number=card.number,
            rules_id=card.rules_id,
            starts_after=card.starts_after,
        )


def held_of(row: tuple[Any, ...]) -> HeldCard:
    number, rules_id, terms, starts_after = row
    return HeldCard(number, RulesId(rules_id), CARD_TERMS.read(terms), starts_after)
