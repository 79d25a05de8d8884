"""Text messages through SOLAPI, for whom KakaoTalk does not reach (providers.md A3, D1, D6)."""

import orjson

from campaigns.senders.solapi import SolapiSender
from campaigns.senders.solapi_bodies import custom_fields
from domain.bubbles import Letter
from domain.campaigns import Batch, Outgoing, SenderName
from domain.letters import letter_problem
from domain.refusals import Rejected


class SolapiLmsSender(SolapiSender):
    name = SenderName.SOLAPI_LMS
    needs_pf_id = False

    def encode(self, one: Outgoing, batch: Batch, sender_number: str | None) -> bytes:
        """D1: only from a number that was registered beforehand."""
        if not isinstance(one.bubble, Letter):
            raise Rejected("BUBBLE", type(one.bubble).__name__)
        if not sender_number:
            raise Rejected("NO_SENDER_NUMBER")
        if letter_problem(one.bubble):
            raise Rejected("LETTERS", "outside EUC-KR, or too long")
        message = {
            "to": one.address,
            "from": sender_number,
            "type": "LMS",
            "subject": one.bubble.subject,
            "text": one.bubble.text,
            "customFields": custom_fields(one, batch),
        }
        return orjson.dumps(message)
