"""Answers over a server that is not ours, as in `tests.insights.llm.test_peer`: that it takes what it is asked."""

from contextlib import suppress

from insights.llm.faults import Truncated
from insights.search.citations import verified
from insights.writing.answers import write
from tests.insights.llm import test_peer as test_llm_peer
from tests.insights.writing.test_answers import LUNCH, PRICES, QUESTION, found

pytestmark = test_llm_peer.pytestmark
base_url = test_llm_peer.base_url


def test_nothing_is_shown_that_a_small_model_makes_up(base_url: str) -> None:
    llm = test_llm_peer.llm(base_url, context_tokens=1400)
    shown: list[str] = []
    # So small a model does not always come to an end.
    with suppress(Truncated):
        answer = write(
            llm, QUESTION, [found(PRICES), found(LUNCH)], tick=lambda: None, on_text=shown.append, budget_seconds=120
        )
        assert answer.text == (shown[-1] if shown else None)
        assert all(verified(each.quote, [*PRICES, *LUNCH]) for each in answer.citations)
