"""What goes out compressed, and what does not."""

import gzip

import pytest
from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize("path", ["/pricing", "/static/style.css", "/static/app.js", "/openapi.json"])
def test_text_goes_out_compressed_to_whoever_takes_it_so(visitor: FlaskClient, path: str) -> None:
    plain, packed = visitor.get(path, buffered=True), visitor.get(path, headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0"])
def test_who_takes_no_gzip_gets_none(visitor: FlaskClient, accepted: str) -> None:
    assert "Content-Encoding" not in visitor.get("/pricing", headers={"Accept-Encoding": accepted}).headers


def test_a_file_that_has_not_changed_is_not_sent_again(visitor: FlaskClient) -> None:
    etag = visitor.get("/static/style.css", headers=GZIP).headers["ETag"]
    again = visitor.get("/static/style.css", headers={**GZIP, "If-None-Match": etag}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


def test_what_is_small_and_what_is_a_program_s_stay_as_they_are(visitor: FlaskClient, api: FlaskClient) -> None:
    assert "Content-Encoding" not in visitor.get("/healthz", headers=GZIP).headers
    assert "Content-Encoding" not in api.get("/api/v1/pipelines", headers=GZIP).headers


def test_an_error_page_is_compressed_too(visitor: FlaskClient) -> None:
    answer = visitor.get("/nowhere", headers=GZIP)
    assert answer.status_code == 404
    assert b"Nothing here" in gzip.decompress(answer.data)
