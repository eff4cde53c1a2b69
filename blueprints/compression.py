"""Pages, styles and scripts go out compressed to whoever takes them so, whatever stands before the service.

What a page has that is secret, a new key or a webhook's secret, is shown once, in answer to a form of our own: no other
site can have a browser ask for it again and again, and learn of it from how well it compresses. Addresses of share
links are shown again, but on pages that repeat nothing of what a request says.
"""

import gzip

from flask import Flask, Response, request

from blueprints.programs import is_for_programs

TYPES = ("text/", "application/json", "application/javascript", "image/svg+xml")
LEAST_BYTES = 1_000  # Below it the packet is no smaller.
LEVEL = 6

# By their ETag, which changes with the file; there are as many as static/ has.
_files: dict[str, bytes] = {}


def register(app: Flask) -> None:
    """To be called before all else that touches answers: what is registered first comes to them last."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if is_for_programs() or not _is_whole_text(response):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings.quality("gzip"):
        return response
    etag, _ = response.get_etag()
    is_file = response.direct_passthrough
    response.direct_passthrough = False
    data = response.get_data()
    response.set_data(_compressed_file(etag, data) if is_file and etag else gzip.compress(data, LEVEL))
    response.headers["Content-Encoding"] = "gzip"
    if etag:
        response.set_etag(etag, weak=True)  # The same words, but not the same bytes as uncompressed.
    return response


def _compressed_file(etag: str, data: bytes) -> bytes:
    if etag not in _files:
        _files[etag] = gzip.compress(data, LEVEL)
    return _files[etag]


def _is_whole_text(response: Response) -> bool:
    """Whether all of it is there, and worth it. What is streamed is to arrive piece by piece."""
    is_streamed = response.is_streamed and not response.direct_passthrough
    return (
        response.status_code not in (204, 206, 304)
        and (response.mimetype or "").startswith(TYPES)
        and not is_streamed
        and "Content-Encoding" not in response.headers
        and (response.content_length or response.calculate_content_length() or 0) >= LEAST_BYTES
    )
