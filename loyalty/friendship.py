"""The tie between a person and a channel, as the platform tells of it (L4, I9)."""

from dataclasses import dataclass
from datetime import datetime

from domain.consent import Choice
from domain.people import ChannelId, CustomerId, Friend
from loyalty.consent import choose_advertising, stop_advertising
from storage.desk import Tx
from storage.queries.customers import (
    list_by_app_user,
    list_consented_before,
    note_friend,
)
from storage.queries.journal import insert_inbound_once

PRESSED_BLOCK = "channel blocked"
PRESSED_PROVIDER = "provider's opt-out list"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEvent:
    """A channel webhook: someone added or blocked the channel.

    `app_user_id` is None when the platform gave an id that cannot be joined to anyone.
    """

    resource_id: str
    friend: Friend
    app_user_id: str | None
    happened_at: datetime
    body: str


def note_channel_event(
    tx: Tx, channel_id: ChannelId, event: ChannelEvent, received_at: datetime
) -> bool:
    """Takes a webhook once, whatever order they come in; False when it was seen before.

    Adding the channel again restores nothing; a block is a refusal.
    """
    matched = list_by_app_user(tx, channel_id, event.app_user_id) if event.app_user_id else []
    is_new = insert_inbound_once(
        tx,
        source="kakao_channel",
        external_id=event.resource_id,
        kind=event.friend,
        # Who we do not know is not written about (L68): a deleted person is such a one.
        body=event.body if matched else "",
        customer_id=matched[0] if matched else None,
        happened_at=event.happened_at,
        received_at=received_at,
    )
    if is_new:
        for customer_id in matched:
            set_friend(tx, customer_id, event.friend, event.happened_at, now=received_at)
    return is_new


def set_friend(
    tx: Tx, customer_id: CustomerId, friend: Friend, happened_at: datetime, *, now: datetime
) -> None:
    """Notes the tie unless something newer is known; a block withdraws consent at once.

    A block that is heard of late still withdraws what was agreed to before it.
    """
    is_newest = note_friend(tx, customer_id, friend, happened_at)
    if friend is not Friend.BLOCKED:
        return
    if is_newest:
        stop_advertising(tx, customer_id, pressed=PRESSED_BLOCK, at=now, is_told=False)
        return
    for shop_id in list_consented_before(tx, customer_id, happened_at):
        choose_advertising(
            tx,
            shop_id,
            customer_id,
            Choice.WITHDRAWN,
            pressed=PRESSED_BLOCK,
            at=now,
            is_told=False,
        )
