"""Search, as the API's document tells of it."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.insight_shapes import SearchShape
from blueprints.inputs import SearchFilters, SearchQuery
from errors import NotFound

TAG = "Search and questions"
FOUND = Answer(200, "The moments, the best first.", SearchShape, {"One moment": examples.FOUND})
HOW = (
    "Finds moments by words and by meaning together: the words of the query however they are inflected, and what is "
    "like it in other words."
)

OPERATIONS = (
    Operation(
        id="search_library",
        method="GET",
        path="/search",
        tag=TAG,
        summary="Search the library",
        description=HOW,
        query=SearchQuery,
        answer=FOUND,
        refusals=refusals(NotFound),
    ),
    Operation(
        id="search_transcription",
        method="GET",
        path="/transcriptions/{transcription_id}/search",
        tag=TAG,
        summary="Search one transcription",
        description=HOW,
        query=SearchFilters,
        answer=FOUND,
    ),
)
