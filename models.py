"""Every table, its enums, and the rules that need nothing but the row itself."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, cast

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from public_ids import new_id

# Of the packaged embedding model.
EMBEDDING_DIMENSIONS = 384
MEDIA_KEPT_HOURS = "after the end; 0 is until it was transcribed, none for ever"
MOST_HOURS_KEPT = 10 * 365 * 24
# For indexes of what lists show.
NOT_IN_THE_TRASH = text("trashed_at IS NULL")
# For indexes of what has work to be done.
UNFINISHED = "status = 'processing' OR to_understand"

# For ever, until they have been transcribed, or for so many hours after the end, whichever that was.
Retention = Literal["keep", "after_success"] | int


def retention_of(hours: int | None) -> Retention:
    """How long recordings are kept, as rows hold it and as people say it."""
    if hours is None:
        return "keep"
    return hours or "after_success"


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
    UNDERSTANDING = "understanding"


LEGAL_MOVES: dict[Status, frozenset[Status]] = {
    Status.PROCESSING: frozenset({Status.COMPLETED, Status.FAILED}),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset(),
}


class WordTimes(enum.StrEnum):
    """Whether the times of words were heard by the engine, or spread over their segment by us."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    NONE = "none"


class Source(enum.StrEnum):
    EXTERNAL_URL = "external_url"
    UPLOAD = "upload"
    TRANSCRIPT = "transcript"


class ArtifactKind(enum.StrEnum):
    """What is made of a transcript, in the order in which it is made."""

    CHAPTERS = "chapters"
    TOPICS = "topics"
    SUMMARY = "summary"
    SEARCH = "search"


class RevisionKind(enum.StrEnum):
    """What a revision does; `several` where its edits are of different kinds."""

    SET_TEXT = "set_text"
    SPLIT = "split"
    MERGE = "merge"
    DELETE = "delete"
    REASSIGN = "reassign"
    MERGE_SPEAKERS = "merge_speakers"
    REPLACE = "replace"
    SEVERAL = "several"
    UNDO = "undo"
    REDO = "redo"


class SharePart(enum.StrEnum):
    """What a share shows or offers besides the transcript, which it always shows."""

    SUMMARY = "summary"
    CHAPTERS = "chapters"
    TOPICS = "topics"
    SPEAKERS = "speakers"
    RECORDING = "recording"
    EXPORTS = "exports"


class ArtifactStatus(enum.StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Book(enum.StrEnum):
    """Where a wallet's money can be. The first five are its owner's; the others say whence it came or where it went.

    A book's balance is the sum of its entries, so what came in from outside stands there with a minus.
    """

    MONTHLY_CREDIT = "monthly_credit"
    TOP_UP = "top_up"
    HELD_MONTHLY_CREDIT = "held_monthly_credit"
    HELD_TOP_UP = "held_top_up"
    OWED = "owed"
    GRANTED = "granted"
    PAID_IN = "paid_in"
    CHARGED = "charged"


class MovementKind(enum.StrEnum):
    """Why money moved."""

    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    GRANT = "grant"
    EXPIRY = "expiry"
    TOP_UP = "top_up"
    REFUND = "refund"
    REFUND_REVERSAL = "refund_reversal"
    DISPUTE = "dispute"
    DISPUTE_REVERSAL = "dispute_reversal"
    ADJUSTMENT = "adjustment"


class NoticeKind(enum.StrEnum):
    CAP_NEAR = "cap_near"
    CAP_REACHED = "cap_reached"
    ENDPOINT_SWITCHED_OFF = "endpoint_off"
    NEW_SIGN_IN = "new_sign_in"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (no password)
    TWO_FACTOR_ON = "two_factor_on"
    TWO_FACTOR_OFF = "two_factor_off"
    CODES_REFUSED = "codes_refused"
    CONFIRM_ADDRESS = "confirm_address"
    RESET_PASSWORD = "reset_password"  # noqa: S105 (no password)


class EventType(enum.StrEnum):
    """What happened, by the name that clients know it under."""

    COMPLETED = "transcription.completed"
    FAILED = "transcription.failed"
    TEST = "webhook.test"


class DisabledReason(enum.StrEnum):
    """Why an endpoint is switched off: its owner did it, it answered 410, or it failed for days."""

    BY_OWNER = "by_owner"
    GONE = "gone"
    FAILING = "failing"


class DeliveryState(enum.StrEnum):
    """A pending one is tried until it succeeds or the schedule is over; its owner may have it begun anew."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Actor(enum.StrEnum):
    """Who did something: the account's owner on the pages, one of its keys, an operator on the pages for operators,
    somebody at the command line, a visitor who is nobody yet, or the service by itself."""

    OWNER = "owner"
    API_KEY = "api_key"
    OPERATOR = "operator"
    COMMAND = "command"
    VISITOR = "visitor"
    SERVICE = "service"


class Action(enum.StrEnum):
    """What was done, as it stands in the log of activity: what it was done to, and what was done."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_DELETED = "account.deleted"
    PASSWORD_CHANGED = "account.password_changed"  # noqa: S105 (the name of an act)
    ADDRESS_CONFIRMED = "account.address_confirmed"
    SIGN_IN_CONNECTED = "account.sign_in_connected"
    TWO_FACTOR_ON = "account.two_factor_on"
    TWO_FACTOR_OFF = "account.two_factor_off"
    RECOVERY_CODES_MADE = "account.recovery_codes_made"
    PLAN_CHANGED = "account.plan_changed"
    CAP_CHANGED = "account.cap_changed"
    OPERATOR_MADE = "account.operator_made"
    OPERATOR_ENDED = "account.operator_ended"
    ACCOUNT_VIEWED = "account.viewed"
    SIGNED_IN = "sign_in.succeeded"
    SIGN_IN_FAILED = "sign_in.failed"
    CODE_REFUSED = "sign_in.code_refused"
    SIGNED_OUT = "sign_in.ended"
    OTHERS_SIGNED_OUT = "sign_in.ended_others"
    SIGNED_OUT_EVERYWHERE = "sign_in.ended_everywhere"
    KEY_CREATED = "api_key.created"
    KEY_REVOKED = "api_key.revoked"
    EXPORTED = "transcription.exported"
    TRASHED = "transcription.trashed"
    RESTORED = "transcription.restored"
    DELETED = "transcription.deleted"
    MEDIA_DELETED = "transcription.media_deleted"
    CANCELED = "transcription.canceled"
    RETRIED = "transcription.retried"
    TRASH_EMPTIED = "trash.emptied"
    SHARE_CREATED = "share.created"
    SHARE_CHANGED = "share.changed"
    SHARE_REVOKED = "share.revoked"
    SHARE_RESTORED = "share.restored"
    ENDPOINT_CREATED = "webhook_endpoint.created"
    ENDPOINT_CHANGED = "webhook_endpoint.changed"
    ENDPOINT_DELETED = "webhook_endpoint.deleted"
    ENDPOINT_SECRET_ROTATED = "webhook_endpoint.secret_rotated"  # noqa: S105 (the name of an act)
    WALLET_ADJUSTED = "wallet.adjusted"


def _by_value(kind: type[enum.StrEnum], length: int = 20) -> Enum:
    return Enum(kind, native_enum=False, length=length, values_callable=lambda members: [m.value for m in members])


def _is_one_of(column: str, names: type[enum.StrEnum]) -> str:
    return f"{column} IN ({', '.join(f'{name.value!r}' for name in names)})"


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
        dict[str, Any]: JSONB(none_as_null=True),
        list[str]: JSONB(none_as_null=True),
        Any: JSONB(none_as_null=True),
        list[dict[str, str]]: JSONB(none_as_null=True),
        list[list[Any]]: JSON(none_as_null=True),
        EventType: _by_value(EventType, length=60),
        Action: _by_value(Action, length=60),
        **{
            kind: _by_value(kind)
            for kind in (
                *(Plan, Status, Stage, Source, WordTimes, Book, MovementKind, NoticeKind),
                *(ArtifactKind, ArtifactStatus, RevisionKind, DisabledReason, DeliveryState, Actor),
            )
        },
    }


class Account(Base):
    """A customer: signs in on the pages, owns keys and transcriptions."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("acct"))
    email: Mapped[str] = mapped_column(String(320), unique=True, comment="lower case")
    email_confirmed: Mapped[bool] = mapped_column(
        comment="by a provider, an operator or a mailed link, never by signing up alone"
    )
    password_hash: Mapped[str | None] = mapped_column(String(200))
    plan: Mapped[Plan] = mapped_column(default=Plan.FREE)
    default_pipeline_code: Mapped[str | None] = mapped_column(String(80))
    fallback_pipeline_codes: Mapped[list[str]] = mapped_column(
        default=list, server_default="[]", comment="asked in turn when one fails"
    )
    monthly_cap_microusd: Mapped[int | None] = mapped_column(BigInteger)
    media_kept_hours: Mapped[int | None] = mapped_column(comment=MEDIA_KEPT_HOURS)
    is_operator: Mapped[bool] = mapped_column(
        default=False, server_default=text("false"), comment="may see the pages for operators"
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    # To be shown alone: who moves money locks the wallet first (handlers/wallets.py).
    wallet: Mapped["Wallet"] = relationship(lazy="raise", viewonly=True)

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        CheckConstraint("monthly_cap_microusd >= 0", name="monthly_cap_not_negative"),
        CheckConstraint("media_kept_hours >= 0", name="media_kept_hours_not_negative"),
    )


class Wallet(Base):
    """An account's money. It outlives the account, since the ledger stays.

    The balances are written by the trigger on `ledger_entries` alone (migration 0002); PostgreSQL refuses anybody else.
    """

    __tablename__ = "wallets"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("wal"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    # The monthly credit's period: a month from the anchor's day and hour, or the subscription's own.
    period_anchor_at: Mapped[datetime] = mapped_column(server_default=func.now())
    period_started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    period_ends_at: Mapped[datetime] = mapped_column(server_default=text("now() + interval '1 month'"), index=True)

    stripe_customer_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    stripe_subscription_id: Mapped[str | None] = mapped_column(String(255))
    paid_period_started_at: Mapped[datetime | None] = mapped_column(comment="the subscription's latest that was paid")

    monthly_credit_microusd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    top_up_microusd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    held_monthly_credit_microusd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    held_top_up_microusd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    owed_microusd: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="0 or less")
    granted_microusd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    paid_in_microusd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    charged_microusd: Mapped[int] = mapped_column(BigInteger, server_default="0")

    __table_args__ = (
        CheckConstraint("monthly_credit_microusd >= 0", name="monthly_credit_not_negative"),
        CheckConstraint("top_up_microusd >= 0", name="top_up_not_negative"),
        CheckConstraint("held_monthly_credit_microusd >= 0", name="held_monthly_credit_not_negative"),
        CheckConstraint("held_top_up_microusd >= 0", name="held_top_up_not_negative"),
        CheckConstraint("owed_microusd <= 0", name="owed_not_positive"),
        CheckConstraint("charged_microusd >= 0", name="charged_not_negative"),
        CheckConstraint("period_ends_at > period_started_at", name="period_in_order"),
    )

    @property
    def available_microusd(self) -> int:
        return self.monthly_credit_microusd + self.top_up_microusd

    @property
    def held_microusd(self) -> int:
        return self.held_monthly_credit_microusd + self.held_top_up_microusd


class LedgerMovement(Base):
    """One thing that happened to a wallet. Its entries sum to zero. Never changed, never deleted."""

    __tablename__ = "ledger_movements"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("mv"))
    wallet_id: Mapped[int] = mapped_column(ForeignKey("wallets.id"))
    kind: Mapped[MovementKind]
    reference: Mapped[str | None] = mapped_column(
        String(255), comment="what it happens once for: a transcription, a period, a payment, a refund, a dispute"
    )
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_movements.id"), unique=True)
    period_started_at: Mapped[datetime | None] = mapped_column(comment="of a hold: the period whose credit it took")
    reason: Mapped[str | None] = mapped_column(Text)
    available_after_microusd: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    # Of a capture: what was bought. Kept here, since the transcription may be deleted.
    pipeline_code: Mapped[str | None] = mapped_column(String(80))
    api_key_id: Mapped[str | None] = mapped_column(String(40), comment="public id; none is the dashboard")
    duration_seconds: Mapped[Decimal | None] = mapped_column(Numeric(20, 7))

    entries: Mapped[list["LedgerEntry"]] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("kind", "reference"),
        Index(None, "wallet_id", "id"),
        CheckConstraint(_is_one_of("kind", MovementKind), name="known_kind"),
        CheckConstraint("(kind IN ('capture', 'release')) = (hold_id IS NOT NULL)", name="settles_a_hold"),
        CheckConstraint("(kind = 'capture') = (pipeline_code IS NOT NULL)", name="capture_says_what_for"),
        CheckConstraint("(kind = 'adjustment') = (reference IS NULL)", name="happens_once_for_something"),
        CheckConstraint("kind <> 'adjustment' OR reason IS NOT NULL", name="adjustment_has_a_reason"),
    )


class LedgerEntry(Base):
    """A movement's part in one book."""

    __tablename__ = "ledger_entries"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    movement_id: Mapped[int] = mapped_column(ForeignKey("ledger_movements.id"))
    book: Mapped[Book]
    amount_microusd: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint("movement_id", "book"),
        # What stood in another book would balance, and be in nobody's balance.
        CheckConstraint(_is_one_of("book", Book), name="known_book"),
        CheckConstraint("amount_microusd <> 0", name="amount_not_zero"),
    )


class UsageDay(Base):
    """What a wallet's captures of one UTC day come to, by pipeline and key: sums that are asked for all the time."""

    __tablename__ = "usage_days"

    wallet_id: Mapped[int] = mapped_column(ForeignKey("wallets.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    pipeline_code: Mapped[str] = mapped_column(String(80), primary_key=True)
    api_key_id: Mapped[str] = mapped_column(String(40), primary_key=True, comment="public id; empty is the dashboard")
    transcriptions: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[Decimal] = mapped_column(Numeric(20, 7))
    charged_microusd: Mapped[int] = mapped_column(BigInteger)


class StripeEvent(Base):
    """An event Stripe told us of, recorded before it is acted on. What it is about is asked of Stripe when acting."""

    __tablename__ = "stripe_events"

    event_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    object_id: Mapped[str] = mapped_column(String(255))
    customer_id: Mapped[str | None] = mapped_column(String(255))
    payment_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(comment="by Stripe's clock")
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    tries: Mapped[int] = mapped_column(server_default="0")
    handled_at: Mapped[datetime | None]
    request_id: Mapped[str | None] = mapped_column(String(128), comment="of the POST; follows the job into its logs")

    __table_args__ = (Index("ix_stripe_events_waiting", "due_at", postgresql_where=text("handled_at IS NULL")),)


class Notice(Base):
    """Something the owner of an account is told once, on the dashboard and by mail."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("ntc"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    dismissed_at: Mapped[datetime | None]
    mail_due_at: Mapped[datetime | None] = mapped_column(
        server_default=func.now(), comment="when to hand in its mail; null when that is done"
    )

    # About a cap
    month: Mapped[date | None] = mapped_column(Date, comment="its first day")
    cap_microusd: Mapped[int | None] = mapped_column(BigInteger)
    spent_microusd: Mapped[int | None] = mapped_column(BigInteger, comment="with what is held")

    # About an endpoint
    webhook_endpoint_id: Mapped[int | None] = mapped_column(
        ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), index=True
    )
    webhook_endpoint: Mapped["WebhookEndpoint | None"] = relationship(lazy="raise")

    # About a sign-in
    device: Mapped[str | None] = mapped_column(String(80), comment="as its owner knows it: Firefox on Linux")
    address: Mapped[str | None] = mapped_column(String(60), comment="of the network")

    __table_args__ = (
        UniqueConstraint("account_id", "month", "kind", "cap_microusd"),
        Index("ix_notices_mail_due_at", "mail_due_at", postgresql_where=text("mail_due_at IS NOT NULL")),
        CheckConstraint("(kind = 'endpoint_off') = (webhook_endpoint_id IS NOT NULL)", name="endpoint_where_due"),
        CheckConstraint(
            "kind NOT LIKE 'cap\\_%' OR num_nonnulls(month, cap_microusd, spent_microusd) = 3", name="cap_where_due"
        ),
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
    user_agent: Mapped[str] = mapped_column(String(300), server_default="", comment="what the browser calls itself")
    address: Mapped[str] = mapped_column(String(60), server_default="", comment="of the network, at sign-in")

    account: Mapped[Account] = relationship(lazy="raise")


class TwoFactor(Base):
    """An account's authenticator app. It is asked for once a code of it was given."""

    __tablename__ = "two_factors"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary, comment="sealed")
    last_step: Mapped[int | None] = mapped_column(BigInteger, comment="the half minute whose code was used last")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes that stand for the app when it is lost, as a hash; it is good once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    code_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("account_id", "code_sha256"),)


class SignInFailure(Base):
    """A refused sign-in, kept while it counts against an account or an address."""

    __tablename__ = "sign_in_failures"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), comment="email:<sha256>, share:<public id> or address:<ip>")
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
    waveform: Mapped[bytes | None] = mapped_column(
        deferred=True,
        comment="how loud it is from beginning to end, a byte for each of equal parts; null where nobody looked",
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StoreRound(Base):
    """How far a sweep that goes through the whole store is, a piece at a time."""

    __tablename__ = "store_rounds"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    after: Mapped[str] = mapped_column(Text, comment="the last key that was looked at; empty between two rounds")
    ended_at: Mapped[datetime | None] = mapped_column(comment="of the last whole round")


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
    multipart_id: Mapped[str | None] = mapped_column(Text, comment="the store's name of an upload in parts")
    part_size_bytes: Mapped[int | None] = mapped_column(BigInteger, comment="of all parts but the last")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    used_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(multipart_id IS NULL) = (part_size_bytes IS NULL)", name="parts_have_a_size"),)

    @property
    def parts_count(self) -> int | None:
        """How many parts it goes in, None for one that goes in one piece."""
        return None if self.part_size_bytes is None else -(-self.size_bytes // self.part_size_bytes)

    def size_of_part(self, number: int) -> int:
        """The size of a part, from 1 on; only of an upload in parts."""
        assert self.part_size_bytes is not None
        return min(self.part_size_bytes, self.size_bytes - (number - 1) * self.part_size_bytes)


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
    failed_pipeline_codes: Mapped[list[str]] = mapped_column(
        default=list, server_default="[]", comment="it was fallen back from, in order"
    )
    language_requested: Mapped[str] = mapped_column(String(35), default="auto")
    diarize: Mapped[bool] = mapped_column(default=True)
    speakers_expected: Mapped[int | None]
    vocabulary: Mapped[list[str]] = mapped_column(default=list)
    max_cost_microusd: Mapped[int | None] = mapped_column(BigInteger)
    media_kept_hours: Mapped[int | None] = mapped_column(comment=MEDIA_KEPT_HOURS)
    request_id: Mapped[str | None] = mapped_column(String(128), comment="of the POST; follows the job into its logs")
    trace_parent: Mapped[str | None] = mapped_column(
        String(55), comment="of the POST's trace, as W3C writes it; its jobs' spans belong there"
    )

    # What its owner may change
    title: Mapped[str] = mapped_column(String(300))
    title_given: Mapped[bool] = mapped_column(default=False, comment="false while the media's own name may replace it")
    labels: Mapped[dict[str, str]] = mapped_column("metadata", default=dict)
    speaker_names: Mapped[dict[str, str]] = mapped_column(default=dict)

    # Where it stands
    status: Mapped[Status] = mapped_column(default=Status.PROCESSING)
    stage: Mapped[Stage] = mapped_column(default=Stage.FETCHING)
    progress: Mapped[float] = mapped_column(default=0.0)
    transcribing_since: Mapped[datetime | None] = mapped_column(comment="it was first begun to be heard")
    progressed_at: Mapped[datetime | None] = mapped_column(comment="the hearing last got further")
    error_code: Mapped[str | None] = mapped_column(String(60))
    error_message: Mapped[str | None] = mapped_column(Text)
    warnings: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    media_expires_at: Mapped[datetime | None]
    trashed_at: Mapped[datetime | None]

    # The worker's claim (PROMISES P8–P13)
    lease_token: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[datetime | None]
    crashes: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(server_default=func.now(), comment="no job starts before this")
    queue: Mapped[str] = mapped_column(
        String(20), default="fetch", server_default="fetch", comment="whose worker is to take it next, or has it"
    )
    to_understand: Mapped[bool] = mapped_column(
        default=False, server_default=text("false"), comment="it has artifacts to make, perhaps anew after completion"
    )
    provider_state: Mapped[dict[str, Any] | None] = mapped_column(comment="what a provider told, from step to step")

    # What came out
    revision: Mapped[int] = mapped_column(
        default=0, server_default="0", comment="how often its segments were edited; 0 is as heard"
    )
    language: Mapped[str | None] = mapped_column(String(35))
    duration_seconds: Mapped[float | None] = mapped_column(comment="decoded samples / rate")
    speech_seconds: Mapped[float | None]
    transcribed_seconds: Mapped[float | None]
    speakers_count: Mapped[int | None]
    engine_model: Mapped[str | None] = mapped_column(String(120))
    word_times: Mapped[WordTimes | None]
    billed_seconds: Mapped[float | None] = mapped_column(comment="what a provider says it charges us for")
    price_per_minute_microusd: Mapped[int] = mapped_column(BigInteger, comment="frozen at acceptance")
    quoted_microusd: Mapped[int | None] = mapped_column(BigInteger)
    charged_microusd: Mapped[int | None] = mapped_column(BigInteger)

    media: Mapped[Media | None] = relationship(lazy="raise")
    api_key: Mapped[ApiKey | None] = relationship(lazy="raise")
    artifacts: Mapped[list["Artifact"]] = relationship(lazy="raise", passive_deletes="all")
    tags: Mapped[list["Tag"]] = relationship(lazy="raise", passive_deletes="all", order_by="Tag.key")

    __table_args__ = (
        Index(None, "account_id", text("public_id DESC")),
        # One for each order and each filter of the list, which stops reading where the page is full.
        Index(
            "ix_transcriptions_titles",
            "account_id",
            text("lower(title)"),
            "public_id",
            postgresql_where=NOT_IN_THE_TRASH,
        ),
        Index(
            "ix_transcriptions_lengths",
            "account_id",
            text("coalesce(duration_seconds, 0) DESC"),
            text("public_id DESC"),
            postgresql_where=NOT_IN_THE_TRASH,
        ),
        Index(
            "ix_transcriptions_finished",
            "account_id",
            text("coalesce(completed_at, 'infinity') DESC"),
            text("public_id DESC"),
            postgresql_where=NOT_IN_THE_TRASH,
        ),
        Index("ix_transcriptions_created", "account_id", "created_at", postgresql_where=NOT_IN_THE_TRASH),
        Index(
            "ix_transcriptions_statuses",
            "account_id",
            "status",
            text("public_id DESC"),
            postgresql_where=NOT_IN_THE_TRASH,
        ),
        Index(
            "ix_transcriptions_pipelines",
            "account_id",
            "pipeline_code",
            text("public_id DESC"),
            postgresql_where=NOT_IN_THE_TRASH,
        ),
        # Three that are small whatever the history: what is unfinished, who waits in each line, and who is at work.
        Index("ix_transcriptions_unfinished", "due_at", postgresql_where=text(UNFINISHED)),
        Index(
            "ix_transcriptions_lines",
            *("queue", "account_id", "due_at", "id"),
            postgresql_where=text(f"({UNFINISHED}) AND lease_token IS NULL"),
        ),
        Index("ix_transcriptions_at_work", "queue", "account_id", postgresql_where=text("lease_token IS NOT NULL")),
        Index("ix_transcriptions_failed", text("public_id DESC"), postgresql_where=text("status = 'failed'")),
        Index("ix_transcriptions_url_headers", "completed_at", postgresql_where=text("url_headers IS NOT NULL")),
        Index(
            "ix_transcriptions_expiring_media",
            "media_expires_at",
            postgresql_where=text("media_expires_at IS NOT NULL"),
        ),
        # Which languages a library has is asked with every search of it, too.
        Index(
            "ix_transcriptions_languages",
            "account_id",
            "language",
            text("public_id DESC"),
            postgresql_where=NOT_IN_THE_TRASH,
        ),
        Index(
            "ix_transcriptions_trash",
            "account_id",
            text("public_id DESC"),
            postgresql_where=text("trashed_at IS NOT NULL"),
        ),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress_in_range"),
        CheckConstraint("(status = 'processing') = (completed_at IS NULL)", name="final_has_a_time"),
        CheckConstraint("(status = 'failed') = (error_code IS NOT NULL)", name="failed_has_an_error"),
        CheckConstraint("charged_microusd IS NULL OR charged_microusd <= quoted_microusd", name="charge_within_quote"),
        CheckConstraint("media_kept_hours >= 0", name="media_kept_hours_not_negative"),
        CheckConstraint("trashed_at IS NULL OR completed_at IS NOT NULL", name="only_final_in_the_trash"),
    )

    # Its place in the line where it waits for a worker (handlers/lines.py): no column, and None unless asked for.
    queue_position = cast("int | None", None)

    def artifact(self, kind: "ArtifactKind") -> "Artifact | None":
        """What was made of it, where anything was; of one that was read with its artifacts."""
        return next((artifact for artifact in self.artifacts if artifact.kind == kind), None)

    @property
    def is_final(self) -> bool:
        return not LEGAL_MOVES[self.status]

    @property
    def has_transcript(self) -> bool:
        """Whether what was said is known and kept; what is made of it may still be missing."""
        is_understood_next = self.status is Status.PROCESSING and self.stage is Stage.UNDERSTANDING
        return self.status is Status.COMPLETED or is_understood_next

    @property
    def waits_in_line(self) -> bool:
        """Whether it is processing, and only lacks a worker: neither has one it nor was it put off."""
        is_put_off = self.tries > 0 or self.provider_state is not None
        return self.status is Status.PROCESSING and self.lease_token is None and not is_put_off

    @property
    def public_stage(self) -> Literal["queued", "fetching", "transcribing", "understanding"] | None:
        """What a client is told: nothing once final, `queued` before the first job began."""
        if self.is_final:
            return None
        return "queued" if self.started_at is None else self.stage.value


class Turn(Base):
    """When an account last had its turn at a queue, so that accounts take turns (handlers/lines.py)."""

    __tablename__ = "turns"

    queue: Mapped[str] = mapped_column(String(20), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    began_at: Mapped[datetime]

    __table_args__ = (Index(None, "account_id"),)


class Tag(Base):
    """A word that somebody put on a transcription to find it by."""

    __tablename__ = "tags"

    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcriptions.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True, comment="the name, whatever its case")
    name: Mapped[str] = mapped_column(String(40), comment="as it was written")
    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), comment="the transcription's, so that an index has both"
    )

    __table_args__ = (Index(None, "account_id", "key", "transcription_id"),)


class Chunk(Base):
    """Part of a long recording that one worker hears while others hear the rest; gone once the transcript is kept.

    `segments` rows are [start, end, text, words, speaker, confidence]; times are seconds of the whole recording.
    """

    __tablename__ = "chunks"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcriptions.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(comment="0 upwards, in the order in which they are taken")
    channel: Mapped[int | None] = mapped_column(comment="of a call with one voice a channel; none is the mono mix")
    first_sample: Mapped[int] = mapped_column(BigInteger)
    after_sample: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str | None] = mapped_column(String(35), comment="to hear it in; none is to be detected")

    # The claim of the worker that hears it
    lease_token: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[datetime | None]
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[float] = mapped_column(default=0.0, server_default="0", comment="the share that was heard so far")

    # What came out
    heard_at: Mapped[datetime | None]
    segments: Mapped[list[list[Any]] | None] = mapped_column(deferred=True)
    voices: Mapped[bytes | None] = mapped_column(deferred=True, comment="the engine's, for telling speakers apart")
    heard_language: Mapped[str | None] = mapped_column(String(35), comment="none where nobody speaks")
    speech_seconds: Mapped[float | None]
    transcribed_seconds: Mapped[float | None]
    engine_model: Mapped[str | None] = mapped_column(String(120))
    engine_seconds: Mapped[float | None]

    __table_args__ = (
        UniqueConstraint("transcription_id", "number"),
        CheckConstraint("first_sample >= 0 AND after_sample > first_sample", name="samples_in_order"),
        CheckConstraint("channel IN (0, 1)", name="channel_of_two"),
        CheckConstraint("done >= 0 AND done <= 1", name="done_in_range"),
        CheckConstraint("(lease_token IS NULL) = (lease_until IS NULL)", name="lease_is_whole"),
        CheckConstraint("heard_at IS NULL OR lease_token IS NULL", name="heard_is_let_go"),
        CheckConstraint(
            "num_nonnulls(heard_at, segments, speech_seconds, transcribed_seconds, engine_model, engine_seconds)"
            " IN (0, 6)",
            name="heard_is_whole",
        ),
    )


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
        # Looked at when a statement ends, so that one statement can move all numbers up.
        UniqueConstraint("transcription_id", "number", deferrable=True, initially="IMMEDIATE"),
        CheckConstraint('start >= 0 AND "end" >= start', name="times_in_order"),
    )

    @property
    def public_id(self) -> str:
        return segment_id(self.number)


def segment_id(number: int) -> str:
    """What a segment is called outside, unique within its transcription."""
    return f"seg_{number}"


class Revision(Base):
    """One change of a transcript's segments by hand, in itself enough to take it back."""

    __tablename__ = "revisions"

    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcriptions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, comment="1 upwards")
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id", ondelete="SET NULL"), index=True)
    kind: Mapped[RevisionKind]
    description: Mapped[str] = mapped_column(String(400))
    segments_changed: Mapped[int]
    undoes: Mapped[int | None] = mapped_column(comment="the revision that it takes back")
    undo_next: Mapped[int | None] = mapped_column(comment="the revision that undo takes back after this one")
    redo_next: Mapped[int | None] = mapped_column(comment="the undo that redo takes back after this one")
    speaker_names: Mapped[dict[str, Any]] = mapped_column(comment="by label [before, after], where they changed")
    splices: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, comment="compressed JSON")
    size_bytes: Mapped[int] = mapped_column(comment="of the splices")

    api_key: Mapped[ApiKey | None] = relationship(lazy="raise")


class Artifact(Base):
    """What was made of a transcript, and by whom. `content` is that of `insights.artifacts`; the search has its own
    table, `passages`. What a failed attempt leaves is the content of the one before."""

    __tablename__ = "artifacts"

    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcriptions.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[ArtifactKind] = mapped_column(primary_key=True)
    status: Mapped[ArtifactStatus] = mapped_column(default=ArtifactStatus.PENDING)
    engine: Mapped[str | None] = mapped_column(String(20), comment="extractive or llm; of a search hybrid or words")
    model: Mapped[str | None] = mapped_column(String(200))
    content: Mapped[Any] = mapped_column(nullable=True, deferred=True)
    is_stale: Mapped[bool] = mapped_column(default=False, comment="the transcript has been changed since")
    made_at: Mapped[datetime | None]


class Share(Base):
    """A link by which anyone may read one transcription. `handlers/shares.py` says how its address is kept."""

    __tablename__ = "shares"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("shr"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcriptions.id", ondelete="CASCADE"))
    seed: Mapped[bytes] = mapped_column(LargeBinary, comment="random; with the service's key it makes the secret")
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    parts: Mapped[list[str]] = mapped_column(comment="shown besides the transcript")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    expires_at: Mapped[datetime | None]
    openings: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    last_opened_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]

    transcription: Mapped[Transcription] = relationship(lazy="raise")

    __table_args__ = (
        Index(None, "transcription_id", text("public_id DESC")),
        CheckConstraint("openings >= 0", name="openings_not_negative"),
    )

    def shows(self, part: SharePart) -> bool:
        return part in self.parts

    def is_over(self, moment: datetime) -> bool:
        """Whether it has expired by then. Its owner may put that off."""
        return self.expires_at is not None and self.expires_at <= moment


class Passage(Base):
    """Some sentences of a transcript, as the search finds them; where they lie in it, by segment and character."""

    __tablename__ = "passages"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcriptions.id", ondelete="CASCADE"))
    ordinal: Mapped[int] = mapped_column(comment="0 upwards, in time order")
    first_segment: Mapped[int]
    first_char: Mapped[int]
    last_segment: Mapped[int]
    after_char: Mapped[int]
    start: Mapped[float]
    end: Mapped[float]
    speakers: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="by the names they are shown with")
    words: Mapped[str] = mapped_column(TSVECTOR)
    embedding: Mapped[Any] = mapped_column(
        HALFVEC(EMBEDDING_DIMENSIONS),
        nullable=True,
        comment="of unit length; null where only words are to be found",
    )

    __table_args__ = (
        Index("uq_passages_transcription_id_ordinal", "transcription_id", "ordinal", unique=True),
        Index("ix_passages_speakers", "speakers", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_passages_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index(
            "ix_passages_embedding",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "halfvec_ip_ops"},
        ),
        # Rows with an embedding stay in one piece, so that comparing needs no second look.
        {"postgresql_with": {"toast_tuple_target": 4080}},
    )


class Question(Base):
    """Something an account asked its transcripts. It goes when a transcript goes that it was answered from."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("qa"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    transcription_ids: Mapped[list[str] | None] = mapped_column(comment="public ids; none is the whole library")
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    engine: Mapped[str | None] = mapped_column(String(20), comment="extractive or llm")
    model: Mapped[str | None] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answered_at: Mapped[datetime | None]

    citations: Mapped[list["Citation"]] = relationship(
        lazy="raise", order_by="Citation.number", passive_deletes=True, cascade="all, delete-orphan"
    )

    __table_args__ = (Index(None, "account_id", text("public_id DESC")),)


class Citation(Base):
    """A quote that an answer rests on. It stood word for word in the transcript when it was cited."""

    __tablename__ = "citations"

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, comment="0 upwards")
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcriptions.id", ondelete="CASCADE"), index=True)
    first_segment: Mapped[int]
    last_segment: Mapped[int]
    start: Mapped[float]
    end: Mapped[float]
    speaker: Mapped[str | None] = mapped_column(String(20))
    quote: Mapped[str] = mapped_column(Text)

    transcription: Mapped[Transcription] = relationship(lazy="raise")


class WebhookEndpoint(Base):
    """An address that is told of events: all of an account's, or those of one transcription alone."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("whe"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    transcription_id: Mapped[int | None] = mapped_column(
        ForeignKey("transcriptions.id", ondelete="CASCADE"), unique=True, comment="told of this one alone"
    )
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(String(300), default="")
    event_types: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    disabled_reason: Mapped[DisabledReason | None] = mapped_column(comment="none is switched on")
    failing_since: Mapped[datetime | None] = mapped_column(comment="every attempt from then on has failed")

    # Read by who signs, and by nobody else. Sealed; those from before there were seals are 32 bytes in the open.
    secret: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    previous_secret_expires_at: Mapped[datetime | None]

    # The worker that sends to it: one at a time, so that the number of requests at once can be kept.
    lease_token: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[datetime | None]

    transcription: Mapped[Transcription | None] = relationship(lazy="raise")

    __table_args__ = (
        Index(None, "account_id", text("public_id DESC")),
        Index("ix_webhook_endpoints_leased", "lease_until", postgresql_where=text("lease_until IS NOT NULL")),
    )

    @property
    def enabled(self) -> bool:
        return self.disabled_reason is None


class Event(Base):
    """Something that happened, as it is told: written in the transaction that made it happen, and never changed."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, comment="sorts as the account's events commit")
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    type: Mapped[EventType]
    transcription_id: Mapped[int | None] = mapped_column(
        ForeignKey("transcriptions.id", ondelete="CASCADE"),
        unique=True,
        comment="that became final, which happens once",
    )
    body: Mapped[str] = mapped_column(Text, deferred=True, comment="JSON, byte for byte as it is signed and sent")
    created_at: Mapped[datetime] = mapped_column(index=True)

    transcription: Mapped[Transcription | None] = relationship(lazy="raise")

    __table_args__ = (
        Index(None, "account_id", text("public_id DESC")),
        CheckConstraint("type = 'webhook.test' OR transcription_id IS NOT NULL", name="is_about_something"),
    )


class WebhookDelivery(Base):
    """One event to one endpoint."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("whd"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.PENDING)
    due_at: Mapped[datetime] = mapped_column(server_default=func.now(), comment="of the next attempt, while pending")
    tries: Mapped[int] = mapped_column(
        default=0, comment="since it was begun, perhaps anew: where in the schedule it is"
    )
    attempts_count: Mapped[int] = mapped_column(default=0, comment="ever")
    last_status: Mapped[int | None] = mapped_column(comment="of the last attempt, where it was answered")
    last_error: Mapped[str | None] = mapped_column(String(20), comment="of the last attempt, where it was not")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="raise")
    endpoint: Mapped[WebhookEndpoint] = relationship(lazy="raise")
    attempts: Mapped[list["WebhookAttempt"]] = relationship(
        lazy="raise", order_by="WebhookAttempt.number.desc()", passive_deletes="all"
    )

    __table_args__ = (
        UniqueConstraint("event_id", "endpoint_id"),
        Index(None, "endpoint_id", text("public_id DESC")),
        # Small whatever the history: what the workers look at several times a second.
        Index("ix_webhook_deliveries_waiting", "endpoint_id", "due_at", postgresql_where=text("state = 'pending'")),
        CheckConstraint("(state = 'pending') = (finished_at IS NULL)", name="final_has_a_time"),
    )


class WebhookAttempt(Base):
    """One try of a delivery. Its request is the event's body with what stands here."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, comment="1 upwards")
    attempted_at: Mapped[datetime]
    url: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(300))
    status: Mapped[int | None]
    duration_ms: Mapped[int]
    error: Mapped[str | None] = mapped_column(String(20), comment="why there is no status")
    answer: Mapped[str | None] = mapped_column(Text, comment="its beginning")


class Activity(Base):
    """Something that was done and that its owner, or an operator, may have to look up later: who, what, from where.

    Never changed; removed when it is old, by the scheduler alone (a trigger of migration 0016). It names things by
    their public ids and refers to no row, so that it outlives what it is about. It holds no secret and no word said.
    """

    __tablename__ = "activities"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("act"))
    account_id: Mapped[str | None] = mapped_column(String(40), comment="public id; none where nobody's was named")
    actor: Mapped[Actor]
    actor_id: Mapped[str | None] = mapped_column(String(40), comment="public id of the key, or of the operator")
    action: Mapped[Action]
    object_id: Mapped[str | None] = mapped_column(String(255), comment="public id of what it was done to")
    details: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}", comment="a few plain words")
    address: Mapped[str | None] = mapped_column(String(64), comment="of the network")
    user_agent: Mapped[str | None] = mapped_column(String(300))
    request_id: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)

    __table_args__ = (
        Index(None, "account_id", text("public_id DESC")),
        Index(None, "action", text("public_id DESC")),
    )


class Measurement(Base):
    """One thing that a job measured: how long a stage took, what a provider answered. Kept for some days.

    `handlers/measurements.py` says what is measured. Each is added to `tallies` once, by the scheduler.
    """

    __tablename__ = "measurements"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    labels: Mapped[dict[str, str]]
    bucket: Mapped[int] = mapped_column(comment="of a histogram, 0 upwards; else 0")
    value: Mapped[float]
    times: Mapped[int] = mapped_column(BigInteger, default=1, server_default="1", comment="that it was measured alike")
    measured_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)
    is_counted: Mapped[bool] = mapped_column(default=False, server_default=text("false"), comment="in the tallies")

    __table_args__ = (
        Index(None, "name", "measured_at"),
        Index("ix_measurements_uncounted", "id", postgresql_where=text("NOT is_counted")),
    )


class Tally(Base):
    """How often something was measured since the service began, and the sum of it: what only ever grows.

    Written and read in SQL alone: labels in a key are nothing that a session could find a row by.
    """

    __tablename__ = "tallies"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    labels: Mapped[dict[str, str]] = mapped_column(primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True, comment="of a histogram, 0 upwards; else 0")
    count: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[float]


class LedgerAudit(Base):
    """What came of proving the ledger at some time. `breaches` has the broken rules alone, with how many rows."""

    __tablename__ = "ledger_audits"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    finished_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)
    duration_ms: Mapped[int]
    breaches: Mapped[dict[str, Any]]
