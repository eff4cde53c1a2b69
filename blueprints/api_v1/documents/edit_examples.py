"""Edits and revisions as they really look, for the API's document."""

from blueprints.api_v1.documents.examples import SEGMENTS, TRANSCRIPTION_ID
from blueprints.api_v1.edit_shapes import EditedShape, RevisionShape

SET_TEXT = {
    "revision": 0,
    "edits": [{"op": "set_text", "segment_id": "seg_1", "text": "Good morning, Ada."}],
}
REPLACE = {
    "revision": 3,
    "dry_run": True,
    "edits": [{"op": "replace", "find": "ada", "replacement": "Ida", "whole_words": True}],
}
SPEAKERS = {
    "revision": 1,
    "edits": [
        {"op": "split", "segment_id": "seg_0", "at_word": 4},
        {"op": "merge", "segment_ids": ["seg_1", "seg_2"]},
        {"op": "reassign", "segment_ids": ["seg_7"], "speaker": "new"},
        {"op": "merge_speakers", "speaker": "S3", "into": "S1"},
        {"op": "delete", "segment_ids": ["seg_9"]},
    ],
}
LAST = {"revision": 1}

EDITED: EditedShape = {
    "object": "edit",
    "transcription_id": TRANSCRIPTION_ID,
    "revision": 1,
    "dry_run": False,
    "description": "Changed “Morning, Ada.” to “Good morning, Ada.”",
    "replaced": 0,
    "segments_changed": 1,
    "changes": [{"replaced_ids": ["seg_1"], "segments": [{**SEGMENTS[1], "text": "Good morning, Ada."}]}],
    "has_more_changes": False,
}
TRIED: EditedShape = {
    **EDITED,
    "revision": 3,
    "dry_run": True,
    "description": "Replaced “ada” with “Ida” once",
    "replaced": 1,
    "changes": [{"replaced_ids": ["seg_1"], "segments": [{**SEGMENTS[1], "text": "Good morning, Ida."}]}],
}
UNDONE: EditedShape = {**EDITED, "revision": 2, "changes": [{"replaced_ids": ["seg_1"], "segments": [SEGMENTS[1]]}]}

REVISION: RevisionShape = {
    "object": "revision",
    "revision": 1,
    "kind": "set_text",
    "description": "Changed “Morning, Ada.” to “Good morning, Ada.”",
    "segments_changed": 1,
    "undoes": None,
    "api_key_id": None,
    "made_at": "2026-11-22T08:10:00.000Z",
}
UNDO: RevisionShape = {
    **REVISION,
    "revision": 2,
    "kind": "undo",
    "undoes": 1,
    "api_key_id": "key_01kanw0m3f5z8x1d6s9g2r4t7v",
    "made_at": "2026-11-22T08:11:30.000Z",
}
