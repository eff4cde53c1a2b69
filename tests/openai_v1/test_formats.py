"""Each format, as OpenAI's own client reads it."""

import asyncio
from typing import Any

import openai
import pytest
import srt
import webvtt
from openai.types.audio import TranscriptionDiarized, TranscriptionVerbose

from tests.transcriber import Transcriber

FILE = ("talk.flac", b"not really audio", "audio/flac")


def create(client: openai.OpenAI, **wanted: Any) -> Any:
    return client.audio.transcriptions.create(**{"file": FILE, "model": "whisper-1", **wanted})


def test_json_is_the_text_and_how_long_it_was(client: openai.OpenAI) -> None:
    made = create(client)

    assert made.text == "Hello there. Bye."
    assert (made.usage.type, made.usage.seconds) == ("duration", 2.0)
    assert [language.code for language in made.languages] == ["en"]


def test_text_is_a_string(client: openai.OpenAI) -> None:
    assert create(client, response_format="text") == "Hello there. Bye.\n"


def test_srt_and_vtt_are_captions(client: openai.OpenAI) -> None:
    captions = list(srt.parse(create(client, response_format="srt")))
    cues = webvtt.from_string(create(client, response_format="vtt"))

    assert " ".join(caption.content for caption in captions) == "Hello there. Bye."
    assert " ".join(cue.text for cue in cues.captions) == "Hello there. Bye."


def test_verbose_json_has_segments_with_every_field_of_whispers(client: openai.OpenAI) -> None:
    made: TranscriptionVerbose = create(client, response_format="verbose_json")

    assert (made.language, made.duration, made.words) == ("english", 2.0, None)
    assert made.segments is not None
    assert [(segment.id, segment.start, segment.text) for segment in made.segments] == [
        (0, 0.0, "Hello there."),
        (1, 1.0, "Bye."),
    ]
    TranscriptionVerbose.model_validate(made.model_dump(), strict=True)
    assert made.segments[0].avg_logprob == pytest.approx(-0.1054, abs=1e-3)


def test_words_are_told_where_they_are_asked_for(client: openai.OpenAI) -> None:
    words = create(client, response_format="verbose_json", timestamp_granularities=["word"])
    both = create(client, response_format="verbose_json", timestamp_granularities=["word", "segment"])

    assert [(word.word, word.start, word.end) for word in words.words] == [
        ("Hello", 0.0, 0.5),
        ("there.", 0.5, 1.0),
        ("Bye.", 1.0, 2.0),
    ]
    assert (words.segments, len(both.segments), len(both.words)) == (None, 2, 3)


def test_diarized_json_says_who_speaks(client: openai.OpenAI, transcriber: Transcriber) -> None:
    made: TranscriptionDiarized = create(client, response_format="diarized_json", chunking_strategy="auto")

    TranscriptionDiarized.model_validate(made.model_dump(), strict=True)
    assert [(segment.speaker, segment.text) for segment in made.segments] == [("A", "Hello there."), ("B", "Bye.")]
    assert [row.diarize for row in transcriber.transcriptions()] == [True]


def test_silence_is_an_empty_transcript(client: openai.OpenAI, transcriber: Transcriber) -> None:
    transcriber.heard = ()

    assert create(client).text == ""
    assert create(client, response_format="verbose_json").segments == []


def test_a_stream_tells_the_text_as_it_becomes_known(client: openai.OpenAI, transcriber: Transcriber) -> None:
    transcriber.go_on.clear()
    deltas, done = [], ""
    for event in create(client, model="gpt-4o-transcribe", stream=True):
        transcriber.go_on.set()  # Only once the first segment was told.
        if event.type == "transcript.text.delta":
            deltas.append(event.delta)
        elif event.type == "transcript.text.done":
            done = event.text

    assert deltas == ["Hello there.", " Bye."]
    assert done == "Hello there. Bye."


def test_a_stream_with_speakers_ends_with_their_segments(client: openai.OpenAI) -> None:
    events = list(create(client, stream=True, response_format="diarized_json"))

    assert [event.type for event in events][-3:] == [*["transcript.text.segment"] * 2, "transcript.text.done"]
    assert [(event.speaker, event.text) for event in events[-3:-1]] == [("A", "Hello there."), ("B", "Bye.")]


def test_the_async_client_gets_the_same(address: str, key: str, transcriber: Transcriber) -> None:
    async def transcribe() -> tuple[str, list[str]]:
        async with openai.AsyncOpenAI(api_key=key, base_url=address, max_retries=0) as client:
            made = await client.audio.transcriptions.create(file=FILE, model="whisper-1")
            stream = await client.audio.transcriptions.create(file=FILE, model="whisper-1", stream=True)
            return made.text, [event.type async for event in stream]

    text, types = asyncio.run(transcribe())

    assert text == "Hello there. Bye."
    assert types[-1] == "transcript.text.done"
