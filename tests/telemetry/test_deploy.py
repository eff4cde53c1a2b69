"""The alerts and the dashboard ask for metrics that there are, and Prometheus' own tool can read them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.orm import Session

from handlers import ledger_audits, measurements, metrics
from handlers.measurements import Measure
from telemetry.metrics import count_error, count_refusal, count_request, told

PROJECT = Path(__file__).parents[2]
RULES = PROJECT / "deploy/prometheus/rules.yml"
DASHBOARD = PROJECT / "deploy/grafana/transcribe.json"
LABELS: dict[Measure, dict[str, str]] = {
    Measure.STAGE: {"stage": "fetching", "outcome": "done"},
    Measure.STAGE_FAILED: {"stage": "fetching", "code": "stalled"},
    Measure.REAL_TIME_FACTOR: {"pipeline": "whisper-base"},
    Measure.FINISHED: {"status": "completed", "code": ""},
    Measure.PROVIDER: {"provider": "qwen", "outcome": "ok"},
    Measure.WEBHOOK_ATTEMPT: {"outcome": "2xx"},
    Measure.WEBHOOK_LAG: {},
}


@pytest.fixture
def there(session: Session) -> set[str]:
    """The names of all metrics of a service in which everything has happened once."""
    for what in Measure:
        measurements.measure(session, what, 1.0, **LABELS[what])
    ledger_audits.audit_ledger(session)
    count_request(method="GET", route="/", status=200, seconds=0.1)
    count_error("not_found")
    count_refusal("insufficient_funds")
    up = metrics.up(database=True, redis=True)
    text = told([*up, *metrics.of_database(session), *metrics.of_queues({}, [])]).decode()
    names = {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}
    return {name for name in names if name.startswith("transcribe_")}


def asked_for(text: str) -> set[str]:
    return set(re.findall(r"\btranscribe_[a-z_]+", text)) - {"transcribe_json"}


def test_the_alerts_ask_for_what_there_is(there: set[str]) -> None:
    assert asked_for(RULES.read_text()) - there == set()


def test_the_dashboard_asks_for_what_there_is(there: set[str]) -> None:
    assert asked_for(DASHBOARD.read_text()) - there == set()
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 15


def test_the_guide_names_every_metric(there: set[str]) -> None:
    guide = (PROJECT / "docs/observability.md").read_text()
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in there if not name.endswith("_created")}
    shortened = {"transcribe_put_off", "transcribe_running"}
    assert [name for name in sorted(families - shortened) if f"`{name}`" not in guide] == []


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_prometheus_reads_the_alerts_and_they_fire_when_they_should() -> None:
    for arguments in (["check", "rules", str(RULES)], ["test", "rules", str(PROJECT / "tests/telemetry/rules.yml")]):
        run = subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stdout + run.stderr
