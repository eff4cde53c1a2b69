"""How many requests may wait at once, so that those that wait never take the threads of those that only ask."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from errors import Unavailable
from processes.turns import let_others_work

# Of the 64 threads of each web process (gunicorn.conf.py); the rest is always there for short requests.
IN_ALL = 44
OF_AN_ACCOUNT = 32
# Of these, pages that are looked at may take so many: whoever has many open must not keep programs from waiting.
OF_PAGES = 20
OF_AN_ACCOUNTS_PAGES = 10
RETRY_AFTER_SECONDS = 5


class Seats:
    """The seats of one process. An account cannot take all of them, however many keys it has."""

    def __init__(self, in_all: int, of_an_account: int) -> None:
        self._in_all = in_all
        self._of_an_account = of_an_account
        self._taken: Counter[int] = Counter()
        self._lock = Lock()

    def take(self, account_id: int) -> bool:
        """Whether there was one left; each that was taken is to be left again."""
        with self._lock:
            if self._taken.total() >= self._in_all or self._taken[account_id] >= self._of_an_account:
                return False
            self._taken[account_id] += 1
        let_others_work()
        return True

    def leave(self, account_id: int) -> None:
        with self._lock:
            self._taken[account_id] -= 1
            if not self._taken[account_id]:
                del self._taken[account_id]

    @contextmanager
    def seat(self, account_id: int) -> Iterator[None]:
        """A seat for the block. Raises Unavailable where there is none, before anything has happened."""
        if not self.take(account_id):
            raise no_seat()
        try:
            yield
        finally:
            self.leave(account_id)


def no_seat() -> Unavailable:
    return Unavailable(
        "Too many requests are waiting right now. Nothing happened; try again in a few seconds, or ask for the status "
        "instead of waiting.",
        retry_after_seconds=RETRY_AFTER_SECONDS,
    )


seats = Seats(IN_ALL, OF_AN_ACCOUNT)
page_seats = Seats(OF_PAGES, OF_AN_ACCOUNTS_PAGES)
