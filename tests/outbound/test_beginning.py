import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from errors import MediaTooLarge, SourceRefused, SourceUnreachable, UrlNotAllowed, UrlNotMedia
from outbound.beginning import Beginning, fetch_beginning
from tests.descendants import children
from tests.outbound.loopback_server import RECORDING, Exchange, LoopbackServer

LOOPBACK = frozenset({"127.0.0.1"})
# A busy machine may take seconds to start an interpreter; the tests of the deadline itself set a shorter one.
DEADLINE_SECONDS = 12.0
LONG_SECONDS = 10.0
FAR_TOO_MUCH_BYTES = 64 * 1024**2


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    return tmp_path / "beginning"


def get(url: str, destination: Path, **options: Any) -> Beginning:
    settings = {"allowed_hosts": LOOPBACK, "deadline_seconds": DEADLINE_SECONDS, **options}
    return fetch_beginning(url, destination, **settings)


def send_recording(exchange: Exchange) -> None:
    exchange.reply(RECORDING, headers={"Content-Type": "audio/mpeg"})


def send_without_a_length(exchange: Exchange) -> None:
    exchange.head(200, {"Connection": "close"})
    exchange.wfile.write(RECORDING)


# What arrives


@pytest.mark.parametrize("route", [send_recording, send_without_a_length])
def test_a_small_file_arrives_whole(route: Any, server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = route
    assert get(server.url("/a"), destination) == Beginning(len(RECORDING), len(RECORDING), is_whole=True)
    assert destination.read_bytes() == RECORDING


def test_a_large_file_is_left_after_its_beginning(server: LoopbackServer, destination: Path) -> None:
    sent_bytes = 0
    hung_up = threading.Event()

    def send_all_of_it(exchange: Exchange) -> None:
        nonlocal sent_bytes
        exchange.head(200, {"Content-Length": str(FAR_TOO_MUCH_BYTES)})
        try:
            while sent_bytes < FAR_TOO_MUCH_BYTES:
                exchange.wfile.write(b"ID3" + bytes(65_533))
                sent_bytes += 65_536
        except OSError:
            hung_up.set()

    server.routes["/a"] = send_all_of_it
    assert get(server.url("/a"), destination) == Beginning(1 << 20, FAR_TOO_MUCH_BYTES, is_whole=False)
    assert destination.stat().st_size == 1 << 20
    assert hung_up.wait(5)
    # What the two ends of the connection buffer between them is not ours to say.
    assert sent_bytes < FAR_TOO_MUCH_BYTES / 2


@pytest.mark.parametrize("max_bytes", [1000, len(RECORDING) - 1])
def test_no_more_than_was_asked_for_is_kept(server: LoopbackServer, destination: Path, max_bytes: int) -> None:
    server.routes["/a"] = send_recording
    found = get(server.url("/a"), destination, max_bytes=max_bytes)
    assert found == Beginning(max_bytes, len(RECORDING), is_whole=False)
    assert destination.read_bytes() == RECORDING[:max_bytes]


def test_a_file_of_exactly_that_size_is_whole(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = send_recording
    assert get(server.url("/a"), destination, max_bytes=len(RECORDING)).is_whole


def test_nobody_knows_how_long_an_unannounced_file_is(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = send_without_a_length
    assert get(server.url("/a"), destination, max_bytes=1000) == Beginning(1000, None, is_whole=False)


def test_of_a_slow_file_what_came_in_time_is_taken(server: LoopbackServer, destination: Path) -> None:
    def slowly(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Length": "1000000"})
        for _ in range(int(LONG_SECONDS * 10)):
            exchange.wfile.write(b"ID3" + bytes(9_997))
            time.sleep(0.1)

    server.routes["/a"] = slowly
    found = get(server.url("/a"), destination, deadline_seconds=6.0)
    assert 16_384 < found.size_bytes_fetched == destination.stat().st_size < 1_000_000
    assert (found.total_bytes, found.is_whole) == (1_000_000, False)


# Time


def sleep_before_answering(_exchange: Exchange) -> None:
    time.sleep(LONG_SECONDS)


def drip_headers(exchange: Exchange) -> None:
    drip(exchange, b"HTTP/1.1 200 OK\r\nX-Padding: " + b"a" * 300)


def drip_body(exchange: Exchange) -> None:
    exchange.head(200, {"Content-Length": "100000"})
    drip(exchange, b"ID3" + b"a" * 300)


def drip(exchange: Exchange, data: bytes) -> None:
    for byte in data:
        exchange.wfile.write(bytes([byte]))
        time.sleep(LONG_SECONDS / 300)


@pytest.mark.parametrize("route", [sleep_before_answering, drip_headers, drip_body])
def test_the_deadline_holds_against_every_kind_of_delay(route: Any, server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = route
    before, began = children(), time.monotonic()
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination, deadline_seconds=1.5)
    assert time.monotonic() - began < LONG_SECONDS / 2
    assert children() <= before
    assert not destination.exists()


# Where it may lead


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/secret",
        "http://127.1:{port}/secret",
        "http://user:pw@127.0.0.1:{port}/secret",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/hostname",
    ],
)
def test_a_redirect_to_a_forbidden_address_is_refused(
    location: str, server: LoopbackServer, destination: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.routes["/a"] = lambda exchange: exchange.redirect(location.format(port=server.port))
    server.routes["/secret"] = send_recording
    with pytest.raises(SourceUnreachable) as refused:
        get(server.url("/a"), destination)
    assert server.paths == ["/a"]
    assert refused.value.message == SourceUnreachable.default_message
    assert not destination.exists()
    assert "deadline" not in caplog.text


def test_a_redirect_is_followed(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.redirect("/b")
    server.routes["/b"] = send_recording
    assert get(server.url("/a"), destination).is_whole


def test_a_proxy_in_the_environment_is_not_asked(
    server: LoopbackServer, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url(""))
    with pytest.raises(SourceUnreachable):
        get("http://nowhere.invalid/a", destination)
    assert server.requests == []


def test_a_url_of_the_wrong_form_is_refused_before_anything_is_tried(destination: Path) -> None:
    with pytest.raises(UrlNotAllowed, match="port"):
        get("http://example.com:8080/", destination)


# Refusals


def test_a_final_answer_is_told_with_its_status(server: LoopbackServer, destination: Path) -> None:
    with pytest.raises(SourceRefused, match="404"):
        get(server.url("/nothing"), destination)
    assert not destination.exists()


def test_an_answer_that_may_change_is_transient(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.reply(status=503)
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)


@pytest.mark.parametrize("length", [20, 100_000])
def test_a_page_is_refused(length: int, server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.reply(b"<!doctype html>".ljust(length))
    with pytest.raises(UrlNotMedia):
        get(server.url("/a"), destination)
    assert not destination.exists()


def test_a_part_nobody_asked_for_is_not_taken_for_the_beginning(server: LoopbackServer, destination: Path) -> None:
    header = {"Content-Range": "bytes 100-199/5000"}
    server.routes["/a"] = lambda exchange: exchange.reply(RECORDING[100:200], status=206, headers=header)
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)


def test_a_file_announced_too_large_is_refused(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = send_recording
    with pytest.raises(MediaTooLarge):
        get(server.url("/a"), destination, max_bytes=100, max_total_bytes=len(RECORDING) - 1)
    assert not destination.exists()


def test_a_destination_that_cannot_be_written_is_our_own_failure(server: LoopbackServer, tmp_path: Path) -> None:
    server.routes["/a"] = send_recording
    with pytest.raises(FileNotFoundError):
        get(server.url("/a"), tmp_path / "missing" / "beginning")


# Secrets and threads


def test_headers_are_sent_and_ours_are_not_the_callers_to_set(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = send_recording
    get(server.url("/a"), destination, headers={"Authorization": "Bearer t", "Range": "bytes=5-"})
    received = server.requests[0][1]
    assert received["Authorization"] == "Bearer t"
    assert received["Accept-Encoding"] == "identity"
    assert "Range" not in received


def test_no_secret_is_in_the_childs_command_line_or_environment(
    server: LoopbackServer, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_OWN", "hush-hush")
    seen: list[str] = []

    def look_at_the_client(exchange: Exchange) -> None:
        for child in children():
            with suppress(psutil.NoSuchProcess):  # The suite has others, which end when they like.
                seen.append(" ".join(child.cmdline()) + str(child.environ()))
        send_recording(exchange)

    server.routes["/a"] = look_at_the_client
    get(server.url("/a?key=hush-hush"), destination, headers={"Authorization": "hush-hush"})
    ours = [line for line in seen if "beginning_program.py" in line]
    assert ours
    assert "hush-hush" not in "".join(ours)


def test_the_log_tells_the_reason_and_no_secret(
    server: LoopbackServer, destination: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.routes["/a"] = lambda exchange: exchange.redirect("http://10.0.0.1/b?token=SECRET")
    with pytest.raises(SourceUnreachable):
        get(server.url("/a?key=SECRET"), destination, headers={"Authorization": "SECRET"})
    assert "10.0.0.0/8" in caplog.text
    assert "SECRET" not in caplog.text + capfd.readouterr().err


def test_threads_may_fetch_at_the_same_time(server: LoopbackServer, tmp_path: Path) -> None:
    server.routes["/a"] = send_recording
    with ThreadPoolExecutor(3) as threads:
        fetched = threads.map(lambda name: get(server.url("/a"), tmp_path / name), "abc")
        assert all(found.is_whole for found in fetched)
