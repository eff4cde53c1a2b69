"""Whose part is whose: the parts of a recording grouped by how they sound.

Average linkage on the cosine distance of the voiceprints finds the speakers, on at most MOST_PARTS of the parts, so
that time and memory stay bounded. Each part then goes to the speaker whom it is most like.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]
from scipy.spatial.distance import squareform  # type: ignore[import-untyped]

from speech.engines.speakers.listening import Floats, Numbers
from speech.engines.speakers.parts import Part, unit

Doubles = npt.NDArray[np.float64]

# Speakers are at least so far apart, in cosine distance; where more are expected than found, down to the last of these.
APART = 0.36
CLOSER = (0.33, 0.3, 0.27)
MOST_PARTS = 2000
# Only parts with so much of one voice alone say who there is.
CLEAR_SECONDS = 0.8
# Less than that, all told, is part of a speaker who sounds nearly alike.
BRIEF_SECONDS = 2.0
# A speaker has at least a hundredth of the speech, within these bounds.
LEAST_SHARE, LEAST_SECONDS, LEAST_SECONDS_AT_MOST = 0.01, 0.5, 4.0
# Two voices of one window are rarely one speaker.
RARELY = 0.1
NEAR_WINDOWS = 3


def speakers_of(parts: Sequence[Part], expected: int | None) -> Numbers:
    """The number of each part's speaker, from 0; −1 for all where nobody ever speaks alone."""
    heard = [part for part in parts if part.clear_seconds > 0]
    clear = [part for part in heard if part.clear_seconds >= CLEAR_SECONDS] or heard
    if not clear:
        return np.full(len(parts), -1)
    evenly = np.linspace(0, len(clear) - 1, min(len(clear), MOST_PARTS)).round().astype(int)
    speakers = _speakers([clear[place] for place in evenly], expected)
    return _nearest(parts, unit(speakers))


def _speakers(parts: Sequence[Part], expected: int | None) -> Floats:
    """A vector for each speaker: the sum of the voiceprints, weighted by their seconds."""
    voiceprints = np.stack([part.voiceprint for part in parts])
    # Windows overlap by half, so that nearly everything is there twice.
    seconds = np.array([part.clear_seconds for part in parts]) / 2
    weighted = voiceprints * seconds[:, None].astype(np.float32)
    if len(parts) == 1:
        return weighted
    tree = linkage(squareform(_distances(parts, voiceprints), checks=False), "average")
    for apart in (APART, *CLOSER):
        groups: Numbers = fcluster(tree, apart, "distance") - 1
        speakers, spoken = _without_brief(
            _sums(weighted, groups), np.bincount(groups, seconds).astype(float), 1 - apart
        )
        if expected is None or len(speakers) >= expected:
            break
    return speakers if expected is None else _merged(speakers, spoken, expected)


def _distances(parts: Sequence[Part], voiceprints: Floats) -> Doubles:
    windows = np.array([part.window for part in parts])
    voices = np.array([part.voice for part in parts])
    distances = (1 - voiceprints @ voiceprints.T).astype(np.float64)
    different = (windows[:, None] == windows) & (voices[:, None] != voices)
    distances[different] = np.maximum(distances[different], 1)
    np.fill_diagonal(distances, 0)
    return np.maximum(distances, 0)


def _sums(vectors: Floats, groups: Numbers) -> Floats:
    sums = np.zeros((groups.max() + 1, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, groups, vectors)
    return sums


def _without_brief(speakers: Floats, spoken: Doubles, alike: float) -> tuple[Floats, Doubles]:
    """The speakers and their seconds; a brief one joins another who sounds alike, and the briefest are left out."""
    for brief in np.argsort(spoken):
        if spoken[brief] < BRIEF_SECONDS:
            likeness = unit(speakers) @ unit(speakers[brief])
            likeness[brief] = -1
            if likeness.max() >= alike:
                _join(speakers, spoken, int(brief), int(likeness.argmax()))
    least = min(max(LEAST_SHARE * spoken.sum(), LEAST_SECONDS), LEAST_SECONDS_AT_MOST)
    kept = spoken >= min(least, spoken.max())
    return speakers[kept], spoken[kept]


def _merged(speakers: Floats, spoken: Doubles, expected: int) -> Floats:
    """At most as many speakers as expected: those whose merging loses least (Ward's criterion) become one."""
    while len(speakers) > expected:
        weights = spoken[:, None] * spoken / (spoken[:, None] + spoken)
        losses = weights * (1 - unit(speakers) @ unit(speakers).T)
        losses[np.tril_indices(len(speakers))] = np.inf
        one, other = np.unravel_index(losses.argmin(), losses.shape)
        _join(speakers, spoken, int(other), int(one))
        speakers, spoken = np.delete(speakers, other, axis=0), np.delete(spoken, other)
    return speakers


def _join(speakers: Floats, spoken: Doubles, joining: int, joined: int) -> None:
    speakers[joined] += speakers[joining]
    spoken[joined] += spoken[joining]
    speakers[joining], spoken[joining] = 0, 0


def _nearest(parts: Sequence[Part], speakers: Floats) -> Numbers:
    """For each part the speaker it is most like; where its voice is never alone, one who speaks around it."""
    chosen = np.full(len(parts), -1)
    labelled: dict[int, list[tuple[Part, int]]] = defaultdict(list)
    for place in sorted(range(len(parts)), key=lambda place: -parts[place].clear_seconds):
        part = parts[place]
        taken = [speaker for other, speaker in labelled[part.window] if other.voice != part.voice]
        if part.clear_seconds > 0:
            fitness = speakers @ part.voiceprint
            fitness[taken] -= RARELY
        else:
            fitness = _presence(part, labelled, len(speakers))
            fitness[taken] = -1
            if fitness.max() < 0:
                continue
        chosen[place] = fitness.argmax()
        labelled[part.window].append((part, int(chosen[place])))
    return chosen


def _presence(part: Part, labelled: Mapping[int, list[tuple[Part, int]]], count: int) -> Floats:
    """How long each speaker speaks in the windows around the part's."""
    presence = np.zeros(count, dtype=np.float32)
    for window in range(part.window - NEAR_WINDOWS, part.window + NEAR_WINDOWS + 1):
        for other, speaker in labelled.get(window, ()):
            presence[speaker] += other.active_seconds
    return presence
