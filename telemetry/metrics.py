"""Metrics in Prometheus' format: what this host's web processes count by themselves, and what is asked when it is told.

The one door of prometheus_client. Web processes count into files of PROMETHEUS_MULTIPROC_DIR, which gunicorn.conf.py
sets before this module is loaded, so that whichever process is asked tells for all of them, and none that is killed
takes its counts along. Without that directory (`flask run`, tests, commands) a process tells of itself alone.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

CONTENT_TYPE = CONTENT_TYPE_LATEST
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
HTTP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

_requests = Counter("transcribe_http_requests", "Requests answered.", ("method", "route", "status"))
_request_seconds = Histogram(
    "transcribe_http_request_seconds", "Seconds until an answer began.", ("method", "route"), buckets=HTTP_SECONDS
)
_refusals = Counter("transcribe_wallet_refusals", "Requests refused because of money, by error code.", ("code",))
_errors = Counter("transcribe_http_errors", "Errors answered to requests, by error code.", ("code",))


@dataclass(frozen=True, slots=True)
class Family:
    """One metric that is asked for when it is told: its labels and their values."""

    kind: Literal["gauge", "counter"]
    name: str
    help: str
    labels: Sequence[str] = ()
    samples: Sequence[tuple[Sequence[str], float]] = ()


@dataclass(frozen=True, slots=True)
class Distribution:
    """One histogram that is asked for when it is told: of each series the counts by bucket, one more than there are
    bounds, and the sum of what was counted."""

    name: str
    help: str
    bounds: Sequence[float]
    labels: Sequence[str] = ()
    samples: Sequence[tuple[Sequence[str], Sequence[int], float]] = field(default_factory=tuple)


def count_request(*, method: str, route: str | None, status: int, seconds: float) -> None:
    """Count a request under its route's template, so that no id makes a series of its own."""
    labels = {"method": method if method in METHODS else "other", "route": route or "none"}
    _requests.labels(**labels, status=f"{status // 100}xx").inc()
    _request_seconds.labels(**labels).observe(seconds)


def count_error(code: str) -> None:
    """Count an error that a client or a visitor was told."""
    _errors.labels(code).inc()


def count_refusal(code: str) -> None:
    """Count what was refused for want of money."""
    _refusals.labels(code).inc()


def told(asked: Iterable[Family | Distribution]) -> bytes:
    """Everything in the text format: what is counted here, and what was asked."""
    registry: CollectorRegistry = CollectorRegistry() if _directory() else REGISTRY
    if _directory():
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    own = generate_latest(registry)
    others = CollectorRegistry()
    others.register(_Asked(list(asked)))
    return own + generate_latest(others)


def value_of(name: str, labels: Mapping[str, str]) -> float:
    """One number that this process alone has counted, for tests; 0 where it is not there."""
    return REGISTRY.get_sample_value(name, dict(labels)) or 0.0


def _directory() -> str | None:
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR")


class _Asked(Collector):
    def __init__(self, asked: Sequence[Family | Distribution]) -> None:
        self._asked = asked

    def collect(self) -> Iterator[Metric]:
        for each in self._asked:
            yield _histogram(each) if isinstance(each, Distribution) else _family(each)


def _family(asked: Family) -> Metric:
    kind = GaugeMetricFamily if asked.kind == "gauge" else CounterMetricFamily
    family = kind(asked.name, asked.help, labels=asked.labels)
    for labels, value in asked.samples:
        family.add_metric(labels, value)
    return family


def _histogram(asked: Distribution) -> Metric:
    family = HistogramMetricFamily(asked.name, asked.help, labels=asked.labels)
    for labels, counts, total in asked.samples:
        reached, buckets = 0, []
        for bound, count in zip([*map(floatToGoString, asked.bounds), "+Inf"], counts, strict=True):
            reached += count
            buckets.append((bound, float(reached)))
        family.add_metric(labels, buckets, sum_value=total)
    return family
