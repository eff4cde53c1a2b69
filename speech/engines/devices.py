"""What the speech model runs on: the processor, or a GPU by CUDA."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from speech.engines.refusals import CannotStart

DEVICES = ("cpu", "cuda", "auto")
# CTranslate2's names of them; `default` and `auto` are its own choices.
COMPUTE_TYPES = (
    "default",
    "auto",
    "int8",
    "int8_float32",
    "int8_float16",
    "int8_bfloat16",
    "int16",
    "float16",
    "bfloat16",
    "float32",
)
DEFAULT_COMPUTE_TYPES = {"cpu": "int8", "cuda": "float16"}
# The one library of CUDA's that CTranslate2 does not bring itself.
CUBLAS = "libcublas.so.12"
CUBLAS_PACKAGE = "nvidia-cublas-cu12"


class DeviceUnavailable(CannotStart):
    """The device that was asked for is not there, or cannot compute as it was asked to."""


def choose_device(device: str, compute_type: str | None) -> tuple[str, str]:
    """The device, `cpu` or `cuda`, and the compute type to load a model with. Raises DeviceUnavailable.

    `auto` is the GPU where there is one that works. Without a compute type it is int8 on the processor, float16 on a
    GPU.
    """
    chosen = device
    if device == "auto":
        chosen = "cpu" if _trouble_with_cuda() else "cuda"
    elif device == "cuda" and (trouble := _trouble_with_cuda()):
        raise DeviceUnavailable(f"WHISPER_DEVICE=cuda does not work here: {trouble}, or leave it at cpu.")
    chosen_type = compute_type or DEFAULT_COMPUTE_TYPES[chosen]
    supported = _supported(chosen)
    if chosen_type not in ("default", "auto", *supported):
        raise DeviceUnavailable(
            f"WHISPER_COMPUTE_TYPE={chosen_type} is not for this {chosen}, which takes {', '.join(sorted(supported))}."
        )
    return chosen, chosen_type


def _trouble_with_cuda() -> str | None:
    """What keeps CTranslate2 from computing on a GPU, as half a sentence that says what to do; None if nothing does."""
    import ctranslate2

    if ctranslate2.get_cuda_device_count() == 0:
        return "no GPU is seen, so install NVIDIA's driver (nvidia-smi must list the GPU)"
    if not load_cublas():
        return f"{CUBLAS} is missing, so install it: .venv/bin/pip install {CUBLAS_PACKAGE}"
    return None


def load_cublas(load: Callable[[str], object] = ctypes.CDLL) -> bool:
    """Whether cuBLAS is there: where the system's linker looks, or else in its package, of which that is not told.

    Once loaded by its path it is found by its name, for which CTranslate2 asks when it needs it.
    """
    for path in (CUBLAS, *map(str, _packaged(CUBLAS))):
        with suppress(OSError):
            load(path)
            return True
    return False


def _packaged(library: str) -> Iterator[Path]:
    """Where NVIDIA's packages hold a library: each has a folder under `nvidia`, with `lib` in it."""
    packages = find_spec("nvidia")
    for folder in (packages.submodule_search_locations or ()) if packages else ():
        yield from Path(folder).glob(f"*/lib/{library}")


def _supported(device: str) -> set[str]:
    import ctranslate2

    return set(ctranslate2.get_supported_compute_types(device))
