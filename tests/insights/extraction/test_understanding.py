"""A transcript understood: chapters, topics and a summary, all in its own words."""

import random
import time
from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

import numpy
import pytest

from insights.extraction.sentence_vectors import Embed, Vectors, unit
from insights.extraction.understanding import Reading, chapters_of, read, summary_of, topics_of
from models import Segment

SECONDS = 6.0
TALK = {
    "battery": "The {} battery of the remote control lasts {} weeks. We charge the battery with solar cells.",
    "speech": "Our speech recognition hears {} commands in {} languages. The speech recognition needs a microphone.",
    "salary": "The committee raises the yearly salary of {} nurses by {} percent. Nurses negotiate the yearly salary.",
}
NUMBERS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def hashed(texts: Sequence[str]) -> Vectors:
    """What an embedding is at its simplest: each word has a direction."""
    vectors = numpy.zeros((len(texts), 64), numpy.float32)
    for row, text in zip(vectors, texts, strict=True):
        for word in text.lower().split():
            row[crc32(word.encode()) % 64] += 1
    return unit(vectors)


def segments(texts: Sequence[str], seconds: float = SECONDS, speaker: str | None = "Ada") -> list[Segment]:
    return [
        Segment(number=i, start=seconds * i, end=seconds * (i + 1), text=text, speaker=speaker)
        for i, text in enumerate(texts)
    ]


def talk(minutes_each: int = 5, seed: int = 0) -> list[Segment]:
    """Three subjects, one after the other."""
    draw = random.Random(seed)
    count = int(60 * minutes_each / SECONDS)
    return segments([TALK[name].format(*draw.sample(NUMBERS, 2)) for name in TALK for _ in range(count)])


def understood(said: Sequence[Segment], embed: Embed | None = hashed, language: str | None = "en") -> Reading:
    return read(said, language=language, embed=embed)


@pytest.mark.parametrize("embed", [hashed, None])
def test_chapters_follow_the_subjects(embed: Embed | None) -> None:
    chapters = chapters_of(understood(talk(), embed), duration=900.0)

    assert [round(chapter.start / 60) for chapter in chapters] == [0, 5, 10]
    for chapter, words in zip(chapters, ("battery cells remote", "speech", "salary nurses"), strict=True):
        assert any(word in chapter.title.lower() for word in words.split())
        assert any(word in chapter.summary.lower() for word in words.split())


def test_chapters_cover_the_recording_without_gaps() -> None:
    chapters = chapters_of(understood(talk()), duration=1000.0)

    assert (chapters[0].start, chapters[-1].end) == (0.0, 1000.0)
    assert all(one.end == following.start for one, following in pairwise(chapters))


def test_a_short_memo_is_one_chapter() -> None:
    memo = [TALK["battery"].format("new", "two"), TALK["salary"].format("all", "ten"), "Please call me back."] * 6

    (chapter,) = chapters_of(understood(segments(memo)), duration=120.0)
    assert (chapter.start, chapter.end) == (0.0, 120.0)


@pytest.mark.parametrize("embed", [hashed, None])
def test_every_sentence_stands_in_the_transcript(embed: Embed | None) -> None:
    said = talk()
    text = " ".join(segment.text for segment in said)
    reading = understood(said, embed)
    chapters = chapters_of(reading, duration=900.0)
    summary = summary_of(reading, chapters)

    assert all(chapter.summary in text for chapter in chapters)
    assert all(bullet.text in text for bullet in summary.bullets)
    assert 2 <= sum(sentence.text in summary.short for sentence in reading.sentences) <= 4
    assert all(phrase.lower() in text.lower() for phrase in summary.key_phrases)


def test_points_lie_where_they_are_said() -> None:
    said = talk()
    for bullet in summary_of(understood(said), []).bullets:
        (first, *_) = [each for each in said if each.start <= bullet.start < each.end]
        assert bullet.text.split(" ")[0] in first.text


def test_the_points_do_not_repeat_chapters_and_paragraph() -> None:
    reading = understood(talk())
    chapters = chapters_of(reading, duration=900.0)
    summary = summary_of(reading, chapters)
    told = {chapter.summary for chapter in chapters} | {summary.short}

    assert 3 <= len(summary.bullets) <= 8
    assert not any(bullet.text in text for bullet in summary.bullets for text in told)


def test_topics_are_what_is_said_and_where() -> None:
    topics = topics_of(understood(talk()))
    salary = next(topic for topic in topics if "salary" in topic.label.lower())

    assert topics[0].score == 1.0
    assert all(0 < topic.score <= 1 for topic in topics)
    assert [(round(mention.start), round(mention.end)) for mention in salary.mentions] == [(600, 900)]


def test_titles_differ_and_name_no_speaker() -> None:
    said = [f"Ada asked for the {word}. For Ada it was the {word}." for word in ("cats", "dogs", "fish")]
    chapters = chapters_of(understood(segments([text for text in said for _ in range(60)])), duration=1080.0)
    titles = [chapter.title for chapter in chapters]

    assert len(set(titles)) == len(titles) > 1
    assert "Ada" not in titles


def test_a_recogniser_without_marks_and_capitals_is_understood() -> None:
    bare = segments([each.text.lower().replace(".", "") for each in talk()])
    chapters = chapters_of(understood(bare), duration=900.0)

    assert [round(chapter.start / 60) for chapter in chapters] == [0, 5, 10]
    assert all(chapter.title[0].isupper() for chapter in chapters)


def test_a_script_without_spaces_is_understood_by_its_words() -> None:
    said = ["人工智能正在改变世界。", "我们研究人工智能。"] * 40 + ["番茄炒蛋需要鸡蛋。", "番茄炒蛋很好吃。"] * 40
    reading = understood(segments(said), None, "zh")

    first, second = chapters_of(reading, duration=960.0)
    assert ("人工智能" in first.title, "番茄炒蛋" in second.title) == (True, True)
    assert summary_of(reading, []).short


@pytest.mark.parametrize("embed", [hashed, None])
@pytest.mark.parametrize("texts", [["Hello"], ["Um."], ["", "Hello", " "], ["1 2 3"], ["The same."] * 200])
def test_the_least_text_has_a_chapter_and_a_summary(texts: list[str], embed: Embed | None) -> None:
    reading = understood(segments(texts), embed)
    chapters = chapters_of(reading, duration=SECONDS * len(texts))

    assert [(chapter.start, chapter.end) for chapter in chapters] == [(0.0, SECONDS * len(texts))]
    assert chapters[0].title
    assert summary_of(reading, chapters).short


@pytest.mark.parametrize("texts", [[], [""], ["...", "♪"]])
def test_where_nothing_is_said_nothing_is_understood(texts: list[str]) -> None:
    reading = understood(segments(texts))

    assert (chapters_of(reading, duration=9.0), topics_of(reading)) == ([], [])
    assert (summary_of(reading, []).short, summary_of(reading, []).bullets) == ("", ())


def test_times_that_tell_nothing_apart_make_one_chapter() -> None:
    said = segments([each.text for each in talk()], seconds=0.0)

    assert len(chapters_of(understood(said), duration=0.0)) == 1


def test_the_same_transcript_is_understood_alike() -> None:
    def whole() -> object:
        reading = understood(talk())
        chapters = chapters_of(reading, duration=900.0)
        return chapters, topics_of(reading), summary_of(reading, chapters)

    assert whole() == whole()


def test_ten_hours_are_read_in_seconds() -> None:
    draw = random.Random(3)
    words = [f"{a}{b}{c}" for a in "bdfgklmn" for b in "aeiou" for c in "rstvz"] * 3
    said = [" ".join(draw.choices(words[i // 120 : i // 120 + 60], k=6)) + "." for i in range(10_000)]
    started = time.process_time()
    reading = understood(segments(said, 3.6))
    chapters = chapters_of(reading, duration=36_000.0)
    summary_of(reading, chapters)

    assert time.process_time() - started < 30
    assert len(topics_of(reading)) <= 8
