"""Edits and revisions as JSON: plain functions, no queries."""

from itertools import islice

from blueprints.api_v1.edit_shapes import ChangeShape, EditedShape, RevisionShape
from blueprints.api_v1.presenters import word_json
from blueprints.api_v1.shapes import SegmentShape
from handlers.editing import Edited
from models import Revision, segment_id
from rendering.timestamps import timestamp
from speech import transcript as speech
from speech.editing.splices import Splice, placed

MOST_CHANGES = 100


def edited_json(edited: Edited, *, dry_run: bool = False) -> EditedShape:
    return {
        "object": "edit",
        "transcription_id": edited.transcription.public_id,
        "revision": edited.revision,
        "dry_run": dry_run,
        "description": edited.description,
        "replaced": edited.replaced,
        "segments_changed": edited.segments_changed,
        "changes": [_change(splice, first) for splice, first in islice(placed(edited.splices), MOST_CHANGES)],
        "has_more_changes": len(edited.splices) > MOST_CHANGES,
    }


def revision_json(revision: Revision) -> RevisionShape:
    return {
        "object": "revision",
        "revision": revision.number,
        "kind": revision.kind.value,
        "description": revision.description,
        "segments_changed": revision.segments_changed,
        "undoes": revision.undoes,
        "api_key_id": revision.api_key.public_id if revision.api_key else None,
        "made_at": timestamp(revision.made_at),
    }


def _change(splice: Splice, first: int) -> ChangeShape:
    return {
        "replaced_ids": [segment_id(number) for number in range(splice.first, splice.next)],
        "segments": [_segment(number, segment) for number, segment in enumerate(splice.after, first)],
    }


def _segment(number: int, segment: speech.Segment) -> SegmentShape:
    words = segment.words
    return {
        "id": segment_id(number),
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "speaker": segment.speaker,
        "confidence": segment.confidence,
        "words": None if words is None else [word_json(w.start, w.end, w.text, w.confidence) for w in words],
    }
