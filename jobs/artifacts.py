"""Making the artifacts of one transcript: by the language model where there is one and it does its work, else by
extraction from the transcript itself."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from handlers.artifacts import Made
from handlers.understanding import Task
from handlers.writing import written
from insights.artifacts import Chapter, Summary, Topic
from insights.embeddings import understands
from insights.exchange import EmbeddingsUnavailable
from insights.extraction import understanding
from insights.extraction.reading import Reading
from insights.extraction.sentence_vectors import Vectors
from insights.search.passages import Passage, passages_of
from insights.writing import chapters as written_chapters
from insights.writing import summary as written_summary
from models import ArtifactKind
from runtime import config, embeddings

log = logging.getLogger(__name__)

Write = Callable[..., list[Chapter] | Summary]

EXTRACTIVE, WRITTEN, BY_MEANING_AND_WORDS, BY_WORDS = "extractive", "llm", "hybrid", "words"
# The process that holds the model may be starting; a try is shorter than a lease.
EMBED_SECONDS = 15.0
EMBED_TRIES = 6


class Maker:
    """Makes what is asked for, and what it rests on once. `tick` is called often and may raise to end the work."""

    def __init__(self, task: Task, tick: Callable[[], None]) -> None:
        self._task, self._tick = task, tick
        self._language = task.transcription.language
        self._duration = task.transcription.duration_seconds or 0.0
        self._gave_up = False
        self._can_embed = understands(config().embedding_model, self._language)

    def make(self, kind: ArtifactKind) -> Made:
        """The artifact. Raises whatever went wrong with it."""
        makers = {
            ArtifactKind.CHAPTERS: self._chapters,
            ArtifactKind.TOPICS: self._topics,
            ArtifactKind.SUMMARY: self._summary,
            ArtifactKind.SEARCH: self._search,
        }
        return makers[kind]()

    @cached_property
    def passages(self) -> list[Passage]:
        """What the search finds."""
        return passages_of(self._task.segments, self._task.transcription.speaker_names)

    @cached_property
    def vectors(self) -> Vectors | None:
        """The passages' embeddings, None where the search goes by words alone."""
        if not self._can_embed:
            return None
        try:
            return self._embed([passage.text for passage in self.passages])
        except EmbeddingsUnavailable:
            return None

    @cached_property
    def _reading(self) -> Reading:
        read = understanding.read
        if self._can_embed:
            try:
                return read(self._task.segments, language=self._language, embed=self._embed)
            except EmbeddingsUnavailable:
                # Words alone find chapters too; only the search says that it failed.
                log.warning("understanding goes on without embeddings")
        return read(self._task.segments, language=self._language, embed=None)

    @cached_property
    def _extracted_chapters(self) -> list[Chapter]:
        return understanding.chapters_of(self._reading, duration=self._duration)

    def _chapters(self) -> Made:
        chapters = self._extracted_chapters
        return self._written(ArtifactKind.CHAPTERS, written_chapters.write) or self._extracted(_as_json(chapters))

    def _topics(self) -> Made:
        return self._extracted(_as_json(understanding.topics_of(self._reading)))

    def _summary(self) -> Made:
        by_model = self._written(ArtifactKind.SUMMARY, written_summary.write)
        return by_model or self._extracted(_as_json(understanding.summary_of(self._reading, self._extracted_chapters)))

    def _search(self) -> Made:
        if not self._can_embed:
            return Made(None, BY_WORDS, None)
        if self.vectors is None:
            raise EmbeddingsUnavailable  # Found by words until it is made again.
        return Made(None, BY_MEANING_AND_WORDS, config().embedding_model)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors. Who gave up once does not wait again."""
        tries = 0 if self._gave_up else EMBED_TRIES
        for _ in range(tries):
            try:
                return embeddings().passages(texts, timeout_seconds=EMBED_SECONDS, tick=self._tick)
            except EmbeddingsUnavailable:
                log.warning("the embedding model does not answer")
        self._gave_up = True
        raise EmbeddingsUnavailable

    def _written(self, kind: ArtifactKind, write: Write) -> Made | None:
        """What the language model writes, None where there is none or it fails."""
        made = written(
            lambda model: write(
                model, self._extracted_chapters, self._task.segments, language=self._language, tick=self._tick
            ),
            artifact=kind,
        )
        return Made(_as_json(made[0]), WRITTEN, made[1]) if made else None

    def _extracted(self, content: object) -> Made:
        return Made(content, EXTRACTIVE, config().embedding_model if self._can_embed else None)


def _as_json(made: list[Chapter] | list[Topic] | Summary) -> Any:
    return [asdict(each) for each in made] if isinstance(made, list) else asdict(made)
