"""Every table, its enums, and the rules that need nothing but the row itself."""

import enum
from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from public_ids import new_id


class Plan(enum.StrEnum):
    FREE = "free"
    PRO = "pro"


class Status(enum.StrEnum):
    """The three words a client knows. A final status never changes again."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class Stage(enum.StrEnum):
    """The step a processing transcription is in, or waits for."""

    FETCHING = "fetching"
    TRANSCRIBING = "transcribing"


LEGAL_MOVES: dict[Status, frozenset[Status]] = {
    Status.PROCESSING: frozenset({Status.COMPLETED, Status.FAILED}),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset(),
}


class Source(enum.StrEnum):
    EXTERNAL_URL = "external_url"
    UPLOAD = "upload"


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, str]: JSONB(none_as_null=True),
        list[str]: JSONB(none_as_null=True),
        list[dict[str, str]]: JSONB(none_as_null=True),
        list[list[Any]]: JSON(none_as_null=True),
        **{
            kind: Enum(kind, native_enum=False, length=20, values_callable=lambda members: [m.value for m in members])
            for kind in (Plan, Status, Stage, Source)
        },
    }


class Account(Base):
    """A customer: signs in on the pages, owns keys and transcriptions."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("acct"))
    email: Mapped[str] = mapped_column(String(320), unique=True, comment="lower case")
    email_confirmed: Mapped[bool] = mapped_column(comment="by a provider or an operator, never by signing up alone")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    plan: Mapped[Plan] = mapped_column(default=Plan.FREE)
    default_pipeline_code: Mapped[str | None] = mapped_column(String(80))
    monthly_credit_microusd: Mapped[int] = mapped_column(BigInteger, default=0)
    top_up_microusd: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        CheckConstraint("monthly_credit_microusd >= 0", name="monthly_credit_not_negative"),
        CheckConstraint("top_up_microusd >= 0", name="top_up_not_negative"),
    )


class Identity(Base):
    """A sign-in at an outside provider that belongs to an account."""

    __tablename__ = "identities"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("provider", "subject"),)


class SignInSession(Base):
    """One browser's sign-in; the cookie holds the token, the row only its hash."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())

    account: Mapped[Account] = relationship(lazy="raise")


class SignInFailure(Base):
    """A refused sign-in, kept while it counts against an account or an address."""

    __tablename__ = "sign_in_failures"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), comment="email:<sha256> or address:<ip>")
    failed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index(None, "subject", "failed_at"),)


class ApiKey(Base):
    """A key's hash and what may be shown of it; the plaintext is shown once and never stored."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("key"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    key_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    prefix: Mapped[str] = mapped_column(String(20))
    last_four: Mapped[str] = mapped_column(String(4))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise")


class IdempotentAnswer(Base):
    """The answer a POST with an Idempotency-Key gave, kept for a day so that a repeat gets the same bytes."""

    __tablename__ = "idempotent_answers"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of method, path and canonical body")
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    content_type: Mapped[str] = mapped_column(String(100))
    location: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

    __table_args__ = (UniqueConstraint("account_id", "key"),)


class Media(Base):
    """The bytes of a recording in the object store; retries of one transcription share it."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    object_key: Mapped[str] = mapped_column(String(200), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64), comment="where the bytes passed through our hands")
    filename: Mapped[str | None] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100), default="application/octet-stream")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Upload(Base):
    """A place in the store that a client may fill once, for one transcription."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("up"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    object_key: Mapped[str] = mapped_column(String(200), unique=True)
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    used_at: Mapped[datetime | None]


class Transcription(Base):
    """The job and its outcome: the noun of the API."""

    __tablename__ = "transcriptions"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("tr"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id", ondelete="SET NULL"), index=True)
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"), index=True)

    # What was asked for
    source: Mapped[Source]
    url: Mapped[str | None] = mapped_column(Text)
    upload_id: Mapped[str | None] = mapped_column(String(40), comment="public id; the upload itself may be gone")
    url_headers: Mapped[dict[str, str] | None] = mapped_column(comment="kept until fetched; never shown or logged")
    pipeline_code: Mapped[str] = mapped_column(String(80))
    language_requested: Mapped[str] = mapped_column(String(35), default="auto")
    diarize: Mapped[bool] = mapped_column(default=True)
    speakers_expected: Mapped[int | None]
    vocabulary: Mapped[list[str]] = mapped_column(default=list)
    max_cost_microusd: Mapped[int | None] = mapped_column(BigInteger)
    request_id: Mapped[str | None] = mapped_column(String(128), comment="of the POST; follows the job into its logs")

    # What its owner may change
    title: Mapped[str] = mapped_column(String(300))
    title_given: Mapped[bool] = mapped_column(default=False, comment="false while the media's own name may replace it")
    labels: Mapped[dict[str, str]] = mapped_column("metadata", default=dict)
    speaker_names: Mapped[dict[str, str]] = mapped_column(default=dict)

    # Where it stands
    status: Mapped[Status] = mapped_column(default=Status.PROCESSING)
    stage: Mapped[Stage] = mapped_column(default=Stage.FETCHING)
    progress: Mapped[float] = mapped_column(default=0.0)
    error_code: Mapped[str | None] = mapped_column(String(60))
    error_message: Mapped[str | None] = mapped_column(Text)
    warnings: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

    # The worker's claim (PROMISES P8–P13)
    lease_token: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[datetime | None]
    crashes: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(server_default=func.now(), comment="no job starts before this")

    # What came out
    language: Mapped[str | None] = mapped_column(String(35))
    duration_seconds: Mapped[float | None] = mapped_column(comment="decoded samples / rate")
    speech_seconds: Mapped[float | None]
    transcribed_seconds: Mapped[float | None]
    speakers_count: Mapped[int | None]
    price_per_minute_microusd: Mapped[int] = mapped_column(BigInteger, comment="frozen at acceptance")
    quoted_microusd: Mapped[int | None] = mapped_column(BigInteger)
    charged_microusd: Mapped[int | None] = mapped_column(BigInteger)

    media: Mapped[Media | None] = relationship(lazy="raise")
    api_key: Mapped[ApiKey | None] = relationship(lazy="raise")

    __table_args__ = (
        Index(None, "account_id", text("public_id DESC")),
        Index(
            "ix_transcriptions_unfinished", "due_at", postgresql_where=text("status = 'processing'")
        ),  # small whatever the history: what the sweep looks at every few seconds
        Index("ix_transcriptions_url_headers", "completed_at", postgresql_where=text("url_headers IS NOT NULL")),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress_in_range"),
        CheckConstraint("(status = 'processing') = (completed_at IS NULL)", name="final_has_a_time"),
        CheckConstraint("(status = 'failed') = (error_code IS NOT NULL)", name="failed_has_an_error"),
        CheckConstraint("charged_microusd IS NULL OR charged_microusd <= quoted_microusd", name="charge_within_quote"),
    )

    @property
    def is_final(self) -> bool:
        return not LEGAL_MOVES[self.status]

    @property
    def public_stage(self) -> Literal["queued", "fetching", "transcribing"] | None:
        """What a client is told: nothing once final, `queued` before the first job began."""
        if self.is_final:
            return None
        return "queued" if self.started_at is None else self.stage.value


class Segment(Base):
    """A stretch of the transcript. `words` rows are [start, end, word, confidence or null]; times are seconds."""

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcriptions.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(comment="0 upwards, in time order")
    start: Mapped[float]
    end: Mapped[float]
    text: Mapped[str] = mapped_column(Text)
    speaker: Mapped[str | None] = mapped_column(String(20))
    confidence: Mapped[float | None]
    words: Mapped[list[list[Any]] | None] = mapped_column(comment="JSON, not JSONB: read whole, never searched")

    __table_args__ = (
        UniqueConstraint("transcription_id", "number"),
        CheckConstraint('start >= 0 AND "end" >= start', name="times_in_order"),
    )

    @property
    def public_id(self) -> str:
        return f"seg_{self.number}"
