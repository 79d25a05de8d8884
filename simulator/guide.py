"""The start page of the world alone: three steps, in two languages, and a line to copy."""

from aiohttp import web

from simulator.newcomer import practice_keys
from simulator.pages import page
from simulator.screens import frame
from simulator.settings import Settings
from simulator.world import World


class Guide:
    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._settings = settings

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/guide", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        bots, people = list(self._world.bots.values()), list(self._world.people.values())
        return page(
            "guide",
            here_url=self._settings.public_url,
            bot=bots[0] if bots else None,
            person=people[0] if people else None,
            keys=practice_keys(self._world),
            **frame(self._world, request),
        )
