"""Recordings as browsers play them, by ranges: the same to their owner and to whoever has a share link."""

import hashlib

from flask import redirect, send_file
from flask.typing import ResponseReturnValue

from errors import NotFound
from models import Media
from runtime import store

# A page that plays on asks again (static/player.js).
PLAYBACK_SECONDS = 300


def play(recording: Media | None) -> ResponseReturnValue:
    """The recording's bytes, or where the store hands them out. Whoever may hear it was asked for before."""
    if recording is None or store().size_bytes(recording.object_key) is None:
        raise NotFound("The recording of this transcription is not kept.")
    if store().is_public:
        address = store().presigned_get(
            recording.object_key, content_type=recording.content_type, expires_seconds=PLAYBACK_SECONDS
        )
        return redirect(address, code=302)
    with store().local_copy(recording.object_key) as path:
        # Not the key itself, which names the account.
        version = hashlib.sha256(recording.object_key.encode()).hexdigest()[:32]
        response = send_file(path, mimetype=recording.content_type, conditional=True, etag=version)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
