"""Rows as what the tools give: plain functions, no queries."""

from collections.abc import Sequence

from blueprints.api_v1.insight_presenters import chapters_json, question_json, search_json, summary_json, topics_json
from blueprints.mcp import shapes
from handlers.search import Findings
from handlers.speakers import Speaker
from models import Question, Transcription
from rendering.transcriptions import transcription_json


def job(transcription: Transcription) -> shapes.Job:
    shape = transcription_json(transcription)
    error = shape["error"]
    return {
        "transcription_id": shape["id"],
        "title": shape["title"],
        "status": shape["status"],
        "stage": shape["stage"],
        "progress": shape["progress"],
        "duration_seconds": shape["duration_seconds"],
        "price_per_minute_usd": shape["cost"]["price_per_minute_usd"],
        "charged_usd": shape["cost"]["charged_usd"],
        "error": f"{error['code']}: {error['message']}" if error else None,
        "created_at": shape["created_at"],
        "page": shape["links"]["dashboard"],
    }


def overview(transcription: Transcription, speakers: Sequence[Speaker], characters: int) -> shapes.Overview:
    summary = summary_json(transcription)
    return {
        "transcription_id": transcription.public_id,
        "title": transcription.title,
        "language": transcription.language,
        "duration_seconds": transcription.duration_seconds or 0.0,
        "characters": characters,
        "speakers": [{"name": speaker.name, "seconds": round(speaker.seconds, 1)} for speaker in speakers],
        "summary": summary["short"],
        "points": [{"text": point["text"], "start": point["start"]} for point in summary["bullets"]],
        "chapters": [
            {key: chapter[key] for key in ("title", "start", "end", "summary")}  # type: ignore[misc]
            for chapter in chapters_json(transcription)
        ],
        "topics": [topic["label"] for topic in topics_json(transcription)],
    }


def hits(findings: Findings) -> shapes.Hits:
    names = {moment.transcription.public_id: moment.transcription.speaker_names for moment in findings.moments}
    return {
        "hits": [
            {
                "transcription_id": hit["transcription_id"],
                "title": hit["title"],
                "start": hit["at"],
                "end": hit["end"],
                "speaker": _name(hit["speaker"], names[hit["transcription_id"]]),
                "text": hit["text"],
                "score": hit["score"],
            }
            for hit in search_json(findings)["data"]
        ]
    }


def answer(question: Question) -> shapes.Answer:
    names = {each.transcription.public_id: each.transcription.speaker_names for each in question.citations}
    shape = question_json(question)
    return {
        "answerable": shape["answerable"],
        "answer": shape["answer"],
        "quotes": [
            {
                "transcription_id": citation["transcription_id"],
                "title": citation["title"],
                "start": citation["start"],
                "end": citation["end"],
                "speaker": _name(citation["speaker"], names[citation["transcription_id"]]),
                "quote": citation["quote"],
            }
            for citation in shape["citations"]
        ],
    }


def _name(label: str | None, names: dict[str, str]) -> str | None:
    return names.get(label, label) if label else None
