"""Bytes that were well-formed once: bits flipped, parts cut, doubled, moved and replaced, by a seed that repeats it."""

import random
from collections.abc import Callable

# Lengths and counts that overflow something, in both orders.
NUMBERS = [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f"]
MOST_CHANGES = 6


def mutated(content: bytes, seed: int) -> bytes:
    """The content with one to six things done to it."""
    choose = random.Random(seed)
    for _ in range(choose.randint(1, MOST_CHANGES)):
        if not content:
            break
        content = choose.choice(CHANGES)(content, choose)
    return content


def _flip(content: bytes, choose: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(max(1, int(len(content) * choose.choice((0.0001, 0.001, 0.01))))):
        changed[choose.randrange(len(changed))] ^= 1 << choose.randrange(8)
    return bytes(changed)


def _cut(content: bytes, choose: random.Random) -> bytes:
    begin, end = _stretch(content, choose)
    return content[:begin] + content[end:]


def _end(content: bytes, choose: random.Random) -> bytes:
    return content[: choose.randrange(len(content))]


def _double(content: bytes, choose: random.Random) -> bytes:
    begin, end = _stretch(content, choose)
    return content[:end] + content[begin:end] * choose.randint(1, 3) + content[end:]


def _move(content: bytes, choose: random.Random) -> bytes:
    begin, end = _stretch(content, choose)
    rest, place = content[:begin] + content[end:], choose.randrange(len(content) - (end - begin) + 1)
    return rest[:place] + content[begin:end] + rest[place:]


def _number(content: bytes, choose: random.Random) -> bytes:
    # Headers are where numbers mean something.
    place = choose.randrange(min(len(content), choose.choice((64, 512, len(content)))))
    return content[:place] + choose.choice(NUMBERS) + content[place + 4 :]


def _noise(content: bytes, choose: random.Random) -> bytes:
    begin, end = _stretch(content, choose)
    return content[:begin] + choose.randbytes(end - begin) + content[end:]


def _stretch(content: bytes, choose: random.Random) -> tuple[int, int]:
    begin = choose.randrange(len(content))
    return begin, min(len(content), begin + choose.choice((1, 4, 64, 1024)))


CHANGES: list[Callable[[bytes, random.Random], bytes]] = [_flip, _cut, _end, _double, _move, _number, _noise]
