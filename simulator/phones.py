"""The phones in the browser."""

from aiohttp import web

from simulator.kakao import Kakao
from simulator.solapi import Solapi


class Phones:
    def __init__(self, kakao: Kakao, solapi: Solapi) -> None:
        self._kakao = kakao
        self._solapi = solapi

    def routes(self) -> list[web.RouteDef]:
        return []
