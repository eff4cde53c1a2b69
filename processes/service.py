"""The service's own programs, as `make run` and the Procfile's worker start them."""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from processes.addresses import addresses, redis_url
from processes.programs import Program

PROJECT = Path(__file__).resolve().parent.parent
FETCH_WORKERS = 4  # They wait for other people's servers most of the time.
# How many, if one of these keys is set. A provider that keeps us on the line needs a worker for as long.
WITH_KEYS = {
    "provide": (4, ("OPENAI_API_KEY", "MISTRAL_API_KEY")),
    "poll": (1, ("DASHSCOPE_API_KEY",)),
    "billing": (1, ("STRIPE_SECRET_KEY",)),
}
MOST_ENGINE_THREADS = 8
ENGINE_STOP_SECONDS = 1.5


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What every program of the service gets: the operator's settings, and what must be set before libraries load."""
    defaults = {
        "FLASK_APP": "app",
        "PYTHONUNBUFFERED": "1",
        # OpenMP's threads wait by spinning unless told otherwise: tens of times slower where cores are shared.
        "OMP_WAIT_POLICY": "PASSIVE",
        "OMP_NUM_THREADS": "1",
        # A model's hub is asked for the model, and told nothing of who asks.
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    env = {**defaults, **settings}
    if env.get("REDIS_URL"):
        # The embedder knows no settings; this one it gets as a part of the address.
        env["REDIS_URL"] = redis_url(env["REDIS_URL"], verify=env.get("REDIS_TLS_VERIFY") != "no")
    return env


def python(name: str, env: Mapping[str, str], *arguments: str, stop_seconds: float) -> Program:
    """A module of ours, run by the interpreter that runs us, in the project's directory."""
    return Program(
        name=name,
        argv=(sys.executable, "-m", *arguments),
        env=env,
        cwd=PROJECT,
        stop_signals=((signal.SIGTERM, stop_seconds),),
    )


def web(env: Mapping[str, str], *, stop_seconds: float) -> Program:
    return python("web", env, "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()", stop_seconds=stop_seconds)


def scheduler(env: Mapping[str, str], *, stop_seconds: float) -> Program:
    return python("scheduler", env, "jobs.scheduler", stop_seconds=stop_seconds)


def workers(env: Mapping[str, str], *, stop_seconds: float) -> list[Program]:
    """One process per queue and slot: RQ loses jobs of a worker that dies while it listens to several queues.

    Queues for which the operator has set no key get no worker.
    """
    counts = {"fetch": FETCH_WORKERS, "transcribe": 1, "understand": 1, "deliver": 1}
    for queue, (count, keys) in WITH_KEYS.items():
        counts[queue] = count if any(env.get(key) for key in keys) else 0
    slots = [(f"{queue}-{number}", queue) for queue, count in counts.items() for number in range(1, count + 1)]
    return [
        # Under its slot's name a restarted worker finds the work that its predecessor was at.
        python(slot, {**env, "WORKER_SLOT": slot}, "jobs.worker", queue, stop_seconds=stop_seconds)
        for slot, queue in slots
    ]


def engine(env: Mapping[str, str], data_dir: Path) -> Program:
    """The process that holds the speech model. It outlives the workers, which may still be finishing with it."""
    threads = str(min(_cores(), MOST_ENGINE_THREADS))
    program = python(
        "engine",
        {**_offline_unless(env, "WHISPER_MODEL"), "OMP_NUM_THREADS": threads},
        "speech.engines.host",
        *("--socket", str(addresses(data_dir).run_dir / "engine.sock")),
        *("--cache", str(data_dir / "models")),
        *("--model", env.get("WHISPER_MODEL") or "base"),
        *("--device", env.get("WHISPER_DEVICE") or "cpu"),
        *(("--compute-type", env["WHISPER_COMPUTE_TYPE"]) if env.get("WHISPER_COMPUTE_TYPE") else ()),
        *("--threads", threads),
        stop_seconds=ENGINE_STOP_SECONDS,
    )
    return replace(program, stop_order=1)


def embedder(env: Mapping[str, str]) -> Program:
    """The process that holds the embedding model, and is asked over Redis."""
    threads = str(min(_cores(), MOST_ENGINE_THREADS))
    program = python(
        "embedder",
        {**_offline_unless(env, "EMBEDDING_MODEL"), "OMP_NUM_THREADS": threads},
        "insights.host",
        *(("--model", env["EMBEDDING_MODEL"]) if env.get("EMBEDDING_MODEL") else ()),
        *("--threads", threads),
        stop_seconds=ENGINE_STOP_SECONDS,
    )
    return replace(program, stop_order=1)


def _offline_unless(env: Mapping[str, str], setting: str) -> dict[str, str]:
    """The default models are installed; of a network something is asked only where another one is set."""
    return dict(env) if env.get(setting) else {"HF_HUB_OFFLINE": "1", **env}


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
