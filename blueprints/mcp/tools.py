"""The tools: what each is called, takes, gives and does. They call what the API's views call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from pydantic import ConfigDict, TypeAdapter

from blueprints.api_v1.documents.schemas import Generator, Json
from blueprints.api_v1.waiting import until
from blueprints.inputs import Input, NewTranscription, read
from blueprints.mcp import inputs, presenters, shapes
from blueprints.mcp.reading import as_text, most_lines, page
from blueprints.orders import order
from blueprints.seats import seats
from db import transaction
from handlers import library, questions, search, transcriptions
from handlers.library import Filters
from handlers.speakers import speakers


@dataclass(frozen=True, slots=True)
class Tool:
    """`run` gives JSON of the output shape; `as_text` is how a model reads it, the JSON itself where it is None.

    `only_reads` where nothing is there afterwards that was not before, `reaches_out` where it goes to other hosts.
    """

    name: str
    title: str
    description: str
    input: type[Input]
    input_schema: Json
    output_schema: Json
    run: Callable[[Any], Any]
    as_text: Callable[[Any], str] | None = None
    only_reads: bool = True
    reaches_out: bool = False


def transcribe(wanted: inputs.Transcribe) -> shapes.Job:
    """Start to transcribe a recording at a URL, or one that was uploaded. Returns its id at once; call `wait` next.
    This costs money, by the second of the recording."""
    source = "upload" if wanted.url is None else "external_url"
    ordered = read(NewTranscription, {"source": source, **wanted.model_dump(exclude_none=True)})
    with transaction() as session:
        made = order(session, g.account, ordered, api_key=g.api_key, request_id=g.request_id)
        return presenters.job(made)


def wait(wanted: inputs.Wait) -> shapes.Job:
    """Wait until a transcription is completed or failed, at most for the time given, and return where it stands. While
    the status is `processing`, call it again."""
    with seats.seat(g.account.id):
        return presenters.job(
            until(g.account, wanted.transcription_id, lambda it: it.is_final, timeout_seconds=wanted.timeout_seconds)
        )


def overview(wanted: inputs.OfOne) -> shapes.Overview:
    """What a completed transcription is about: summary, chapters with times, topics, speakers, and how long its text
    is. Begin with this before you read a long one."""
    with transaction() as session:
        transcription = transcriptions.transcribed(session, g.account, wanted.transcription_id)
        characters = transcriptions.characters_count(session, transcription)
        return presenters.overview(transcription, speakers(session, transcription), characters)


def read_transcript(wanted: inputs.Read) -> shapes.TranscriptPage:
    """Read a transcript as text, with times and speakers, page by page or only from `start` to `end`."""
    with transaction() as session:
        transcription = transcriptions.transcribed(session, g.account, wanted.transcription_id)
        first = wanted.cursor
        if first is None:
            first = transcriptions.number_at(session, transcription, wanted.start or 0.0)
        rows = transcriptions.segments(session, transcription, first=first, count=most_lines(wanted.max_characters))
        return page(transcription, rows, end=wanted.end, max_characters=wanted.max_characters)


def find(wanted: inputs.Search) -> shapes.Hits:
    """Find moments by words and by meaning, in one transcript or in the whole library. Each has the second at which to
    read on."""
    ids = None if wanted.transcription_id is None else [wanted.transcription_id]
    place = search.Place(transcription_ids=ids, speaker=wanted.speaker or None)
    with transaction() as session:
        return presenters.hits(search.search(session, g.account, wanted.q, place, limit=wanted.limit))


def ask(wanted: inputs.Ask) -> shapes.Answer:
    """Answer a question from the transcripts alone, with the quotes that the answer rests on. Where they do not answer
    it, `answerable` is false. Question and answer are kept in the account's list."""
    with seats.seat(g.account.id):
        with transaction() as session:
            put = questions.put_question(session, g.account, wanted.question, wanted.transcription_ids)
        # Nothing is held while a language model writes.
        return presenters.answer(questions.answer_question(g.account, put.public_id))


def recent(wanted: inputs.Recent) -> shapes.Jobs:
    """List transcriptions, newest first."""
    filters = Filters(status=wanted.status, title_contains=wanted.q)
    with transaction() as session:
        page = library.list_transcriptions(session, g.account, filters, limit=wanted.limit, cursor=wanted.cursor)
        return {"transcriptions": [presenters.job(row) for row in page.rows], "next_cursor": page.next_cursor}


def _tool(
    name: str,
    title: str,
    run: Callable[[Any], Any],
    takes: type[Input],
    gives: type[Any],
    **more: Any,
) -> Tool:
    description = " ".join((run.__doc__ or "").split())
    return Tool(name, title, description, takes, _taken(takes), _given(gives), run, **more)


def _taken(kind: type[Input]) -> Json:
    return _root(TypeAdapter(kind).json_schema(schema_generator=Generator))


def _given(kind: type[Any]) -> Json:
    # Pydantic takes no configuration for a TypedDict as such, but hands that of a list on to its items.
    listed = TypeAdapter(list[kind], config=ConfigDict(use_attribute_docstrings=True))  # type: ignore[valid-type]
    schema = listed.json_schema(mode="serialization", schema_generator=Generator)
    return _root({**schema["items"], "$defs": schema.get("$defs", {})})


def _root(schema: Json) -> Json:
    """The schema with its own object at the root, where clients want it, and without names that say nothing."""
    definitions = schema.pop("$defs", {})
    if "$ref" in schema:
        schema = definitions.pop(schema["$ref"].rpartition("/")[2])
    for each in (schema, *definitions.values()):
        each.pop("title", None)
    return {**schema, "$defs": definitions} if definitions else schema


TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        _tool(
            *("transcribe", "Transcribe a recording", transcribe, inputs.Transcribe, shapes.Job),
            only_reads=False,
            reaches_out=True,
        ),
        _tool("wait", "Wait for a transcription", wait, inputs.Wait, shapes.Job),
        _tool("list", "List transcriptions", recent, inputs.Recent, shapes.Jobs),
        _tool("overview", "Summary and chapters", overview, inputs.OfOne, shapes.Overview),
        _tool("read", "Read a transcript", read_transcript, inputs.Read, shapes.TranscriptPage, as_text=as_text),
        _tool("search", "Search what was said", find, inputs.Search, shapes.Hits),
        _tool("ask", "Ask the transcripts", ask, inputs.Ask, shapes.Answer, only_reads=False),
    )
}
