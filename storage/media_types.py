"""The media type under which a stored recording is played back, from what decoding found, not from its name."""

BY_CONTAINER = {
    "mp3": "audio/mpeg",
    "mp2": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "ac3": "audio/ac3",
    "ogg": "audio/ogg",
    "mov,mp4,m4a,3gp,3g2,mj2": "audio/mp4",
    "matroska,webm": "audio/webm",
    "aiff": "audio/aiff",
    "au": "audio/basic",
    "amr": "audio/amr",
    "caf": "audio/x-caf",
    "asf": "audio/x-ms-wma",
    "avi": "video/x-msvideo",
    "mpegts": "video/mp2t",
}


def media_type(container: str) -> str:
    """An audio type where a browser may play it; bytes without a type otherwise."""
    return BY_CONTAINER.get(container, "application/octet-stream")
