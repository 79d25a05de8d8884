"""Tills on the REST API: each has a token for one shop, and its own keys for what it asks."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, shop_book
from domain.people import CustomerId, ShopId, TokenId, TokenRight, clean_text
from domain.refusals import Conflict, Invalid, NotAllowed, NotFound
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.tills import (
    TillView,
    find_request,
    find_till,
    insert_request_once,
    insert_till,
    list_tills,
    lock_till,
    revoke_till_once,
    save_last_used,
)

TOKEN_BYTES = 24
TOKEN_MARK = "dangol_"  # noqa: S105 - how every token begins, so that one left in a file is found
TOKEN_HASH = "till.token"  # noqa: S105 - the name of a purpose
DIGEST = "till.request"
NAME_MAX = 20
TILLS_MAX = 10


@dataclass(frozen=True, slots=True)
class Till:
    """Which program asks, for which shop, and what it may do there."""

    token_id: TokenId
    shop_id: ShopId
    may: TokenRight = TokenRight.TILL

    @property
    def actor(self) -> str:
        return f"till:{self.token_id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the till's own key, and everything that was asked under it as one text."""

    key: str
    words: str


def add_till(
    tx: Tx,
    shop_id: ShopId,
    name: str,
    *,
    may: TokenRight = TokenRight.TILL,
    actor: str,
    at: datetime,
) -> str:
    """The token, told once: only its keyed hash is kept. Raises Invalid(name)."""
    name = clean_text(name)
    if not 1 <= len(name) <= NAME_MAX or "\n" in name:
        raise Invalid({"name": f"계산대 이름을 {NAME_MAX}자 안으로 적어 주세요."})
    if len(list_tills(tx, shop_id)) >= TILLS_MAX:
        raise Invalid({"name": f"계산대는 {TILLS_MAX}대까지 이을 수 있어요."})
    token = f"{TOKEN_MARK}{secrets.token_urlsafe(TOKEN_BYTES)}"
    token_id = insert_till(tx, shop_id, _hash(tx, token), name=name, may=may, at=at)
    act = "add_till" if may is TokenRight.TILL else "add_sending_token"
    _audit(tx, shop_id, act, token_id, actor, at)
    return token


def revoke_till(tx: Tx, shop_id: ShopId, token_id: TokenId, *, actor: str, at: datetime) -> None:
    """From now on this token opens nothing. Raises NotFound(`till`); harmless when repeated."""
    till = lock_till(tx, token_id)
    if till is None or till.shop_id != shop_id:
        raise NotFound("till")
    if revoke_till_once(tx, shop_id, token_id, at):
        _audit(tx, shop_id, "revoke_till", token_id, actor, at)


def read_token(tx: Tx, token: str) -> TillView:
    """Whose token this is. Raises NotAllowed(`token`)."""
    found = find_till(tx, _hash(tx, token)) if token.isascii() else None
    if found is None or found.revoked_at is not None:
        raise NotAllowed("token")
    return found


def is_used_today(till: TillView, at: datetime) -> bool:
    """Whether its last use, which is right to the Korean day, is written down already."""
    last = till.last_used_at
    return last is not None and in_kst(last).date() >= in_kst(at).date()


def note_use(tx: Tx, till: Till, at: datetime) -> None:
    """Once a day and till."""
    save_last_used(tx, till.token_id, at)


def take_request(tx: Tx, till: Till, asked: Asked) -> str:
    """The key of the books under which this request acts, once.

    A till's requests are taken one at a time, so that one sent twice at once finds its own
    answer. Raises NotAllowed(`token`), and Conflict(`key_reused`) for other words.
    """
    locked = lock_till(tx, till.token_id)
    if locked is None or locked.revoked_at is not None:
        raise NotAllowed("token")
    known = find_request(tx, till.token_id, asked.key)
    if known not in (None, _digest(tx, asked)):
        raise Conflict("key_reused")
    return f"{till.actor}:{asked.key}"


def keep_request(
    tx: Tx, till: Till, asked: Asked, customer_id: CustomerId | None, at: datetime
) -> None:
    """What its key stands for from now on; deleted with the person, as it may hold a number."""
    insert_request_once(tx, till.token_id, asked.key, _digest(tx, asked), customer_id, at)


def _hash(tx: Tx, token: str) -> str:
    return tx.vault.fingerprint(token, purpose=TOKEN_HASH)


def _digest(tx: Tx, asked: Asked) -> str:
    return tx.vault.fingerprint(asked.words, purpose=DIGEST)


def _audit(tx: Tx, shop_id: ShopId, act: str, token_id: TokenId, actor: str, at: datetime) -> None:
    line = Act(actor=actor, act=act, subject=f"till:{token_id}", at=at)
    append_audit(tx, shop_book(shop_id), line)
