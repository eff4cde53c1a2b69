"""Hearing one chunk of a recording that another worker leads (`jobs.sharing`)."""

import logging
import time
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path

from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from db import transaction
from errors import AppError
from handlers.chunks import ChunkLease, ChunkLost, claim_any_chunk
from handlers.transcriptions import audio_key, channels_key
from jobs import queues
from jobs.hearing import Hearing
from jobs.lease import HandedBack, holder
from jobs.queues import QueueName
from jobs.scratch import scratch_directory
from logs import log_context
from models import Stage
from runtime import store
from telemetry import tracing

log = logging.getLogger(__name__)

BYTES_PER_SAMPLE = 2
# So that who cannot hear it does not take it again and again before somebody else does.
PAUSE_SECONDS = 5.0


def help_somebody() -> None:
    """Hear a chunk that nobody hears, if there is one. What becomes of the transcription its lead decides."""
    with transaction() as session:
        chunk = claim_any_chunk(session, holder())
    if chunk is None:
        return
    public_id = chunk.public_id
    with log_context(transcription_id=public_id, request_id=chunk.request_id, stage=Stage.TRANSCRIBING):
        try:
            log.info("chunk started", extra={"chunk": chunk.number})
            with scratch_directory(public_id) as scratch, _traced(chunk):
                _hear(chunk, scratch)
            log.info("chunk done", extra={"chunk": chunk.number})
        except ChunkLost:
            log.info("chunk given up: canceled, deleted or taken over")
        except HandedBack:
            log.info("chunk handed back: the worker is stopping")
            with suppress(RedisError):
                queues.ring(QueueName.TRANSCRIBE)
        except OperationalError:
            raise  # The database went away; the lease runs out by itself.
        except AppError as trouble:
            log.warning("chunk failed", extra={"chunk": chunk.number, "code": trouble.code})
            time.sleep(PAUSE_SECONDS)
        except Exception:
            time.sleep(PAUSE_SECONDS)
            raise


def _traced(chunk: ChunkLease) -> AbstractContextManager[tracing.Span]:
    return tracing.span(
        "chunk",
        "consumer",
        parent=chunk.trace_parent,
        transcribe__transcription_id=chunk.public_id,
        transcribe__request_id=chunk.request_id,
        transcribe__chunk=chunk.number,
    )


def _hear(chunk: ChunkLease, scratch: Path) -> None:
    hearing = Hearing(chunk)
    copy = store().local_copy(_key(chunk), only=_bytes(chunk), scratch=scratch, on_tick=hearing.tick)
    with ExitStack() as files:
        try:
            pcm = files.enter_context(copy)
        except KeyError:
            raise ChunkLost(chunk.public_id) from None
        except BaseException:
            hearing.hand_back()
            raise
        hearing.hear(pcm)


def _key(chunk: ChunkLease) -> str:
    return audio_key(chunk.public_id) if chunk.span.channel is None else channels_key(chunk.public_id)


def _bytes(chunk: ChunkLease) -> tuple[int, int]:
    """Where the chunk lies in its file; two channels take turns, sample by sample."""
    size = BYTES_PER_SAMPLE if chunk.span.channel is None else 2 * BYTES_PER_SAMPLE
    return chunk.span.first * size, chunk.span.after * size
