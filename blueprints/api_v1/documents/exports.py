"""Exports, as the API's document tells of them."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.failures import OWN_ERRORS
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.shapes import ResultShape
from blueprints.inputs import ExportQuery, ExportsQuery
from errors import ChaptersUnavailable, NotFound, NotReady
from exports import DOCX

TAG = "Exports"
SRT = "1\n00:00:00,000 --> 00:00:02,500\nHello there.\n"
VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\n<v Ada>Hello there.\n"

OPERATIONS = (
    Operation(
        id="export_transcription",
        method="GET",
        path="/transcriptions/{transcription_id}/export",
        tag=TAG,
        summary="Export a transcription",
        description="A completed transcription as a file, of one revision of it. Captions are divided at the ends of "
        "sentences, then of clauses, by the times of the words; none exceeds a limit that can be kept, none overlaps "
        "another or holds two speakers. `vtt_karaoke` is WebVTT with a timestamp at every word. `json` is the result. "
        "`chapters_youtube` are lines for a video's description, `chapters_podcast` is Podcasting 2.0.",
        query=ExportQuery,
        answer=Answer(
            200,
            "The file.",
            ResultShape,
            {"The result": examples.RESULT},
            files={
                "application/x-subrip": SRT,
                "text/vtt": VTT,
                "text/plain": "[0:00] Ada: Hello there.\n",
                "text/markdown": "# Greetings\n\n**Ada** `0:00` Hello there.\n",
                DOCX: None,
                "application/pdf": None,
                "text/csv": "start,end,speaker,text\r\n0.000,2.500,Ada,Hello there.\r\n",
                "application/json+chapters": '{"version": "1.2.0", "chapters": [{"startTime": 0.0, "title": "All"}]}',
            },
            has_revisions=True,
        ),
        refusals=(*refusals(NotReady, ChaptersUnavailable), *OWN_ERRORS),
    ),
    Operation(
        id="export_transcriptions",
        method="GET",
        path="/exports",
        tag=TAG,
        summary="Export many transcriptions",
        description="Up to 100 completed transcriptions, each in every format that is asked for, as one zip. Unless "
        "all of them are yours and completed nothing is sent. What one of them has not, such as chapters, is left out "
        "and named in `left out.txt`.",
        query=ExportsQuery,
        answer=Answer(200, "The zip, sent while it is made.", files={"application/zip": None}),
        refusals=(*refusals(NotFound, NotReady), *OWN_ERRORS),
    ),
)
