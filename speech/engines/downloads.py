"""Models from the hub: fetched once into a folder, told of while they come, checked before they get their name.

What was interrupted goes on where it stopped, so the parts of a model lie in a folder of their own until all of them
are there; only then is it renamed to what `downloaded_model` returns. A model that is here needs no network.
"""

import logging
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from speech.engines import hub
from speech.engines.checking import damaged
from speech.engines.snapshots import PART, Places, Progress, Snapshot, keep, kept, progress

STEP_PERCENT, SHORTEST_SECONDS, LONGEST_SECONDS = 5, 1.0, 30.0

logger = logging.getLogger(__name__)


def downloaded_model(name: str, cache_dir: Path, *, before_download: Callable[[], object] = lambda: None) -> Path:
    """The folder of the model `name`, whole and good, fetched from the hub where it is not here yet.

    `before_download` is called when the hub has it and the bytes are about to come. Raises hub.ModelUnavailable.
    """
    places = Places(cache_dir, hub.repository_of(name))
    with places.held():
        if places.folder.is_dir() and not _is_good(places):
            _take_back(places)
        if not places.folder.is_dir():
            snapshot = hub.look_up(name, places.repository)
            places.arriving.mkdir(exist_ok=True)
            _keep_only(places.arriving, snapshot)
            _refuse_a_full_disk(name, places.arriving, snapshot)
            before_download()
            _fetch_all(name, places.arriving, snapshot)
            places.arriving.chmod(0o755)
            places.arriving.rename(places.folder)
    return places.folder


def _is_good(places: Places) -> bool:
    snapshot = kept(places.folder)
    return snapshot is not None and not damaged(places.folder, snapshot.digests)


def _take_back(places: Places) -> None:
    """Make a damaged model one that is on its way again, with what of it is good."""
    snapshot = kept(places.folder)
    bad = damaged(places.folder, snapshot.digests) if snapshot else ["all of it"]
    logger.warning("%s has changed since it was downloaded: %s; fetching that again", places.folder, ", ".join(bad))
    shutil.rmtree(places.arriving, ignore_errors=True)
    if snapshot is None:
        shutil.rmtree(places.folder)
        return
    for file in bad:
        (places.folder / file).unlink(missing_ok=True)
    places.folder.rename(places.arriving)


def _keep_only(arriving: Path, snapshot: Snapshot) -> None:
    """Let go of what an earlier try has left of files that the repository has replaced meanwhile."""
    earlier = kept(arriving)
    unchanged = set(earlier.digests.items()) if earlier else set()
    for file in snapshot.files:
        if (file.name, file.digest) not in unchanged:
            (arriving / file.name).unlink(missing_ok=True)
            (arriving / f"{file.name}{PART}").unlink(missing_ok=True)
    keep(arriving, snapshot)


def _refuse_a_full_disk(name: str, arriving: Path, snapshot: Snapshot) -> None:
    so_far = progress(arriving, snapshot)
    lacking, free = so_far.total_bytes - so_far.done_bytes, shutil.disk_usage(arriving).free
    if lacking > free:
        raise hub.ModelUnavailable(
            f"WHISPER_MODEL={name} takes another {lacking / 10**6:,.0f} MB in {arriving.parent}, where "
            f"{free / 10**6:,.0f} MB are free: free some more, or set DATA_DIR to another disk."
        )


def _fetch_all(name: str, arriving: Path, snapshot: Snapshot) -> None:
    """Fetch what is missing, and once more what arrived damaged."""
    for again in (False, True):
        told = Telling(partial(progress, arriving, snapshot))
        for file in snapshot.files:
            if not (arriving / file.name).exists():
                part = arriving / f"{file.name}{PART}"
                hub.fetch(name, snapshot, file, part, told.more)
                part.rename(arriving / file.name)
        bad = damaged(arriving, snapshot.digests)
        if not bad:
            logger.info("downloaded and checked %s", snapshot.repository)
            return
        for file_name in bad:
            (arriving / file_name).unlink()
        if not again:
            logger.warning("%s arrived damaged; fetching it again", ", ".join(bad))
    raise hub.ModelUnavailable(
        f"WHISPER_MODEL={name}: {', '.join(bad)} from {hub.hub_name()} arrived damaged twice (another digest than its "
        "own). Something on the way changes it: set HF_ENDPOINT to another address of the hub, or copy the model here "
        "and set WHISPER_MODEL to its folder."
    )


class Telling:
    """Says in the log how far a download is: every 5 %, but not more than once a second nor less than every 30 s."""

    def __init__(self, measure: Callable[[], Progress], clock: Callable[[], float] = time.monotonic) -> None:
        self._measure = measure
        self._clock = clock
        self._told, self._told_at = measure(), clock()
        logger.info("downloading %s", self._told)

    def more(self, count: int = 0) -> None:
        """Some bytes came."""
        now, waited = self._measure(), self._clock() - self._told_at
        is_a_step = now.percent // STEP_PERCENT > self._told.percent // STEP_PERCENT
        if waited >= LONGEST_SECONDS or (is_a_step and waited >= SHORTEST_SECONDS):
            logger.info("downloading %s", now)
            self._told, self._told_at = now, self._clock()
