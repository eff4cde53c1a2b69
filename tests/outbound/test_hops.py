import pytest

from outbound.failures import FetchFailed
from outbound.hops import Hop, first_hop

SENT = {"authorization": "Bearer t", "Cookie": "c=1", "X-Key": "k"}
START = "https://example.com/a/b?q=1"


def headers_at(location: str, start: str = START) -> set[str]:
    return set(first_hop(start, SENT).to(location).headers)


@pytest.mark.parametrize("location", ["c", "/c", "//example.com/c", "https://EXAMPLE.com.:443/c", "?q=2", ""])
def test_every_header_goes_along_within_an_origin(location: str) -> None:
    assert headers_at(location) == set(SENT)


@pytest.mark.parametrize("location", ["https://example.com:8443/c", "//example.com:444/"])
def test_credentials_stay_behind_on_another_port(location: str) -> None:
    assert headers_at(location) == {"X-Key"}


def test_credentials_stay_behind_on_another_scheme() -> None:
    assert headers_at("https://example.com/", start="http://example.com/") == {"X-Key"}


@pytest.mark.parametrize("location", ["https://example.org/", "//cdn.example.com/c", "http://example.com/", "ftp://x/"])
def test_nothing_goes_along_to_another_host_or_in_the_clear(location: str) -> None:
    assert headers_at(location) == set()


@pytest.mark.parametrize(("location", "url"), [("../c?d=1#e", "https://example.com/c?d=1"), ("#e", START)])
def test_a_location_is_read_against_the_url_it_came_from(location: str, url: str) -> None:
    assert first_hop(START, {}).to(location).url == url


@pytest.mark.parametrize("location", ["http://[::1", "http://example.com:port/", "http://example.com:99999/"])
def test_a_location_that_is_no_url_ends_the_fetch(location: str) -> None:
    with pytest.raises(FetchFailed):
        Hop(START, {}).to(location)
