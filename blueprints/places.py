"""What a query asks for, as the handlers take it: the same for the pages and for the API."""

from blueprints.inputs import SearchQuery, TranscriptionQuery
from handlers.library import Filters
from handlers.search import Place


def filters_of(query: TranscriptionQuery) -> Filters:
    return Filters(
        status=query.status,
        pipeline_code=query.pipeline_code,
        language=query.language,
        tags=query.tag or (),
        created_after=query.created_after,
        created_before=query.created_before,
        title_contains=query.q,
        labels=query.metadata,
    )


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
