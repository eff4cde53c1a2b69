"""A form with a file, read while it arrives: the file goes to disk piece by piece and never is in memory as a whole."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from errors import (
    Invalid,
    InvalidRequest,
    MissingField,
    RequestTooLarge,
    StorageFull,
    UnknownField,
    UnsupportedMediaType,
)
from handlers.sent_files import SentFile
from runtime import config
from storage import is_full

MAX_FILE_BYTES = 512 * 1024**2
MAX_TEXT_BYTES = 1024**2
MAX_PARTS = 500
LEFT_OVER_SECONDS = 24 * 3600
FILE_FIELD = "file"
CONTENT_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")
UNKNOWN_TYPE = "application/octet-stream"


class _Arriving:
    """A file under the scratch directory that learns its checksum while it is written."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="form.", dir=_scratch())
        self.file, self.path = os.fdopen(handle, "w+b"), Path(name)
        self.digest = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        return self.file.write(piece)

    def seek(self, offset: int) -> int:
        return self.file.seek(offset)

    def drop(self) -> None:
        self.file.close()
        self.path.unlink(missing_ok=True)


@contextmanager
def received_form() -> Iterator[tuple[dict[str, Any], SentFile]]:
    """The fields of the request's form and its file, which is gone after the block unless somebody moved it.

    Fields with brackets are lists (`include[]`) or objects (`chunking_strategy[type]`). Raises UnsupportedMediaType,
    RequestTooLarge, InvalidRequest where the form ends early or is none, MissingField or UnknownField for other files.
    """
    arriving: list[_Arriving] = []

    def arrive(**_: Any) -> _Arriving:
        arriving.append(_Arriving())
        return arriving[-1]

    try:
        fields, files = _parsed(arrive)
        yield _gathered(fields), _the_file(fields, files)
    finally:
        for each in arriving:
            each.drop()


def _parsed(arrive: Callable[..., _Arriving]) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send the recording as multipart/form-data, in the field file.")
    request.max_content_length = _most_bytes() + MAX_TEXT_BYTES
    parser = FormDataParser(
        stream_factory=arrive,  # type: ignore[arg-type]
        max_form_memory_size=MAX_TEXT_BYTES,
        max_form_parts=MAX_PARTS,
        silent=False,
    )
    try:
        _, fields, files = parser.parse(
            request.stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge:
        raise _too_large() from None
    except OSError as error:
        if is_full(error):
            raise StorageFull() from None
        raise
    except ValueError:
        raise InvalidRequest("The form could not be read to its end. Send the file again.") from None
    if None in fields or None in files:  # Which the parser's types do not know of.
        raise InvalidRequest("A part of the form has no name.")
    return fields, files


def _the_file(fields: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> SentFile:
    for name in files:
        if name != FILE_FIELD:
            raise UnknownField(f"There is no file {name}; the recording goes into the field file.", param=name)
    sent = files.getlist(FILE_FIELD)
    if not sent and FILE_FIELD in fields:
        raise Invalid("file: the recording has no file name; send it as a file.", param=FILE_FIELD)
    if len(sent) != 1:
        raise MissingField("file is required, once.", param=FILE_FIELD)
    arrived: _Arriving = sent[0].stream  # type: ignore[assignment]
    arrived.file.flush()
    size_bytes = arrived.path.stat().st_size
    if not size_bytes:
        raise Invalid("file: the recording is empty.", param=FILE_FIELD)
    if size_bytes > _most_bytes():
        raise _too_large()
    content_type = (sent[0].mimetype or "").lower()
    return SentFile(
        arrived.path,
        filename=_name(sent[0].filename),
        content_type=content_type if CONTENT_TYPE.fullmatch(content_type) else UNKNOWN_TYPE,
        size_bytes=size_bytes,
        sha256=arrived.digest.hexdigest(),
    )


def _most_bytes() -> int:
    return min(MAX_FILE_BYTES, config().max_media_bytes)


def _too_large() -> RequestTooLarge:
    most = f"{_most_bytes() / 1024**2:g} MB"
    return RequestTooLarge(f"A request takes a file of up to {most}. Send larger ones to POST /api/v1/uploads.")


def _gathered(fields: MultiDict[str, str]) -> dict[str, Any]:
    """Each field once: those with `[]` as lists, those with a name in brackets as objects, what is empty left out."""
    gathered: dict[str, Any] = {}
    for name, values in fields.lists():
        match = re.fullmatch(r"(\w+)\[(\w*)\]", name)
        if match and match[2]:
            inner = gathered.setdefault(match[1], {})
            if isinstance(inner, dict):
                inner[match[2]] = values[-1]
        elif match:
            gathered[match[1]] = values
        elif len(values) > 1:
            gathered[name] = values
        elif values[0].strip():
            gathered[name] = values[0]
    return gathered


def _name(given: str | None) -> str:
    """The file's own name, without folders and without what cannot be stored."""
    last = (given or "").replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable()).strip()[:255] or "recording"


@cache
def _scratch() -> Path:
    """Where files arrive; what a killed process left there is removed once."""
    folder = config().scratch_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in folder.glob("form.*"):
        if path.stat().st_mtime < time.time() - LEFT_OVER_SECONDS:
            path.unlink(missing_ok=True)
    return folder
