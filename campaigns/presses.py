"""A press on the owner's own button: counted once for each person, then on to where it leads."""

from datetime import datetime

from domain.refusals import NotFound
from loyalty.links import read_button_token
from storage.desk import Tx
from storage.queries.presses import find_button_url, save_pressed


def find_address(tx: Tx, token: str) -> str:
    """Where the button of this message leads: what its campaign says, and nothing the link says.

    Raises NotFound(`link`).
    """
    shop_id, message_id = read_button_token(tx, token)
    url = find_button_url(tx, shop_id, message_id)
    if url is None:
        raise NotFound("link")
    return url


def press_button(tx: Tx, token: str, at: datetime) -> str:
    """`find_address`, and the press is counted; again by the same person it is not."""
    url = find_address(tx, token)
    save_pressed(tx, *read_button_token(tx, token), at)
    return url
