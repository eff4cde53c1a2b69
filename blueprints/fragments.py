"""When to answer with a fragment: decided here and nowhere else."""

from htmx_flask import request


def wants_fragment() -> bool:
    """An htmx request that swaps part of a page: not a boosted link, not a page restored from history."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
