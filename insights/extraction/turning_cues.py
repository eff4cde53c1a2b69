"""How much a sentence sounds like the beginning of something new, by its embedding.

The sentences below are what people say anywhere when they turn to something, and when they go on. Nothing is looked up
in them: their mean vectors span a direction, along which sentences are compared. In a language in which the model takes
them for what they are, the direction is the same.
"""

import numpy
from numpy.typing import NDArray

from insights.extraction.sentence_vectors import Embed, Vectors

TURNING = (
    "Let's move on to the next topic.",
    "Okay, next item on the agenda.",
    "We now turn to another subject.",
    "Let's go back to the other issue.",
    "Now I would like to talk about something else.",
    "So now let's look at an example.",
    "The next thing we will discuss is this.",
    "First, let me introduce the subject.",
    "All right, let's begin.",
    "Thank you, I will now hand over to my colleague.",
    "The next question is from another member.",
    "Please go ahead with your presentation.",
)
GOING_ON = (
    "It depends on what you mean.",
    "I think that is true.",
    "Because it is not the same.",
    "And then it goes up.",
    "Yeah, I agree.",
    "You know what I mean.",
    "I don't know.",
    "That's the reason why.",
)


def turning_cues(vectors: Vectors, embed: Embed) -> NDArray[numpy.float32]:
    """The cue of each embedded sentence, in standard deviations from the mean of the transcript."""
    direction = embed(TURNING).mean(0) - embed(GOING_ON).mean(0)
    along = vectors @ direction
    spread = along.std()
    return (along - along.mean()) / spread if spread > 0 else numpy.zeros_like(along)
