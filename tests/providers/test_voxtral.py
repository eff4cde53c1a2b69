"""Voxtral against a loopback Mistral: both generations' rules, long recordings, and what goes wrong."""

import dataclasses
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from errors import Outcome, ProviderError, ProviderRejected, ProviderTimeout
from speech.providers import encoding, voxtral_service
from speech.providers.provider import Heard, Recording, Wishes
from speech.providers.voxtral import Voxtral
from speech.providers.voxtral_forms import CAREFUL, SECOND, THIRD, bias_terms, form_of, rules_of
from tests.providers.fakes import Line, Notebook, TakenOver, make_recording
from tests.providers.voxtral_standin import API_KEY, VoxtralStandin, plain

SECOND_MODEL = "voxtral-mini-2602"
THIRD_MODEL = "voxtral-small-transcribe-3-0"
TALK = (
    Line(0.5, 3.0, "alice", "Good morning, Bob. How was it?"),
    Line(3.2, 5.0, "bob", "Quite long."),
    Line(5.1, 7.8, "alice", "Tell me more!"),
)


@pytest.fixture(scope="module")
def service() -> Iterator[VoxtralStandin]:
    standin = VoxtralStandin(mount="/mounted")
    yield standin
    standin.close()


@pytest.fixture
def standin(service: VoxtralStandin) -> VoxtralStandin:
    service.reset()
    return service


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


Make = Callable[..., Recording]


@pytest.fixture
def make(tmp_path: Path, standin: VoxtralStandin) -> Make:
    """Makes a recording that the stand-in knows the words of."""

    def made(script: Sequence[Line] = TALK, seconds: float = 8.0, **changes: Any) -> Recording:
        recording = make_recording(tmp_path, seconds=seconds, spoken=script)
        standin.listen(recording.pcm.read_bytes(), script)
        return dataclasses.replace(recording, **changes)

    return made


def voxtral(standin: VoxtralStandin, model: str = SECOND_MODEL, **settings: Any) -> Voxtral:
    return Voxtral(api_key=API_KEY, base_url=standin.url, model=model, sleep=lambda seconds: None, **settings)


def hear(
    standin: VoxtralStandin, recording: Recording, wishes: Wishes | None = None, model: str = SECOND_MODEL
) -> Heard:
    return voxtral(standin, model).advance(recording, wishes or Wishes(), Notebook())


def texts(heard: Heard) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text) for segment in heard.segments]


# What is asked


def test_the_second_voxtral_tells_speakers_with_segments(standin: VoxtralStandin, make: Make) -> None:
    heard = hear(standin, make(), Wishes(language="en"))
    [asked] = standin.asked
    assert dict(asked.fields) == {
        "model": [SECOND_MODEL],
        "diarize": ["true"],
        "timestamp_granularities": ["segment"],
    }
    assert texts(heard) == [("S1", TALK[0].text), ("S2", TALK[1].text), ("S1", TALK[2].text)]
    assert [(segment.start, segment.end) for segment in heard.segments] == [(0.5, 3.0), (3.2, 5.0), (5.1, 7.8)]
    assert heard.word_times == "estimated"
    assert "language" in heard.notes


def test_the_second_voxtral_times_words_where_no_speakers_are_wanted(standin: VoxtralStandin, make: Make) -> None:
    heard = hear(standin, make(), Wishes(diarize=False))
    assert standin.asked[0].granularities == ["word"]
    assert texts(heard) == [
        (None, "Good morning, Bob."),
        (None, "How was it?"),
        (None, "Quite long."),
        (None, "Tell me more!"),
    ]
    assert heard.word_times == "measured"
    words = [word for segment in heard.segments for word in segment.words or ()]
    assert [word.text for word in words] == " ".join(line.text for line in TALK).split()
    assert all(word.start == round(word.start, 1) for word in words)


@pytest.mark.parametrize("diarize", [True, False])
def test_the_third_voxtral_takes_language_and_phrases_and_never_words(
    standin: VoxtralStandin, make: Make, diarize: bool
) -> None:
    wishes = Wishes(language="en", diarize=diarize, vocabulary=["New  York, NY"])
    heard = hear(standin, make(), wishes, THIRD_MODEL)
    [asked] = standin.asked
    assert asked.granularities == ["segment"]
    assert (asked.field("language"), asked.field("context_bias")) == ("en", "New York, NY")
    assert [segment.speaker for segment in heard.segments] == (["S1", "S2", "S1"] if diarize else [None] * 3)
    assert (heard.word_times, heard.model, heard.notes) == ("estimated", THIRD_MODEL, {})


def test_the_second_voxtral_gets_terms_without_spaces_and_commas(standin: VoxtralStandin, make: Make) -> None:
    hear(standin, make(), Wishes(vocabulary=["New York, NY", "Kubernetes", " , ", "Kubernetes", "tab\tbed"]))
    assert standin.asked[0].fields["context_bias"] == ["New_York_NY", "Kubernetes", "tab_bed"]


def test_no_more_than_a_hundred_terms_are_sent(standin: VoxtralStandin, make: Make) -> None:
    heard = hear(standin, make(), Wishes(vocabulary=[f"term {number}" for number in range(120)]))
    assert len(standin.asked[0].fields["context_bias"]) == 100
    assert "first 100" in heard.notes["vocabulary"]


@pytest.mark.parametrize(
    ("model", "rules"),
    [
        ("voxtral-mini-2602", SECOND),
        ("voxtral-mini-latest", SECOND),
        ("voxtral-mini-transcribe-3-0", THIRD),
        ("voxtral-mini-transcribe-3", THIRD),
        ("voxtral-small-transcribe-latest", THIRD),
        ("voxtral-mini-2507", CAREFUL),
        ("voxtral-mini-transcribe-4-0", CAREFUL),
        ("another", CAREFUL),
    ],
)
def test_a_model_has_the_rules_of_its_generation(model: str, rules: object) -> None:
    assert rules_of(model) is rules


def test_an_unknown_model_is_asked_for_nothing_that_any_generation_minds() -> None:
    form = form_of("another", Wishes(language="en", diarize=False, vocabulary=["two words"]))
    assert form.fields() == {
        "model": "another",
        "timestamp_granularities": ["segment"],
        "context_bias": ("two_words",),
    }
    assert form.careful() == form


def test_control_characters_never_reach_a_form() -> None:
    assert bias_terms(["a\x00b\r\nc"], THIRD) == ("a b c",)


def test_a_language_of_more_than_two_letters_is_not_sent() -> None:
    assert form_of(THIRD_MODEL, Wishes(language="yue")).language is None


# What is sent


def test_a_recording_in_a_known_container_goes_as_it_came(standin: VoxtralStandin, make: Make) -> None:
    recording = make()
    hear(standin, recording)
    [asked] = standin.asked
    assert asked.content == recording.media.read_bytes()
    assert (asked.file_name, asked.content_type) == ("audio.wav", "audio/wav")


@pytest.mark.parametrize(
    "changes",
    [{"content_type": "audio/mp4"}, {"content_type": "application/octet-stream"}, {"size_bytes": 600_000_000}],
)
def test_any_other_recording_goes_as_we_encode_it(standin: VoxtralStandin, make: Make, changes: dict[str, Any]) -> None:
    heard = hear(standin, make(**changes))
    assert (standin.asked[0].file_name, standin.asked[0].content_type) == ("audio.mp3", "audio/mpeg")
    assert standin.asked[0].seconds == pytest.approx(8.0, abs=0.1)
    assert len(heard.segments) == 3


def test_a_file_that_the_provider_cannot_read_is_sent_again_as_we_encode_it(
    standin: VoxtralStandin, make: Make, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.wav"
    odd.write_bytes(b"RIFF....WAVE, or so")
    heard = hear(standin, make(media=odd))
    assert standin.requests == 2
    assert standin.asked[0].content_type == "audio/mpeg"
    assert len(heard.segments) == 3


def test_a_recording_of_no_length_is_not_sent(standin: VoxtralStandin, make: Make) -> None:
    heard = hear(standin, make(duration_seconds=0.05))
    assert (heard.segments, heard.word_times, standin.requests) == ((), "none", 0)


# What is heard


@pytest.mark.parametrize("segments", [[], ..., None])
def test_a_text_without_segments_becomes_one_over_the_speech(
    standin: VoxtralStandin, make: Make, segments: object
) -> None:
    standin.change_next({"segments": segments, "language": None})
    heard = hear(standin, make())
    [segment] = heard.segments
    assert (segment.start, segment.end) == (0.5, 7.8)
    assert segment.text == " ".join(line.text for line in TALK)
    assert (heard.word_times, "times" in heard.notes) == ("estimated", True)


def test_silence_is_an_empty_transcript(standin: VoxtralStandin, make: Make) -> None:
    heard = hear(standin, make(script=()))
    assert (heard.segments, heard.word_times, heard.language) == ((), "none", None)


def test_the_language_is_the_providers_where_it_names_one(standin: VoxtralStandin, make: Make) -> None:
    standin.change_next({"language": "pt-BR"})
    assert hear(standin, make(), Wishes(language="en")).language == "pt"


def test_the_language_is_the_customers_where_the_provider_names_none(standin: VoxtralStandin, make: Make) -> None:
    assert hear(standin, make(), Wishes(language="en")).language == "en"


def test_the_provider_tells_what_it_charges_for(standin: VoxtralStandin, make: Make) -> None:
    assert hear(standin, make(seconds=8.4)).billed_seconds == 8


@pytest.mark.parametrize("usage", [..., None, {}, {"prompt_audio_seconds": None}, {"prompt_audio_seconds": -1}])
def test_an_answer_may_leave_out_what_is_charged(standin: VoxtralStandin, make: Make, usage: object) -> None:
    standin.change_next({"usage": usage, "surprise": {"deep": [1]}})
    assert hear(standin, make()).billed_seconds is None


def entry(start: float | None, end: float | None, text: str, **more: object) -> dict[str, object]:
    return {"type": "transcription_segment", "start": start, "end": end, "text": text, **more}


def test_labels_of_any_spelling_are_numbered_as_they_first_speak(standin: VoxtralStandin, make: Make) -> None:
    standin.change_next(
        {
            "segments": [
                entry(4.0, 5.0, " C", speaker_id="speaker_0"),
                entry(1.0, 2.0, " A", speaker_id=7),
                entry(2.0, 3.0, " B"),
                entry(5.0, 6.0, "   ", speaker_id="nobody"),
                entry(6.0, 7.0, " D", speaker_id=7),
            ]
        }
    )
    assert texts(hear(standin, make())) == [("S1", "A"), (None, "B"), ("S2", "C"), ("S1", "D")]


def test_times_outside_of_the_recording_are_brought_inside(standin: VoxtralStandin, make: Make) -> None:
    standin.change_next({"segments": [entry(-1, 2, " A"), entry(5, 3, " B"), entry(7, 99, " C")]})
    heard = hear(standin, make())
    assert [(segment.start, segment.end) for segment in heard.segments] == [(0, 2), (5, 5), (7, 8)]


def test_a_missing_time_is_taken_from_a_neighbour(standin: VoxtralStandin, make: Make) -> None:
    standin.change_next({"segments": [entry(1, None, " A"), entry(3, 4, " B"), entry(None, None, " C")]})
    heard = hear(standin, make())
    assert [(segment.start, segment.end) for segment in heard.segments] == [(1, 3), (3, 4), (4, 8)]


def test_segments_without_any_time_count_as_none(standin: VoxtralStandin, make: Make) -> None:
    standin.change_next({"text": "", "segments": [entry(None, None, " A"), entry(None, None, " B")]})
    heard = hear(standin, make())
    assert [(segment.start, segment.end, segment.text) for segment in heard.segments] == [(0.5, 7.8, "A B")]


def word_by_word(standin: VoxtralStandin, make: Make, *entries: dict[str, object]) -> Heard:
    standin.change_next({"segments": entries})
    return hear(standin, make(), Wishes(diarize=False))


def test_parts_of_words_and_punctuation_are_joined(standin: VoxtralStandin, make: Make) -> None:
    heard = word_by_word(
        standin,
        make,
        entry(0, 1, " Ku"),
        entry(1, 2, "bernetes"),
        entry(2, 2, ","),
        entry(2, 3, " yes"),
        entry(3, 3, "."),
    )
    [segment] = heard.segments
    assert segment.text == "Kubernetes, yes."
    assert [(word.start, word.end, word.text) for word in segment.words or ()] == [
        (0, 2, "Kubernetes,"),
        (2, 3, "yes."),
    ]


def test_words_without_leading_spaces_get_them(standin: VoxtralStandin, make: Make) -> None:
    heard = word_by_word(standin, make, entry(0, 1, "Hello"), entry(1, 2, "world"), entry(2, 2, "!"))
    assert texts(heard) == [(None, "Hello world!")]


def test_words_of_a_script_without_spaces_get_none(standin: VoxtralStandin, make: Make) -> None:
    heard = word_by_word(
        standin, make, entry(0, 1, "今天"), entry(1, 2, "很好"), entry(2, 2, "。"), entry(3, 4, "是的")
    )
    assert texts(heard) == [(None, "今天很好。"), (None, "是的")]


def test_a_pause_ends_a_segment(standin: VoxtralStandin, make: Make) -> None:
    heard = word_by_word(standin, make, entry(0, 1, " one"), entry(1.5, 2, " two"), entry(3, 4, " three"))
    assert texts(heard) == [(None, "one two"), (None, "three")]


def test_sentences_in_place_of_words_have_words_with_estimated_times(standin: VoxtralStandin, make: Make) -> None:
    heard = word_by_word(standin, make, entry(0, 4, " This is a sentence"), entry(4, 5, " Yes"))
    assert texts(heard) == [(None, "This is a sentence"), (None, "Yes")]
    assert heard.word_times == "estimated"
    assert len(heard.segments[0].words or ()) == 4


# Long recordings


def speech(*speakers: str, words: int = 6, seconds: float = 3.0, pause: float = 0.0) -> list[Line]:
    """Lines one after the other, no word like another."""
    return [
        Line(
            number * seconds,
            (number + 1) * seconds - pause,
            speaker,
            " ".join(f"word{chr(97 + number // 26)}{chr(97 + number % 26)}{chr(97 + word)}" for word in range(words)),
        )
        for number, speaker in enumerate(speakers)
    ]


def hear_long(
    standin: VoxtralStandin,
    recording: Recording,
    notebook: Notebook,
    *,
    max_seconds: float = 40.0,
    diarize: bool = True,
) -> Heard:
    client = voxtral(standin, max_seconds=max_seconds)
    return client.advance(recording, Wishes(diarize=diarize), notebook)


@pytest.mark.parametrize("diarize", [True, False])
def test_a_long_recording_is_heard_whole_in_chunks(
    standin: VoxtralStandin, make: Make, notebook: Notebook, diarize: bool
) -> None:
    script = speech(*["alice"] * 25)
    heard = hear_long(standin, make(script, 75.0), notebook, diarize=diarize, max_seconds=30.0)
    assert len(standin.asked) > 2
    assert all(asked.seconds <= 30.1 for asked in standin.asked)
    assert " ".join(segment.text for segment in heard.segments).split() == [
        word for line in script for word in line.text.split()
    ]
    starts = [segment.start for segment in heard.segments]
    assert starts == sorted(starts)
    assert heard.billed_seconds == sum(int(asked.seconds) for asked in standin.asked)


@pytest.mark.parametrize("pause", [0.0, 0.5])
def test_speakers_of_neighbouring_chunks_are_matched_by_what_both_heard(
    standin: VoxtralStandin, make: Make, notebook: Notebook, pause: float
) -> None:
    # The second chunk begins with Bob, so that the provider's labels change places.
    script = speech(
        *(["alice", "bob"] * 7), "alice", "carol", *(["bob", "alice"] * 7), seconds=1.0, words=4, pause=pause
    )
    heard = hear_long(standin, make(script, 30.0), notebook, max_seconds=20.0)
    assert len(standin.asked) == 2
    names = {"S1": "alice", "S2": "bob", "S3": "carol"}
    for line in script:
        middle = (line.start + line.end) / 2
        [speaker] = {segment.speaker for segment in heard.segments if segment.start <= middle < segment.end}
        assert names[speaker or ""] == line.speaker
    assert heard.notes == {}


def test_a_speaker_who_cannot_be_matched_gets_a_label_of_her_own(
    standin: VoxtralStandin, make: Make, notebook: Notebook
) -> None:
    heard = hear_long(
        standin,
        make(speech(*["alice"] * 5, *["bob"] * 10, *["alice"] * 5, seconds=1.5), 30.0),
        notebook,
        max_seconds=20.0,
    )
    assert len(standin.asked) == 2
    assert [segment.speaker for segment in heard.segments][-1] == "S3"
    assert "speakers" in heard.notes


def test_a_chunk_that_was_answered_before_a_crash_is_not_asked_for_again(
    standin: VoxtralStandin, make: Make, notebook: Notebook
) -> None:
    recording = make(speech(*["alice"] * 20), 60.0)
    whole = hear_long(standin, recording, notebook)
    assert standin.requests == 2
    after = Notebook(written=notebook.written, files={"voxtral-0.json": notebook.files["voxtral-0.json"]})
    again = hear_long(standin, recording, after, max_seconds=50.0)
    assert standin.requests == 3
    assert again.segments == whole.segments


def test_progress_is_told_by_chunks(standin: VoxtralStandin, make: Make, notebook: Notebook) -> None:
    hear_long(standin, make(speech(*["alice"] * 20), 60.0), notebook)
    assert notebook.done == sorted(notebook.done)
    assert (len(notebook.done), notebook.done[-1]) == (len(standin.asked), 1.0)


def test_no_upload_is_larger_than_the_limit(standin: VoxtralStandin, make: Make, notebook: Notebook) -> None:
    limit = 65_536 + encoding.most_bytes(20.0)
    recording = make(speech(*["alice"] * 20), 60.0)
    voxtral(standin, max_bytes=limit).advance(recording, Wishes(), notebook)
    assert len(standin.asked) > 2
    assert all(len(asked.content) <= limit for asked in standin.asked)


# What goes wrong


def fails(standin: VoxtralStandin, recording: Recording, kind: type[Outcome], **settings: Any) -> Outcome:
    with pytest.raises(Outcome) as raised:
        voxtral(standin, **settings).advance(recording, Wishes(), Notebook())
    assert type(raised.value) is kind
    assert raised.value.message == kind.default_message
    return raised.value


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (401, {"detail": "Unauthorized, said the dog"}, ProviderError),
        (401, {"message": "Unauthorized, said the dog", "request_id": "1"}, ProviderError),
        (402, plain("Pay first, said the dog"), ProviderError),
        (403, {"detail": "Forbidden, said the dog"}, ProviderError),
        (404, {"detail": "Not Found, said the dog"}, ProviderError),
        (302, b"said the dog", ProviderError),
        (400, plain("Invalid audio, said the dog"), ProviderRejected),
        (400, {"object": "error", "message": {"detail": "Nested, said the dog"}, "type": "x"}, ProviderRejected),
        (400, plain("Invalid model, said the dog") | {"type": "invalid_model"}, ProviderError),
        (413, {"message": "Too large, said the dog", "request_id": "1"}, ProviderRejected),
        (413, b"<html>said the dog</html>", ProviderRejected),
        (422, {"detail": [{"loc": ["body", "file"], "msg": "Bad, said the dog"}]}, ProviderRejected),
        (422, {"detail": [{"loc": ["diarize", 0], "msg": "Bad, said the dog", "input": "x"}]}, ProviderError),
        (422, {"detail": "Bad, said the dog"}, ProviderRejected),
        (422, [["said the dog"]], ProviderRejected),
    ],
)
def test_a_refusal_is_final_and_its_reason_goes_to_the_log(
    standin: VoxtralStandin,
    make: Make,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: Any,
    outcome: type[Outcome],
) -> None:
    standin.fail_next(status, body, count=9)
    fails(standin, make(), outcome)
    assert standin.requests <= 2
    assert "said the dog" in caplog.text
    assert API_KEY not in caplog.text


def test_a_key_in_a_refusal_stays_out_of_the_log(
    standin: VoxtralStandin, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    standin.fail_next(401, {"detail": "Bearer abcdef123456 at https://host/?signature=secret"})
    fails(standin, make(), ProviderError)
    assert "abcdef123456" not in caplog.text
    assert "signature" not in caplog.text


@pytest.mark.parametrize("status", [400, 422])
def test_where_words_are_refused_segments_are_asked_for(standin: VoxtralStandin, make: Make, status: int) -> None:
    standin.third.add("voxtral-mini-latest")
    standin.form_status = status
    heard = hear(standin, make(), Wishes(diarize=False), "voxtral-mini-latest")
    assert standin.requests == 2
    assert standin.asked[0].granularities == ["segment"]
    assert heard.word_times == "estimated"


@pytest.mark.parametrize("status", [400, 422])
def test_where_a_language_is_refused_it_is_left_out(standin: VoxtralStandin, make: Make, status: int) -> None:
    standin.third.remove(THIRD_MODEL)
    standin.form_status = status
    heard = hear(standin, make(), Wishes(language="en", vocabulary=["two words"]), THIRD_MODEL)
    assert standin.requests == 2
    assert standin.asked[0].field("context_bias") == "two_words"
    assert [segment.speaker for segment in heard.segments] == ["S1", "S2", "S1"]


def test_where_a_language_makes_the_transcript_empty_it_is_left_out(standin: VoxtralStandin, make: Make) -> None:
    standin.third.remove(THIRD_MODEL)
    standin.is_silent_about_language = True
    heard = hear(standin, make(), Wishes(language="en"), THIRD_MODEL)
    assert [asked.field("language") for asked in standin.asked] == ["en", None]
    assert len(heard.segments) == 3
    assert (heard.language, "language" in heard.notes) == ("en", True)


def test_an_empty_answer_is_believed_where_nobody_speaks(standin: VoxtralStandin, make: Make) -> None:
    standin.is_silent_about_language = True
    recording = make(script=(), speech=lambda: [(1.0, 1.4)])
    assert hear(standin, recording, Wishes(language="en"), THIRD_MODEL).segments == ()
    assert standin.requests == 1


def test_where_words_come_without_times_segments_are_asked_for(standin: VoxtralStandin, make: Make) -> None:
    standin.change_next({"segments": []})
    heard = hear(standin, make(), Wishes(diarize=False))
    assert [asked.granularities for asked in standin.asked] == [["word"], ["segment"]]
    assert (len(heard.segments), heard.word_times) == (3, "estimated")


def test_a_vocabulary_that_is_refused_is_left_out(standin: VoxtralStandin, make: Make) -> None:
    standin.fail_next(422, {"detail": [{"loc": ["context_bias", 0], "msg": "too odd"}]})
    heard = hear(standin, make(), Wishes(vocabulary=["odd"]))
    assert "context_bias" not in standin.asked[0].fields
    assert "without it" in heard.notes["vocabulary"]


def test_a_model_that_is_gone_is_the_operators_matter(standin: VoxtralStandin, make: Make) -> None:
    standin.gone.add(SECOND_MODEL)
    fails(standin, make(), ProviderError)
    assert standin.requests == 1


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(standin: VoxtralStandin, make: Make, status: int) -> None:
    standin.fail_next(status, headers={"Retry-After": "3"}, count=2)
    assert len(hear(standin, make()).segments) == 3
    assert standin.requests == 3


def test_the_wait_is_as_long_as_the_provider_asks_for(standin: VoxtralStandin, make: Make, notebook: Notebook) -> None:
    waits: list[float] = []
    standin.fail_next(429, headers={"Retry-After": "30"})
    client = Voxtral(api_key=API_KEY, base_url=standin.url, sleep=waits.append)
    client.advance(make(), Wishes(), notebook)
    assert 30 <= sum(waits) <= 31
    assert notebook.ticks > len(waits)


@pytest.mark.parametrize(("status", "outcome"), [(429, ProviderError), (503, ProviderError), (504, ProviderTimeout)])
def test_what_does_not_pass_fails_in_the_end(
    standin: VoxtralStandin, make: Make, status: int, outcome: type[Outcome]
) -> None:
    standin.fail_next(status, count=99)
    fails(standin, make(), outcome)
    assert 2 < standin.requests < 20


@pytest.mark.parametrize("halfway", [True, False])
def test_a_broken_connection_is_made_again(standin: VoxtralStandin, make: Make, halfway: bool) -> None:
    standin.cut_next(halfway=halfway)
    assert len(hear(standin, make()).segments) == 3
    assert standin.requests == 2


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", {"detail": "odd"}, {"segments": "none"}, b'{"text": "a'])
def test_an_answer_that_cannot_be_read_is_asked_for_again(standin: VoxtralStandin, make: Make, body: Any) -> None:
    standin.fail_next(200, body)
    assert len(hear(standin, make()).segments) == 3
    assert standin.requests == 2


def test_a_provider_that_does_not_answer_is_asked_until_the_time_is_over(standin: VoxtralStandin, make: Make) -> None:
    standin.slow(30)
    fails(standin, make(), ProviderTimeout, timeout_seconds=0.2, retry_seconds=0.1)


def test_a_provider_that_is_not_there_is_its_own_fault(make: Make, standin: VoxtralStandin) -> None:
    client = Voxtral(api_key=API_KEY, base_url="http://127.0.0.1:1", sleep=lambda seconds: None)
    with pytest.raises(ProviderError):
        client.advance(make(), Wishes(), Notebook())


def test_it_ticks_while_it_waits(
    standin: VoxtralStandin, make: Make, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voxtral_service, "TICK_SECONDS", 0.02)
    standin.slow(0.4)
    voxtral(standin).advance(make(), Wishes(), notebook)
    assert notebook.ticks > len(notebook.done)


def test_who_is_not_wanted_any_more_leaves_at_once(
    standin: VoxtralStandin, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voxtral_service, "TICK_SECONDS", 0.02)
    standin.slow(30)
    with pytest.raises(TakenOver):
        voxtral(standin).advance(make(), Wishes(), Notebook(lose_after_ticks=2))
    assert standin.requests <= 1


def test_who_is_not_wanted_any_more_stops_encoding(standin: VoxtralStandin, make: Make) -> None:
    with pytest.raises(TakenOver):
        voxtral(standin).advance(make(content_type="audio/mp4"), Wishes(), Notebook(lose_after_ticks=0))
    assert standin.requests == 0


def test_canceling_tells_nobody(standin: VoxtralStandin) -> None:
    voxtral(standin).cancel({"chunks": [[0, 1]]})
    assert standin.requests == 0


# The stand-in is strict


def post(standin: VoxtralStandin, data: dict[str, Any], *, key: str = API_KEY, **more: Any) -> httpx.Response:
    headers = {"x-api-key": key}
    return httpx.post(
        f"{standin.url}/v1/audio/transcriptions", data=data, headers=headers, trust_env=False, verify=False, **more
    )


def wav(path: Path) -> bytes:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000))
    return path.read_bytes()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"model": SECOND_MODEL, "timestamp_granularities[]": "word", "context_bias[]": ["a", "b"]}, 200),
        ({"model": SECOND_MODEL, "language": "en"}, 200),
        ({"model": THIRD_MODEL, "language": "en", "context_bias": "two words"}, 200),
        ({}, 422),
        ({"model": "gpt"}, 400),
        ({"model": SECOND_MODEL, "prompt": "no"}, 422),
        ({"model": SECOND_MODEL, "file_id": "x"}, 422),
        ({"model": SECOND_MODEL, "diarize": "True"}, 422),
        ({"model": SECOND_MODEL, "diarize": "true", "timestamp_granularities": "word"}, 400),
        ({"model": SECOND_MODEL, "timestamp_granularities": "segment", "language": "en"}, 400),
        ({"model": SECOND_MODEL, "timestamp_granularities": "phrase"}, 422),
        ({"model": SECOND_MODEL, "context_bias": "two words"}, 422),
        ({"model": SECOND_MODEL, "language": "english"}, 422),
        ({"model": THIRD_MODEL, "timestamp_granularities": "word"}, 400),
        ({"model": THIRD_MODEL, "diarize": "true"}, 400),
    ],
)
def test_the_standin_checks_the_form(
    standin: VoxtralStandin, tmp_path: Path, data: dict[str, Any], status: int
) -> None:
    files = {"file": ("a.wav", wav(tmp_path / "a.wav"))}
    assert post(standin, data, files=files).status_code == status


def test_the_standin_checks_the_key_the_file_and_the_limits(standin: VoxtralStandin, tmp_path: Path) -> None:
    files = {"file": ("a.wav", wav(tmp_path / "a.wav"))}
    assert post(standin, {"model": SECOND_MODEL}, files=files, key="another").json() == {"detail": "Unauthorized"}
    assert post(standin, {"model": SECOND_MODEL}).status_code == 422
    assert post(standin, {"model": SECOND_MODEL, "file_id": "x"}).status_code == 404
    assert post(standin, {"model": SECOND_MODEL, "file_url": "http://10.0.0.1/"}).status_code == 422
    assert post(standin, {"model": SECOND_MODEL}, files={"file": ("a.wav", b"no sound")}).status_code == 400
