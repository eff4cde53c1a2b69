"""What the model runs on, as it is asked for. There is no GPU here: CTranslate2 and the linker are told there is."""

from pathlib import Path

import pytest

from speech.engines import devices
from speech.engines.devices import DeviceUnavailable, choose_device

ctranslate2 = pytest.importorskip("ctranslate2")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU with all it needs."""
    see(monkeypatch, gpus=1)
    monkeypatch.setattr(devices, "load_cublas", lambda: True)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch, gpus=0)


def see(monkeypatch: pytest.MonkeyPatch, *, gpus: int) -> None:
    supported = {"cpu": {"int8", "int8_float32", "float32"}, "cuda": {"int8", "int8_float16", "float16", "float32"}}
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: gpus)
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", supported.__getitem__)


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize(
    ("device", "compute_type", "chosen"),
    [
        ("cpu", None, ("cpu", "int8")),
        ("cuda", None, ("cuda", "float16")),
        ("auto", None, ("cuda", "float16")),
        ("cuda", "int8_float16", ("cuda", "int8_float16")),
        ("cpu", "auto", ("cpu", "auto")),
    ],
)
def test_the_device_that_is_asked_for_is_taken_with_its_usual_type(
    device: str, compute_type: str | None, chosen: tuple[str, str]
) -> None:
    assert choose_device(device, compute_type) == chosen


@pytest.mark.usefixtures("no_gpu")
def test_auto_is_the_processor_where_no_gpu_is_seen() -> None:
    assert choose_device("auto", None) == ("cpu", "int8")


@pytest.mark.usefixtures("no_gpu")
def test_a_gpu_that_is_not_there_is_not_replaced_in_silence() -> None:
    with pytest.raises(DeviceUnavailable, match=r"^WHISPER_DEVICE=cuda does not work here: no GPU is seen"):
        choose_device("cuda", None)


def test_a_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch, gpus=1)
    monkeypatch.setattr(devices, "load_cublas", lambda: False)

    with pytest.raises(DeviceUnavailable, match=r"libcublas\.so\.12 is missing.*pip install nvidia-cublas-cu12"):
        choose_device("cuda", None)
    assert choose_device("auto", None) == ("cpu", "int8")


@pytest.mark.usefixtures("no_gpu")
def test_a_compute_type_that_the_device_lacks_is_refused_with_those_it_has() -> None:
    with pytest.raises(DeviceUnavailable, match=r"^WHISPER_COMPUTE_TYPE=float16 .* float32, int8, int8_float32\.$"):
        choose_device("cpu", "float16")


def test_every_compute_type_of_the_library_may_be_asked_for() -> None:
    assert set(ctranslate2.get_supported_compute_types("cpu")) <= set(devices.COMPUTE_TYPES)


def test_the_library_is_found_in_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = tmp_path / "nvidia" / "cublas" / "lib" / devices.CUBLAS
    packaged.parent.mkdir(parents=True)
    packaged.touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    tried: list[str] = []

    def load(path: str) -> None:
        tried.append(path)
        if path == devices.CUBLAS:
            raise OSError("cannot open shared object file")

    assert devices.load_cublas(load)
    assert tried == [devices.CUBLAS, str(packaged)]


def test_without_the_package_there_is_no_library() -> None:
    def load(path: str) -> None:
        raise OSError("cannot open shared object file")

    assert not devices.load_cublas(load)
