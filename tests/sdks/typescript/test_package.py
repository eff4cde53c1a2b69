"""The TypeScript package: what is committed is what would be generated, its own tests pass, and the running service
answers it from Node, from a Worker and from a real browser. Skipped only where there is no Node."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bench.running import ROOT, served
from speech.engines.weights import is_packaged
from tests.sdks.running import SAMPLE, SPOKEN, Running

PACKAGE = ROOT / "sdks" / "typescript"
SENDS_IN_PARTS = """async ([baseUrl, apiKey]) => {
    const { Transcribe } = await import("./transcribe-client/index.js");
    const { uploads } = new Transcribe({ baseUrl, apiKey });
    const upload = await uploads.send(new File([new Uint8Array(9 * 1024 ** 2)], "long.wav"));
    await uploads.delete(upload.id);
    return [upload.status, upload.parts_count];
}"""

pytestmark = [
    pytest.mark.whole,
    pytest.mark.xdist_group("one service for the packages"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="there is no Node"),
]
needs_engine = pytest.mark.skipif(not is_packaged(), reason="the packaged weights are not installed")


def run(*command: str, env: Mapping[str, str] | None = None) -> str:
    """What the command prints, run in the package; it has to succeed."""
    done = subprocess.run(
        command,
        cwd=PACKAGE,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{failures(done.stdout)}\n{done.stderr[-4000:]}"
    return done.stdout


def failures(told: str) -> str:
    """The tests that failed, of what the package's own tests tell; of anything else its end."""
    failed = re.findall(r"^ *not ok .*\n(?: *---\n[\s\S]*?\.\.\.\n)?", told, re.M)
    return "".join(failed) or told[-8000:]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the generator writes now; before it does, it installs what the lock names."""
    folder = tmp_path_factory.mktemp("generated")
    run("./generate", str(folder))
    return folder


@pytest.fixture(scope="module")
def built(generated: Path) -> Path:
    """The package, with its tests and the examples, compiled."""
    run("npm", "run", "--silent", "build")
    run("npm", "run", "--silent", "build:tests")
    return PACKAGE


def test_what_is_committed_is_what_the_document_says(generated: Path) -> None:
    committed = PACKAGE / "src" / "generated"
    names = sorted(path.name for path in committed.iterdir())
    assert names == sorted(path.name for path in generated.iterdir())
    stale = [name for name in names if (committed / name).read_text() != (generated / name).read_text()]
    assert stale == [], "run `make sdks`"


def passed(script: str, env: Mapping[str, str] | None = None) -> int:
    """How many tests of a script of the package passed; none may fail."""
    counted = re.search(r"^# pass (\d+)$", run("npm", "run", "--silent", script, env=env), re.M)
    assert counted is not None
    return int(counted[1])


def test_its_own_tests_pass(built: Path) -> None:
    assert passed("test:built") > 100


def test_it_is_written_as_its_formatter_writes(generated: Path) -> None:
    run("npm", "run", "--silent", "format:check")


def test_what_is_packed_is_what_is_needed(built: Path) -> None:
    packed = set(re.findall(r'"path": "([^"]+)"', run("npm", "pack", "--dry-run", "--json", "--ignore-scripts")))
    assert {"LICENSE", "README.md", "CHANGELOG.md", "dist/index.js", "dist/index.d.ts", "dist/node.js"} <= packed
    assert [path for path in packed if not path.startswith(("dist/", "src/")) and "/" in path] == []


@pytest.mark.engine
@needs_engine
def test_the_service_from_node_from_workers_and_by_the_examples(built: Path, running: Running) -> None:
    env = {**running.env, "TEST_RECORDING": str(SAMPLE), "TEST_RECORDING_URL": running.recording}
    assert passed("test:service", env) >= 18


@pytest.mark.engine
@needs_engine
def test_the_page_of_the_readme_transcribes_in_a_browser(
    built: Path, running: Running, chromium: Browser, tmp_path: Path
) -> None:
    (block,) = re.findall(r"^```html\n(.*?)^```$", (PACKAGE / "README.md").read_text(), re.M | re.S)
    html = block.replace("https://transcribe.example", running.base)
    (tmp_path / "index.html").write_text(f"<!doctype html><title>Transcribe</title>{html}")
    (tmp_path / "transcribe-client").symlink_to(built / "dist")
    page, complaints = chromium.new_page(), list[str]()
    page.on("pageerror", lambda complaint: complaints.append(str(complaint)))
    page.on("dialog", lambda dialog: dialog.accept(running.key))
    with served(tmp_path) as address:
        page.goto(address)
        page.set_input_files("input", SAMPLE)
        expect(page.locator("output")).to_contain_text("%", timeout=15_000)
        expect(page.locator("output")).to_contain_text(SPOKEN, timeout=60_000, ignore_case=True)
        assert page.evaluate(SENDS_IN_PARTS, [running.base, running.key]) == ["complete", 2]
    page.close()
    assert complaints == []
