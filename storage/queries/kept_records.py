"""What a law makes us keep of deleted people, apart from everything else (L46)."""

from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import bindparam, delete, func, select
from sqlmodel import col

from domain.consent import ConsentRecord
from domain.keeping import DUTIES, Kept, What
from domain.people import CustomerId, ShopId
from storage.desk import Tx
from storage.models.regulars import KeptRecord
from storage.statements import Statement, inserting

DELETED_AT_ONCE_MAX = 500


class Proof(NamedTuple):
    """A choice of one shop, as it is kept: nothing that points to a person but a number."""

    shop_id: ShopId
    counts_from: datetime
    record: ConsentRecord


INSERT = Statement(
    inserting(KeptRecord, "shop_id", "subject", "what", "ground", "facts", "kept_at", "until")
)
OF_SUBJECT = Statement(
    select(
        col(KeptRecord.shop_id),
        col(KeptRecord.what),
        col(KeptRecord.ground),
        func.count(),
        func.max(col(KeptRecord.until)),
    )
    .where(col(KeptRecord.subject) == bindparam("of_subject"))
    .group_by(col(KeptRecord.shop_id), col(KeptRecord.what), col(KeptRecord.ground))
    .order_by(col(KeptRecord.shop_id))
)
OVER = (
    select(col(KeptRecord.id))
    .where(col(KeptRecord.until) <= bindparam("at"))
    .order_by(col(KeptRecord.id))
    .limit(DELETED_AT_ONCE_MAX)
)
DELETE_OVER = Statement(delete(KeptRecord).where(col(KeptRecord.id).in_(OVER)))


def keep_proof(
    tx: Tx, customer_id: CustomerId, proof: Proof, kept_at: datetime, until: datetime
) -> None:
    """One choice about advertising; not the words that were pressed: those are the person's."""
    record = proof.record
    facts = {
        "choice": record.choice,
        "text_version": record.text_version,
        "chosen_at": record.chosen_at,
        "counts_from": proof.counts_from,
        "notice_at": record.notice_at,
    }
    tx.run(
        INSERT,
        shop_id=proof.shop_id,
        subject=_subject(customer_id),
        what=What.ADVERTISING_PROOF,
        ground=DUTIES[What.ADVERTISING_PROOF].ground,
        facts=orjson.dumps(facts).decode(),
        kept_at=kept_at,
        until=until,
    )


def list_kept(tx: Tx, customer_id: CustomerId) -> list[Kept]:
    """What is kept of a deleted person, in sum for each shop."""
    return [
        Kept(shop_id=ShopId(row[0]), what=What(row[1]), ground=row[2], count=row[3], until=row[4])
        for row in tx.all(OF_SUBJECT, of_subject=_subject(customer_id))
    ]


def delete_over(tx: Tx, at: datetime) -> int:
    """What nobody has to keep any longer goes; how many of a bounded set."""
    return tx.run(DELETE_OVER, at=at)


def _subject(customer_id: CustomerId) -> str:
    return f"customer:{customer_id}"
