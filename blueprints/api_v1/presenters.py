"""Rows as JSON: plain functions, no queries."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from billing.prices import as_usd
from blueprints.api_v1.insight_presenters import (
    chapters_json,
    summary_json,
    topics_json,
    understanding_json,
)
from blueprints.api_v1.shapes import (
    AccountShape,
    KeyShape,
    ListShape,
    PipelineShape,
    Quality,
    QuoteShape,
    ResultShape,
    SegmentShape,
    SpeakerShape,
    UploadPartShape,
    UploadShape,
    UsageShape,
    WordShape,
)
from blueprints.api_v1.shapes import (
    Wallet as WalletShape,
)
from handlers.pipelines import Offer
from handlers.quotes import Quote
from handlers.speakers import Speaker
from handlers.spending import Usage
from handlers.uploads import Arrival, PartTicket
from models import Account, ApiKey, Segment, Transcription, Upload, Wallet
from rendering.timestamps import timestamp
from runtime import config


def result_json(transcription: Transcription, segments: Sequence[Segment], speakers: Iterable[Speaker]) -> ResultShape:
    duration = transcription.duration_seconds or 0.0
    return {
        "id": transcription.public_id,
        "revision": transcription.revision,
        "text": " ".join(segment.text for segment in segments),
        "language": transcription.language,
        "duration_seconds": duration,
        "pipeline_code": transcription.pipeline_code,
        "speakers": [speaker_json(speaker) for speaker in speakers],
        "segments": [segment_json(segment) for segment in segments],
        "quality": _quality(transcription, duration),
        "chapters": chapters_json(transcription),
        "topics": topics_json(transcription),
        "summary": summary_json(transcription),
        "understanding": understanding_json(transcription),
        "engine": {
            "model": transcription.engine_model,
            "word_times": transcription.word_times.value if transcription.word_times else None,
        },
    }


def segment_json(segment: Segment) -> SegmentShape:
    return {
        "id": segment.public_id,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "speaker": segment.speaker,
        "confidence": segment.confidence,
        "words": None if segment.words is None else [word_json(*word) for word in segment.words],
    }


def speaker_json(speaker: Speaker) -> SpeakerShape:
    return {"id": speaker.label, "name": speaker.name, "seconds": round(speaker.seconds, 3)}


def pipeline_json(offer: Offer) -> PipelineShape:
    pipeline = offer.pipeline
    return {
        "code": pipeline.code,
        "name": pipeline.name,
        "provider": pipeline.provider,
        "available": pipeline.is_available,
        "price_per_minute_usd": as_usd(offer.price_per_minute_microusd),
        "your_price_per_minute_usd": as_usd(offer.your_price_per_minute_microusd),
        "languages": list(pipeline.languages),
        "diarization": pipeline.diarization,
        "word_timestamps": pipeline.word_timestamps,
        "vocabulary": pipeline.vocabulary,
        "max_duration_seconds": pipeline.max_duration_seconds,
        "max_size_bytes": pipeline.max_size_bytes,
    }


def upload_json(upload: Upload, arrival: Arrival, *, expires_at: datetime) -> UploadShape:
    """An upload and how far it is."""
    put = arrival.put
    return {
        "id": upload.public_id,
        "object": "upload",
        "status": "complete" if arrival.is_complete else "pending",
        "filename": upload.filename,
        "content_type": upload.content_type,
        "size_bytes": upload.size_bytes,
        "method": "PUT",
        "url": put.url if put else None,
        "headers": put.headers if put else {},
        "expires_at": timestamp(expires_at),
        "max_size_bytes": config().max_media_bytes,
        "part_size_bytes": upload.part_size_bytes,
        "parts_count": upload.parts_count,
        "parts_received": None if upload.parts_count is None else list(arrival.parts),
    }


def upload_part_json(part: PartTicket) -> UploadPartShape:
    return {
        "part_number": part.number,
        "method": "PUT",
        "url": part.put.url,
        "headers": part.put.headers,
        "size_bytes": part.size_bytes,
        "expires_at": timestamp(part.expires_at),
    }


def account_json(account: Account) -> AccountShape:
    return {"id": account.public_id, "email": account.email, "plan": account.plan.value}


def quote_json(quote: Quote) -> QuoteShape:
    return {
        "object": "quote",
        "pipeline_code": quote.pipeline_code,
        "duration_seconds": quote.duration_seconds,
        "is_estimate": quote.is_estimate,
        "price_per_minute_usd": as_usd(quote.price_per_minute_microusd),
        "total_usd": None if quote.total_microusd is None else as_usd(quote.total_microusd),
        "affordable": quote.affordable,
        "warnings": [{"code": remark.code, "message": remark.message} for remark in quote.remarks],
    }


def wallet_json(wallet: Wallet) -> WalletShape:
    return {
        "monthly_credit_usd": as_usd(wallet.monthly_credit_microusd),
        "top_up_usd": as_usd(wallet.top_up_microusd),
        "held_usd": as_usd(wallet.held_microusd),
        "available_usd": as_usd(wallet.available_microusd),
    }


def usage_json(usage: Usage) -> UsageShape:
    return {
        "group": usage.group,
        "transcriptions": usage.transcriptions,
        "seconds": usage.seconds,
        "spent_usd": as_usd(usage.spent_microusd),
    }


def key_json(key: ApiKey) -> KeyShape:
    return {"id": key.public_id, "name": key.name, "last_four": key.last_four}


def list_json(data: list[Any], next_cursor: str | None = None) -> ListShape:
    return {"data": data, "has_more": next_cursor is not None, "next_cursor": next_cursor}


def word_json(start: float, end: float, word: str, confidence: float | None) -> WordShape:
    return {"start": start, "end": end, "word": word, "confidence": confidence}


def _quality(transcription: Transcription, duration: float) -> Quality:
    speech, transcribed = transcription.speech_seconds or 0.0, transcription.transcribed_seconds or 0.0
    return {
        "media_seconds": duration,
        "speech_seconds": round(speech, 3),
        "transcribed_seconds": round(transcribed, 3),
        "coverage": round(min(1.0, transcribed / speech), 4) if speech else 1.0,
    }
