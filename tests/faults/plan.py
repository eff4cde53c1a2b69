"""What a run will do, made from its seed alone: which orders customers place and which faults befall whom, and when."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.faults.cables import State

CUSTOMERS = 3
WHISPER, QWEN, OPENAI, VOXTRAL = (
    "whisper-base",
    "qwen3-asr-flash-filetrans",
    "gpt-4o-transcribe-diarize",
    "voxtral-mini-transcribe",
)
# How the recording comes and who hears it, each as often as its weight says.
WAYS = {
    ("transcript", None): 25,
    ("external_url", WHISPER): 15,
    ("upload", WHISPER): 10,
    ("external_url", QWEN): 10,
    ("upload", QWEN): 5,
    ("external_url", OPENAI): 10,
    ("upload", OPENAI): 5,
    ("external_url", VOXTRAL): 10,
    ("upload", VOXTRAL): 5,
    ("external_url, which is not there", WHISPER): 5,
}
CANCELED, DELETED = 0.05, 0.08
ORDERED_UNTIL = 0.8  # of the time that faults go on
PROVIDERS = ("qwen", "openai", "mistral")


class Kind(enum.StrEnum):
    KILL = "kill"
    TERMINATE = "terminate"
    FLUSH = "empty"
    LINE = "line"
    REFUSE = "refuse"
    FILL = "fill"
    CLOCK = "clock"
    DEPLOY = "deploy"


@dataclass(frozen=True, slots=True)
class Order:
    """One recording of one customer. `fate` is what becomes of it `fate_after` seconds after it was accepted."""

    number: int
    at: float
    customer: int
    source: str
    pipeline: str | None
    has_own_hook: bool
    keeps_recording: bool
    fate: str | None
    fate_after: float

    @property
    def key(self) -> str:
        return f"order-{self.number}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls whom, how many seconds after the start, and for how long where it lasts."""

    at: float
    kind: Kind
    target: str
    seconds: float = 0.0
    state: State = State.WHOLE

    def __str__(self) -> str:
        how = f" ({self.state}, {self.seconds:.1f} s)" if self.kind is Kind.LINE else ""
        return f"{self.kind} {self.target}{how}"


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    seconds: float
    in_bucket: bool
    orders: Sequence[Order]
    faults: Sequence[Fault]


# What befalls whom, each as often as its weight says.
FAULTS: dict[tuple[Kind, str], int] = {
    (Kind.KILL, "worker"): 10,
    (Kind.KILL, "work-horse"): 14,
    (Kind.KILL, "crew"): 3,
    (Kind.KILL, "child of a work-horse"): 4,
    (Kind.KILL, "engine"): 4,
    (Kind.KILL, "embedder"): 2,
    (Kind.KILL, "web"): 3,
    (Kind.KILL, "web worker"): 4,
    (Kind.KILL, "scheduler"): 5,
    (Kind.KILL, "postgres"): 5,
    (Kind.KILL, "backend of postgres"): 3,
    (Kind.KILL, "valkey"): 5,
    (Kind.TERMINATE, "postgres"): 4,
    (Kind.TERMINATE, "valkey"): 4,
    (Kind.TERMINATE, "worker"): 4,
    (Kind.FLUSH, "valkey"): 8,
    (Kind.LINE, "qwen"): 3,
    (Kind.LINE, "openai"): 3,
    (Kind.LINE, "mistral"): 3,
    (Kind.LINE, "recordings"): 4,
    (Kind.LINE, "hooks"): 6,
    (Kind.LINE, "store"): 8,
    (Kind.REFUSE, "qwen"): 1,
    (Kind.REFUSE, "openai"): 1,
    (Kind.REFUSE, "mistral"): 1,
    (Kind.FILL, "objects"): 5,
    (Kind.FILL, "scratch"): 5,
    (Kind.CLOCK, "transcriptions"): 4,
    (Kind.CLOCK, "deliveries"): 4,
}
BROKEN = (State.CUT, State.SLOW, State.SILENT)


def plan(
    seed: int,
    *,
    transcriptions: int,
    seconds: float,
    every_seconds: float,
    in_bucket: bool | None = None,
    can_fill: bool = True,
) -> Plan:
    """The same for the same arguments. Where `in_bucket` is None the seed decides where recordings lie."""
    dice = Random(seed)
    chosen = dice.random() < 0.5
    in_bucket = chosen if in_bucket is None else in_bucket
    orders = _orders(Random(dice.random()), transcriptions, seconds * ORDERED_UNTIL)
    faults = _faults(Random(dice.random()), seconds, every_seconds, in_bucket=in_bucket, can_fill=can_fill)
    return Plan(seed, seconds, in_bucket, orders, faults)


def _orders(dice: Random, count: int, seconds: float) -> Sequence[Order]:
    moments = sorted(dice.uniform(0, seconds) for _ in range(count))
    return [_order(dice, number, at) for number, at in enumerate(moments)]


def _order(dice: Random, number: int, at: float) -> Order:
    (source, pipeline), *_ = dice.choices(list(WAYS), list(WAYS.values()))
    chance = dice.random()
    fate = "cancel" if chance < CANCELED else "delete" if chance < CANCELED + DELETED else None
    return Order(
        number=number,
        at=at,
        customer=dice.randrange(CUSTOMERS),
        source=source,
        pipeline=pipeline,
        has_own_hook=dice.random() < 0.4,
        keeps_recording=dice.random() < 0.6,
        fate=fate,
        fate_after=dice.expovariate(1 / 4),
    )


def _faults(dice: Random, seconds: float, every_seconds: float, *, in_bucket: bool, can_fill: bool) -> Sequence[Fault]:
    left_out = {(Kind.LINE, "store")} if not in_bucket else {(Kind.FILL, "objects")}
    if not can_fill:
        left_out |= {(Kind.FILL, "objects"), (Kind.FILL, "scratch")}
    weights = {what: weight for what, weight in FAULTS.items() if what not in left_out}
    faults: list[Fault] = []
    at = dice.expovariate(1 / every_seconds)
    while at < seconds:
        (kind, target), *_ = dice.choices(list(weights), list(weights.values()))
        lasts = dice.uniform(0.5, 6) if kind in (Kind.LINE, Kind.FILL) else 0.0
        faults.append(Fault(at, kind, target, lasts, dice.choice(BROKEN)))
        at += dice.expovariate(1 / every_seconds)
    if seconds >= 100:
        # Once, a new version: everything is asked to stop, and started again.
        faults.append(Fault(dice.uniform(0.3, 0.7) * seconds, Kind.DEPLOY, "service"))
    return sorted(faults, key=lambda fault: fault.at)
