"""AlimTalk through NHN: information in an inspected template (providers.md B2, B10)."""

import orjson

from campaigns.senders.attempts import TOTAL_SECONDS, Line
from campaigns.senders.nhn import NhnSender, Request
from campaigns.senders.nhn_bodies import Content
from campaigns.senders.nhn_places import Place
from campaigns.senders.nhn_reports import grouping_key
from campaigns.senders.nhn_wire import ALIMTALK, BASE_URL, NhnKeys, NhnWire
from domain.bubbles import Notice
from domain.campaigns import Batch, Outgoing, SenderName
from domain.refusals import Rejected
from domain.time import Now


class NhnAlimtalkSender(NhnSender):
    """The same key is taken once in ten minutes, so a lost answer may be asked for again."""

    name = SenderName.NHN_ALIMTALK

    def __init__(
        self,
        keys: NhnKeys,
        now: Now,
        *,
        base_url: str = BASE_URL,
        timeout_seconds: float = TOTAL_SECONDS,
    ) -> None:
        line = Line(base_url, timeout_seconds=timeout_seconds)
        super().__init__(NhnWire(line, keys, ALIMTALK), now)

    def _request(self, batch: Batch, place: Place, content: Content) -> Request:  # noqa: ARG002 - a sister's
        return Request("/messages", encode_notices(batch, place), key=place.key)

    def _without_trace(self, ref: str) -> bool | None:
        """Not accepted as far as anybody can tell, so it may be posted under the same key; too
        late for the key, nobody can tell.
        """
        place = Place.read(ref)
        return False if place is not None and place.is_protected(self._now()) else None


def encode_notices(batch: Batch, place: Place) -> bytes:
    """Raises Rejected when the people of a chunk are told by different templates."""
    codes = {_notice(one).code for one in batch.people}
    if len(codes) > 1:
        raise Rejected("TEMPLATES_DIFFER", f"{len(codes)}")
    return orjson.dumps(
        {
            "senderKey": batch.account.nhn_sender_key,
            "templateCode": codes.pop(),
            "senderGroupingKey": place.key,
            "recipientList": [_recipient(batch, one) for one in batch.people],
        }
    )


def _recipient(batch: Batch, one: Outgoing) -> dict[str, object]:
    return {
        "recipientNo": one.address,
        "templateParameter": dict(_notice(one).values),
        # A text message in its place would cost more and was not asked for (B6).
        "resendParameter": {"isResend": False},
        "recipientGroupingKey": grouping_key(batch, one),
    }


def _notice(one: Outgoing) -> Notice:
    if not isinstance(one.bubble, Notice):
        raise Rejected("BUBBLE", type(one.bubble).__name__)
    return one.bubble
