"""What a talk is about, and where."""

from itertools import pairwise

import numpy

from insights.extraction.phrases import Phrase
from insights.extraction.sentences import Sentence
from insights.extraction.topics import MOST_MENTIONS, topics, weighed

SENTENCES = [Sentence(10.0 * i, 10.0 * i + 8, "…", None, i, i, opens=True, is_whole=True) for i in range(600)]


def phrase(text: str, *places: int, burst: float = 0.0) -> Phrase:
    return Phrase(tuple(text.lower().split()), text, places, burst, 0.5)


def labels(phrases: list[Phrase], likeness: list[float]) -> list[str]:
    return [each.text for each, _ in weighed(phrases, numpy.array(likeness, numpy.float32))]


def test_the_first_topic_is_said_often_and_like_the_whole() -> None:
    phrases = [phrase("energy", 1), phrase("collision", 2, 3, 4, 5), phrase("folder", 6, 7, 8, 9)]

    assert labels(phrases, [0.5, 0.5, 0.2]) == ["collision", "energy", "folder"]


def test_a_topic_comes_under_one_name_only() -> None:
    phrases = [phrase("battery", 1, 2), phrase("solar battery", 3, 4), phrase("batteries", 5), phrase("screen", 6)]

    assert labels(phrases, [0.5] * 4) == ["solar battery", "screen"]


def test_a_remark_is_no_topic() -> None:
    assert labels([phrase("energy", *range(100)), phrase("coffee", 7)], [0.6, 0.2]) == ["energy"]


def test_what_comes_in_bursts_weighs_more() -> None:
    assert labels([phrase("today", 1, 2), phrase("energy", 1, 2, burst=2.0)], [0.5, 0.5]) == ["energy", "today"]


def test_a_topic_says_how_much_it_weighs_beside_the_first() -> None:
    first, second = topics(SENTENCES, [(phrase("kinetic energy", 1), 1.0), (phrase("frame", 2), 0.43219)])

    assert (first.label, first.score, second.label, second.score) == ("Kinetic energy", 1.0, "Frame", 0.432)


def test_mentions_close_together_are_one() -> None:
    (topic,) = topics(SENTENCES, [(phrase("energy", 1, 1, 2, 4, 50), 1.0)])

    assert [(mention.start, mention.end) for mention in topic.mentions] == [(10.0, 48.0), (500.0, 508.0)]


def test_mentions_are_few_and_in_time_order() -> None:
    (topic,) = topics(SENTENCES, [(phrase("energy", *range(0, 600, 5)), 1.0)])
    (other,) = topics(SENTENCES, [(phrase("energy", *(i * i for i in range(24))), 1.0)])

    assert 1 <= len(topic.mentions) <= MOST_MENTIONS
    assert len(other.mentions) == MOST_MENTIONS
    assert all(earlier.end < later.start for earlier, later in pairwise(other.mentions))


def test_nothing_said_is_about_nothing() -> None:
    assert weighed([], numpy.zeros(0, numpy.float32)) == []
