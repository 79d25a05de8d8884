"""Which way serves whom: the program's order over what each way reaches, costs and holds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from campaigns.audience import audience_of, count_by_ways
from campaigns.booking import Draft, audience_tried, leaving_at, sign_of
from campaigns.gate import gate_regular
from domain.alimtalk import CONTACT, SENDER, has_room
from domain.campaigns import (
    BUBBLES,
    CHUNK_SIZE,
    PRODUCTS,
    Account,
    BubbleKind,
    MessageKind,
    Product,
    SenderName,
)
from domain.gate import day_of
from domain.holdout import Draw
from domain.money import Jeon, Tariff
from domain.people import CustomerId, RunId, ShopId
from domain.subsidy import keep_back, pay
from domain.time import in_kst
from domain.ways import (
    ALIMTALK_ONLY,
    PAYER,
    WAYS_FOR,
    NoticeUse,
    Order,
    Proposal,
    WayFacts,
    WhyNot,
    drawn_as,
    propose,
    why_not,
)
from storage.desk import Tx
from storage.queries.campaigns import find_person, sum_promised
from storage.queries.certificates import find_certified_until, find_texts_until
from storage.queries.notice_templates import find_approved
from storage.queries.places import ShopView, get_channel, get_shop
from storage.queries.prices import find_price
from storage.queries.provider_balances import list_balances
from storage.queries.way_rules import get_orders
from subsidy.channels import account_of
from subsidy.holding import lots_of, pays_for

AD = MessageKind.ADVERTISEMENT
INFORMATION = MessageKind.INFORMATION
WAYS = WAYS_FOR[AD]
EVERY_WAY = frozenset(SenderName)

Reach = Mapping[frozenset[SenderName], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What could carry a draft. `rest`: the cheapest way for those whom the draft's own way does
    not reach, None when there is none; it may have the words alone, without the pictures.
    """

    proposal: Proposal
    rest: WayFacts | None


class _Desk(NamedTuple):
    """What is read once for all ways."""

    shop: ShopView
    draft: Draft
    leaves_at: datetime
    promised: Jeon
    lacking: Mapping[SenderName, WhyNot]
    balances: Mapping[SenderName, Jeon]


def weigh(
    tx: Tx,
    shop_id: ShopId,
    draft: Draft,
    offered: Collection[SenderName],
    at: datetime,
    *,
    order: Order | None = None,
) -> Weighed:
    """Every way for a draft at the instant it would leave, by the newest order of its program;
    `offered` are those that this installation has an account for. Nothing is written.
    """
    desk = _desk(tx, get_shop(tx, shop_id), draft, offered, at)
    audience = audience_tried(tx, desk.shop, draft, desk.leaves_at)
    reach = count_by_ways(tx, desk.shop, audience, WAYS)
    order = get_orders(tx, desk.shop.program_id)[AD] if order is None else order
    facts = [_facts(tx, desk, one, _reached(reach, one)) for one in SenderName if one in WAYS]
    beyond = [
        _facts(tx, desk, one, _reached(reach, one, but=draft.sender), is_rest=True)
        for one in SenderName
        if one in WAYS and one is not draft.sender
    ]
    return Weighed(proposal=propose(facts, order), rest=propose(beyond, order).chosen)


def weigh_rest(
    tx: Tx,
    shop_id: ShopId,
    draft: Draft,
    offered: Collection[SenderName],
    at: datetime,
    *,
    but: RunId | None = None,
) -> WayFacts | None:
    """The cheapest way for whom a draft is meant, other than its own; it may have the words alone,
    without the pictures. What has left in the run `but` counts as if it had not.
    """
    desk = _desk(tx, get_shop(tx, shop_id), draft, offered, at)
    nobody = Draw(percent=0)
    audience = audience_of(tx, desk.shop, draft.segment, nobody, desk.leaves_at, but=but)
    reach = count_by_ways(tx, desk.shop, audience, WAYS)
    facts = [
        _facts(tx, desk, one, _reached(reach, one), is_rest=True)
        for one in SenderName
        if one in WAYS and one is not draft.sender
    ]
    return propose(facts, get_orders(tx, desk.shop.program_id)[AD]).chosen


def list_ways(tx: Tx, shop_id: ShopId, offered: Collection[SenderName]) -> list[SenderName]:
    """By which ways news of a shop may go, in its program's order."""
    orders = get_orders(tx, get_shop(tx, shop_id).program_id)
    return [line.sender for line in orders[AD] if line.sender in offered]


def rank_ways(
    tx: Tx, shop_id: ShopId, offered: Collection[SenderName], at: datetime
) -> list[SenderName]:
    """`offered` as the program's order would propose them for news to anybody of a shop at once:
    those that are closed to it last. Nobody is counted.
    """
    draft = Draft(sender=SenderName.KAKAO_EVENT, bubble=BubbleKind.LIST, body="")
    desk = _desk(tx, get_shop(tx, shop_id), draft, offered, at)
    facts = [_facts(tx, desk, one, people=1) for one in SenderName if one in WAYS & set(offered)]
    return propose(facts, get_orders(tx, desk.shop.program_id)[AD]).ranked


def why_no_texts(tx: Tx, shop_id: ShopId, at: datetime) -> WhyNot | None:
    """What still keeps the texts of a shop from leaving, None where nothing does."""
    shop = get_shop(tx, shop_id)
    if not _is_connected(account_of(get_channel(tx, shop.channel_id)), SenderName.SOLAPI_LMS):
        return WhyNot.CHANNEL
    return _text_flaw(tx, shop, SenderName.SOLAPI_LMS, at)


def by_policy(
    tx: Tx, shop_id: ShopId, draft: Draft, offered: Collection[SenderName], at: datetime
) -> Draft:
    """A draft by the proposed way; unchanged where no way can carry it, so that trying it says
    why.
    """
    chosen = weigh(tx, shop_id, draft, offered, at).proposal.chosen
    if chosen is None or chosen.bubble is None:
        return draft
    return replace(draft, sender=chosen.sender, bubble=chosen.bubble)


def way_for_one(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    use: NoticeUse,
    at: datetime,
    offered: Collection[SenderName],
) -> SenderName | None:
    """By which way one person is told something that cannot wait for their next turn: the first of
    the program's order that reaches them, of those `offered`. None: it cannot be delivered.
    """
    person = find_person(tx, shop_id, customer_id)
    if person is None:
        return None
    shop = get_shop(tx, shop_id)
    account = account_of(get_channel(tx, shop.channel_id))
    balances = _balances(tx)
    for line in get_orders(tx, shop.program_id)[INFORMATION]:
        sender = line.sender
        leaves_at = day_of(INFORMATION, sender).next_open(at)
        if not gate_regular(INFORMATION, sender, person, leaves_at).is_allowed:
            continue
        if sender not in offered or not carries(tx, shop, sender, use):
            continue
        facts = WayFacts(
            sender=sender,
            leaves_at=leaves_at,
            people=1,
            bubble=BubbleKind.NOTICE,
            unit_jeon=_unit(tx, sender, leaves_at),
            cost_jeon=_unit(tx, sender, leaves_at) or Jeon(0),
            balance_jeon=balances.get(sender),
            lacks=None if _is_connected(account, sender) else WhyNot.CHANNEL,
        )
        if why_not(facts, line) is None:
            return sender
    return None


def carries(tx: Tx, shop: ShopView, sender: SenderName, use: NoticeUse) -> bool:
    """Whether a way may tell this: the chatbot what needs no template, the others with theirs, if
    the shop's name and contact fit in.
    """
    if PRODUCTS[sender] is Product.EVENT:
        return use not in ALIMTALK_ONLY
    template, sign = find_approved(tx, shop.channel_id, sender, use), sign_of(tx, shop)
    who = {SENDER: sign.name, CONTACT: sign.contact} if sign else {}
    return template is not None and has_room(template.body, who)


def _unit(tx: Tx, sender: SenderName, at: datetime) -> Jeon | None:
    price = find_price(tx, Tariff(sender), INFORMATION, at)
    return price.unit_jeon if price else None


def _desk(
    tx: Tx, shop: ShopView, draft: Draft, offered: Collection[SenderName], at: datetime
) -> _Desk:
    account = account_of(get_channel(tx, shop.channel_id))
    leaves_at = leaving_at(draft, at)
    lacking = {}
    for sender in WAYS:
        if sender not in offered:
            lacking[sender] = WhyNot.ACCOUNT
        elif not _is_connected(account, sender):
            lacking[sender] = WhyNot.CHANNEL
        elif PRODUCTS[sender] is Product.LMS and (flaw := _text_flaw(tx, shop, sender, leaves_at)):
            lacking[sender] = flaw
    return _Desk(
        shop=shop,
        draft=draft,
        leaves_at=leaves_at,
        promised=sum_promised(tx, shop.shop_id),
        lacking=lacking,
        balances=_balances(tx),
    )


def _text_flaw(tx: Tx, shop: ShopView, sender: SenderName, at: datetime) -> WhyNot | None:
    """L18: the provider's certificate, and the owner's leave."""
    until = find_texts_until(tx, shop.shop_id, sender)
    if until is not None and at < until:
        return None
    certified_until = find_certified_until(tx, sender)
    is_certified = certified_until is not None and in_kst(at).date() <= certified_until
    return WhyNot.TEXT if is_certified else WhyNot.CERTIFICATE


def _is_connected(account: Account, sender: SenderName) -> bool:
    """Whether a channel has what a way needs to speak in its name (providers.md A3, B2, D6)."""
    match sender:
        case SenderName.KAKAO_EVENT:
            return bool(account.event_name and account.rest_api_key)
        case SenderName.SOLAPI | SenderName.SOLAPI_ALIMTALK:
            return bool(account.pf_id)
        case SenderName.SOLAPI_LMS:
            return bool(account.opt_out_number)
        case SenderName.NHN | SenderName.NHN_ALIMTALK:
            return bool(account.nhn_sender_key)


def _balances(tx: Tx) -> Mapping[SenderName, Jeon]:
    """By way, of those whose provider tells one."""
    known = list_balances(tx)
    return {
        sender: known[payer].balance_jeon
        for sender, payer in PAYER.items()
        if payer is not None and payer in known
    }


def _reached(reach: Reach, sender: SenderName, *, but: SenderName | None = None) -> int:
    return sum(count for ways, count in reach.items() if sender in ways and but not in ways)


def _facts(
    tx: Tx, desk: _Desk, sender: SenderName, people: int, *, is_rest: bool = False
) -> WayFacts:
    bubble = drawn_as(desk.draft.bubble, BUBBLES, sender)
    if bubble is None and is_rest:
        bubble = drawn_as(BubbleKind.TEXT, BUBBLES, sender)
    facts = WayFacts(
        sender=sender,
        leaves_at=desk.leaves_at,
        people=people,
        bubble=bubble,
        unit_jeon=None,
        balance_jeon=desk.balances.get(sender),
        lacks=desk.lacking.get(sender),
    )
    price = find_price(tx, Tariff(sender), AD, desk.leaves_at)
    if price is None:
        return facts
    own_max = desk.draft.own_max_jeon
    pays = pays_for(sender, AD)
    lots = lots_of(tx, desk.shop.shop_id, pays, desk.leaves_at, own_max_jeon=own_max)
    lots = keep_back(lots, desk.promised)
    paid = pay(lots, price, people, CHUNK_SIZE[sender])
    return replace(
        facts,
        unit_jeon=paid.unit_jeon,
        cost_jeon=price.cost_jeon(people) if paid.people < people else paid.cost_jeon,
        is_granted=any(not lot.is_own and lot.left_jeon >= paid.unit_jeon for lot in lots),
    )
