"""Loopback ports in front of others, which can be cut and slowed while bytes go through them."""

import asyncio
import enum
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

BLOCK_BYTES = 16 * 1024
SLOW_SECONDS = 0.4  # for each block, in each direction


class State(enum.StrEnum):
    WHOLE = "whole"
    SLOW = "slow"
    SILENT = "silent"  # Connections are taken, and nothing comes through.
    CUT = "cut"  # Connections are refused, and those there are end.


class Cable:
    """One port; `port` is known once its `Cables` run."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.state = State.WHOLE
        self._target_port = target_port
        self._open: set[asyncio.StreamWriter] = set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state is State.CUT:
            _break(writer)
            return
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            _break(writer)
            return
        ends = {writer, there[1]}
        self._open |= ends
        try:
            await asyncio.gather(self._pump(reader, there[1]), self._pump(there[0], writer))
        except asyncio.CancelledError:
            pass  # All is over. The server that started this task would complain.
        finally:
            self._open -= ends
            for end in ends:
                _break(end)

    def set_state(self, state: State) -> None:
        self.state = state
        if state is State.CUT:
            for end in self._open:
                _break(end)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while block := await source.read(BLOCK_BYTES):
                if self.state is State.SLOW:
                    await asyncio.sleep(SLOW_SECONDS)
                while self.state is State.SILENT:
                    await asyncio.sleep(0.05)
                target.write(block)
                await target.drain()
            target.write_eof()


def _break(end: asyncio.StreamWriter) -> None:
    """End a connection as a cut does: whoever is at its end is told that it broke, not that it is over."""
    connection = end.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.transport.abort()


class Cables:
    """Cables by name; `set_state` may be called from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, cables: Mapping[str, Cable]) -> None:
        self._loop, self._cables = loop, cables

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._cables[name].port}"

    def set_state(self, name: str, state: State) -> None:
        self._loop.call_soon_threadsafe(self._cables[name].set_state, state)

    def mend(self) -> None:
        """Have all of them whole."""
        for name in self._cables:
            self.set_state(name, State.WHOLE)


@contextmanager
def cables(target_ports: Mapping[str, int]) -> Iterator[Cables]:
    """A cable to each of these ports on loopback, for the block."""
    loop = asyncio.new_event_loop()
    made = {name: Cable(port) for name, port in target_ports.items()}

    async def listen() -> list[asyncio.Server]:
        servers = []
        for cable in made.values():
            servers.append(await asyncio.start_server(cable.carry, "127.0.0.1", 0))
            cable.port = servers[-1].sockets[0].getsockname()[1]
        return servers

    async def end() -> None:
        for server in servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, name="cables", daemon=True)
    thread.start()
    servers = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        yield Cables(loop, made)
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
