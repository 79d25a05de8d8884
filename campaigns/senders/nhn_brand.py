"""Brand messages through NHN: advertising to friends, posted once and never again (B4, B10)."""

import orjson
from aiohttp import MultipartWriter

from campaigns.senders.attempts import TOTAL_SECONDS, Line
from campaigns.senders.nhn import NhnSender, Request
from campaigns.senders.nhn_bodies import Content, content_of
from campaigns.senders.nhn_places import Place
from campaigns.senders.nhn_reports import grouping_key
from campaigns.senders.nhn_templates import as_template, has_variables, values_in
from campaigns.senders.nhn_wire import BASE_URL, BRAND, NhnKeys, NhnWire
from campaigns.senders.reading import object_in, text_in
from domain.campaigns import Batch, Outgoing, SenderName
from domain.refusals import Retryable, Unknown
from domain.time import Now
from domain.ways import PictureShape

FRIENDS_ONLY = "I"
IMAGE_TYPES = {
    PictureShape.PICTURE: "IMAGE",
    PictureShape.GOODS: "IMAGE",
    PictureShape.WIDE: "WIDE_IMAGE",
    PictureShape.FIRST_ITEM: "MAIN_WIDE_ITEMLIST_IMAGE",
    PictureShape.ITEM: "NORMAL_WIDE_ITEMLIST_IMAGE",
    PictureShape.SLIDE: "CAROUSEL_FEED_IMAGE",
}
PNG = b"\x89PNG"


class NhnBrandSender(NhnSender):
    """No key protects a second request, so an answer that is lost is only asked for."""

    name = SenderName.NHN

    def __init__(
        self,
        keys: NhnKeys,
        now: Now,
        *,
        base_url: str = BASE_URL,
        timeout_seconds: float = TOTAL_SECONDS,
    ) -> None:
        line = Line(base_url, timeout_seconds=timeout_seconds)
        super().__init__(NhnWire(line, keys, BRAND), now)

    async def _prepare(self, batch: Batch, place: Place) -> tuple[Place, Content]:
        """A template for what differs from person to person. Nothing leaves by it, so after a lost
        answer another one is made.
        """
        content = _common(batch)
        if not has_variables(content):
            return place, content
        path = f"/senders/{batch.account.nhn_sender_key}/templates"
        body = orjson.dumps({"templateName": place.key, **content})
        try:
            answer = await self._wire.post(path, body)
        except Unknown as error:
            raise Retryable(error.code, error.detail) from error
        code = text_in(object_in(answer, "template"), "templateCode")
        if not code:
            raise Retryable("NO_TEMPLATE_CODE")
        return place._replace(template=code), content

    def _request(self, batch: Batch, place: Place, content: Content) -> Request:
        if not place.template:
            content = content or _common(batch)
            return Request("/freestyle-messages", encode_freestyle(batch, place, content))
        if not content:
            raise Unknown("NOT_PREPARED", place.template)
        return Request("/basic-messages", encode_basic(batch, place, content))

    async def upload(self, picture: bytes, shape: PictureShape) -> str:
        """Its address at NHN, for bubbles of this shape. Raises SenderError; twice is harmless."""
        kind, name = ("image/png", "a.png") if picture[:4] == PNG else ("image/jpeg", "a.jpg")
        form = MultipartWriter("form-data")
        part = form.append(picture, {"Content-Type": kind})
        part.set_content_disposition("form-data", name="image", filename=name)
        form.append(IMAGE_TYPES[shape]).set_content_disposition("form-data", name="imageType")
        answer = await self._wire.post(
            "/images", await form.as_bytes(), kind=form.headers["Content-Type"]
        )
        address = text_in(object_in(answer, "image"), "imageUrl")
        if not address:
            raise Retryable("NO_IMAGE_URL")
        return address


def _common(batch: Batch) -> Content:
    return as_template([content_of(one, batch) for one in batch.people])


def encode_freestyle(batch: Batch, place: Place, content: Content) -> bytes:
    people = [_recipient(batch, one) for one in batch.people]
    return orjson.dumps({**content, **_frame(batch, place), "recipientList": people})


def encode_basic(batch: Batch, place: Place, template: Content) -> bytes:
    people = [
        {**_recipient(batch, one), "templateParameter": values_in(template, content_of(one, batch))}
        for one in batch.people
    ]
    frame = {"templateCode": place.template, **_frame(batch, place)}
    return orjson.dumps({**frame, "recipientList": people})


def _frame(batch: Batch, place: Place) -> dict[str, str]:
    frame = {"senderKey": batch.account.nhn_sender_key or "", "senderGroupingKey": place.key}
    if batch.account.opt_out_number:
        frame["unsubscribeNo"] = batch.account.opt_out_number
    return frame


def _recipient(batch: Batch, one: Outgoing) -> dict[str, object]:
    return {
        "recipientNo": one.address,
        "targeting": FRIENDS_ONLY,
        # A text message in its place would cost more and lack its own marks (providers.md B6).
        "resendParameter": {"isResend": False},
        "recipientGroupingKey": grouping_key(batch, one),
    }
