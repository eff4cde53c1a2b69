"""The command `transcribe`: what it prints, writes and ends with."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from blueprints.api_v1.documents import examples
from tests.sdks.python.clients import KEY
from tests.sdks.python.loopback import Reply, error
from tests.sdks.python.service import Service
from tests.waiting import until
from transcribe_client import Progress
from transcribe_client.answers import Answer
from transcribe_client.cli import main
from transcribe_client.cli.console import Console
from transcribe_client.models import Me, Question, Search

SOURCES = Path(__file__).parents[3] / "sdks" / "python" / "src"


class Ran:
    """What came of a command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def told(self) -> list[Any]:
        """The JSON on standard output, a document a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def command(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """Runs the command in a folder of its own, with a key, against the service."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRANSCRIBE_API_KEY", KEY)
    monkeypatch.setenv("TRANSCRIBE_BASE_URL", service.url)
    # One attempt at everything: what is sent again is tested elsewhere.
    monkeypatch.setattr("transcribe_client.retries.Retries.pause", lambda *_: None)
    (tmp_path / "talk.mp3").write_bytes(b"ID3 talk")
    (tmp_path / "other.wav").write_bytes(b"RIFF other")

    def run(*arguments: str) -> Ran:
        code = main(arguments)
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return run


def test_run_prints_the_result_as_json_and_progress_beside_it(command: Run) -> None:
    ran = command("run", "talk.mp3")
    assert ran.code == 0
    (told,) = ran.told
    assert (told["source"], told["transcription"]["status"]) == ("talk.mp3", "completed")
    assert told["result"]["segments"] == json.loads(json.dumps(examples.RESULT["segments"]))
    assert told["transcription"]["cost"] == examples.COMPLETED["cost"]
    assert ran.err.splitlines() == ["talk.mp3: uploading", "talk.mp3: completed"]


def test_run_writes_files_and_names_them(command: Run, service: Service, tmp_path: Path) -> None:
    ran = command("run", "talk.mp3", "other.wav", "--format", "srt,vtt_karaoke", "--format", "txt", "--out", "texts")
    assert ran.code == 0
    assert [Path(name).name for name in ran.told[0]["files"]] == ["talk.srt", "talk.karaoke.vtt", "talk.txt"]
    assert (tmp_path / "texts" / "other.srt").read_text() == "srt of tr_1\n"
    assert len(service.transcriptions) == 2


def test_run_passes_options_on(command: Run, service: Service) -> None:
    how = ["--language", "de", "--no-diarize", "--vocabulary", "Ada", "--vocabulary", "Babbage", "--speakers", "2"]
    more = ["--metadata", "a=b=c", "--retention", "48", "--title", "Talk", "--pipeline", "whisper-base"]
    assert command("run", "https://x.example/a%20b.mp3", *how, *more).code == 0
    (created,) = service.requests("POST", "/transcriptions")
    assert created.json == {
        "source": "external_url",
        "url": "https://x.example/a%20b.mp3",
        "language": "de",
        "diarize": False,
        "vocabulary": ["Ada", "Babbage"],
        "speakers_expected": 2,
        "metadata": {"a": "b=c"},
        "retention": {"media": 48},
        "title": "Talk",
        "pipeline_code": "whisper-base",
    }


def test_run_gives_captions_themselves_where_they_are_asked_for(service: Service, tmp_path: Path) -> None:
    (tmp_path / "talk.mp3").write_bytes(b"ID3")
    with started(service, "run", "talk.mp3", "--format", "srt", "--out", "-", cwd=tmp_path) as running:
        out, _ = running.communicate(timeout=20)
    assert (running.returncode, out) == (0, "srt of tr_0\n")


def test_two_files_of_one_name_do_not_overwrite_each_other(command: Run, tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"RIFF talk")
    ran = command("run", "talk.mp3", "talk.wav", "--format", "txt")
    assert [each["files"] for each in ran.told] == [["talk.txt"], ["talk.wav.txt"]]


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (error(422, "invalid_request_error", "invalid_field"), 1),
        (error(401, "authentication_error", "invalid_api_key"), 3),
        (error(402, "payment_required_error", "insufficient_funds"), 4),
        (error(429, "rate_limit_error", "rate_limited"), 5),
        (error(503, "api_error", "service_unavailable"), 5),
        (Reply(cut=0), 5),
    ],
)
def test_the_exit_code_says_what_to_do(command: Run, service: Service, refusal: Reply, code: int) -> None:
    service.refusal = refusal
    assert command("me").code == code
    ran = command("run", "https://x.example/a.mp3")
    assert ran.code == code
    assert ran.told[0]["error"]["message"] in ran.err


@pytest.mark.parametrize(("failure", "code"), [("media_undecodable", 1), ("insufficient_funds", 4)])
def test_a_failed_transcription_is_told(command: Run, service: Service, failure: str, code: int) -> None:
    service.failure = {"code": failure, "message": "It failed."}
    ran = command("run", "talk.mp3")
    assert ran.code == code
    assert ran.told[0]["error"] == service.failure
    assert ran.told[0]["transcription"]["status"] == "failed"


def test_one_recording_that_fails_does_not_stop_the_others(command: Run, service: Service) -> None:
    service.store_refuses = 1
    ran = command("run", "talk.mp3", "other.wav")
    assert (ran.code, ["error" in each for each in ran.told]) == (5, [True, False])


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["run"],
        ["run", "none.mp3"],
        ["run", "talk.mp3", "--format", "mp3"],
        ["run", "talk.mp3", "--budget-usd", "much"],
        ["run", "talk.mp3", "other.wav", "--title", "Both"],
        ["run", "talk.mp3", "other.wav", "--format", "srt", "--out", "-"],
        ["watch", "nowhere"],
        ["me", "--base-url", "nowhere"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_2_and_sends_nothing(command: Run, service: Service, arguments: list[str]) -> None:
    assert command(*arguments).code == 2
    assert service.requests("POST") == []


def test_without_a_key_it_is_3(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRANSCRIBE_API_KEY")
    assert command("me").code == 3


def test_help_is_no_error(command: Run) -> None:
    assert "exit codes:" in command("--help").out
    assert "--budget-usd" in command("run", "--help").out


def test_a_budget_is_kept_before_anything_is_sent(command: Run, service: Service) -> None:
    ran = command("run", "talk.mp3", "other.wav", "--budget-usd", "0.15")
    assert ran.code == 6
    assert service.requests("POST", "/transcriptions") == []
    assert service.uploads == {}
    assert [each["error"]["code"] for each in ran.told] == ["BudgetError", "BudgetError"]
    assert command("run", "talk.mp3", "other.wav", "--budget-usd", "0.20").code == 0


def test_one_that_is_too_dear_is_left_out(command: Run, service: Service) -> None:
    assert command("run", "talk.mp3", "--max-cost-usd", "0.09").code == 6
    assert service.requests("POST", "/transcriptions") == []
    assert command("run", "talk.mp3", "--max-cost-usd", "$0.10").code == 0
    (created,) = service.requests("POST", "/transcriptions")
    assert Decimal(created.json["max_cost_usd"]) == Decimal("0.1")


def test_a_length_that_cannot_be_told_needs_a_limit_of_its_own(command: Run, service: Service) -> None:
    service.price_usd = None
    assert command("run", "https://x.example/a", "--budget-usd", "1").code == 6
    assert command("run", "https://x.example/a", "--budget-usd", "1", "--max-cost-usd", "2").code == 6
    assert command("run", "https://x.example/a", "--budget-usd", "1", "--max-cost-usd", "1").code == 0


def test_no_wait_says_what_was_begun(command: Run, service: Service) -> None:
    ran = command("run", "talk.mp3", "--no-wait")
    assert (ran.code, ran.told[0]["transcription"]["status"]) == (0, "processing")
    assert service.requests("GET", "/wait") == []


def test_search_ask_and_me_print_the_answer_of_the_api(command: Run, service: Service) -> None:
    commands: list[tuple[list[str], type[Answer], Any]] = [
        (["me"], Me, examples.ME),
        (["search", "good", "morning", "--limit", "3"], Search, examples.FOUND),
        (["ask", "Who", "was", "first?"], Question, examples.ANSWERED),
    ]
    for arguments, model, answer in commands:
        service.refusal = Reply(200, answer)
        (told,) = command(*arguments).told
        assert model.model_validate(told) == model.model_validate(answer)
    assert service.requests("GET", "/search")[0].query == {"q": "good morning", "limit": "3"}
    assert service.requests("POST", "/questions")[0].json == {"question": "Who was first?", "transcription_ids": None}


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_changes_and_no_colours_where_none_are_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for has_colors in (True, False):
        out, err = StringIO(), Terminal()
        console = Console(out=out, err=err)
        console.progress("talk.mp3", Progress("transcribing", 0.5))
        console.answer({"a": 1})
        assert "50%  transcribing  talk.mp3" in err.getvalue()
        assert ("\033[32m" in err.getvalue()) is has_colors
        assert (out.getvalue(), "\n" in err.getvalue()) == ('{"a": 1}\n', False)
        monkeypatch.setenv("NO_COLOR", "1")


def test_quiet_says_nothing_but_trouble(command: Run) -> None:
    assert command("run", "talk.mp3", "--quiet").err == ""


@pytest.mark.parametrize(("method", "told"), [("GET", "The service goes on with tr_0."), ("PUT", "Interrupted.")])
def test_ctrl_c_ends_it_without_a_traceback(service: Service, tmp_path: Path, method: str, told: str) -> None:
    service.endless = True
    service.hangs = (method, "")
    (tmp_path / "talk.mp3").write_bytes(b"ID3" * 4 * 1024**2)
    with started(service, "run", "talk.mp3", cwd=tmp_path) as running:
        until(lambda: bool(service.requests(method, "/wait" if method == "GET" else "/store")))
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=10)
    assert (running.returncode, out) == (130, "")
    assert told in err
    assert "Traceback" not in err


@contextmanager
def started(service: Service, *arguments: str, cwd: Path) -> Iterator["subprocess.Popen[str]"]:
    """The command as a process of its own, for the block."""
    env = {
        **os.environ,
        "PYTHONPATH": str(SOURCES),
        "TRANSCRIBE_API_KEY": KEY,
        "TRANSCRIBE_BASE_URL": service.url,
    }
    running = subprocess.Popen(
        [sys.executable, "-m", "transcribe_client", *arguments],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A run in the background ignores Ctrl-C, and its children would.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()
