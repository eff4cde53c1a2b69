"""What a recording would cost, measured before anything is transcribed, held or charged."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

import runtime
from billing.prices import price
from errors import AppError, MaxCostExceeded, MediaTooLong, Outcome, RateLimited
from handlers.pipelines import choose_pipeline, language_of
from handlers.transcriptions import Options
from handlers.uploads import unused_upload
from handlers.wallets import check_funds
from models import Account, Source
from outbound.addresses import check_url
from outbound.beginning import fetch_beginning
from outbound.share_links import direct_download_url
from speech.audio import DecoderBroken, header_length, measure
from speech.pipelines import Pipeline

DEADLINE_SECONDS = 5.0
# Measuring takes a core for a moment. Who finds no place waits a little, and is then asked to come again.
AT_ONCE, PATIENCE_SECONDS = 4, 2.0

_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a length is unknown or a price not affordable: the code and words of the error that would come of it."""

    code: str
    message: str


LENGTH_UNKNOWN = Remark(
    "length_unknown",
    "Only the whole file would tell how long this is. The price is held once that is known; max_cost_usd limits it.",
)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a recording is: counted by decoding it, or (`is_estimate`) as its header says. None where unknown."""

    seconds: float | None
    is_estimate: bool = False
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a recording for an account, None where its length is unknown."""

    pipeline_code: str
    duration_seconds: float | None
    is_estimate: bool
    price_per_minute_microusd: int
    total_microusd: int | None
    affordable: bool
    remarks: tuple[Remark, ...]


def quote(
    session: Session,
    account: Account,
    *,
    source: Source,
    url: str | None = None,
    url_headers: Mapping[str, str] | None = None,
    upload_id: str | None = None,
    options: Options,
) -> Quote:
    """The price of a transcription that is not made. Free; holds nothing, and leaves an upload unused.

    Raises what creating it would raise about the request itself, and RateLimited when too many are being measured.
    """
    pipeline = choose_pipeline(account, options.pipeline_code)
    language_of(pipeline, options.language)
    if source is Source.EXTERNAL_URL:
        check_url(url or "", allowed_hosts=runtime.config().fetch_allowed_hosts)
        length = _length_at_url(pipeline, url or "", url_headers or {})
    else:
        length = _length_in_store(pipeline, unused_upload(session, account, upload_id or "").object_key)
    per_minute = runtime.tariff().price_per_minute(pipeline.code, account.plan)
    total = None if length.seconds is None else price(length.seconds, per_minute)
    refusal = _refusal(session, account, options, per_minute if total is None else total)
    return Quote(
        pipeline_code=pipeline.code,
        duration_seconds=length.seconds,
        is_estimate=length.is_estimate,
        price_per_minute_microusd=per_minute,
        total_microusd=total,
        affordable=refusal is None,
        remarks=tuple(remark for remark in (length.remark, refusal) if remark is not None),
    )


def why_not_affordable(session: Session, account: Account, amount: int) -> Remark | None:
    """What holding this amount for the account would be refused with now, if it would be."""
    try:
        check_funds(session, account, amount)
    except AppError as error:
        return _remark(error)
    return None


def _refusal(session: Session, account: Account, options: Options, amount: int) -> Remark | None:
    limit = options.max_cost_microusd
    if limit is not None and amount > limit:
        return _remark(MaxCostExceeded())
    return why_not_affordable(session, account, amount)


def _remark(error: AppError) -> Remark:
    return Remark(error.code, error.message)


def _length_at_url(pipeline: Pipeline, url: str, url_headers: Mapping[str, str]) -> Length:
    with _a_place(), _scratch_file() as beginning:
        try:
            fetched = fetch_beginning(
                direct_download_url(url),
                beginning,
                headers=url_headers,
                allowed_hosts=runtime.config().fetch_allowed_hosts,
                max_total_bytes=min(runtime.config().max_media_bytes, pipeline.max_size_bytes),
            )
            if fetched.is_whole:
                return _measured(pipeline, beginning)
            seconds = header_length(beginning, total_bytes=fetched.total_bytes, deadline_seconds=DEADLINE_SECONDS)
        except Outcome as trouble:
            return Length(None, remark=_remark(trouble))
        except DecoderBroken:
            return Length(None, remark=LENGTH_UNKNOWN)
    return _within(pipeline, seconds)


def _length_in_store(pipeline: Pipeline, object_key: str) -> Length:
    with _a_place(), tempfile.TemporaryDirectory(prefix="quote-") as scratch:
        try:
            copy = runtime.store().local_copy(object_key, scratch=Path(scratch), on_tick=_until_too_slow())
            with copy as media:
                return _measured(pipeline, media)
        except Outcome as trouble:
            return Length(None, remark=_remark(trouble))
        except (DecoderBroken, _TooSlow):
            return Length(None, remark=LENGTH_UNKNOWN)


class _TooSlow(Exception):
    """It takes longer to fetch from the store than anybody waits for a quote."""


def _until_too_slow() -> Callable[[], None]:
    deadline = time.monotonic() + DEADLINE_SECONDS

    def tick() -> None:
        if time.monotonic() > deadline:
            raise _TooSlow

    return tick


def _measured(pipeline: Pipeline, media: Path) -> Length:
    measured = measure(media, max_seconds=_longest(pipeline), deadline_seconds=DEADLINE_SECONDS)
    if measured.is_exact:
        return Length(measured.duration_seconds)
    return _within(pipeline, measured.duration_seconds)


def _within(pipeline: Pipeline, declared_seconds: float | None) -> Length:
    if declared_seconds is None:
        return Length(None, remark=LENGTH_UNKNOWN)
    if declared_seconds > _longest(pipeline):
        return Length(None, remark=_remark(MediaTooLong.beyond(_longest(pipeline))))
    return Length(declared_seconds, is_estimate=True)


def _longest(pipeline: Pipeline) -> float:
    return min(runtime.config().max_media_seconds, pipeline.max_duration_seconds)


@contextmanager
def _a_place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise RateLimited("Too many recordings are being measured just now. Ask again.", retry_after_seconds=2)
    try:
        yield
    finally:
        _places.release()


@contextmanager
def _scratch_file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="transcribe-quote-") as folder:
        yield Path(folder) / "beginning"
