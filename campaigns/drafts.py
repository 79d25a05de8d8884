"""News that is written in the chat: proposed, looked at, sent by one tap and only once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from campaigns.booking import Draft, DryRun, book_tried, dry_run
from campaigns.compose import check_body
from campaigns.series import start_series
from campaigns.ways import by_policy
from campaigns.when import When, timed_draft
from domain.campaigns import BubbleKind, SenderName
from domain.gate import SENDER_DAY
from domain.ideas import IdeaState
from domain.money import Jeon
from domain.people import CampaignId, IdeaId, Role, SeriesId, ShopId, StaffId
from domain.refusals import Conflict, Invalid, NotAllowed
from domain.schedule import next_time
from domain.subsidy import FairOrder
from storage.desk import Tx
from storage.queries.campaigns import find_by_form_key
from storage.queries.drafts import DraftView, delete_draft, lock_draft, save_draft
from storage.queries.ideas import lock_idea, take_idea
from storage.queries.places import get_shop
from storage.queries.staff import get_staff

USUAL = frozenset({SenderName.KAKAO_EVENT})
"""What every installation has: the chatbot itself."""


def propose_draft(
    tx: Tx,
    staff_id: StaffId,
    shop_id: ShopId,
    body: str,
    *,
    due_at: datetime | None = None,
    idea_id: IdeaId | None = None,
    at: datetime,
) -> DraftView:
    """Keeps what an owner would send; nothing is booked, so nothing stands in the audit log.

    It takes the place of the draft before it. The same again is the same draft: a repeated
    turn changes nothing. Whom it is for and what was chosen for short money is about these words:
    another time keeps it, other words forget it. Raises Invalid(body), NotAllowed(`only_owner`).
    """
    check_owner(tx, staff_id, shop_id)
    body = body.strip()
    if idea_id is None:  # an idea may have a blank that only its owner can fill
        check_body(body, get_shop(tx, shop_id).name)
    known = lock_draft(tx, staff_id)
    if known and (known.body, known.due_at, known.idea_id) == (body, due_at, idea_id):
        return known
    draft = DraftView(form_key="", body=body, due_at=due_at, idea_id=idea_id)
    if known and known.body == body:
        draft = replace(known, due_at=due_at, repeat=None, keeps_day=False, idea_id=idea_id)
    return renew_draft(tx, staff_id, draft, at)


def change_draft(
    tx: Tx, staff_id: StaffId, draft: DraftView, changed: DraftView, at: datetime
) -> DraftView:
    """Keeps what an owner changed about the same news; the same again changes nothing."""
    is_same = replace(changed, made_at=draft.made_at) == draft
    return draft if is_same else renew_draft(tx, staff_id, changed, at)


def renew_draft(tx: Tx, staff_id: StaffId, draft: DraftView, at: datetime) -> DraftView:
    """The same words under a new key: what was shown before sends nothing any more."""
    renewed = replace(draft, form_key=uuid4().hex, made_at=at)
    save_draft(tx, staff_id, renewed, at)
    return renewed


def choose_for_short_money(
    tx: Tx,
    staff_id: StaffId,
    draft: DraftView,
    *,
    own_max_jeon: Jeon | None = None,
    fair_order: FairOrder | None = None,
    at: datetime,
) -> DraftView:
    """Notes who comes first, or how much of the shop's own money this news may take; what is not
    given stays. The same again changes nothing.
    """
    chosen = replace(
        draft,
        own_max_jeon=draft.own_max_jeon if own_max_jeon is None else own_max_jeon,
        fair_order=fair_order or draft.fair_order,
    )
    return draft if chosen == draft else renew_draft(tx, staff_id, chosen, at)


def try_draft(
    tx: Tx,
    shop_id: ShopId,
    draft: DraftView,
    at: datetime,
    *,
    public_url: str,
    offered: Collection[SenderName] = USUAL,
) -> DryRun:
    """What sending it would do, by the way that the program's order proposes of those `offered`;
    nothing is written. Of what repeats itself, its first time, by the usual way.

    Raises Invalid as `dry_run` does, Invalid(due_at) for a day on which the shop is closed or
    for what would repeat itself at night.
    """
    _check_due(draft, at)
    timed = _timed(tx, shop_id, draft, at)
    if draft.repeat is None and set(offered) != USUAL:
        timed = by_policy(tx, shop_id, timed, offered, at)
    return dry_run(tx, shop_id, timed, at, public_url=public_url)


def send_draft(
    tx: Tx,
    staff_id: StaffId,
    shop_id: ShopId,
    form_key: str,
    *,
    tried: DryRun | None = None,
    at: datetime,
) -> CampaignId:
    """Books the draft with this key, once: pressed again it is the same campaign.

    The idea that it came from is taken. `tried` is what `try_draft` said of it at this very
    instant. Raises Conflict(`draft_changed`) for any but the newest words, Conflict(`idea_taken`)
    where somebody has sent the idea meanwhile, NotAllowed(`only_owner`), and Invalid and Conflict
    as `book_campaign` does.
    """
    check_owner(tx, staff_id, shop_id)
    draft = lock_draft(tx, staff_id)
    if known := find_by_form_key(tx, shop_id, form_key):
        return known
    if draft is None or draft.form_key != form_key:
        raise Conflict("draft_changed")
    if draft.idea_id is not None:
        _check_idea(tx, shop_id, draft.idea_id)
    tried = tried or try_draft(tx, shop_id, draft, at, public_url="")
    campaign_id = book_tried(tx, shop_id, tried, form_key=form_key, staff_id=staff_id, at=at)
    delete_draft(tx, staff_id)
    if draft.idea_id is not None:
        take_idea(tx, shop_id, draft.idea_id, campaign_id, at)
    return campaign_id


def start_draft(
    tx: Tx, staff_id: StaffId, shop_id: ShopId, draft: DraftView, at: datetime
) -> SeriesId:
    """From now on it is sent again and again; the same draft starts one series.

    Raises NotAllowed(`only_owner`), Invalid as `start_series` does.
    """
    check_owner(tx, staff_id, shop_id)
    assert draft.repeat is not None, "it was shown as one that repeats itself"
    series_id = start_series(
        tx,
        shop_id,
        _as_form(tx, shop_id, draft),
        draft.repeat,
        form_key=draft.form_key,
        staff_id=staff_id,
        at=at,
    )
    delete_draft(tx, staff_id)
    return series_id


def drop_draft(tx: Tx, staff_id: StaffId, form_key: str | None) -> bool:
    """Forgets the newest words, if these are they; no key means whatever there is."""
    draft = lock_draft(tx, staff_id)
    if draft is None or form_key not in (None, draft.form_key):
        return False
    delete_draft(tx, staff_id)
    return True


def check_owner(tx: Tx, staff_id: StaffId, shop_id: ShopId) -> None:
    """Raises NotAllowed(`only_owner`)."""
    staff = get_staff(tx, staff_id)
    if staff.role is not Role.OWNER or staff.shop_id != shop_id:
        raise NotAllowed("only_owner")


def _check_idea(tx: Tx, shop_id: ShopId, idea_id: IdeaId) -> None:
    """Of several owners who would send one idea, the first does."""
    idea = lock_idea(tx, shop_id, idea_id)
    if idea and idea.state is IdeaState.TAKEN:
        raise Conflict("idea_taken")


def _check_due(draft: DraftView, at: datetime) -> None:
    """`dry_run` forgives two hours; who chose a time and pressed later is asked again."""
    if draft.due_at is not None and draft.due_at <= at:
        raise Invalid({"due_at": "정하신 시각이 지났어요. 시간을 다시 정해 주세요."})


def _timed(tx: Tx, shop_id: ShopId, draft: DraftView, at: datetime) -> Draft:
    form = _as_form(tx, shop_id, draft)
    if draft.repeat is None:
        when = When(due_at=draft.due_at, is_closing_notice=draft.keeps_day)
        return timed_draft(tx, shop_id, form, when, at)
    first_at = next_time(draft.repeat, at)
    if not SENDER_DAY[form.sender].contains(first_at):
        raise Invalid({"due_at": "광고는 오전 8시부터 오후 8시 50분까지만 나가요."})
    return replace(form, due_at=first_at)


def _as_form(tx: Tx, shop_id: ShopId, draft: DraftView) -> Draft:
    return replace(
        words_alone(tx, shop_id, draft.body),
        due_at=draft.due_at,
        own_max_jeon=draft.own_max_jeon,
        fair_order=draft.fair_order,
        segment=draft.segment,
        keeps_day=draft.keeps_day,
    )


def words_alone(tx: Tx, shop_id: ShopId, body: str) -> Draft:
    """For everybody, now; as the console's form begins: under the shop's picture if there is one."""
    picture_id = get_shop(tx, shop_id).picture_id
    return Draft(
        sender=SenderName.KAKAO_EVENT,
        bubble=BubbleKind.PICTURE if picture_id else BubbleKind.LIST,
        body=body,
        picture_id=picture_id,
    )
