"""Search in a real PostgreSQL: by words and by meaning, never outside the scope, small or large."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.retrieval import ALONE
from insights.search import passage_queries, retrieval
from insights.search.indexing import store_passages
from insights.search.passage_queries import Scope
from insights.search.passages import passages_of
from insights.search.retrieval import Hit, Question, best_hits, look
from tests.insights.search.test_passages import segment

ALICE, CHARLIE = 1, 2
ALICES = Scope(ALICE)
DIMENSIONS = 384


@pytest.fixture
def index(session: Session) -> Session:
    """The index without what it belongs to, until the test is over."""
    session.execute(text(ALONE))
    return session


@pytest.fixture(params=["whole", "compared", "indexed"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search as in a small scope, as in a large one, and as in one that is a small part of everything."""
    if request.param != "whole":
        monkeypatch.setattr(retrieval, "WHOLE", 0)
    if request.param == "compared":
        monkeypatch.setattr(passage_queries, "everything", lambda _: 1e9)
    if request.param == "indexed":
        monkeypatch.setattr(retrieval, "NAMING", 0)


def towards(*axes: int) -> list[float]:
    """A vector of unit length between the axes."""
    return [len(axes) ** -0.5 if axis in axes else 0.0 for axis in range(DIMENSIONS)]


def store(
    session: Session,
    account: int,
    transcription: int,
    *said: tuple[str, list[float] | None],
    configuration: str = "english",
    speaker: str | None = None,
) -> None:
    """A transcript of one passage for each of what is said; no vectors where the first has none."""
    segments = [segment(number, words, speaker=speaker) for number, (words, _) in enumerate(said)]
    passages = [passages_of([each], {})[0] for each in segments]
    passages = [replace(passage, ordinal=10 * ordinal) for ordinal, passage in enumerate(passages)]
    vectors = [vector for _, vector in said if vector is not None]
    store_passages(session, account, transcription, passages, configuration=configuration, vectors=vectors or None)


def search(session: Session, scope: Scope, question: Question, limit: int) -> list[Hit]:
    return best_hits(session, scope.account_id, look(session, scope, question, limit), limit)


def found(
    session: Session, words: str, vector: list[float] | None = None, scope: Scope = ALICES, **values: str
) -> list[tuple[int, int]]:
    question = Question(words, None if vector is None else lambda: vector, [values.get("configuration", "english")])
    return [(hit.transcription_id, hit.stretch.first_segment) for hit in search(session, scope, question, 10)]


@pytest.mark.usefixtures("size")
def test_words_are_found_however_they_are_inflected(index: Session) -> None:
    store(index, ALICE, 1, ("We are designing the controls.", None), ("Lunch is at noon.", None))

    assert found(index, "Who designs a control?") == [(1, 0)]


@pytest.mark.usefixtures("size")
def test_meaning_is_found_without_a_common_word(index: Session) -> None:
    store(index, ALICE, 1, ("It is twelve fifty.", towards(1)), ("Lunch is at noon.", towards(2)))

    assert found(index, "What does that cost?", towards(1, 3)) == [(1, 0)]


@pytest.mark.usefixtures("size")
def test_a_passage_that_both_find_is_first(index: Session) -> None:
    store(
        index,
        ALICE,
        1,
        ("The price is a price.", towards(5)),
        ("The price is high.", towards(1)),
        ("Costly.", towards(1)),
    )

    assert found(index, "price", towards(1)) == [(1, 1), (1, 2), (1, 0)]


@pytest.mark.usefixtures("size")
def test_a_stranger_finds_nothing_and_hides_nothing(index: Session) -> None:
    for transcription in range(2, 40):
        store(index, CHARLIE, transcription, *[("The very price.", towards(1))] * 10)
    store(index, ALICE, 1, ("Our price.", towards(1, 2, 3)))
    index.execute(text("ANALYZE passages"))

    assert found(index, "price", towards(1)) == [(1, 0)]
    assert found(index, "our", towards(2, 3), Scope(account_id=3)) == []


@pytest.mark.usefixtures("size")
def test_only_the_given_transcriptions_and_speakers_are_searched(index: Session) -> None:
    for transcription, speaker in ((1, "Ada"), (2, "Ada"), (3, "Bob")):
        store(index, ALICE, transcription, ("The price.", towards(1)), speaker=speaker)

    assert found(index, "price", towards(1), Scope(ALICE, [2, 3])) in ([(2, 0), (3, 0)], [(3, 0), (2, 0)])
    assert found(index, "price", towards(1), Scope(ALICE, None, ["Bob"])) == [(3, 0)]
    assert found(index, "price", towards(1), Scope(ALICE, [])) == []


@pytest.mark.usefixtures("size")
def test_a_list_of_thousands_of_transcriptions_is_searched(index: Session) -> None:
    for transcription in (1, 2, 3):
        store(index, ALICE, transcription, ("The price.", towards(1)))
    store(index, CHARLIE, 4, ("The price.", towards(1)))

    assert found(index, "price", towards(1), Scope(ALICE, [3, *range(10, 20_000)])) == [(3, 0)]
    assert found(index, "price", towards(1), Scope(ALICE, range(4, 20_000))) == []


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("我们去公园喝茶。", "公园"),
        ("我们去公园喝茶。", "茶"),
        ("ผมไม่ได้กินข้าว", "กินข้าว"),
        ("İstanbul'da hava güzel", "istanbul"),
    ],
)
def test_languages_without_embeddings_are_found_by_words(index: Session, said: str, asked: str) -> None:
    store(index, ALICE, 1, (said, None), ("Something else.", None), configuration="simple")

    assert found(index, asked, configuration="simple") == [(1, 0)]


def test_a_stop_word_stays_one_where_some_languages_have_none(index: Session) -> None:
    words = ["the", "price", "公园"]

    def meant(*configurations: str, among: list[str] | None = None) -> dict[str, tuple[str, ...]]:
        return passage_queries.lexemes(index, words, configurations, among)

    assert meant("english", "simple") == {"price": ("price",), "公园": ("公园",)}
    assert meant("simple") == {word: (word,) for word in words}
    # What means something in one of several languages does.
    assert meant("english", "german")["the"] == ("the",)
    assert meant("english", "simple", among=["price"]) == {"price": ("price",)}


def test_what_is_nowhere_finds_nothing(index: Session) -> None:
    store(index, ALICE, 1, ("Lunch is at noon.", towards(1)))

    assert found(index, "quetzalcoatl", towards(7)) == []
    assert found(index, "?!", None) == []


def test_a_hit_tells_where_it_is_and_how_much_it_covers(index: Session) -> None:
    store(index, ALICE, 1, ("Lunch.", towards(2)), ("The price is high.", towards(1)))
    [hit, *_] = search(index, Scope(ALICE), Question("the price", lambda: towards(1), ["english"]), 10)

    assert (hit.stretch.start, hit.stretch.end) == (10.0, 20.0)
    assert hit.coverage == 1.0
    assert hit.similarity == pytest.approx(1.0, abs=0.01)


@pytest.mark.usefixtures("size")
def test_a_hit_tells_when_words_alone_decided(index: Session) -> None:
    store(index, ALICE, 1, ("Der Preis ist hoch.", None), configuration="german")
    store(index, ALICE, 2, ("The price is high.", towards(1)))
    question = Question("Preise, price", lambda: towards(1), ["german", "english"])

    hits = search(index, ALICES, question, 10)
    assert {hit.transcription_id: hit.similarity is None for hit in hits} == {1: True, 2: False}


def test_hits_tell_among_how_many_they_were_found(index: Session) -> None:
    store(index, ALICE, 1, ("The price.", towards(1)), ("Lunch.", towards(2)))
    store(index, CHARLIE, 2, ("The price.", towards(1)))

    assert [hit.among for hit in search(index, ALICES, Question("price", None, ["english"]), 10)] == [2]


def test_passages_take_the_place_of_those_a_transcript_had(index: Session) -> None:
    store(index, ALICE, 1, ("The price.", None), ("Another price.", None))
    store(index, ALICE, 1, ("The cost.", None))

    assert found(index, "price") == []
    assert found(index, "cost") == [(1, 0)]
