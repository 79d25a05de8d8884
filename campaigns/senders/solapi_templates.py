"""How the AlimTalk templates of an account stand with their inspector (providers.md A9)."""

from collections.abc import Mapping
from urllib.parse import quote

from campaigns.senders.port import Inspected
from campaigns.senders.reading import Object, objects_in, text_in
from campaigns.senders.solapi_wire import Wire
from domain.refusals import Retryable
from domain.ways import TemplateState

PAGE_SIZE = 100
PAGES_MAX = 100
STATES: Mapping[str, TemplateState] = {
    "PENDING": TemplateState.REQUESTED,
    "INSPECTING": TemplateState.REQUESTED,
    "APPROVED": TemplateState.APPROVED,
    "REJECTED": TemplateState.REJECTED,
}
"""Others that SOLAPI may have are left out; that one sleeps (D2) it does not say here."""


async def read_templates(wire: Wire) -> list[Inspected]:
    """Every template of the account. Raises Retryable."""
    found: list[Inspected] = []
    path, key = f"/kakao/v2/templates?limit={PAGE_SIZE}", ""
    for _ in range(PAGES_MAX):
        page = await wire.read(path + key) or {}
        found += [
            _inspected(one)
            for one in objects_in(page, "templateList")
            if text_in(one, "status") in STATES
        ]
        next_key = text_in(page, "nextKey")
        if not next_key:
            return found
        key = f"&startKey={quote(next_key, safe='')}"
    raise Retryable("PAGES")


def _inspected(one: Object) -> Inspected:
    return Inspected(
        code=text_in(one, "templateId"),
        body=text_in(one, "content"),
        state=STATES[text_in(one, "status")],
    )
