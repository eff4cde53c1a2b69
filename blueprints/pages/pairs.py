"""Pairs as people write them: `name: value`, one a line."""

from collections.abc import Mapping

from errors import Invalid


def read_pairs(text: str, *, param: str) -> dict[str, str]:
    """The pairs of the lines. Raises Invalid for a line without a colon, and for a name that is there twice."""
    pairs: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not name or not colon:
            raise Invalid("Write a name, a colon and a value on each line.", param=param)
        if name in pairs:
            raise Invalid(f"{name} is there twice.", param=param)
        pairs[name] = value
    return pairs


def write_pairs(pairs: Mapping[str, str]) -> str:
    """The lines of these pairs, those that lines can say."""
    return "\n".join(f"{name}: {value}" for name, value in pairs.items() if fits_a_line(name, value))


def fits_a_line(name: str, value: str) -> bool:
    """Whether a pair comes back from its line as it was. The API takes others too."""
    try:
        return read_pairs(f"{name}: {value}", param="") == {name: value}
    except Invalid:
        return False
