"""Exports as downloads: one file, or a zip of many. The same for the page and for the API."""

import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from flask import Response, jsonify, request, stream_with_context
from sqlalchemy.orm import Session
from werkzeug.http import dump_options_header, quote_etag

from blueprints.api_v1.presenters import result_json
from db import transaction
from errors import AppError
from exports import FORMATS, Format
from exports.names import file_name, unused
from exports.options import Options
from handlers.exports import Exportable, export
from models import Account

ZIP_NAME = "transcripts.zip"
LEFT_OUT = "left out.txt"


def export_file(session: Session, account: Account, public_id: str, format_code: str, options: Options) -> Response:
    """The transcription in one format; 304 to whoever has this revision of it already."""
    return file_of(export(session, account, public_id, [format_code]), format_code, options)


def file_of(source: Exportable, format_code: str, options: Options) -> Response:
    """The same of what was read already."""
    kind = FORMATS[format_code]
    etag = _etag(source, kind, options)
    if request.if_none_match.contains(etag):
        response = Response(status=304)
    else:
        response = Response(_content(source, kind, options), content_type=kind.content_type)
        response.headers["Content-Disposition"] = attachment(file_name(source.document.title, kind.extension))
        response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["ETag"] = quote_etag(etag)
    return response


def zip_file(account: Account, public_ids: Sequence[str], format_codes: Sequence[str], options: Options) -> Response:
    """Many transcriptions in one zip, with a list of those that cannot be exported and why.

    It is written while it is sent, one transcription after the other, so that no more than one file is in memory.
    """
    kinds = [FORMATS[code] for code in format_codes]
    pieces = stream_with_context(_zipped(account, public_ids, kinds, options))
    response = Response(pieces, content_type="application/zip")
    response.headers["Content-Disposition"] = attachment(ZIP_NAME)
    return response


def attachment(name: str) -> str:
    """A Content-Disposition that saves a file under a name in whatever letters (RFC 6266, RFC 5987)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    if plain == name:
        return dump_options_header("attachment", {"filename": name})
    stem, dot, extension = plain.partition(".")
    fallback = f"{stem.strip() or 'transcript'}{dot}{extension}"
    return dump_options_header("attachment", {"filename": fallback, "filename*": f"UTF-8''{quote(name, safe='')}"})


def _content(source: Exportable, kind: Format, options: Options) -> bytes:
    if kind.render is None:
        return jsonify(result_json(source.transcription, source.segments, source.speakers)).get_data()
    return kind.render(source.document, options)


def _etag(source: Exportable, kind: Format, options: Options) -> str:
    """Of what the file is made from rather than of its bytes, which cost more to make."""
    result = result_json(source.transcription, source.segments, source.speakers) if kind.render is None else None
    return hashlib.sha256(repr((kind.code, options, source.document, result)).encode()).hexdigest()[:32]


def _zipped(account: Account, public_ids: Sequence[str], kinds: Sequence[Format], options: Options) -> Iterator[bytes]:
    written = _Written()
    taken: set[str] = set()
    left_out: list[str] = []
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for public_id in public_ids:
            try:
                # A transaction each, for whoever reads slowly must not keep a connection.
                with transaction() as session:
                    source = export(session, account, public_id, [kind.code for kind in kinds])
            except AppError as error:
                left_out.append(f"{public_id}: {error.message}\n")
                continue
            for kind in kinds:
                name = unused(file_name(source.document.title, kind.extension), kind.extension, taken)
                try:
                    archive.writestr(_entry(name, source), _content(source, kind, options))
                except AppError as error:
                    left_out.append(f"{name}: {error.message}\n")
                yield written.taken()
        if left_out:
            archive.writestr(unused(LEFT_OUT, ".txt", taken), "".join(left_out))
    yield written.taken()


def _entry(name: str, source: Exportable) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=source.document.made_at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


class _Written(io.RawIOBase):
    """What was written since it was last taken: a file that a zip can be streamed from, as it cannot be sought in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
