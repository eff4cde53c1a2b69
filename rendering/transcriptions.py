"""A transcription as JSON: a plain function, no queries. The row comes with its media, key, tags and artifacts."""

from typing import Literal

from billing.prices import as_usd
from models import ArtifactKind, ArtifactStatus, Status, Transcription, retention_of
from rendering.shapes import Artifacts, Cost, TranscriptionShape
from rendering.timestamps import timestamp, timestamp_or_none
from runtime import config


def transcription_json(transcription: Transcription) -> TranscriptionShape:
    path = f"{config().base_url}/api/v1/transcriptions/{transcription.public_id}"
    processing = transcription.status is Status.PROCESSING
    shape: TranscriptionShape = {
        "id": transcription.public_id,
        "object": "transcription",
        "status": transcription.status.value,
        "stage": transcription.public_stage,
        "progress": round(transcription.progress, 3),
        "queue_position": transcription.queue_position,
        "title": transcription.title,
        "source": transcription.source.value,
        "pipeline_code": transcription.pipeline_code,
        "language": transcription.language,
        "duration_seconds": transcription.duration_seconds,
        "speakers_count": transcription.speakers_count,
        "cost": _cost(transcription),
        "error": None
        if transcription.error_code is None
        else {"code": transcription.error_code, "message": transcription.error_message or ""},
        "warnings": transcription.warnings,
        "artifacts": _artifacts(transcription),
        "revision": transcription.revision,
        "metadata": transcription.labels,
        "tags": [tag.name for tag in transcription.tags],
        "retention": {
            "media": retention_of(transcription.media_kept_hours),
            "media_available": transcription.media is not None,
            "media_expires_at": timestamp_or_none(transcription.media_expires_at),
        },
        "trashed_at": timestamp_or_none(transcription.trashed_at),
        "api_key_id": transcription.api_key.public_id if transcription.api_key else None,
        "created_at": timestamp(transcription.created_at),
        "started_at": timestamp_or_none(transcription.started_at),
        "completed_at": timestamp_or_none(transcription.completed_at),
        "links": {
            "self": path,
            "result": f"{path}/result",
            "dashboard": f"{config().base_url}/transcriptions/{transcription.public_id}",
        },
    }
    if transcription.url is not None:
        shape["url"] = transcription.url
    if transcription.upload_id is not None:
        shape["upload_id"] = transcription.upload_id
    assert processing == (shape["stage"] is not None)
    return shape


def _cost(transcription: Transcription) -> Cost:
    quoted, charged = transcription.quoted_microusd, transcription.charged_microusd
    return {
        "quoted_usd": None if quoted is None else as_usd(quoted),
        "charged_usd": None if charged is None else as_usd(charged),
        "price_per_minute_usd": as_usd(transcription.price_per_minute_microusd),
    }


def _artifacts(transcription: Transcription) -> Artifacts:
    failed = transcription.status is Status.FAILED
    return {
        "transcript": "failed" if failed else "ready" if transcription.has_transcript else "pending",
        "chapters": _artifact_status(transcription, ArtifactKind.CHAPTERS),
        "topics": _artifact_status(transcription, ArtifactKind.TOPICS),
        "summary": _artifact_status(transcription, ArtifactKind.SUMMARY),
        "search": _artifact_status(transcription, ArtifactKind.SEARCH),
    }


def _artifact_status(transcription: Transcription, kind: ArtifactKind) -> Literal["pending", "ready", "failed"]:
    if transcription.status is Status.FAILED:
        return "failed"
    artifact = transcription.artifact(kind)
    return (artifact.status if artifact else ArtifactStatus.PENDING).value
