"""The weekly idea of a shop: proposed once, taken by one tap, changed, skipped or forgotten.

Nothing leaves by itself: an idea becomes a message only by an owner's press.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from campaigns.booking import DryRun, book_tried
from campaigns.catalog import why
from campaigns.choosing import Choice, choose, read_situation
from campaigns.compose import CUSTOMER_NAME, NAMELESS, SHOP_NAME, read_words
from campaigns.drafts import check_owner, propose_draft, try_draft
from campaigns.telling import tell_person
from domain.audit import Act, shop_book
from domain.ideas import (
    GOOD_FOR,
    IDEA_HOURS,
    IdeaState,
    IdeaTime,
    check_time,
    is_over,
)
from domain.occasions import has_blank, week_of
from domain.people import CampaignId, IdeaId, ShopId, StaffId
from domain.refusals import Conflict, NotFound
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.drafts import DraftView, lock_draft
from storage.queries.ideas import (
    SHOPS_AT_ONCE_MAX,
    IdeaView,
    find_newest_live,
    get_time,
    insert_idea_once,
    lapse_ideas,
    list_due_shops,
    list_owner_chats,
    lock_idea,
    save_time,
    say_idea_once,
    settle_idea,
)
from storage.queries.ideas import take_idea as mark_taken
from storage.queries.journal import append_audit
from storage.queries.places import get_shop

LOG = logging.getLogger(__name__)
BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)

NEWS = "이번 주에 보낼 만한 소식을 골라 두었어요. 아래 '보기'를 누르시면 보여 드려요."


@dataclass(frozen=True, slots=True)
class ShownIdea:
    """An idea with its reason, its words as a regular without a name reads them, and what
    sending it now would do; `dry` is None where the owner must fill a blank first.
    """

    idea: IdeaView
    why: str
    words: str
    dry: DryRun | None


def propose_ideas(tx: Tx, at: datetime) -> bool:
    """Each shop's idea at the hour its owner chose; True while there is more to do.

    A day that went by without us is let go: an idea comes when it was asked for, or not at all.
    A shop for which none can be found holds up nobody.
    """
    if not IDEA_HOURS.contains(at):
        return False
    local = in_kst(at)
    week = week_of(local.date())
    due = list_due_shops(tx, week, today=local.weekday(), hour=local.hour)
    proposed = [_propose(tx, shop_id, week, at) for shop_id in due]
    return len(due) == SHOPS_AT_ONCE_MAX and any(proposed)


def lapse_old_ideas(tx: Tx, at: datetime) -> bool:
    lapse_ideas(tx, at - GOOD_FOR, at)
    return False


def find_idea_now(tx: Tx, shop_id: ShopId, at: datetime) -> IdeaView | None:
    """The one that waits for the owner, while its words are true."""
    idea = find_newest_live(tx, shop_id)
    return idea if idea and not _is_over(idea, at) else None


def show_idea(
    tx: Tx, shop_id: ShopId, idea: IdeaView, at: datetime, *, public_url: str
) -> ShownIdea:
    """Nothing is written. Raises Invalid as `dry_run` does: no contact, no way to send."""
    name = get_shop(tx, shop_id).name
    words = read_words(idea.body, name).fill({CUSTOMER_NAME: NAMELESS, SHOP_NAME: name})
    is_ready = not has_blank(idea.body)
    dry = _try(tx, shop_id, idea, at, public_url=public_url) if is_ready else None
    return ShownIdea(idea, why(idea.reason, idea.facts), words, dry)


def take_idea(
    tx: Tx,
    staff_id: StaffId,
    shop_id: ShopId,
    idea_id: IdeaId,
    *,
    tried: DryRun | None = None,
    at: datetime,
) -> CampaignId:
    """Books the idea as it stands, once, whoever presses and however often.

    What an owner is writing meanwhile stays as it is. `tried` is what `show_idea` said of it at
    this very instant. Raises NotFound, Conflict(`idea_over`, `idea_blank`), NotAllowed, and
    Invalid and Conflict as `book_campaign` does.
    """
    check_owner(tx, staff_id, shop_id)
    idea = _lock(tx, shop_id, idea_id)
    if idea.campaign_id is not None:
        return idea.campaign_id
    _check_open(idea, at)
    if has_blank(idea.body):
        raise Conflict("idea_blank")
    tried = tried or _try(tx, shop_id, idea, at)
    if in_kst(tried.leaves_at).date() > _until(idea):
        raise Conflict("idea_over")  # it would leave tomorrow, and say what was true today
    key = f"idea:{idea_id}"
    campaign_id = book_tried(tx, shop_id, tried, form_key=key, staff_id=staff_id, at=at)
    mark_taken(tx, shop_id, idea_id, campaign_id, at)
    return campaign_id


def change_idea(
    tx: Tx, staff_id: StaffId, shop_id: ShopId, idea_id: IdeaId, *, at: datetime
) -> tuple[DraftView, DraftView | None]:
    """A draft with the idea's words, for the owner to change, and the other draft that had to
    make room for it. Raises NotFound, Conflict(`idea_over`, `idea_taken`), NotAllowed.
    """
    before = lock_draft(tx, staff_id)  # a draft is locked before its idea, here and by sending
    idea = _lock(tx, shop_id, idea_id)
    _check_open(idea, at)
    say_idea_once(tx, shop_id, idea_id)
    draft = propose_draft(tx, staff_id, shop_id, idea.body, idea_id=idea_id, at=at)
    return draft, before if before and before.body != draft.body else None


def skip_idea(tx: Tx, shop_id: ShopId, idea_id: IdeaId, *, actor: str, at: datetime) -> None:
    """Not this week. Skipping again is harmless. Raises NotFound, Conflict(`idea_taken`)."""
    idea = _lock(tx, shop_id, idea_id)
    if idea.state is IdeaState.TAKEN:
        raise Conflict("idea_taken")
    if settle_idea(tx, shop_id, idea_id, IdeaState.SKIPPED, at):
        _audit(tx, shop_id, "skip_idea", f"idea:{idea_id}", actor=actor, at=at)


def choose_time(tx: Tx, shop_id: ShopId, chosen: IdeaTime, *, actor: str, at: datetime) -> None:
    """When the idea comes from now on, and how. Raises Invalid(day, hour)."""
    check_time(chosen)
    known, asked_at = get_time(tx, shop_id)
    if asked_at is not None and known == chosen:
        return
    save_time(tx, shop_id, chosen, at)
    day = "never" if chosen.day is None else str(chosen.day)
    details = f"day={day} hour={chosen.hour} sent={chosen.is_sent}"
    _audit(tx, shop_id, "choose_idea_time", f"shop:{shop_id}", details, actor=actor, at=at)


def _propose(tx: Tx, shop_id: ShopId, week: date, at: datetime) -> bool:
    choice = _choice(tx, shop_id, at)
    if choice is None:
        return False
    idea_id = insert_idea_once(
        tx,
        shop_id,
        week,
        reason=choice.reason,
        facts=choice.facts,
        body=choice.body,
        at=at,
    )
    if idea_id is not None and get_time(tx, shop_id)[0].is_sent:
        for chat in list_owner_chats(tx, shop_id):
            tell_person(tx, shop_id, chat, key=f"idea:{idea_id}:{chat}", body=NEWS, at=at)
    return True


def _choice(tx: Tx, shop_id: ShopId, at: datetime) -> Choice | None:
    """None, and a line in our log, where a bug meets this shop's facts. Nothing is written yet;
    what the database refuses is no matter of one shop, and goes on up.
    """
    try:
        return choose(read_situation(tx, shop_id, at))
    except BUGS:
        LOG.exception("no idea can be found for shop %d", shop_id)
        return None


def _lock(tx: Tx, shop_id: ShopId, idea_id: IdeaId) -> IdeaView:
    idea = lock_idea(tx, shop_id, idea_id)
    if idea is None:
        raise NotFound("idea")
    return idea


def _try(tx: Tx, shop_id: ShopId, idea: IdeaView, at: datetime, *, public_url: str = "") -> DryRun:
    draft = DraftView(form_key="", body=idea.body)
    return try_draft(tx, shop_id, draft, at, public_url=public_url)


def _check_open(idea: IdeaView, at: datetime) -> None:
    if idea.state is IdeaState.TAKEN:
        raise Conflict("idea_taken")
    if not idea.is_live or _is_over(idea, at):
        raise Conflict("idea_over")


def _is_over(idea: IdeaView, at: datetime) -> bool:
    return is_over(idea.made_at, _until(idea), at)


def _until(idea: IdeaView) -> date:
    return date.fromisoformat(idea.facts["until"])


def _audit(
    tx: Tx,
    shop_id: ShopId,
    act: str,
    subject: str,
    details: str = "",
    *,
    actor: str,
    at: datetime,
) -> None:
    line = Act(actor=actor, act=act, subject=subject, details=details, at=at)
    append_audit(tx, shop_book(shop_id), line)
