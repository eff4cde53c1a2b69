"""Where webhooks may go: decided by the text, and when an address is new by what its name leads to."""

import socket
import threading
import time

import pytest

from errors import UrlNotAllowed
from outbound.targets import check_new_target, check_target
from tests.outbound.test_guard import FORBIDDEN_HOSTS, NAMES
from tests.outbound.wire import PUBLIC, Wire

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize("host", FORBIDDEN_HOSTS)
def test_P29_a_host_that_leads_inside_is_refused_when_it_is_saved(host: str, wire: Wire) -> None:
    wire.names = {name: [[address]] for name, address in NAMES.items()}

    with pytest.raises(UrlNotAllowed) as refusal:
        check_new_target(f"https://{host}/hook", param="webhook_url", allowed_hosts=NOBODY)

    assert refusal.value.param == "webhook_url"
    assert wire.connected == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/hook",
        "https://user:pw@example.com/hook",
        "https://example.com:8443/hook",
        "https://receiver/hook",
        "https://printer.local/hook",
        "https://",
        "",
    ],
)
def test_a_url_of_the_wrong_form_is_refused_without_a_look_up(url: str, wire: Wire) -> None:
    with pytest.raises(UrlNotAllowed):
        check_target(url, param="url", allowed_hosts=NOBODY)
    assert wire.lookups == []


@pytest.mark.parametrize("answers", [["10.0.0.1"], [PUBLIC, "10.0.0.1"], ["::1"]])
def test_a_name_with_a_private_answer_is_refused(answers: list[str], wire: Wire) -> None:
    wire.names["hooks.example.com"] = [answers]
    with pytest.raises(UrlNotAllowed, match="not a public one"):
        check_new_target("https://hooks.example.com/", param="url", allowed_hosts=NOBODY)


@pytest.mark.parametrize("host", ["hooks.example.com", "old_name.example.com", PUBLIC, "nobody-knows.example.com"])
def test_a_public_name_is_taken_and_one_that_is_not_known_yet(host: str, wire: Wire) -> None:
    wire.names = {"hooks.example.com": [[PUBLIC]], "old-name.example.com": [[PUBLIC]]}
    check_new_target(f"https://{host}/hook?token=a", param="url", allowed_hosts=NOBODY)


def test_a_name_server_that_keeps_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outbound.targets.LOOKUP_SECONDS", 0.05)
    answers = threading.Event()

    def keep_silent(*_: object) -> list[object]:
        answers.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", keep_silent)
    began = time.monotonic()
    check_new_target("https://hooks.example.com/", param="url", allowed_hosts=NOBODY)
    answers.set()

    assert time.monotonic() - began < 2


def test_a_host_of_the_operator_may_be_private_on_any_port_and_without_tls() -> None:
    check_new_target("http://receiver:9000/hook", param="url", allowed_hosts=frozenset({"receiver"}))
    check_new_target("http://127.0.0.1:1/hook", param="url", allowed_hosts=frozenset({"127.0.0.1"}))
