"""Rows and clients for tests: `make_transcription(session, account)` and so on."""

import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import db
from billing import ledger
from billing.ledger import Purchase
from handlers import accounts, api_keys, processing, sign_in, wallets
from handlers.artifacts import Made, keep_artifact
from handlers.processing import Engine, Lease
from handlers.transcriptions import announce_final
from insights.search.indexing import store_passages
from insights.search.lexemes import configuration
from insights.search.passages import passages_of
from models import Account, ApiKey, ArtifactKind, Base, Media, Segment, Source, Stage, Status, Transcription
from runtime import config, store
from speech import transcript as speech
from speech.transcript import Transcript

PASSWORD = "correct horse battery"
# argon2id takes a tenth of a second on purpose; every test account has the one password.
PASSWORD_HASH = accounts.hash_password(PASSWORD)
WALLET = {"top_up_microusd": 10_000_000, "monthly_credit_microusd": 0}
_numbers = itertools.count(1)


def make_account(session: Session, email: str | None = None, **values: Any) -> Account:
    """An account with $10 of top-up, unless another wallet is given."""
    wallet = {name: values.pop(name, default) for name, default in WALLET.items()}
    account = Account(
        email=email or f"person{next(_numbers)}@example.com",
        password_hash=PASSWORD_HASH,
        **{"email_confirmed": False, **values},
    )
    session.add(account)
    session.flush()
    wallets.open_wallet(session, account, **wallet)
    return account


def make_transcription(session: Session, account: Account, **values: Any) -> Transcription:
    """A processing transcription of a URL, queued, unless the values say otherwise."""
    values.setdefault("status", Status.PROCESSING)
    if values["status"] is not Status.PROCESSING:
        values.setdefault("completed_at", db_now(session))
        values.setdefault("started_at", db_now(session))
    if values["status"] is Status.COMPLETED:
        values.setdefault("quoted_microusd", 900)
        values.setdefault("charged_microusd", 900)
        values.setdefault("duration_seconds", 10.8)
    if values["status"] is Status.FAILED:
        values.setdefault("error_code", "media_undecodable")
        values.setdefault("error_message", "It could not be decoded.")
    transcription = Transcription(
        account_id=account.id,
        **{
            "source": Source.EXTERNAL_URL,
            "url": "https://example.com/talk.mp3",
            "title": "talk.mp3",
            "pipeline_code": "whisper-base",
            "price_per_minute_microusd": 5_000,
            "stage": Stage.FETCHING,
            **values,
        },
    )
    if "queue" not in values:
        transcription.queue = processing.queue_of(transcription.stage, transcription.pipeline_code).value
    session.add(transcription)
    session.flush()
    if transcription.is_final:
        announce_final(session, transcription)
    if transcription.quoted_microusd is not None:
        _move_its_money(session, account, transcription)
    return transcription


def make_completed(
    session: Session, account: Account, *, texts: list[str] | None = None, **values: Any
) -> Transcription:
    """A completed transcription of two speakers, five seconds a segment."""
    texts = ["Hello there.", "General greetings to everyone."] if texts is None else texts
    transcription = make_transcription(
        session,
        account,
        **{
            "status": Status.COMPLETED,
            "language": "en",
            "duration_seconds": 5.0 * len(texts),
            "speech_seconds": 5.0 * len(texts),
            "transcribed_seconds": 5.0 * len(texts),
            "progress": 1.0,
            "speakers_count": min(2, len(texts)) or None,
            **values,
        },
    )
    for number, words in enumerate(texts):
        session.add(_segment(transcription, number, words))
    session.flush()
    _understand(session, transcription, texts)
    return transcription


def make_searchable(session: Session, transcription: Transcription) -> None:
    """Have a completed transcription found by its words."""
    query = select(Segment).where(Segment.transcription_id == transcription.id).order_by(Segment.number)
    passages = passages_of(session.scalars(query).all(), transcription.speaker_names)
    account_id, language = transcription.account_id, configuration("en")
    store_passages(session, account_id, transcription.id, passages, configuration=language, vectors=None)
    session.flush()


def complete(
    session: Session, lease: Lease, heard: Transcript, engine: Engine, *, stored: Sequence[speech.Segment] = ()
) -> None:
    """Keep what was heard and finish the transcription, as the jobs of the last two stages do one after the other."""
    processing.keep_transcript(session, lease, heard, engine, stored=stored)
    session.flush()
    understanding = processing.claim(session, lease.public_id, Stage.UNDERSTANDING, "test")
    if understanding is not None:
        processing.complete(session, understanding)
    session.flush()


def make_media(session: Session, account: Account, content: bytes = b"not really audio", **values: Any) -> Media:
    """A recording whose bytes lie in the store."""
    key = f"media/test.{next(_numbers)}"
    config().scratch_dir.mkdir(parents=True, exist_ok=True)
    path = config().scratch_dir / key.replace("/", ".")
    path.write_bytes(content)
    store().put_file(key, path)
    media = Media(
        account_id=account.id,
        **{
            "object_key": key,
            "size_bytes": len(content),
            "sha256": "0" * 64,
            "filename": "talk.flac",
            "content_type": "audio/flac",
            **values,
        },
    )
    session.add(media)
    session.flush()
    return media


def api_client(app: Flask, session: Session, account: Account) -> FlaskClient:
    _, plaintext = api_keys.create_api_key(session, account, name="test")
    session.commit()
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {plaintext}"
    return client


def browser(app: Flask, account: Account | None) -> FlaskClient:
    """A client that sends what browsers send with a page's own forms, signed in as the account."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    if account is not None:
        with db.transaction() as session:
            token = sign_in.start_session(session, account)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
    return client


def empty_every_table() -> None:
    # Not TRUNCATE: it makes a new file for each table and index, which takes ten times as long as a few rows.
    statements = ";".join(f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables)
    with db.transaction() as session:
        # The ledger refuses to be emptied; a superuser may set its triggers aside, and those of foreign keys with them.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statements))


def commit(session: Session, act: Callable[[Session], object]) -> None:
    """Act in a transaction of its own, as a request does; `session` sees what came of it."""
    session.commit()
    with db.transaction() as inner:
        act(inner)
    session.expire_all()


def db_now(session: Session) -> Any:
    return session.scalar(text("SELECT now()"))


def at_work(session: Session) -> dict[str, Any]:
    """What a transcription has that a worker is at: without it, it waits in line."""
    moment = db_now(session)
    return {"started_at": moment, "lease_token": "w1/tests", "lease_until": moment + timedelta(hours=1)}


def _move_its_money(session: Session, account: Account, transcription: Transcription) -> None:
    wallet, reference = wallets.lock_wallet(session, account.id), transcription.public_id
    ledger.hold(session, wallet, transcription.quoted_microusd or 0, reference=reference)
    if transcription.status is Status.COMPLETED:
        key = session.get(ApiKey, transcription.api_key_id) if transcription.api_key_id else None
        purchase = Purchase(
            transcription.pipeline_code, key.public_id if key else None, transcription.duration_seconds or 0.0
        )
        ledger.capture(session, wallet, transcription.charged_microusd or 0, purchase, reference=reference)
    elif transcription.status is Status.FAILED:
        ledger.release(session, wallet, reference=reference)


def _understand(session: Session, transcription: Transcription, texts: Sequence[str]) -> None:
    """Its artifacts: one chapter and, where somebody speaks, one topic and one point. The search finds nothing."""
    whole = {"start": 0.0, "end": transcription.duration_seconds}
    first = {"start": 0.0, "end": 5.0}
    contents: dict[ArtifactKind, Any] = {
        ArtifactKind.CHAPTERS: [{"title": "Greetings", **whole, "summary": texts[0]}] if texts else [],
        ArtifactKind.TOPICS: [{"label": "Greetings", "score": 1.0, "mentions": [first]}] if texts else [],
        ArtifactKind.SUMMARY: {
            "short": " ".join(texts[:1]),
            "bullets": [{"text": words, **first} for words in texts[:1]],
            "key_phrases": ["greetings"] if texts else [],
            "action_items": [],
        },
        ArtifactKind.SEARCH: None,
    }
    for kind, content in contents.items():
        keep_artifact(session, transcription, kind, Made(content, "extractive", "all-MiniLM-L6-v2"))


def _segment(transcription: Transcription, number: int, words: str) -> Segment:
    start = 5.0 * number
    spoken = words.split()
    step = 5.0 / max(1, len(spoken))
    return Segment(
        transcription_id=transcription.id,
        number=number,
        start=start,
        end=start + 5.0,
        text=words,
        speaker=f"S{number % 2 + 1}",
        confidence=0.9,
        words=[[start + i * step, start + (i + 1) * step, word, 0.9] for i, word in enumerate(spoken)],
    )
