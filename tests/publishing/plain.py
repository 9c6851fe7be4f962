"""A stub API without TLS, for functions: they know no authority but the public ones."""

from __future__ import annotations

from aiohttp import web

from tests.stub_api import StubApi


class PlainApi(StubApi):
    """``host`` is the only one that it plays: the loopback address with its port."""

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def _start(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._handle), shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
