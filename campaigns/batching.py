"""A chunk as its sender wants it: each person's message composed, and what all of them share."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from campaigns.alimtalk import compose_notice
from campaigns.compose import (
    LINKS_ONLY,
    compose_message,
    copy_of,
    names_people,
    own_button,
    shots_of,
)
from campaigns.gate import address_of, sign_for
from campaigns.links import Links, links_of
from domain.bubbles import Bubble
from domain.campaigns import Batch, BubbleKind, CouponPart, MessageKind, Outgoing, SenderName, Shot
from domain.coupon_parts import DESCRIPTION, coupon_title
from domain.people import ShopId
from domain.ways import PictureShape
from storage.desk import Tx
from storage.queries.chunks import ChunkRow, RunFacts
from storage.queries.messages import Addressee
from storage.queries.offers import find_offer
from storage.queries.places import ShopView, get_channel, get_shop
from storage.queries.provider_pictures import list_kept
from subsidy.channels import account_of

SAME_FOR_ALL = (BubbleKind.TEXT, BubbleKind.NOTICE)
"""Bubbles that carry none of a person's own addresses: a text's buttons are its sender's."""


def make_batch(
    tx: Tx,
    chunk: ChunkRow,
    facts: RunFacts,
    staying: Sequence[Addressee],
    public_url: str,
    at: datetime,
) -> Batch:
    shop = get_shop(tx, chunk.shop_id)
    shots = shots_of(copy_of(facts), public_url)
    composer = Composer(tx, chunk.shop_id, facts, public_url)
    return Batch(
        shop_id=chunk.shop_id,
        run_id=chunk.run_id,
        chunk_id=chunk.chunk_id,
        send_key=chunk.send_key,
        account=account_of(get_channel(tx, shop.channel_id)),
        people=tuple(composer.message_to(one) for one in staying),
        coupon=_coupon(tx, facts, shop, public_url),
        shots=shots,
        pictures=_kept(tx, facts.sender, shots, at),
    )


class Composer:
    """Composes one run's messages; what is the same for several people is composed once."""

    def __init__(self, tx: Tx, shop_id: ShopId, facts: RunFacts, public_url: str) -> None:
        self._tx = tx
        self._shop_id = shop_id
        self._facts = facts
        self._public_url = public_url
        self._sign = sign_for(tx, shop_id, facts)
        self._is_same = facts.bubble in SAME_FOR_ALL
        is_ad = facts.kind is MessageKind.ADVERTISEMENT
        self._has_names = is_ad and names_people(facts.body, self._sign.name)
        self._composed: dict[str | None, Bubble] = {}

    def message_to(self, person: Addressee) -> Outgoing:
        facts = self._facts
        address = address_of(facts.sender, person)
        assert address is not None, "the gate refuses who has no address"
        links = links_of(self._tx, facts, self._shop_id, person.message_id, self._public_url)
        return Outgoing(
            message_id=person.message_id,
            customer_id=person.customer_id,
            address=address,
            bubble=self._bubble(person, links),
            why_url=links.why_url,
            button=own_button(facts.button_label, links.button_url, has_coupon=facts.has_coupon),
        )

    def _bubble(self, person: Addressee, links: Links) -> Bubble:
        name = person.name if self._has_names else None
        if not self._is_same:
            return self._compose(name, links)
        bubble = self._composed.get(name)
        if bubble is None:
            bubble = self._composed[name] = self._compose(name, links)
        return bubble

    def _compose(self, name: str | None, links: Links) -> Bubble:
        if self._facts.bubble is BubbleKind.NOTICE:
            notice = compose_notice(self._tx, self._shop_id, self._facts).notice
            assert notice is not None, "the gate refuses what cannot be composed"
            return notice
        return compose_message(
            self._facts,
            self._sign,
            name=name,
            public_url=self._public_url,
            why_url=links.why_url,
            button_url=links.button_url,
        )


def _kept(
    tx: Tx, sender: SenderName, shots: Sequence[Shot], at: datetime
) -> Mapping[tuple[str, str], str]:
    """Those of the pictures that the provider keeps by now, under our addresses."""
    kept = list_kept(tx, sender, {one.picture_id for one in shots}, at) if shots else {}
    refs = ((one, kept.get((one.picture_id, PictureShape(one.shape)))) for one in shots)
    return {(one.url, one.shape): ref for one, ref in refs if ref is not None}


def _coupon(tx: Tx, facts: RunFacts, shop: ShopView, public_url: str) -> CouponPart | None:
    """Where no button can lead to it: to the shop's page, from which the chat opens."""
    if facts.bubble not in LINKS_ONLY or facts.offer_id is None:
        return None
    offer = find_offer(tx, shop.shop_id, facts.offer_id)
    title = coupon_title(offer.terms) if offer else None
    return CouponPart(title, DESCRIPTION, f"{public_url}/s/{shop.slug}") if title else None
