"""Everything of the shop's regulars as a file: the list is the owner's."""

import asyncio
from datetime import datetime
from urllib.parse import quote

from aiohttp import web

from console.keys import BOOKS, NOW, OWNER
from domain.people import ShopId
from loyalty.exporting import SHEETS, Binder, note_export
from storage.books import Books

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def download(request: web.Request) -> web.Response:
    """A POST, because it is written down: no link of another page can cause it."""
    owner, books = request[OWNER], request.app[BOOKS]
    at = request.app[NOW]()
    day = await books.write(note_export, owner.shop_id, actor=owner.actor, at=at)
    body = await bind(books, owner.shop_id, at)
    name = quote(f"단골목록_{day.isoformat()}.xlsx")
    return web.Response(
        body=body,
        content_type=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
        },
    )


async def bind(books: Books, shop_id: ShopId, at: datetime) -> bytes:
    """Read page by page, so that other readers come in between; drawn beside the event loop."""
    binder = Binder()
    for sheet in SHEETS:
        binder.begin(sheet)
        after = 0
        while page := await books.read(sheet.read, shop_id, after, at):
            await asyncio.to_thread(binder.add, page)
            after = page[-1][0]
    return await asyncio.to_thread(binder.finish)
