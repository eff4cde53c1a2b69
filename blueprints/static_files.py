"""Scripts, styles and drawings, under addresses that change with their content, so that browsers keep them for good."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from errors import NotFound

FOLDER = Path(__file__).resolve().parent.parent / "static"
A_YEAR = 365 * 24 * 3600
PACKED = frozenset({".css", ".js", ".svg"})
# Below this a packet more or less is all that could be won.
LEAST_PACKED_BYTES = 1024


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent: plain, and packed where that makes it smaller. `version` is of its content."""

    content: bytes
    packed: bytes | None
    media_type: str
    version: str


def register(app: Flask) -> None:
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=serve)
    app.url_defaults(_name_version)
    app.after_request(_pack_page)


def serve(filename: str) -> Response:
    file = _find(filename)
    if file is None:
        raise NotFound()
    is_packed = file.packed is not None and _takes_gzip()
    response = Response(file.packed if is_packed else file.content, content_type=file.media_type)
    if is_packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{file.version}{'-gzip' if is_packed else ''}")
    if request.args.get("v") == file.version:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    else:
        # A module that another one imports, whose address nobody wrote a version into: asked for anew each time.
        response.headers["Cache-Control"] = "public, no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]


def _name_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values and (file := _find(values["filename"])):
        values["v"] = file.version


def _find(filename: str) -> StaticFile | None:
    path = (FOLDER / filename).resolve()
    if not path.is_relative_to(FOLDER) or not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=200)
def _read(path: Path, changed_ns: int) -> StaticFile:
    """Read once in each process, and again when it was changed, which happens where the pages are worked on."""
    content = path.read_bytes()
    media_type = guess_type(path.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    packed = gzip.compress(content, mtime=0) if path.suffix in PACKED else None
    return StaticFile(content, packed, media_type, sha256(content).hexdigest()[:12])


def _pack_page(response: Response) -> Response:
    """HTML packs to a tenth: a transcript has a tag for each word.

    What a page echoes could be guessed from its length only by who has it fetched with the reader's cookie, which other
    sites cannot (SameSite), and keys and secrets are shown once, in answers to posts.
    """
    if response.mimetype != "text/html" or response.is_streamed or response.content_encoding:
        return response
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) < LEAST_PACKED_BYTES or not _takes_gzip():
        return response
    response.set_data(gzip.compress(content, compresslevel=5, mtime=0))
    response.content_encoding = "gzip"
    return response


def _takes_gzip() -> bool:
    return request.accept_encodings["gzip"] > 0
