"""Why a fetch came to nothing, in words for our own log: an address or a port, never a query, a header or a body."""


class FetchFailed(Exception):
    """The source cannot be reached, or not any more."""


class Interrupted(FetchFailed):
    """No more came, for a reason that may have passed a moment later."""
