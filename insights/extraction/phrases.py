"""The phrases that a transcript repeats: what its chapters can be called after and what its topics are.

A phrase is a run of words between marks that mean something (as in RAKE, Rose et al. 2010); one that links them may
stand within, as in "center of mass". Nothing is stemmed or translated: a phrase is always what somebody said.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log2

from insights.extraction.small_words import LINKS, SMALL_CHARACTERS, introducing, small_words
from insights.extraction.tokens import Token, is_word, text_of, tokens_of

LONGEST = 4
LONGEST_UNSPACED = 6
# A phrase that stands so often within one longer phrase says nothing that the longer does not say better.
MOSTLY = 2 / 3
USUALLY = 0.2
WINDOW_WORDS = 100
# In a language without a list, small words are those that stand in nearly as many windows as if words were shuffled, in
# bits, and of the commonest words, which make up about half of what is said, those that are not mostly in one place.
BURST_IF_EVEN = 0.25
BURST_IF_COMMON = 1.0
COMMON = 0.5
LEAST_COMMON = 5
# What is so short may say the word it is about only once.
SHORT_WINDOWS = 4
Words = tuple[str, ...]
# The number of a line, its token that a phrase begins with, and the one after the phrase.
_Run = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together, as they are most often written.

    `places` are the numbers of the texts it stands in, one for each time. `burst` is how many times fewer windows of
    the transcript have it than would if all words were shuffled, in bits (residual IDF, Church & Gale 1995): what a
    part of the talk is about comes in bursts. `is_thing` is how likely it names a thing and not what somebody does, by
    the small words before it.
    """

    words: Words
    text: str
    places: tuple[int, ...]
    burst: float
    is_thing: float


def phrases_of(texts: Sequence[str], language: str | None) -> list[Phrase]:
    """The phrases that stand in the texts at least twice, in the order of their first place; of a short talk all."""
    lines = [list(tokens_of(text)) for text in texts]
    windows = [total // WINDOW_WORDS for total in accumulate((len(line) for line in lines), initial=0)]
    small = small_words(language) or _common_words(lines, windows)
    runs: dict[Words, list[_Run]] = defaultdict(list)
    for number, line in enumerate(lines):
        for first, after in _runs(line, small):
            runs[tuple(token.folded for token in line[first:after])].append((number, first, after))
    least = 2 if windows[-1] >= SHORT_WINDOWS else 1
    often = {words: found for words, found in runs.items() if len(found) >= least}
    return [
        _phrase(words, often[words], lines, windows, small, introducing(language)) for words in _by_themselves(often)
    ]


def _phrase(
    words: Words,
    runs: Sequence[_Run],
    lines: Sequence[Sequence[Token]],
    windows: Sequence[int],
    small: frozenset[str],
    introducing: frozenset[str],
) -> Phrase:
    places = tuple(number for number, _, _ in runs)
    text = _usual(Counter(text_of(lines[number][first:after]) for number, first, after in runs))
    before = Counter(
        lines[number][first - 1].folded for number, first, _ in runs if first and not lines[number][first].is_after_mark
    )
    return Phrase(words, text, places, _burst(places, windows), _is_thing(before, small, introducing))


def _common_words(lines: Iterable[Iterable[Token]], windows: Sequence[int]) -> frozenset[str]:
    """What small words are in a language without a list: those that are said evenly, and the commonest of all."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        for token in line:
            places[token.folded].append(number)
    commonest = sorted(places, key=lambda word: -len(places[word]))
    running = accumulate(len(places[word]) for word in commonest)
    total = sum(map(len, places.values()))
    half = {word for word, count in zip(commonest, running, strict=True) if count <= COMMON * total}
    return frozenset(
        word
        for word, found in places.items()
        if len(found) >= LEAST_COMMON and _burst(found, windows) < (BURST_IF_COMMON if word in half else BURST_IF_EVEN)
    )


def _runs(line: Sequence[Token], small: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The phrases of a line: first token, and the one after the last."""
    means = [_means_something(token, small) for token in line]
    for first, token in enumerate(line):
        links = 0
        for last in range(first, min(first + (LONGEST_UNSPACED if token.is_unspaced else LONGEST), len(line))):
            # A word that is said again is a stumble.
            if last > first and (line[last].is_after_mark or _is_said_again(line[last], line[last - 1])):
                break
            if not means[last]:
                links += 1
                if last == first or links > 1 or line[last].folded not in LINKS:
                    break
            elif (last > first or is_word(token)) and not _is_small(line[first : last + 1], small):
                yield first, last + 1


def _is_said_again(token: Token, before: Token) -> bool:
    return token.folded == before.folded and not token.is_unspaced


def _usual(written: Counter[str]) -> str:
    """The usual way to write a phrase; a capital that is often left out only begins sentences."""
    usual = [text for text, count in written.most_common() if count >= USUALLY * written.total()]
    return min(usual, key=lambda text: sum(map(str.isupper, text)))


def _is_thing(before: Counter[str], small: frozenset[str], introducing: frozenset[str]) -> float:
    told = sum(count for word, count in before.items() if word in small)
    introduced = sum(count for word, count in before.items() if word in introducing)
    # Nothing is known of what stands after no small word; one in two is as good as any guess.
    return (introduced + 1) / (told + 2) if introducing else 0.5


def _is_small(run: Sequence[Token], small: frozenset[str]) -> bool:
    """Whether characters make up a small word together."""
    return run[0].is_unspaced and "".join(token.folded for token in run) in small


def _means_something(token: Token, small: frozenset[str]) -> bool:
    if token.is_unspaced:
        return not SMALL_CHARACTERS.match(token.text)
    return token.folded not in small and len(token.folded) > 1 and any(map(str.isalpha, token.folded))


def _burst(places: Sequence[int], windows: Sequence[int]) -> float:
    having = len({windows[place] for place in places})
    count = windows[-1] + 1
    shuffled = count * (1 - exp(-len(places) / count))
    return max(0.0, log2(shuffled / having))


def _by_themselves(places: Mapping[Words, Sequence[_Run]]) -> Iterator[Words]:
    """The phrases that do not mostly stand within one longer phrase."""
    within: dict[Words, int] = defaultdict(int)
    for words, found in places.items():
        for size in range(1, len(words)):
            for first in range(len(words) - size + 1):
                part = words[first : first + size]
                within[part] = max(within[part], len(found))
    return (words for words, found in places.items() if within[words] < MOSTLY * len(found))
