"""Answers made of quotes alone: what is chosen, and when nothing is."""

from collections.abc import Sequence
from dataclasses import replace

from insights.search.answers import answered_by_quotes
from insights.search.citations import verified
from insights.search.passages import Stretch
from insights.search.retrieval import Hit
from insights.search.sources import Found
from models import Segment
from tests.insights.search.test_passages import segment

TALK = [
    segment(0, "Good morning to everybody in the room, and also to those of you who listen from home.", speaker="S1"),
    segment(
        1, "The remote control will cost twelve euros fifty to make, which is half of what it sells for.", speaker="S2"
    ),
    segment(2, "Mm.", speaker="S1"),
    segment(
        3,
        "We could have lunch after this, if nobody wants to go on with the agenda before the afternoon.",
        speaker="S1",
    ),
]


def found(similarity: float | None = 0.6, coverage: float = 0.5, segments: Sequence[Segment] = TALK) -> Found:
    stretch = Stretch(0, 0, 3, len(segments[-1].text), 0.0, 40.0)
    return Hit(1, stretch, 0.5, similarity, coverage), segments


def test_the_statement_nearest_to_the_question_is_quoted() -> None:
    answer = answered_by_quotes(
        "What is the price?", [found()], lambda texts: [float("euros" in each) for each in texts]
    )

    [citation] = answer.citations
    assert "twelve euros fifty" in citation.quote
    assert 1 in citation.segments


def test_without_embeddings_the_words_of_the_question_choose_the_quote() -> None:
    answer = answered_by_quotes("What will the remote controls cost?", [found(similarity=None)], None)

    assert "twelve euros fifty" in answer.citations[0].quote


def test_what_only_comes_next_is_not_quoted_beside_real_evidence() -> None:
    strong, weak = found(0.6, 1.0), found(0.2, 0.0, [segment(0, "Something else altogether, said somewhere else.")])

    answer = answered_by_quotes("What will the remote control cost?", [strong, weak], None)

    assert ["twelve euros fifty" in citation.quote for citation in answer.citations] == [True]


def test_an_answer_is_nothing_but_its_quotes_and_they_stand_in_the_transcript() -> None:
    answer = answered_by_quotes("What will the remote control cost?", [found()], None)

    assert answer.is_answerable
    assert answer.text == "\n".join(citation.quote for citation in answer.citations)
    assert all(verified(citation.quote, TALK) == citation for citation in answer.citations)


def test_a_quote_is_a_few_sentences_of_a_long_speech() -> None:
    speech = segment(
        0, " ".join(f"Sentence number {i} has just so many words that it says little." for i in range(100))
    )
    hit = Hit(1, Stretch(0, 0, 0, len(speech.text), 0.0, 10.0), 0.5, 0.6, 0.5)
    [citation] = answered_by_quotes("Which is number 77?", [(hit, [speech])], None).citations

    assert "number 77 " in citation.quote
    assert len(citation.quote.split()) <= 50
    assert citation.quote.startswith("Sentence")
    assert citation.quote.endswith("little.")


def test_without_evidence_nothing_is_answered() -> None:
    answer = answered_by_quotes("Who was the first king of Norway?", [found(similarity=0.2, coverage=0.1)], None)

    assert not answer.is_answerable
    assert answer.text is None


def test_where_only_words_are_known_too_few_of_them_answer_nothing() -> None:
    assert not answered_by_quotes("Wer?", [found(similarity=None, coverage=0.1)], None).is_answerable
    assert answered_by_quotes("Wer?", [found(similarity=None, coverage=0.4)], None).is_answerable


def test_among_many_passages_it_takes_more_evidence() -> None:
    hit, segments = found(similarity=0.5, coverage=0.1)

    assert answered_by_quotes("Who?", [(replace(hit, among=200), segments)], None).is_answerable
    assert not answered_by_quotes("Who?", [(replace(hit, among=10_000), segments)], None).is_answerable


def test_nothing_found_answers_nothing() -> None:
    assert not answered_by_quotes("Anything?", [], None).is_answerable


def test_a_hit_whose_segments_are_gone_is_not_cited() -> None:
    hit, _ = found()
    assert answered_by_quotes("What will it cost?", [(hit, [])], None).citations == []
