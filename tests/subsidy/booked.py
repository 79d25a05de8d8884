"""Runs that hold money as a planned campaign does, without its people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from domain.campaigns import BubbleKind, CampaignState, MessageKind, SenderName
from domain.money import Tariff
from domain.people import ChunkId, ProgramId, RunId, ShopId
from domain.subsidy import Lot, plan_holds
from storage.desk import Tx
from storage.queries.campaigns import book_once, insert_chunks, insert_run
from storage.queries.prices import find_price
from subsidy.holding import Holder, hold, lots_of, pays_for

AD = MessageKind.ADVERTISEMENT
PAYS = pays_for(SenderName.KAKAO_EVENT, AD)
UNIT_JEON = 1_650
IN_TIME = timedelta(hours=12)
"""How long a run here may still leave."""


def hold_run(
    tx: Tx,
    program_id: ProgramId,
    shop_id: ShopId,
    sizes: Sequence[int],
    at: datetime,
    *,
    own_max_jeon: int = 0,
    lots: Sequence[Lot] | None = None,
) -> list[ChunkId]:
    """One hold per chunk and lot, as `campaigns/plan.py` makes them. Raises OverBudget."""
    if lots is None:
        lots = lots_of(tx, shop_id, PAYS, at, own_max_jeon=own_max_jeon)
    parts = plan_holds(lots, UNIT_JEON, sizes)
    run_id, chunk_ids = insert_chunked_run(tx, shop_id, sizes, at)
    holder = Holder(program_id=program_id, shop_id=shop_id, run_id=run_id, until=at + IN_TIME)
    hold(tx, holder, lots, [(part, chunk_ids[part.chunk_number]) for part in parts], at)
    return chunk_ids


def insert_chunked_run(
    tx: Tx, shop_id: ShopId, sizes: Sequence[int], at: datetime
) -> tuple[RunId, list[ChunkId]]:
    price = find_price(tx, Tariff.KAKAO_EVENT, AD, at)
    assert price is not None
    campaign_id, _ = book_once(
        tx,
        shop_id=shop_id,
        form_key=uuid4().hex,
        kind=AD,
        customer_id=None,
        sender=SenderName.KAKAO_EVENT,
        bubble=BubbleKind.LIST,
        body="오늘 식빵이 나왔어요.",
        picture_id=None,
        offer_id=None,
        state=CampaignState.RUNNING,
        due_at=at,
        not_later_than=at + IN_TIME,
        promised_jeon=0,
        own_max_jeon=0,
        fair_order=None,
        staff_id=None,
        created_at=at,
    )
    run_id = insert_run(
        tx,
        shop_id=shop_id,
        campaign_id=campaign_id,
        price_id=price.price_id,
        unit_jeon=UNIT_JEON,
        rounds_to_jeon=price.rounds_to_jeon,
        contact="02-123-4567",
        recipients=sum(sizes),
        planned_at=at,
    )
    chunk_ids = insert_chunks(
        tx,
        sizes=sizes,
        send_keys=[uuid4().hex for _ in sizes],
        shop_id=shop_id,
        run_id=run_id,
        sender=SenderName.KAKAO_EVENT,
        act_at=at,
    )
    return run_id, chunk_ids
