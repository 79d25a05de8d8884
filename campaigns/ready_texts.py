"""A shop's own ready messages: kept under a name, used again, renamed, put away."""

from dataclasses import replace
from datetime import datetime

from campaigns.booking import Draft
from campaigns.compose import check_body
from campaigns.draft_text import draft_of, draft_text
from domain.audit import Act, shop_book
from domain.people import ReadyTextId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.segments import EVERYBODY
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.pictures import has_picture
from storage.queries.places import get_shop
from storage.queries.ready_texts import (
    TEXTS_MAX,
    count_texts,
    find_text,
    find_text_by_key,
    insert_text,
    retire_text_once,
    save_text_name,
)

NAME_MAX = 20


def keep_text(
    tx: Tx, shop_id: ShopId, draft: Draft, name: str, *, form_key: str, actor: str, at: datetime
) -> ReadyTextId:
    """Keeps the message, not whom and when; blanks are filled first. The same form keeps once.

    Raises Invalid(body, name), Conflict(`texts_full`).
    """
    if known := find_text_by_key(tx, shop_id, form_key):
        return known
    name = _checked(name)
    check_body(draft.body, get_shop(tx, shop_id).name)
    if count_texts(tx, shop_id) >= TEXTS_MAX:
        raise Conflict("texts_full")
    kept = replace(
        draft,
        due_at=None,
        segment=EVERYBODY,
        holdout_percent=0,
        not_later_than=None,
        fair_order=None,
        series_id=None,
    )
    text_id = insert_text(tx, shop_id, form_key=form_key, name=name, draft=draft_text(kept), at=at)
    _note(tx, shop_id, text_id, "keep_text", actor, at)
    return text_id


def use_text(tx: Tx, shop_id: ShopId, text_id: ReadyTextId) -> Draft:
    """As it was kept, without a picture that is gone. Raises NotFound(`text`)."""
    text = find_text(tx, shop_id, text_id)
    if text is None:
        raise NotFound("text")
    draft = draft_of(text.draft)
    parts = tuple(
        replace(one, picture_id=_still(tx, shop_id, one.picture_id)) for one in draft.parts
    )
    return replace(draft, picture_id=_still(tx, shop_id, draft.picture_id), parts=parts)


def _still(tx: Tx, shop_id: ShopId, picture_id: str | None) -> str | None:
    is_there = picture_id is not None and has_picture(tx, shop_id, picture_id)
    return picture_id if is_there else None


def rename_text(
    tx: Tx, shop_id: ShopId, text_id: ReadyTextId, name: str, *, actor: str, at: datetime
) -> None:
    """Raises Invalid(name), NotFound(`text`)."""
    if not save_text_name(tx, shop_id, text_id, _checked(name)):
        raise NotFound("text")
    _note(tx, shop_id, text_id, "rename_text", actor, at)


def retire_text(tx: Tx, shop_id: ShopId, text_id: ReadyTextId, *, actor: str, at: datetime) -> None:
    """Pressed again it changes nothing more."""
    if retire_text_once(tx, shop_id, text_id, at):
        _note(tx, shop_id, text_id, "retire_text", actor, at)


def _checked(name: str) -> str:
    name = name.strip()
    if not name:
        raise Invalid({"name": "나중에 찾을 이름을 적어 주세요. 예: 식빵 나오는 날"})
    if len(name) > NAME_MAX:
        raise Invalid({"name": f"이름은 {NAME_MAX}자까지 적을 수 있어요."})
    return name


def _note(
    tx: Tx, shop_id: ShopId, text_id: ReadyTextId, act: str, actor: str, at: datetime
) -> None:
    subject = f"ready_text:{text_id}"
    append_audit(tx, shop_book(shop_id), Act(actor=actor, act=act, subject=subject, at=at))
