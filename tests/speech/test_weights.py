"""The packaged weights: joined once, and never used unverified. The packages are replaced by small ones here."""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from speech.engines import weights

PARTS = {"model.bin.part1": b"first half,", "model.bin.part2": b"second half", "config.json": b"{}"}


@pytest.fixture(autouse=True)
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two importable packages holding a model of a few bytes, pinned by its digests."""
    data = tmp_path / "tiny_weights" / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").touch()
    for name, content in PARTS.items():
        (data / name).write_bytes(content)
    monkeypatch.delitem(sys.modules, "tiny_weights", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    whole = PARTS["model.bin.part1"] + PARTS["model.bin.part2"]
    parts = (("tiny_weights", "model.bin.part1"), ("tiny_weights", "model.bin.part2"))
    pinned = {
        "model.bin": (hashlib.sha256(whole).hexdigest(), parts),
        "config.json": (hashlib.sha256(b"{}").hexdigest(), (("tiny_weights", "config.json"),)),
    }
    monkeypatch.setattr(weights, "PACKAGED_FILES", pinned)
    return data


def test_base_is_joined_from_its_packages(tmp_path: Path) -> None:
    model = Path(weights.resolve_model("base", tmp_path / "cache"))

    assert (model / "model.bin").read_bytes() == b"first half,second half"


def test_a_changed_package_is_refused(packages: Path, tmp_path: Path) -> None:
    (packages / "model.bin.part2").write_bytes(b"second hal7")

    with pytest.raises(weights.WeightsTampered):
        weights.resolve_model("base", tmp_path / "cache")

    assert list((tmp_path / "cache").iterdir()) == []


def test_a_changed_cache_is_refused(tmp_path: Path) -> None:
    model = Path(weights.resolve_model("base", tmp_path / "cache"))
    (model / "model.bin").write_bytes(b"something else")

    with pytest.raises(weights.WeightsTampered, match=r"model\.bin"):
        weights.resolve_model("base", tmp_path / "cache")


def test_an_unchanged_cache_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = weights.resolve_model("base", tmp_path / "cache")
    monkeypatch.setattr("speech.engines.checking._digest", lambda path, like: pytest.fail(f"read {path}"))

    assert weights.resolve_model("base", tmp_path / "cache") == model


def test_two_at_once_get_the_same_model(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        models = set(threads.map(lambda _: weights.resolve_model("base", tmp_path / "cache"), range(8)))

    assert len(models) == 1
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [Path(model).name for model in models]


def test_a_folder_is_used_as_it_is(tmp_path: Path) -> None:
    assert weights.resolve_model(str(tmp_path), tmp_path / "cache") == tmp_path


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of models that were fetched."""
    pytest.importorskip("faster_whisper")
    names: list[str] = []

    def fetch(name: str, cache_dir: Path, **options: object) -> Path:
        names.append(name)
        return cache_dir / name

    monkeypatch.setattr("speech.engines.downloads.downloaded_model", fetch)
    return names


def test_another_name_is_fetched(fetched: list[str], tmp_path: Path) -> None:
    assert weights.resolve_model("large-v3", tmp_path) == tmp_path / "large-v3"
    assert fetched == ["large-v3"]


def test_without_its_packages_base_is_fetched_too(
    fetched: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = (("no_such_package", "model.bin"),)
    monkeypatch.setattr(weights, "PACKAGED_FILES", {"model.bin": ("", nowhere)})

    assert weights.resolve_model("base", tmp_path) == tmp_path / "base"
    assert fetched == ["base"]
