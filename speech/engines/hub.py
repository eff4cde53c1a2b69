"""The hub that models come from, by its own library. The only module that imports huggingface_hub.

`HF_ENDPOINT`, `HF_TOKEN` and `HF_HUB_OFFLINE` are that library's settings.
"""

import errno
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from faster_whisper.utils import _MODELS as WELL_KNOWN
from httpx2 import HTTPError
from huggingface_hub import HfApi, constants, hf_hub_url
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled, RepositoryNotFoundError
from huggingface_hub.file_download import http_get
from huggingface_hub.hf_api import RepoSibling
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

from speech.engines.refusals import CannotStart
from speech.engines.snapshots import RemoteFile, Snapshot

LOOK_UP_SECONDS = 30.0
REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
WEIGHTS = "model.bin"
# What faster-whisper reads of a repository.
WANTED = re.compile(r"model\.bin|(preprocessor_)?config\.json|tokenizer\.json|vocabulary\.(json|txt)")


class ModelUnavailable(CannotStart):
    """A model is not here and cannot be had."""


def repository_of(model: str) -> str:
    """The repository `owner/name` of a model by faster-whisper's name for it, or its own. Raises ModelUnavailable."""
    repository = WELL_KNOWN.get(model, model)
    if not REPOSITORY.fullmatch(repository):
        raise ModelUnavailable(
            f"WHISPER_MODEL={model} is no folder, no repository (owner/name), and none of {', '.join(WELL_KNOWN)}."
        )
    return str(repository)


def look_up(model: str, repository: str) -> Snapshot:
    """The newest snapshot of a model's repository, small files first. Raises ModelUnavailable."""
    with _explained(model, repository):
        found = HfApi().model_info(repository, files_metadata=True, timeout=LOOK_UP_SECONDS)
    files = sorted(map(_remote, _wanted(found.siblings or [])), key=lambda file: file.size_bytes)
    if found.sha is None or WEIGHTS not in (file.name for file in files):
        raise ModelUnavailable(
            f"WHISPER_MODEL={model}: {repository} holds no {WEIGHTS}, so it is no model that CTranslate2 can run."
        )
    return Snapshot(repository, found.sha, tuple(files))


def fetch(model: str, snapshot: Snapshot, file: RemoteFile, target: Path, on_bytes: Callable[[int], None]) -> None:
    """Append to `target` what it lacks of one file, after what an earlier try has left there.

    A connection that breaks is taken up again some times. `on_bytes` is told how many came each time. What arrived is
    not checked but for its length. Raises ModelUnavailable.
    """
    if target.exists() and target.stat().st_size > file.size_bytes:
        target.unlink()
    with _explained(model, snapshot.repository), target.open("ab") as part:
        http_get(
            hf_hub_url(snapshot.repository, file.name, revision=snapshot.revision),
            part,
            resume_size=part.tell(),
            headers={**build_hf_headers(), "Accept-Encoding": "identity"},
            expected_size=file.size_bytes,
            displayed_filename=file.name,
            tqdm_class=partial(_Meter, on_bytes),  # type: ignore[arg-type]
        )


def hub_name() -> str:
    """The host that models are asked of."""
    return urlsplit(constants.ENDPOINT).netloc


class _Meter:
    """As much of a progress bar as the library's download needs."""

    def __init__(self, on_bytes: Callable[[int], None], **options: Any) -> None:
        self.update = on_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _wanted(siblings: list[RepoSibling]) -> Iterator[RepoSibling]:
    return (each for each in siblings if WANTED.fullmatch(each.rfilename))


def _remote(sibling: RepoSibling) -> RemoteFile:
    if sibling.lfs is not None:
        return RemoteFile(sibling.rfilename, sibling.lfs.size, sibling.lfs.sha256)
    return RemoteFile(sibling.rfilename, sibling.size or 0, sibling.blob_id or "")


@contextmanager
def _explained(model: str, repository: str) -> Iterator[None]:
    """Turn what the library raises into one line for whoever set WHISPER_MODEL."""
    try:
        yield
    except GatedRepoError as error:
        raise _unavailable(
            model, f"accept the terms of {constants.ENDPOINT}/{repository} and set HF_TOKEN to your token"
        ) from error
    except RepositoryNotFoundError as error:
        raise _unavailable(
            model, f"{hub_name()} has no {repository}, or it is private and HF_TOKEN does not open it"
        ) from error
    except OfflineModeIsEnabled as error:
        raise _unavailable(model, "it has to be downloaded, which HF_HUB_OFFLINE forbids") from error
    except HfHubHTTPError as error:
        raise _unavailable(model, f"{hub_name()} answered {error.response.status_code}; it is asked again") from error
    except HTTPError as error:
        raise _unavailable(
            model,
            f"{hub_name()} cannot be reached ({type(error).__name__}). "
            "Let this machine out, or copy the model here and set WHISPER_MODEL to its folder",
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _unavailable(model, "the disk is full: free some of it, or set DATA_DIR to another one") from error
        raise _unavailable(model, f"{error.strerror or str(error).splitlines()[0]}; it is asked again") from error


def _unavailable(model: str, why: str) -> ModelUnavailable:
    return ModelUnavailable(f"WHISPER_MODEL={model} cannot be had: {why}.")
