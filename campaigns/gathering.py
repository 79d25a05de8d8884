"""The people of a run, piece by piece: a message for everybody, chunks for those who may get it.

Each piece is one transaction of bounded size, so that chats stay quick and memory flat, and any
piece may be the last one: `Run.gathered_to` says from where to go on.
"""

from dataclasses import replace
from uuid import uuid4

from campaigns.audience import audience_of, verdicts_of, with_day
from campaigns.gate import content_of
from domain.campaigns import CHUNK_SIZE, ChunkState, MessageState
from domain.gate import Content
from domain.holdout import draw_of
from domain.people import CustomerId
from domain.refusals import Unlawful
from domain.subsidy import chunk_sizes
from domain.time import in_kst
from storage.desk import Tx
from storage.errors import Busy
from storage.queries import gathering as books
from storage.queries.audience import Audience, Span, find_piece, insert_people
from storage.queries.campaigns import CampaignRow, insert_chunks
from storage.queries.chunks import get_run_facts
from storage.queries.day_touches import count_touches, forget_days
from storage.queries.gathering import Gathering
from storage.queries.places import ShopView, get_shop
from storage.queries.segments import segment_of

PIECE = 5_000
"""Regulars looked at in one transaction."""


def gather_piece(tx: Tx, campaign: CampaignRow, run: Gathering, most: int) -> int | None:
    """Takes in the next people; how many there are in all once nobody is left, None before.

    The audience is judged as of the instant when the run began, whenever its pieces come. Caps
    are judged here and only here: who plans for the same people at once waits for this.

    Raises Unlawful for words that nobody may get.
    """
    shop = get_shop(tx, campaign.shop_id)
    is_shared = books.count_shops(tx, shop.channel_id) > 1
    if is_shared:
        books.lock_channel(tx, shop.channel_id)
    books.lock_shop(tx, shop.shop_id)
    span, people = find_piece(tx, shop.shop_id, run.low, most)
    draw = draw_of(campaign.seed, campaign.holdout_percent)
    segment = segment_of(campaign.segment)
    audience = audience_of(tx, shop, segment, draw, run.planned_at, but=run.run_id)
    if is_shared:
        audience = with_day(tx, shop, audience, span)
    more = _take_in(tx, campaign, run, audience, span, people)
    if is_shared:
        _count_day(tx, shop, run, span)
    recipients = books.move_on(tx, run.run_id, span.high, more)
    return recipients if people < most else None


def _take_in(
    tx: Tx, campaign: CampaignRow, run: Gathering, audience: Audience, span: Span, people: int
) -> int:
    """The chunks there could be, the messages, then the chunks as large as they turned out."""
    if not people:
        return 0
    size = CHUNK_SIZE[campaign.sender]
    before = books.count_placed(tx, run.run_id)
    first = -(-before // size)
    sizes = chunk_sizes(before + people, size)[first:]
    insert_chunks(
        tx,
        sizes=sizes,
        send_keys=[uuid4().hex for _ in sizes],
        first=first,
        state=ChunkState.GATHERED,
        shop_id=campaign.shop_id,
        run_id=run.run_id,
        sender=campaign.sender,
        act_at=run.planned_at,
    )
    verdicts = verdicts_of(_words(tx, campaign, run), run.planned_at)
    more = insert_people(tx, audience, run.run_id, span, verdicts, before=before, size=size)
    books.resize_chunks(tx, run.run_id, before // size)
    if books.count_unplaced(tx, run.run_id, span):
        raise Busy("somebody has just agreed to advertising")
    return more


def _words(tx: Tx, campaign: CampaignRow, run: Gathering) -> Content:
    """What it says and how it goes; a halt (L21) or a sanction (K8) that began meanwhile refuses
    nobody, for it ends: it holds the chunks back when they would leave.

    Raises Unlawful.
    """
    content = content_of(tx, campaign.shop_id, get_run_facts(tx, run.run_id))
    if content.flaw is not None:
        raise Unlawful(content.flaw)
    return replace(content, is_halted=False, barred_until=None)


def undo_piece(tx: Tx, most: int) -> bool:
    """Takes back some of a run that was given up before it was whole; False when there is none."""
    run = books.find_undoing(tx)
    if run is None:
        return False
    people = books.list_first_people(tx, run.run_id, most)
    waiting = [one for one, state in people if state is MessageState.WAITING]
    forget_people(tx, run, waiting)
    books.drop_people(tx, run.run_id, [one for one, _ in people])
    books.move_on(tx, run.run_id, run.low, -len(people))
    if len(people) < most:
        books.drop_run(tx, run.run_id)
    return True


def forget_people(tx: Tx, run: Gathering, people: list[CustomerId]) -> None:
    """They will not get it: it does not count as one of their day's."""
    shop = get_shop(tx, run.shop_id)
    if books.count_shops(tx, shop.channel_id) > 1:
        books.lock_channel(tx, shop.channel_id)
        count_touches(tx, shop.channel_id, in_kst(run.planned_at).date(), people, -1)


def _count_day(tx: Tx, shop: ShopView, run: Gathering, span: Span) -> None:
    day = in_kst(run.planned_at).date()
    people = books.list_waiting(tx, run.run_id, span)
    forget_days(tx, shop.channel_id, day)
    count_touches(tx, shop.channel_id, day, people, 1)
