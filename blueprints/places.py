"""Where a query asks to be looked, as the handler takes it: the same for the page and for the API."""

from blueprints.inputs import SearchQuery
from handlers.search import Place
from handlers.transcriptions import Filters


def place_of(query: SearchQuery) -> Place:
    filters = Filters(
        pipeline_code=query.pipeline_code,
        created_after=query.created_after,
        created_before=query.created_before,
        title_contains=query.title,
    )
    return Place(
        filters=None if filters == Filters() else filters,
        transcription_ids=None if query.transcription_id is None else [query.transcription_id],
        speaker=query.speaker or None,
    )
