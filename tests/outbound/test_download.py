import gzip
import hashlib
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import errors
from errors import MediaTooLarge, SourceRefused, SourceUnreachable, UrlNotAllowed, UrlNotMedia
from outbound.download import Downloaded, Patience, download
from tests.outbound.loopback_server import RECORDING, Exchange, LoopbackServer

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")

# Short waits only where waiting is the test: on a busy machine an honest answer may take a second.
PATIENT = Patience(resume_pause_seconds=0.01)
HASTY = Patience(connect_seconds=0.6, first_byte_seconds=0.6, window_seconds=0.5)
LOOPBACK = frozenset({"127.0.0.1"})
LONG_SECONDS = 10.0
SHA256 = hashlib.sha256(RECORDING).hexdigest()


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    return tmp_path / "media"


def get(url: str, destination: Path, **options: Any) -> Downloaded:
    return download(url, destination, **{"allowed_hosts": LOOPBACK, "on_tick": nothing, "patience": PATIENT, **options})


def nothing() -> None:
    pass


def send_recording(exchange: Exchange) -> None:
    exchange.reply(RECORDING, headers={"Content-Type": "audio/mpeg"})


def drip(exchange: Exchange, data: bytes) -> None:
    for byte in data:
        exchange.wfile.write(bytes([byte]))
        time.sleep(LONG_SECONDS / 300)


# What arrives


def test_a_recording_arrives_whole(server: LoopbackServer, destination: Path) -> None:
    server.routes["/talks/one.mp3"] = send_recording
    found = get(server.url("/talks/one.mp3?key=1"), destination)
    assert destination.read_bytes() == RECORDING
    assert found == Downloaded(len(RECORDING), SHA256, "audio/mpeg", "one.mp3", server.url("/talks/one.mp3?key=1"))


def test_a_body_without_a_length_arrives_whole(server: LoopbackServer, destination: Path) -> None:
    def close_at_the_end(exchange: Exchange) -> None:
        exchange.head(200, {"Connection": "close"})
        exchange.wfile.write(RECORDING)

    server.routes["/a"] = close_at_the_end
    assert get(server.url("/a"), destination).sha256 == SHA256


def test_an_empty_body_is_an_empty_file(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.reply(b"")
    assert get(server.url("/a"), destination).size_bytes == 0
    assert destination.read_bytes() == b""


def test_a_claimed_name_comes_before_the_urls(server: LoopbackServer, destination: Path) -> None:
    header = {"Content-Disposition": "attachment; filename=\"x.mp3\"; filename*=UTF-8''%C3%BCber%20uns.mp3"}
    server.routes["/get"] = lambda exchange: exchange.reply(RECORDING, headers=header)
    assert get(server.url("/get"), destination).filename == "über uns.mp3"


def test_a_small_slow_file_is_still_taken(server: LoopbackServer, destination: Path) -> None:
    def slowly(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Length": "8"})
        drip(exchange, b"ID3 tiny")

    server.routes["/a"] = slowly
    assert get(server.url("/a"), destination).size_bytes == 8


def test_media_bytes_are_taken_whatever_their_label(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.reply(RECORDING, headers={"Content-Type": "text/html"})
    assert get(server.url("/a"), destination).content_type == "text/html"


def test_the_file_is_asked_for_unencoded(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = send_recording
    get(server.url("/a"), destination)
    assert server.requests[0][1]["Accept-Encoding"] == "identity"


# Time


def sleep_before_answering(_exchange: Exchange) -> None:
    time.sleep(LONG_SECONDS)


def drip_headers(exchange: Exchange) -> None:
    drip(exchange, b"HTTP/1.1 200 OK\r\nX-Padding: " + b"a" * 300)


def drip_body(exchange: Exchange) -> None:
    exchange.head(200, {"Content-Length": "100000"})
    drip(exchange, b"ID3" + b"a" * 300)


def stall(exchange: Exchange) -> None:
    exchange.head(200, {"Content-Length": "100000"})
    exchange.wfile.write(b"ID3" + b"a" * 5000)
    time.sleep(LONG_SECONDS)


@pytest.mark.parametrize("route", [sleep_before_answering, drip_headers, drip_body, stall])
def test_a_source_that_takes_too_long_is_given_up(route: Any, server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = route
    began = time.monotonic()
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination, patience=HASTY)
    assert time.monotonic() - began < LONG_SECONDS / 2
    assert not destination.exists()


@pytest.mark.parametrize("route", [sleep_before_answering, drip_headers, drip_body, stall])
def test_the_deadline_holds_against_every_kind_of_delay(route: Any, server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = route
    began = time.monotonic()
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination, deadline_seconds=0.4)
    assert time.monotonic() - began < LONG_SECONDS / 2
    assert not destination.exists()


def test_a_name_server_that_never_answers_is_given_up(destination: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: time.sleep(LONG_SECONDS))
    began = time.monotonic()
    with pytest.raises(SourceUnreachable):
        get("http://slow.example/a", destination, patience=HASTY)
    assert time.monotonic() - began < LONG_SECONDS / 2


def test_what_a_tick_raises_ends_the_download(server: LoopbackServer, destination: Path) -> None:
    def cancel() -> None:
        raise errors.Canceled

    server.routes["/a"] = stall
    with pytest.raises(errors.Canceled):
        get(server.url("/a"), destination, on_tick=cancel)
    assert not destination.exists()


# Where it may lead


def test_five_redirects_are_followed(server: LoopbackServer, destination: Path) -> None:
    for number in range(5):
        server.routes[f"/{number}"] = lambda exchange, number=number: exchange.redirect(f"/{number + 1}")  # type: ignore[misc]
    server.routes["/5"] = send_recording
    assert get(server.url("/0"), destination).final_url == server.url("/5")


def test_a_sixth_redirect_is_not_followed(server: LoopbackServer, destination: Path) -> None:
    server.routes["/loop"] = lambda exchange: exchange.redirect("/loop")
    with pytest.raises(SourceUnreachable):
        get(server.url("/loop"), destination)
    assert server.paths == ["/loop"] * 6


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/secret",
        "http://localhost/secret",
        "http://127.1:{port}/secret",
        "http://[::ffff:127.0.0.1]:{port}/secret",
        "http://user:pw@127.0.0.1:{port}/secret",
        "//localhost:{port}/secret",
        "file:///etc/hostname",
        "gopher://127.0.0.1:{port}/secret",
        "http://[::1",
        "http://127.0.0.1:{port}\\secret",
        "/\\secret",
        "/" + "a" * 9000,
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_a_redirect_from_an_allowed_host_is_checked_like_a_new_url(
    location: str, server: LoopbackServer, destination: Path
) -> None:
    server.routes["/a"] = lambda exchange: exchange.redirect(location.format(port=server.port))
    server.routes["/secret"] = send_recording
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)
    assert server.paths == ["/a"]


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


def test_a_refused_address_and_a_dead_port_read_alike(destination: Path) -> None:
    with pytest.raises(SourceUnreachable) as refused:
        get("http://169.254.169.254/", destination)
    with pytest.raises(SourceUnreachable) as dead:
        get("http://127.0.0.1:9/", destination)
    assert refused.value.message == dead.value.message == SourceUnreachable.default_message


def test_the_log_tells_the_reason_and_no_secret(
    server: LoopbackServer, destination: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.routes["/a"] = lambda exchange: exchange.redirect("http://10.0.0.1/b?token=SECRET")
    with pytest.raises(SourceUnreachable):
        get(server.url("/a?key=SECRET"), destination, headers={"Authorization": "SECRET"})
    assert "10.0.0.0/8" in caplog.text
    assert "SECRET" not in caplog.text


def test_a_header_that_cannot_be_sent_is_not_logged(
    server: LoopbackServer, destination: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination, headers={"X-Key": "SECRET\r\nX-Other: 1"})
    assert "SECRET" not in caplog.text
    assert server.requests == []


# The caller's headers


def headers_after_redirect(server: LoopbackServer, destination: Path, location: str, **sent: str) -> Mapping[str, str]:
    server.routes["/a"] = lambda exchange: exchange.redirect(location)
    server.routes["/b"] = send_recording
    get(server.url("/a"), destination, headers=sent, allowed_hosts=frozenset({"127.0.0.1", "localhost"}))
    return server.requests[-1][1]


def test_headers_are_sent_and_kept_on_the_same_host(server: LoopbackServer, destination: Path) -> None:
    sent = {"Authorization": "Bearer t", "X-Key": "k"}
    assert headers_after_redirect(server, destination, "/b", **sent).items() >= sent.items()


def test_headers_are_dropped_on_another_host(server: LoopbackServer, destination: Path) -> None:
    sent = {"Authorization": "Bearer t", "Cookie": "c=1", "X-Key": "k"}
    received = headers_after_redirect(server, destination, server.url("/b", host="localhost"), **sent)
    assert not received.keys() & sent.keys()


def test_headers_stay_dropped_on_the_way_back(server: LoopbackServer, destination: Path) -> None:
    server.routes["/over"] = lambda exchange: exchange.redirect(server.url("/b"))
    sent = {"Authorization": "Bearer t", "X-Key": "k"}
    received = headers_after_redirect(server, destination, server.url("/over", host="localhost"), **sent)
    assert not received.keys() & sent.keys()


def test_the_caller_cannot_set_the_headers_that_are_ours(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = send_recording
    sent = {"Host": "evil.example", "Accept-Encoding": "gzip", "Range": "bytes=5-", "Content-Length": "7"}
    get(server.url("/a"), destination, headers=sent)
    received = server.requests[0][1]
    assert received["Host"] == f"127.0.0.1:{server.port}"
    assert received["Accept-Encoding"] == "identity"
    assert not received.keys() & {"Range", "Content-Length"}


# Refusals


@pytest.mark.parametrize("status", [401, 403, 404, 410, 400, 418, 451, 304])
def test_a_final_answer_is_told_with_its_status(status: int, server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.reply(status=status)
    with pytest.raises(SourceRefused, match=str(status)):
        get(server.url("/a"), destination)
    assert not destination.exists()


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_an_answer_that_may_change_is_transient(status: int, server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.reply(status=status)
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)


def test_a_part_nobody_asked_for_is_not_taken_for_the_whole(server: LoopbackServer, destination: Path) -> None:
    header = {"Content-Range": "bytes 0-99/5000"}
    server.routes["/a"] = lambda exchange: exchange.reply(RECORDING[:100], status=206, headers=header)
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)


def test_an_encoded_body_is_refused_unread(server: LoopbackServer, destination: Path) -> None:
    bomb = gzip.compress(b"ID3" + bytes(50_000_000))
    server.routes["/a"] = lambda exchange: exchange.reply(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceRefused, match="compressed"):
        get(server.url("/a"), destination)


def test_a_body_announced_too_large_is_refused_at_once(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.head(200, {"Content-Length": str(3 * 1024**3)})
    with pytest.raises(MediaTooLarge, match="larger than the 2048 MB"):
        get(server.url("/a"), destination)
    assert not destination.exists()


def test_a_body_that_grows_too_large_is_stopped(server: LoopbackServer, destination: Path) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.head(200, {"Transfer-Encoding": "chunked"})
        while True:
            exchange.wfile.write(b"2710\r\n" + b"\0" * 10_000 + b"\r\n")

    server.routes["/a"] = endless
    with pytest.raises(MediaTooLarge):
        get(server.url("/a"), destination, max_bytes=1_000_000)
    assert not destination.exists()


def test_a_body_of_exactly_the_limit_is_taken(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = send_recording
    assert get(server.url("/a"), destination, max_bytes=len(RECORDING)).size_bytes == len(RECORDING)


@pytest.mark.parametrize("content_type", ["text/html", "audio/mpeg"])
def test_a_page_is_refused_before_the_rest_of_it_comes(
    content_type: str, server: LoopbackServer, destination: Path
) -> None:
    def page(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": content_type, "Content-Length": "1000000"})
        exchange.wfile.write(b"<!doctype html><title>Sign in</title>" + b" " * 10_000)
        time.sleep(LONG_SECONDS)

    server.routes["/a"] = page
    began = time.monotonic()
    with pytest.raises(UrlNotMedia):
        get(server.url("/a"), destination)
    assert time.monotonic() - began < LONG_SECONDS / 2
    assert not destination.exists()


def test_a_short_page_is_refused_too(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.reply(b"<html></html>")
    with pytest.raises(UrlNotMedia):
        get(server.url("/a"), destination)


def test_a_feed_is_refused_with_a_hint(server: LoopbackServer, destination: Path) -> None:
    server.routes["/feed"] = lambda exchange: exchange.reply(b'<?xml version="1.0"?><rss version="2.0"></rss>')
    with pytest.raises(UrlNotMedia, match="enclosure"):
        get(server.url("/feed"), destination)


def test_a_destination_that_cannot_be_written_is_our_own_failure(server: LoopbackServer, tmp_path: Path) -> None:
    server.routes["/a"] = send_recording
    with pytest.raises(FileNotFoundError):
        get(server.url("/a"), tmp_path / "missing" / "media")


# Cut connections


class Cutting:
    """Serves the recording but ends each connection after `step` bytes."""

    def __init__(self, step: int = 30_000, headers: Mapping[str, str] | None = None) -> None:
        self.step = step
        self.headers = {"Accept-Ranges": "bytes", "ETag": '"v1"', **(headers or {})}

    def __call__(self, exchange: Exchange) -> None:
        start = self.start_of(exchange)
        rest = RECORDING[start:]
        headers = {"Content-Length": str(len(rest)), **self.headers}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(RECORDING) - 1}/{len(RECORDING)}"
        exchange.head(206 if start else 200, headers)
        exchange.wfile.write(rest[: self.step])

    def start_of(self, exchange: Exchange) -> int:
        return int(exchange.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))


def test_a_cut_body_without_ranges_is_unreachable(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = Cutting(headers={"Accept-Ranges": "none"})
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)
    assert len(server.requests) == 1
    assert not destination.exists()


def test_a_cut_body_is_gone_on_with(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = Cutting()
    assert get(server.url("/a"), destination).sha256 == SHA256
    assert destination.read_bytes() == RECORDING
    assert [headers.get("Range") for _, headers in server.requests] == [None, "bytes=30000-", "bytes=60000-"]
    assert server.requests[1][1]["If-Range"] == '"v1"'


def test_a_date_vouches_where_the_etag_is_weak(server: LoopbackServer, destination: Path) -> None:
    modified = "Tue, 15 Nov 1994 12:45:26 GMT"
    server.routes["/a"] = Cutting(headers={"ETag": 'W/"v1"', "Last-Modified": modified})
    assert get(server.url("/a"), destination).sha256 == SHA256
    assert server.requests[1][1]["If-Range"] == modified


def test_a_weak_etag_alone_vouches_for_nothing(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = Cutting(headers={"ETag": 'W/"v1"'})
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)
    assert len(server.requests) == 1


def test_a_changed_file_is_fetched_from_its_beginning(server: LoopbackServer, destination: Path) -> None:
    shorter = RECORDING[:1000]
    server.routes["/a"] = lambda exchange: (
        exchange.reply(shorter) if exchange.headers.get("Range") else Cutting()(exchange)
    )
    assert get(server.url("/a"), destination).sha256 == hashlib.sha256(shorter).hexdigest()
    assert destination.read_bytes() == shorter


def test_a_part_of_a_file_of_another_length_is_not_taken(server: LoopbackServer, destination: Path) -> None:
    def grown(exchange: Exchange) -> None:
        exchange.reply(b"rest", status=206, headers={"Content-Range": "bytes 30000-30003/30004"})

    server.routes["/a"] = lambda exchange: grown(exchange) if exchange.headers.get("Range") else Cutting()(exchange)
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)


def test_another_part_than_was_asked_for_is_not_taken(server: LoopbackServer, destination: Path) -> None:
    class Confused(Cutting):
        def start_of(self, exchange: Exchange) -> int:
            return max(0, super().start_of(exchange) - 10)

    server.routes["/a"] = Confused()
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)
    assert not destination.exists()


def test_going_on_ends_after_five_times(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = Cutting(step=100)
    with pytest.raises(SourceUnreachable):
        get(server.url("/a"), destination)
    assert len(server.requests) == 6


def test_a_cut_body_is_gone_on_with_where_it_was_redirected_to(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = lambda exchange: exchange.redirect("/b")
    server.routes["/b"] = Cutting(step=50_000)
    assert get(server.url("/a"), destination).sha256 == SHA256
    assert server.paths == ["/a", "/b", "/b"]


# Speed


# As a worker runs it: a fork of the tests' own process would copy all that they have loaded.
DOWNLOADS = """
import os, sys
from pathlib import Path
from outbound.download import download
spent = []
for _ in range(6):
    before = sum(os.times()[:4])  # of this process and its ended children: a clock would measure whoever else is busy
    download(sys.argv[1], Path(sys.argv[2]), allowed_hosts=frozenset({"127.0.0.1"}), on_tick=lambda: None)
    spent.append(sum(os.times()[:4]) - before)
print(min(spent))
"""


def test_a_small_file_costs_at_most_60_ms_of_processor_time(server: LoopbackServer, destination: Path) -> None:
    server.routes["/a"] = send_recording
    command = [sys.executable, "-c", DOWNLOADS, server.url("/a"), str(destination)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert float(told) < 0.06
