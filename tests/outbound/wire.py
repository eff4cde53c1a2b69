"""The network as a test sees it: names that answer what they are told to, and a record of every connection tried."""

import socket
from dataclasses import dataclass, field
from typing import Any

import pytest

PUBLIC = "93.184.216.34"
PUBLIC_V6 = "2606:2800:220:1:248:1893:25c8:1946"

_real_getaddrinfo = socket.getaddrinfo


@dataclass
class Wire:
    """`names` maps a name to its answers, one list for each look-up, the last one repeated. Nothing gets through."""

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    connected: list[str] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)

    def getaddrinfo(self, host: Any, port: Any, family: int = 0, kind: int = 0, proto: int = 0, flags: int = 0) -> Any:
        host = host.decode() if isinstance(host, bytes) else host
        self.lookups.append(host)
        answers = self.names.get(host.lower().rstrip("."))
        if answers is None:
            # As the C library reads it: 127.1, 0x7f.1 and 2130706433 are all numeric to it.
            return _real_getaddrinfo(host, port, family, kind, proto, flags | socket.AI_NUMERICHOST)
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [row for a in addresses for row in _real_getaddrinfo(a, port, family, kind, proto, flags)]

    def connect(self, _socket: socket.socket, address: tuple[Any, ...]) -> None:
        self.connected.append(str(address[0]))
        raise ConnectionRefusedError(111, "Connection refused")


def lay_wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Names and connections of this process, and of every child it forks, go through the Wire that is returned."""
    wire = Wire()
    monkeypatch.setattr(socket, "getaddrinfo", wire.getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", lambda itself, address: wire.connect(itself, address), raising=False)
    return wire
