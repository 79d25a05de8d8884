"""`https://api.solapi.com`, but here: a name that points to the simulator, and a certificate.

The official clients write that host into every address. So nothing of theirs is touched: the
name is looked up as this machine, the simulator listens there with TLS as well, and a
throw-away authority that lives for one test has signed its certificate.
"""

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme
from aiohttp import web

from .conftest import Sim

HOST = "api.solapi.com"


class OfficialHost(NamedTuple):
    port: int
    authority: Path
    """The file of the authority to be believed."""


async def open_official_host(sim: Sim, folder: Path) -> OfficialHost:
    """Official clients sign with this machine's clock, so the pretend world lives by it, too."""
    sim.clock.at = datetime.now(UTC)
    sim.settings.brand_hours = False
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(context)
    runner = sim.client.server.runner
    assert runner is not None
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(file)
    return OfficialHost(runner.addresses[-1][1], file)


def point_name_here(monkeypatch: pytest.MonkeyPatch, host: OfficialHost) -> None:
    """For clients in this process: whatever else is looked up is found where it always was."""
    looked_up: Callable[..., Any] = socket.getaddrinfo

    def look_up(name: str, port: int, *more: Any, **named: Any) -> Any:
        if name == HOST:
            return looked_up("127.0.0.1", host.port, *more, **named)
        return looked_up(name, port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setenv("SSL_CERT_FILE", str(host.authority))
    monkeypatch.setenv("NO_PROXY", HOST)
    monkeypatch.setenv("no_proxy", HOST)
