"""The JSON of edits and revisions, typed like the rest in shapes.py."""

from typing import Literal

from typing_extensions import TypedDict

from blueprints.api_v1.shapes import SegmentShape
from rendering.shapes import Timestamp


class ChangeShape(TypedDict):
    """Segments in the place of others."""

    replaced_ids: list[str]
    """The segments that were there, by their ids in the earlier revision."""

    segments: list[SegmentShape]
    """The segments that are there now, with the ids they have now."""


class EditedShape(TypedDict):
    """What edits came to."""

    object: Literal["edit"]
    """What this is."""

    transcription_id: str
    """Whose transcript it is."""

    revision: int
    """The revision it is at now; name it in the next edit. It stays where nothing changed."""

    dry_run: bool
    """Whether this is only what would become of it."""

    description: str
    """What was done, for people."""

    replaced: int
    """How often find and replace found what it looked for."""

    segments_changed: int
    """How many segments there were, or are, in the places that changed."""

    changes: list[ChangeShape]
    """The changes in time order, up to 100. Segments behind one that grows or shrinks have other ids, too."""

    has_more_changes: bool
    """Whether there are more than these; then read the result again."""


class RevisionShape(TypedDict):
    """One change of a transcript."""

    object: Literal["revision"]
    """What this is."""

    revision: int
    """Its number, from 1 upwards."""

    kind: Literal[
        "set_text",
        "split",
        "merge",
        "delete",
        "reassign",
        "merge_speakers",
        "replace",
        "several",
        "undo",
        "redo",
    ]
    """What kind of change it is."""

    description: str
    """What was done, for people; of an undo or redo what it takes back or makes again."""

    segments_changed: int
    """How many segments there were, or are, in the places that changed."""

    undoes: int | None
    """The revision that it takes back; null for edits."""

    api_key_id: str | None
    """The key it was made with; null where it was made on the page."""

    made_at: Timestamp
    """When it was made."""
