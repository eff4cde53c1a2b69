"""The service's own programs, as `make run` and the Procfile's worker start them."""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from processes.addresses import addresses, redis_url
from processes.programs import Program
from processes.slots import slots

PROJECT = Path(__file__).resolve().parent.parent
MOST_ENGINE_THREADS = 8
ENGINE_STOP_SECONDS = 1.5
# What the crew has left of its time to stop, when all its workers have been killed for theirs.
CREW_SECONDS = 1.0


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
    """The one program that forks all workers of this machine, or none where there are to be none.

    One process per queue and slot: RQ loses jobs of a worker that dies while it listens to several queues.
    CannotStart tells what is wrong with WORKERS.
    """
    named = slots(env)
    patience = max(0.0, stop_seconds - CREW_SECONDS)
    arguments = ("jobs.crew", "--patience", f"{patience:g}", *named)
    return [python("workers", env, *arguments, stop_seconds=stop_seconds)] if named else []


def engine(env: Mapping[str, str], data_dir: Path, *, socket: Path | None = None) -> Program:
    """The process that holds the speech model. It outlives the workers, which may still be finishing with it.

    Without a `socket` of its own it answers where the workers ask.
    """
    threads = str(min(_cores(), MOST_ENGINE_THREADS))
    program = python(
        "engine",
        {**_offline_unless(env, "WHISPER_MODEL"), "OMP_NUM_THREADS": threads},
        "speech.engines.host",
        *("--socket", str(socket or addresses(data_dir).run_dir / "engine.sock")),
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
