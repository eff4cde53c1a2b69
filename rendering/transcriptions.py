"""A transcription as JSON: a plain function, no queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from billing.prices import as_usd
from models import ArtifactKind, ArtifactStatus, Status, Transcription, retention_of
from rendering.shapes import Artifacts, Cost, TranscriptionShape
from rendering.timestamps import timestamp, timestamp_or_none
from runtime import config


@dataclass(frozen=True, slots=True)
class Related:
    """What is shown of a transcription and stands in other tables."""

    artifacts: Mapping[ArtifactKind, ArtifactStatus]
    tags: Sequence[str]
    api_key_id: str | None  # public

    @classmethod
    def of(cls, transcription: Transcription) -> Self:
        """That of a row which was read with its artifacts, tags and key."""
        return cls(
            artifacts={artifact.kind: artifact.status for artifact in transcription.artifacts},
            tags=[tag.name for tag in transcription.tags],
            api_key_id=transcription.api_key.public_id if transcription.api_key else None,
        )


def transcription_json(transcription: Transcription, related: Related | None = None) -> TranscriptionShape:
    """Without `related`, the row has been read with its relationships."""
    related = related or Related.of(transcription)
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
        "artifacts": _artifacts(transcription, related.artifacts),
        "revision": transcription.revision,
        "metadata": transcription.labels,
        "tags": list(related.tags),
        "retention": {
            "media": retention_of(transcription.media_kept_hours),
            "media_available": transcription.media_id is not None,
            "media_expires_at": timestamp_or_none(transcription.media_expires_at),
        },
        "trashed_at": timestamp_or_none(transcription.trashed_at),
        "api_key_id": related.api_key_id,
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


def _artifacts(transcription: Transcription, statuses: Mapping[ArtifactKind, ArtifactStatus]) -> Artifacts:
    failed = transcription.status is Status.FAILED

    def status_of(kind: ArtifactKind) -> Literal["pending", "ready", "failed"]:
        return "failed" if failed else statuses.get(kind, ArtifactStatus.PENDING).value

    return {
        "transcript": "failed" if failed else "ready" if transcription.has_transcript else "pending",
        "chapters": status_of(ArtifactKind.CHAPTERS),
        "topics": status_of(ArtifactKind.TOPICS),
        "summary": status_of(ArtifactKind.SUMMARY),
        "search": status_of(ArtifactKind.SEARCH),
    }
