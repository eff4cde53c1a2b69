import subprocess
import sys

import pytest

from errors import UrlNotAllowed
from outbound.addresses import MAX_URL_CHARACTERS, check_url, is_allowed_host

NOBODY: frozenset[str] = frozenset()


def refusal_of(url: str, allowed_hosts: frozenset[str] = NOBODY) -> str:
    with pytest.raises(UrlNotAllowed) as caught:
        check_url(url, allowed_hosts=allowed_hosts)
    return caught.value.message


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/talk.mp3",
        "HTTP://EXAMPLE.COM/",
        "http://example.com:80/a?b=c#d",
        "https://example.com:443",
        "https://example.com:/empty-port",
        "https://bücher.example/Vortrag über Öl.mp3",
        "https://old_bucket.example/x",
        "http://[2606:2800:220:1::1]/x",
        # Where an address leads is told apart from a dead host by nobody: that refusal comes with the fetch.
        "http://127.0.0.1/x",
    ],
)
def test_an_ordinary_url_passes(url: str) -> None:
    check_url(url, allowed_hosts=NOBODY)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://example.com/a", "begins with http"),
        ("file:///etc/passwd", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("example.com/a.mp3", "begins with http"),
        ("//example.com/a.mp3", "begins with http"),
        ("", "begins with http"),
        ("https://example.com:8443/a", "port must be 80 or 443"),
        ("https://example.com:22/a", "port must be 80 or 443"),
        ("https://example.com:0/a", "port must be 80 or 443"),
        ("https://example.com:99999/a", "not a port number"),
        ("https://example.com:http/a", "not a port number"),
        ("https://user:secret@example.com/a", "user name or password"),
        ("https://user@example.com/a", "user name or password"),
        ("https://@example.com/a", "user name or password"),
        ("https:///a", "no host"),
        ("https://:443/a", "no host"),
        ("https://example.com/" + "a" * MAX_URL_CHARACTERS, "longer than 2048"),
        ("https://example.com/a\r\nHost: evil", "control character"),
        ("https://exam\tple.com/", "control character"),
        ("https://example.com/\x00", "control character"),
        ("https://example.com/\x85", "control character"),
        ("https://example.com/\ud800", "control character"),
        (" https://example.com/", "control character, or begins"),
        ("https://example.com/ ", "control character, or begins"),
        ("https://example.com\\@127.0.0.1/", "backslash"),
        ("https:\\\\example.com/", "backslash"),
        ("https://[::1/", "cannot be read"),
        ("https://[zzz]/", "cannot be read"),
        ("https://exa／mple.com/", "cannot be read"),
        ("https://exa mple.com/", "host name is not valid"),
        ("https://%31%32%37.0.0.1/", "host name is not valid"),
        ("https://[fe80::1%25eth0]/", "host name is not valid"),
    ],
)
def test_a_refusal_says_what_is_wrong(url: str, told: str) -> None:
    assert told in refusal_of(url)


def test_a_refusal_names_its_field() -> None:
    with pytest.raises(UrlNotAllowed) as caught:
        check_url("ftp://example.com", allowed_hosts=NOBODY)
    assert caught.value.param == "url"


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("media.internal", "MEDIA.internal."),
        ("Media.Internal.", "media.internal"),
        ("10.0.0.7", "10.0.0.7"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "[::1]"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_an_allowed_host_is_known_in_any_spelling(host: str, allowed: str) -> None:
    assert is_allowed_host(host, {allowed})


@pytest.mark.parametrize("host", ["evil-media.internal", "a.media.internal", "media.internal.evil", "127.1", ""])
def test_only_the_very_host_is_allowed(host: str) -> None:
    assert not is_allowed_host(host, {"media.internal", "127.0.0.1"})


def test_an_allowed_host_may_have_any_port() -> None:
    check_url("http://media.internal:9000/a", allowed_hosts=frozenset({"media.internal"}))


def test_an_allowed_host_may_not_have_port_zero() -> None:
    assert "port" in refusal_of("http://media.internal:0/", frozenset({"media.internal"}))


def test_an_allowed_host_may_still_not_carry_a_password() -> None:
    assert "password" in refusal_of("http://a:b@media.internal/", frozenset({"media.internal"}))


def test_checking_a_url_loads_no_http_client() -> None:
    script = "import sys, outbound.addresses; print({'httpx', 'ssrfguard', 'ssl'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "set()"
