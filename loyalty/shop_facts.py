"""What a shop answers by itself in the chat, as its owner writes it."""

from datetime import datetime

from domain.audit import Act, shop_book
from domain.enquiries import REPLY_HOURS
from domain.people import ShopId
from domain.refusals import Invalid
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.shop_facts import ShopFacts, save_shop_facts

MENU_MAX, PARKING_MAX = 400, 100


def describe_shop(tx: Tx, shop_id: ShopId, facts: ShopFacts, *, actor: str, at: datetime) -> None:
    """Empty means not said: then such a question goes to the owner. Raises Invalid."""
    wrong: dict[str, str] = {}
    if len(facts.menu or "") > MENU_MAX:
        wrong["menu"] = f"메뉴는 {MENU_MAX}자까지 적을 수 있어요."
    if len(facts.parking or "") > PARKING_MAX:
        wrong["parking"] = f"주차 안내는 {PARKING_MAX}자까지 적을 수 있어요."
    if facts.reply_hours not in REPLY_HOURS:
        wrong["reply_hours"] = "답하는 시간을 골라 주세요."
    if wrong:
        raise Invalid(wrong)
    said = facts._replace(menu=facts.menu or None, parking=facts.parking or None)
    save_shop_facts(tx, shop_id, said)
    act = Act(actor=actor, act="describe_shop", subject=f"shop:{shop_id}", at=at)
    append_audit(tx, shop_book(shop_id), act)
