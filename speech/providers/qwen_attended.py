"""A request that takes its time, and somebody who ticks meanwhile."""

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

TICK_SECONDS = 2.0

T = TypeVar("T")


def attended(call: Callable[[], T], tick: Callable[[], None]) -> T:
    """What `call` returns or raises, with a tick every two seconds until it does.

    It runs in a thread of its own, which is over on return, so that a look-up or a handshake is attended, too; it
    brings its own time-outs. What a tick raises is raised when the call is over, in place of what that returned: a
    request cut short could leave a paid task behind that nobody knows.
    """
    raised: BaseException | None = None
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(contextvars.copy_context().run, call)
        while wait([future], timeout=TICK_SECONDS).not_done:
            try:
                if raised is None:
                    tick()
            except BaseException as error:
                raised = error
    if raised is not None:
        raise raised
    return future.result()
