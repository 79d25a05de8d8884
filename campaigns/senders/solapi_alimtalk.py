"""AlimTalk through SOLAPI: an inspected template and what is to stand in it (providers.md A3, D2)."""

from collections.abc import Sequence

import orjson

from campaigns.senders.port import Inspected
from campaigns.senders.solapi import SolapiSender
from campaigns.senders.solapi_bodies import custom_fields
from campaigns.senders.solapi_templates import read_templates
from domain.bubbles import Notice
from domain.campaigns import Batch, Outgoing, SenderName
from domain.refusals import Rejected


class SolapiAlimtalkSender(SolapiSender):
    name = SenderName.SOLAPI_ALIMTALK

    async def templates(self) -> Sequence[Inspected]:
        return await read_templates(self._wire)

    def encode(self, one: Outgoing, batch: Batch, sender_number: str | None) -> bytes:
        """The text goes along, so that SOLAPI compares it with the template (1043) instead of
        filling a template that has changed meanwhile.
        """
        if not isinstance(one.bubble, Notice):
            raise Rejected("BUBBLE", type(one.bubble).__name__)
        message: dict[str, object] = {
            "to": one.address,
            "type": "ATA",
            "text": one.bubble.text,
            "kakaoOptions": {
                "pfId": batch.account.pf_id,
                "templateId": one.bubble.code,
                "variables": {f"#{{{name}}}": value for name, value in one.bubble.values},
                # A text message in its place would cost five times as much (providers.md D7).
                "disableSms": True,
            },
            "customFields": custom_fields(one, batch),
        }
        if sender_number:
            message["from"] = sender_number
        return orjson.dumps(message)
