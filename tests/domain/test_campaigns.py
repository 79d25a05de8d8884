"""Moves of a campaign: one table, nothing else."""

from itertools import product

import pytest

from domain.campaigns import (
    BUBBLES,
    CAMPAIGN_MOVES,
    CHUNK_SIZE,
    PRODUCTS,
    CampaignEvent,
    CampaignState,
    Product,
    SenderName,
    next_state,
)
from domain.refusals import Conflict

BOOKED, RUNNING = CampaignState.BOOKED, CampaignState.RUNNING
PAUSED, STOPPED = CampaignState.PAUSED, CampaignState.STOPPED
ALLOWED = {
    (BOOKED, CampaignEvent.START): RUNNING,
    (BOOKED, CampaignEvent.CANCEL): CampaignState.CANCELED,
    (BOOKED, CampaignEvent.COME_TOO_LATE): CampaignState.MISSED,
    (BOOKED, CampaignEvent.LACK): CampaignState.STUCK,
    (RUNNING, CampaignEvent.FINISH): CampaignState.FINISHED,
    (RUNNING, CampaignEvent.LACK): CampaignState.STUCK,
    (RUNNING, CampaignEvent.PAUSE): PAUSED,
    (RUNNING, CampaignEvent.STOP): STOPPED,
    (PAUSED, CampaignEvent.RESUME): RUNNING,
    (PAUSED, CampaignEvent.STOP): STOPPED,
    (PAUSED, CampaignEvent.FINISH): CampaignState.FINISHED,
    (CampaignState.MISSED, CampaignEvent.CANCEL): CampaignState.CANCELED,
    (CampaignState.STUCK, CampaignEvent.CANCEL): CampaignState.CANCELED,
}


@pytest.mark.parametrize(("state", "event"), list(product(CampaignState, CampaignEvent)))
def test_every_move_is_allowed_or_refused(state: CampaignState, event: CampaignEvent) -> None:
    if (state, event) in ALLOWED:
        assert next_state(state, event) is ALLOWED[state, event]
    else:
        with pytest.raises(Conflict):
            next_state(state, event)


def test_every_state_is_in_the_table() -> None:
    assert set(CAMPAIGN_MOVES) == set(CampaignState)


@pytest.mark.parametrize("sender", list(SenderName))
def test_every_sender_has_a_chunk_size_and_a_bubble(sender: SenderName) -> None:
    """D2: an AlimTalk never advertises."""
    assert CHUNK_SIZE[sender] > 0
    assert bool(BUBBLES[sender]) == (PRODUCTS[sender] is not Product.ALIMTALK)


@pytest.mark.parametrize("sender", list(SenderName))
def test_a_chunk_is_a_whole_number_of_won_at_any_price(sender: SenderName) -> None:
    """So that holds per chunk sum to the cost of the run: 100 times any jeon is whole won."""
    assert CHUNK_SIZE[sender] % 100 == 0
