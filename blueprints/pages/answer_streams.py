"""An answer while it grows, as server-sent events: `text` with all there is of it so far, then `done` with the fragment
that takes the question's place."""

import logging
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Thread

from flask import render_template
from markupsafe import escape

from blueprints.fragments import fragment_event
from handlers.questions import answer_question
from models import Account, Question

log = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS = 10.0

# What there is of the answer, and at last the question with its answer, or None where it got none.
News = SimpleQueue[str | Question | None]


def answer_events(account: Account, question: Question) -> Iterator[str]:
    """The events of a question that is being answered. Whoever leaves finds the answer when they come back."""
    news = News()
    Thread(target=_answer, args=(account, question.public_id, news), daemon=True).start()
    while True:
        try:
            latest = _latest(news)
        except Empty:
            yield ": still here\n\n"
            continue
        if not isinstance(latest, str):
            break
        yield fragment_event("text", str(escape(latest)))
    fragment = render_template("questions/_question.html", question=latest or question, has_failed=latest is None)
    yield fragment_event("done", fragment)


def _answer(account: Account, public_id: str, news: News) -> None:
    try:
        answered = answer_question(account, public_id, on_text=news.put)
    except Exception:  # Nobody joins this thread, and whoever waits must hear of it.
        log.exception("a question was not answered")
        news.put(None)
    else:
        news.put(answered)


def _latest(news: News) -> str | Question | None:
    """The newest there is, waiting for it; Empty when it is time to show that we are still here."""
    latest = news.get(timeout=KEEP_ALIVE_SECONDS)
    while not news.empty():
        latest = news.get()
    return latest
