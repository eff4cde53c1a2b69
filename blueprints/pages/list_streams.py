"""The list while work goes on, as server-sent events: `news`, each with the pieces of the page that have changed."""

import time
from collections.abc import Iterator, Sequence

from flask import render_template

from blueprints.fragments import fragment_event
from blueprints.pages.list_views import ListView
from db import transaction
from handlers import library
from handlers.listing import MAX_PAGE_SIZE
from models import Account, Status, Transcription

LOOK_EVERY_SECONDS = 1.0
LOOK_EVERY_SECONDS_IN_PEACE = 3.0
LONGEST_STREAM_SECONDS = 3600.0
# Sent every second that brings no news: a browser that is gone is only noticed in writing to it.
STILL_HERE = ":\n\n"


class ListWatch:
    """What a page shows, and what it was told of that last."""

    def __init__(self, account: Account, view: ListView, watched: Sequence[str], newest: str | None) -> None:
        """`watched` are the ids of rows that are processing; rows newer than `newest` are added, where there is one."""
        self._account, self._view = account, view
        self._watched: list[str] = list(watched)
        self._newest = newest
        self._told: dict[str, str] = {}
        self._running: int | None = None

    def events(self) -> Iterator[str]:
        """The events of each look, until nobody reads them any more, or an hour is over."""
        began, looked = time.monotonic(), float("-inf")
        while (moment := time.monotonic()) - began < LONGEST_STREAM_SECONDS:
            if self._watched or moment - looked >= LOOK_EVERY_SECONDS_IN_PEACE:
                looked = moment
                yield self.look()
            else:
                yield STILL_HERE
            time.sleep(LOOK_EVERY_SECONDS)

    def look(self) -> str:
        """What has changed since the last look."""
        with transaction() as session:
            rows = library.some_of(session, self._account, self._watched) if self._watched else []
            running = library.running_count(session, self._account)
            fresh: Sequence[Transcription] = []
            if self._newest is not None:
                fresh = library.newer_than(
                    session, self._account, self._view.filters, self._newest, limit=MAX_PAGE_SIZE - len(self._watched)
                )
        changed = [row for row in rows if self._is_news(row)]
        gone = set(self._watched) - {row.public_id for row in rows}
        if not (changed or gone or fresh or running != self._running):
            return STILL_HERE
        for row in fresh:
            self._is_news(row)
        settled = [row for row in changed if row.is_final]
        self._running = running
        self._watched = [row.public_id for row in (*fresh, *rows) if row.status is Status.PROCESSING]
        self._newest = fresh[-1].public_id if fresh else self._newest
        return fragment_event(
            "news",
            render_template(
                "transcriptions/_news.html",
                view=self._view,
                changed=changed,
                gone=sorted(gone),
                fresh=list(reversed(fresh)),
                settled=settled,
                running=running,
            ),
        )

    def _is_news(self, row: Transcription) -> bool:
        """Whether it looks otherwise than it was last told of."""
        look = render_template("transcriptions/_facts.html", transcription=row) + row.title
        is_news = self._told.get(row.public_id) != look
        self._told[row.public_id] = look
        return is_news
