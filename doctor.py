"""What this machine will do, for `flask doctor`: its engine with a trial of it, room on the disk, and what is not set
up."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import Popen

import runtime
from config import PROVIDERS, Config
from errors import TranscriptionFailed
from processes import service
from processes.programs import last_lines, spawn, stop
from speech.engines import client
from speech.engines.snapshots import under_way
from speech.engines.trial import Trial, try_engine

SAMPLE = Path(__file__).parent / "assets" / "jfk.flac"
ANSWER_SECONDS = 1.0
START_SECONDS = 300.0
STEP_PERCENT = 5
LOOK_SECONDS = 0.2
LEAST_FREE_BYTES = 5 * 10**9


class EngineBroken(Exception):
    """The engine did not start, or is not ready yet."""


@dataclass(frozen=True, slots=True)
class Findings:
    """`trial` is None where the engine does not work. `missing` is what would be possible, by the settings it takes;
    `wrong` is what has to be mended."""

    trial: Trial | None
    free_bytes: int
    missing: dict[str, str]
    wrong: list[str]


def examine(tell: Callable[[str], None] = lambda line: None) -> Findings:
    """Try this installation's engine, the one that runs or else one started for it, and look around.

    `tell` gets a line now and then while the model has to be downloaded first.
    """
    config = runtime.config()
    trial, wrong = None, []
    try:
        with _engine(config, tell) as socket_path:
            config.scratch_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            trial = try_engine(socket_path, SAMPLE, config.scratch_dir, start_seconds=ANSWER_SECONDS)
    except (EngineBroken, TranscriptionFailed) as error:
        wrong.append(f"The engine ({config.whisper_model} on {config.whisper_device}) does not work: {error}")
    free_bytes = shutil.disk_usage(config.data_dir).free
    if free_bytes < LEAST_FREE_BYTES:
        wrong.append(f"Less than {LEAST_FREE_BYTES // 10**9} GB are free in {config.data_dir}.")
    return Findings(trial, free_bytes, _missing(config), wrong)


def _missing(config: Config) -> dict[str, str]:
    pipelines = {
        f"{PROVIDERS[each.provider]}_API_KEY": each.name
        for each in runtime.installed_pipelines().values()
        if not each.is_available
    }
    others = {
        "LLM_BASE_URL, LLM_MODEL": (config.llm, "a language model writes chapters, summaries and answers"),
        "S3_BUCKET": (config.bucket, "recordings in a bucket"),
        "STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET": (config.stripe, "payment by card"),
        "SMTP_URL, MAIL_FROM": (config.mail, "notices by mail"),
    }
    return {**pipelines, **{name: what for name, (there, what) in others.items() if there is None}}


@contextmanager
def _engine(config: Config, tell: Callable[[str], None]) -> Iterator[Path]:
    """The socket of the service's engine where it runs, of one of our own for the block where it does not.

    Raises EngineBroken with what the engine said last.
    """
    if download := under_way(config.models_dir):
        raise EngineBroken(f"it is still downloading {download}")
    if _answers(config.engine_socket):
        yield config.engine_socket
        return
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "engine.log"
        # A socket of its own: an engine takes its socket away when it ends, and the service's may just be starting.
        socket = config.engine_socket.with_name(f"doctor.{os.getpid()}")
        program = replace(service.engine(service.environment(os.environ), config.data_dir, socket=socket), log=log)
        child = spawn(program)
        try:
            _wait_for(child, socket, config, tell)
            if child.poll() is not None:
                raise EngineBroken(_last_words(log) or "it ended")
            yield socket
        finally:
            stop(program, child)


def _wait_for(child: Popen[bytes], socket: Path, config: Config, tell: Callable[[str], None]) -> None:
    """Until the engine answers or ends. Raises EngineBroken where it does neither, nor gets on with a download."""
    told, give_up_at = None, time.monotonic() + START_SECONDS
    while child.poll() is None:
        download = under_way(config.models_dir)
        if download is None:
            if _answers(socket):
                return
        elif download.percent // STEP_PERCENT != told:
            tell(f"downloading {download}")
            told, give_up_at = download.percent // STEP_PERCENT, time.monotonic() + START_SECONDS
        if time.monotonic() > give_up_at:
            raise EngineBroken("it did not start")
        time.sleep(LOOK_SECONDS)


def _last_words(log: Path) -> str:
    """The message of the last record in a log of JSON lines, or the last line."""
    line = last_lines(log, 1)
    try:
        return str(json.loads(line)["message"])
    except (ValueError, KeyError, TypeError):
        return line


def _answers(socket_path: Path) -> bool:
    try:
        client.ping(socket_path, timeout_seconds=ANSWER_SECONDS)
    except client.EngineUnavailable:
        return False
    return True
