"""Fragments of pages: when to answer with one, and how one is sent as an event."""

from htmx_flask import request


def wants_fragment() -> bool:
    """An htmx request that swaps part of a page: not a boosted link, not a page restored from history."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def fragment_event(name: str, fragment: str) -> str:
    """A server-sent event that carries a fragment."""
    lines = "".join(f"data: {line}\n" for line in fragment.splitlines())
    return f"event: {name}\n{lines}\n"
