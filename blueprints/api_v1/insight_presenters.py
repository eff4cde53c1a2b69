"""What is understood of transcripts as JSON: plain functions, no queries."""

from typing import Any, Literal

from blueprints.api_v1.insight_shapes import (
    Chapter,
    PartEngine,
    PartEngines,
    Summary,
    Topic,
    Understanding,
)
from handlers.artifacts import NOTHING
from models import Artifact, ArtifactKind, ArtifactStatus, Status, Transcription


def chapters_json(transcription: Transcription) -> list[Chapter]:
    chapters: list[Chapter] = _content(transcription, ArtifactKind.CHAPTERS)
    return chapters


def topics_json(transcription: Transcription) -> list[Topic]:
    topics: list[Topic] = _content(transcription, ArtifactKind.TOPICS)
    return topics


def summary_json(transcription: Transcription) -> Summary:
    summary: Summary = _content(transcription, ArtifactKind.SUMMARY)
    return summary


def understanding_json(transcription: Transcription) -> Understanding:
    parts: PartEngines = {
        "chapters": _part(transcription, ArtifactKind.CHAPTERS),
        "topics": _part(transcription, ArtifactKind.TOPICS),
        "summary": _part(transcription, ArtifactKind.SUMMARY),
        "search": _part(transcription, ArtifactKind.SEARCH),
    }
    engines: tuple[Literal["llm", "extractive"], ...] = ("llm", "extractive")
    for engine in engines:
        for part in (parts["summary"], parts["chapters"], parts["topics"]):
            if part["engine"] == engine:
                return {"engine": engine, "model": part["model"], "parts": parts}
    return {"engine": "none", "model": None, "parts": parts}


def artifact_status(transcription: Transcription, kind: ArtifactKind) -> Literal["pending", "ready", "failed"]:
    if transcription.status is Status.FAILED:
        return "failed"
    artifact = _artifact(transcription, kind)
    return (artifact.status if artifact else ArtifactStatus.PENDING).value


def _part(transcription: Transcription, kind: ArtifactKind) -> PartEngine:
    artifact = _artifact(transcription, kind)
    if artifact is None or artifact.engine is None:
        return {"engine": "none", "model": None, "stale": False}
    return {"engine": artifact.engine, "model": artifact.model, "stale": artifact.is_stale}  # type: ignore[typeddict-item]


def _content(transcription: Transcription, kind: ArtifactKind) -> Any:
    artifact = _artifact(transcription, kind)
    return NOTHING[kind] if artifact is None or artifact.content is None else artifact.content


def _artifact(transcription: Transcription, kind: ArtifactKind) -> Artifact | None:
    return next((artifact for artifact in transcription.artifacts if artifact.kind is kind), None)
