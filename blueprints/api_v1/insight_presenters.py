"""What is understood of transcripts as JSON: plain functions, no queries."""

from typing import Any, Literal

from blueprints.api_v1.insight_shapes import (
    Chapter,
    CitationShape,
    PartEngine,
    PartEngines,
    QuestionShape,
    SearchHit,
    SearchShape,
    Summary,
    Topic,
    Understanding,
)
from handlers.artifacts import NOTHING
from handlers.search import Findings, Moment
from models import ArtifactKind, Citation, Question, Transcription, segment_id
from rendering.timestamps import timestamp


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


def search_json(findings: Findings) -> SearchShape:
    return {
        "data": [_hit(moment) for moment in findings.moments],
        "has_more": False,
        "next_cursor": None,
        "searched_by": findings.searched_by,
    }


def question_json(question: Question) -> QuestionShape:
    return {
        "id": question.public_id,
        "object": "question",
        "question": question.question,
        "answer": question.answer,
        "answerable": question.answer is not None,
        "citations": [_citation(citation) for citation in question.citations],
        "understanding": {"engine": question.engine or "none", "model": question.model},  # type: ignore[typeddict-item]
        "created_at": timestamp(question.asked_at),
    }


def _hit(moment: Moment) -> SearchHit:
    excerpt = moment.excerpt
    return {
        "transcription_id": moment.transcription.public_id,
        "title": moment.transcription.title,
        "segment_id": segment_id(excerpt.segment),
        "start": round(excerpt.hit.stretch.start, 3),
        "end": round(excerpt.hit.stretch.end, 3),
        "at": round(excerpt.start, 3),
        "speaker": excerpt.speaker,
        "text": excerpt.text,
        "score": round(excerpt.hit.score, 4),
        "highlights": list(excerpt.highlights),
    }


def _citation(citation: Citation) -> CitationShape:
    return {
        "transcription_id": citation.transcription.public_id,
        "title": citation.transcription.title,
        "segment_ids": [segment_id(number) for number in range(citation.first_segment, citation.last_segment + 1)],
        "start": round(citation.start, 3),
        "end": round(citation.end, 3),
        "speaker": citation.speaker,
        "quote": citation.quote,
    }


def _part(transcription: Transcription, kind: ArtifactKind) -> PartEngine:
    artifact = transcription.artifact(kind)
    if artifact is None or artifact.engine is None:
        return {"engine": "none", "model": None, "stale": False}
    return {"engine": artifact.engine, "model": artifact.model, "stale": artifact.is_stale}  # type: ignore[typeddict-item]


def _content(transcription: Transcription, kind: ArtifactKind) -> Any:
    artifact = transcription.artifact(kind)
    return NOTHING[kind] if artifact is None or artifact.content is None else artifact.content
