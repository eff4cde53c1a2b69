"""What was said, as a page shows it."""

from collections.abc import Iterator, Sequence


def marked(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The text in parts, and of each whether it is one of the spans (`insights.search.highlights.Span`)."""
    at = 0
    for first, after in spans:
        yield text[at:first], False
        yield text[first:after], True
        at = after
    yield text[at:], False
