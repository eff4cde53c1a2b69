"""Files for hosts name what there is: programs, settings, images, and each other."""

import json
import re
import shutil
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from checks.settings import known
from deploy import health

PROJECT = Path(__file__).parents[2]
UNITS = sorted((PROJECT / "deploy/systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
# Of boto3 and the platform.
OTHERS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"}


def procfile() -> dict[str, str]:
    lines = (PROJECT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def test_containers_run_what_the_procfile_runs() -> None:
    heroku = (PROJECT / "heroku.yml").read_text()
    run = heroku.partition("\nrun:\n")[2]
    for name, command in procfile().items():
        if name != "release":
            assert re.search(rf"^  {name}:.*?{re.escape(command)}$", run, re.M | re.S)
    assert "  command:\n    - flask migrate\n" in heroku
    images = re.findall(r"^    \w+: (Containerfile\S*)$", heroku, re.M)
    assert len(images) == 2
    assert all((PROJECT / image).is_file() for image in images)


def test_the_app_is_formed_of_what_the_procfile_runs() -> None:
    app = json.loads((PROJECT / "app.json").read_text())
    assert set(app["formation"]) == set(procfile()) - {"release"}
    assert set(app["env"]) - OTHERS <= known()


@pytest.mark.parametrize("name", ["Containerfile", "Containerfile.worker"])
def test_an_image_is_nobody_special_and_says_how_it_is(name: str) -> None:
    lines = (PROJECT / name).read_text()
    assert lines.index("USER 10001") < lines.index("HEALTHCHECK") < lines.index("\nCMD [")
    for lists in re.findall(r"^COPY (requirements/.*) requirements/", lines, re.M):
        assert all((PROJECT / each).is_file() for each in lists.split())
    assert "ADD " not in lines
    assert "SECRET" not in lines


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_starts_what_there_is_and_may_do_little(unit: Path) -> None:
    text = unit.read_text()
    for module in re.findall(r"python -m ([\w.]+)", text):
        assert (PROJECT / f"{module.replace('.', '/')}.py").is_file()
    for line in ("User=transcribe", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n"):
        assert line in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_a_unit(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False, timeout=60
    )
    # The programs are where the guide puts them, which is not here.
    complaints = [line for line in done.stderr.splitlines() if unit.name in line and "not executable" not in line]
    assert complaints == []


class Well(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_a_web_container_is_as_well_as_its_answer(status: int, healthy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Well, "status", status)
    with HTTPServer(("127.0.0.1", 0), Well) as server:
        Thread(target=server.handle_request, daemon=True).start()
        monkeypatch.setenv("PORT", str(server.server_address[1]))
        assert health.web_answers() is healthy
    assert not health.web_answers()


def test_a_worker_without_an_engine_is_not_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert not health.engine_answers()
