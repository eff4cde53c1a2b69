"""What jobs measure: counted once each, however often the scheduler counts and whoever dies meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from errors import MediaUndecodable
from handlers import leases, measurements, processing
from handlers.measurements import BOUNDS, Measure, Total, bucket_of, measure, measure_all, totals
from models import Account, Measurement, Stage, Tally, Transcription
from tests.factories import make_transcription


def of(session: Session, what: Measure) -> list[Total]:
    return list(totals(session)[what])


def test_what_is_measured_is_told_before_it_is_counted_and_after(session: Session) -> None:
    for seconds in (0.3, 0.4, 700.0, 99_999.0):
        measure(session, Measure.STAGE, seconds, stage="fetching", outcome="done")
    told = of(session, Measure.STAGE)
    measurements.fold(session)
    assert of(session, Measure.STAGE) == told
    measurements.fold(session)
    assert of(session, Measure.STAGE) == told
    assert told[0].count == 4
    assert told[0].total == pytest.approx(100_699.7)
    assert told[0].counts[bucket_of(Measure.STAGE, 0.3)] == 2
    assert told[0].counts[-1] == 1


def test_what_comes_after_counting_is_added(session: Session) -> None:
    measure(session, Measure.FINISHED, 10.0, status="completed", code="")
    measurements.fold(session)
    measure(session, Measure.FINISHED, 20.0, status="completed", code="")
    assert [(total.count, total.total) for total in of(session, Measure.FINISHED)] == [(2, 30.0)]
    measurements.fold(session)
    assert [(total.count, total.total) for total in of(session, Measure.FINISHED)] == [(2, 30.0)]


def test_labels_are_kept_apart_whatever_their_order(session: Session) -> None:
    measure(session, Measure.PROVIDER, 1.0, provider="qwen", outcome="ok")
    measure(session, Measure.PROVIDER, 1.0, outcome="ok", provider="qwen")
    measure(session, Measure.PROVIDER, 1.0, provider="qwen", outcome="provider_error")
    assert [(total.labels["outcome"], total.count) for total in of(session, Measure.PROVIDER)] == [
        ("ok", 2),
        ("provider_error", 1),
    ]


def test_many_at_once_are_few_rows(session: Session) -> None:
    measure_all(session, Measure.WEBHOOK_ATTEMPT, [({"outcome": "2xx"}, 0.06 + n / 10_000) for n in range(100)])
    session.flush()
    assert session.scalar(select(func.count()).select_from(Measurement)) == 1
    assert of(session, Measure.WEBHOOK_ATTEMPT)[0].count == 100
    assert of(session, Measure.WEBHOOK_ATTEMPT)[0].total == pytest.approx(6.0 + 0.495)


def test_a_bound_itself_is_within_its_bucket() -> None:
    assert bucket_of(Measure.REAL_TIME_FACTOR, 0.1) == BOUNDS[Measure.REAL_TIME_FACTOR].index(0.1)


def test_a_measure_of_another_version_does_no_harm(session: Session) -> None:
    session.execute(insert(Tally).values(name="gone", labels={}, bucket=0, count=1, total=1.0))
    assert all(not found for found in totals(session).values())


def test_what_was_counted_is_forgotten_after_a_week_and_still_told(session: Session) -> None:
    measure(session, Measure.FINISHED, 1.0, status="failed", code="stalled")
    measurements.fold(session)
    measure(session, Measure.FINISHED, 1.0, status="failed", code="stalled")
    session.flush()
    session.execute(update(Measurement).values(measured_at=func.now() - timedelta(days=8)))
    measurements.remove_old(session)
    assert session.scalar(select(func.count()).select_from(Measurement)) == 1
    assert of(session, Measure.FINISHED)[0].count == 2


# What the life of a transcription leaves


def claimed(session: Session, transcription: Transcription) -> processing.Lease:
    lease = processing.claim(session, transcription.public_id, Stage.FETCHING, "worker")
    assert lease is not None
    return lease


def test_a_failure_is_measured_where_it_is_stored(session: Session, alice: Account) -> None:
    processing.fail_with(session, claimed(session, make_transcription(session, alice)), MediaUndecodable())
    assert [total.labels for total in of(session, Measure.FINISHED)] == [
        {"status": "failed", "code": "media_undecodable"}
    ]


def test_a_crash_is_measured_by_whoever_takes_over(session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice)
    claimed(session, transcription)
    assert of(session, Measure.STAGE_FAILED) == []
    leases.expire_leases_of(session, "worker")
    claimed(session, transcription)
    assert [total.labels for total in of(session, Measure.STAGE_FAILED)] == [
        {"stage": "fetching", "code": "processing_crashed"}
    ]
