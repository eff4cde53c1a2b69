"""What the API answers.

Generated from the API's OpenAPI document by `make sdks`. Not to be edited by hand.
"""

from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime

from transcribe_client.answers import Answer


class Account(Answer):
    """Whose key it is."""

    id: str
    """`acct_…`"""
    email: str
    """The address it signs in with."""
    plan: Literal["free", "pro"] | str
    """What it pays by."""


class ActionItem(Answer):
    """Something that somebody is to do."""

    text: str
    """What is to be done."""
    owner: str | None
    """Who is to do it; null where nobody is named."""
    start: float
    """Where it is said: from here, in seconds."""
    end: float
    """To here, in seconds."""


class AnsweredBy(Answer):
    """Who answered."""

    engine: Literal["extractive", "llm", "none"] | str
    """`llm` is the language model, `extractive` answers in the transcripts' own words."""
    model: str | None
    """The model, where there is one."""


class Artifacts(Answer):
    """How far each thing is that is made of a recording."""

    transcript: Literal["pending", "ready", "failed"] | str
    """The segments of the result."""
    chapters: Literal["pending", "ready", "failed"] | str
    """The chapters of the result."""
    topics: Literal["pending", "ready", "failed"] | str
    """The topics of the result."""
    summary: Literal["pending", "ready", "failed"] | str
    """The summary of the result."""
    search: Literal["pending", "ready", "failed"] | str
    """Whether it can be searched."""


class Bullet(Answer):
    """A point of the summary."""

    text: str
    """What is said."""
    start: float
    """Where it is said: from here, in seconds."""
    end: float
    """To here, in seconds."""


class Chapter(Answer):
    """A part of the recording about one thing. Chapters cover it from start to end without gaps."""

    title: str
    """What it is about."""
    start: float
    """When it begins, in seconds."""
    end: float
    """When it ends, in seconds."""
    summary: str
    """What is said in it, in one sentence."""


class Citation(Answer):
    """A quote that an answer rests on."""

    transcription_id: str
    """The transcription it stands in."""
    title: str
    """What that is called."""
    segment_ids: list[str]
    """The segments of its result that the quote stands in."""
    start: float
    """When it begins, in seconds."""
    end: float
    """When it ends, in seconds."""
    speaker: str | None
    """Who says it, as a label of the result."""
    quote: str
    """What is said, word for word."""


class Cost(Answer):
    """What a transcription costs."""

    quoted_usd: Decimal | None
    """The price, held since the length became known; null until then."""
    charged_usd: Decimal | None
    """What was charged in the end; null while it is processing, nothing for a failed one or silence."""
    price_per_minute_usd: Decimal
    """The price of a minute when it was created. It is charged by the second."""


class EngineNotes(Answer):
    """What the transcript was made with."""

    model: str | None
    """The model."""
    word_times: Literal["measured", "estimated", "none"] | str | None
    """Whether the times of words were heard by the engine, or spread over their segment."""


class Failure(Answer):
    """Why a transcription failed."""

    code: str
    """What went wrong, for programs. Codes may be added."""
    message: str
    """What went wrong and what to do next, for people."""


class Key(Answer):
    """The key that this was asked with."""

    id: str
    """`key_…`"""
    name: str
    """What it was called when it was made."""
    last_four: str
    """Its last four characters."""


class Links(Answer):
    """Where more is to be found."""

    self: str
    """This transcription."""
    result: str
    """Its result, once it is completed."""
    dashboard: str
    """Its page, for people who are signed in."""


class Mention(Answer):
    """Where a topic comes up."""

    start: float
    """From here, in seconds."""
    end: float
    """To here, in seconds."""


class Month(Answer):
    """The calendar month, in UTC."""

    spent_usd: Decimal
    """What was charged in it."""
    cap_usd: Decimal | None
    """What may be spent in it at most; null where there is no cap."""
    resets_at: AwareDatetime
    """When the next one begins."""


class PartEngine(Answer):
    """Who made a part of the result."""

    engine: Literal["extractive", "llm", "hybrid", "words", "none"] | str
    """
    `llm` is the language model, `extractive` takes everything from the transcript itself. The search is `hybrid`
    where it finds meaning as well as words, and `words` where the embedding model does not know the language.
    """
    model: str | None
    """The model, where there is one."""
    stale: bool
    """Whether the transcript was changed afterwards."""


class PartEngines(Answer):
    """Who made each part of the result."""

    chapters: PartEngine
    """Who made the chapters."""
    topics: PartEngine
    """Who found the topics."""
    summary: PartEngine
    """Who wrote the summary."""
    search: PartEngine
    """How it is searched."""


class Pipeline(Answer):
    """A way of transcribing, and what it costs."""

    code: str
    """What to name in `pipeline_code`."""
    name: str
    """What to call it before people."""
    provider: str
    """Who runs it; `local` is this service itself."""
    available: bool
    """Whether it is set up on this service."""
    price_per_minute_usd: Decimal
    """The list price of a minute."""
    your_price_per_minute_usd: Decimal
    """The price on the account's plan."""
    languages: list[str]
    """The languages it knows, by their codes."""
    diarization: bool
    """Whether it tells speakers apart."""
    word_timestamps: bool
    """Whether it times words."""
    vocabulary: bool
    """Whether it takes names and terms to favour."""
    max_duration_seconds: int
    """The longest recording it takes."""
    max_size_bytes: int
    """The largest file it takes."""


class ProgressEvent(Answer):
    """The data of a `progress` event."""

    stage: Literal["queued", "fetching", "transcribing", "understanding"] | str | None
    """Where it is; null once it is final."""
    progress: float
    """From 0 to 1."""


class Quality(Answer):
    """How much of the speech was transcribed."""

    media_seconds: float
    """How long the recording is."""
    speech_seconds: float
    """How much of it is speech."""
    transcribed_seconds: float
    """How much of the speech has text."""
    coverage: float
    """The part of the speech that has text, from 0 to 1."""


class Question(Answer):
    """A question and its answer."""

    id: str
    """Its id."""
    object: Literal["question"] | str
    """What this is."""
    question: str
    """What was asked."""
    answer: str | None
    """The answer; null where the transcripts do not hold one."""
    answerable: bool
    """Whether the transcripts answer it."""
    citations: list[Citation]
    """The quotes that the answer rests on, the best first."""
    understanding: AnsweredBy
    created_at: AwareDatetime
    """When it was asked."""


class Recording(Answer):
    """How long the recording is kept, and whether it is there."""

    media: Literal["keep", "after_success"] | str | int
    """`keep`, `after_success`, or so many hours after the end."""
    media_available: bool
    """Whether the recording is there, to be played and tried again."""
    media_expires_at: AwareDatetime | None
    """When it will be deleted, where that is known."""


class Revision(Answer):
    """One change of a transcript."""

    object: Literal["revision"] | str
    """What this is."""
    revision: int
    """Its number, from 1 upwards."""
    kind: (
        Literal[
            "set_text", "split", "merge", "delete", "reassign", "merge_speakers", "replace", "several", "undo", "redo"
        ]
        | str
    )
    """What kind of change it is."""
    description: str
    """What was done, for people; of an undo or redo what it takes back or makes again."""
    segments_changed: int
    """How many segments there were, or are, in the places that changed."""
    undoes: int | None
    """The revision that it takes back; null for edits."""
    api_key_id: str | None
    """The key it was made with; null where it was made on the page."""
    made_at: AwareDatetime
    """When it was made."""


class SearchHit(Answer):
    """A moment that was found."""

    transcription_id: str
    """Whose moment it is."""
    title: str
    """What the transcription is called."""
    segment_id: str
    """The segment of the result."""
    start: float
    """When the talk about it begins, in seconds. The segment lies between here and the end."""
    end: float
    """When the talk about it ends, in seconds."""
    at: float
    """When the segment begins, in seconds: where to begin to listen."""
    speaker: str | None
    """Who speaks, as a label of the result."""
    text: str
    """What the segment says; of a long one the part that fits."""
    score: float
    """How well it fits, roughly from 0 to 1; comparable within one answer."""
    highlights: list[list[int]]
    """
    Which characters of the text are words that were searched for: from, and up to but not including, counted in
    Unicode code points.
    """


class Share(Answer):
    """A link by which anyone may read one transcript."""

    id: str
    """`shr_…`; ids sort by creation time."""
    object: Literal["share"] | str
    """What this is."""
    transcription_id: str
    """What is shared."""
    url: str | None
    """
    The address to send. With `?t=` and seconds behind it, it opens at that moment. Null where it cannot be shown any
    more, because the service's secret key was changed since; the link itself goes on working.
    """
    expires_at: AwareDatetime | None
    """When it stops working; null for never."""
    has_password: bool
    """Whether a password is asked for."""
    parts: list[Literal["summary", "chapters", "topics", "speakers", "recording", "exports"] | str]
    """What it shows besides the transcript."""
    openings: int
    """How often somebody opened it. Its owner's own visits do not count."""
    last_opened_at: AwareDatetime | None
    """When somebody last did."""
    created_at: AwareDatetime
    """When it was made."""


class Speaker(Answer):
    """Somebody who speaks in a recording."""

    id: str
    """The label that segments carry: `S1`, `S2` and so on."""
    name: str
    """The name that was given to them, else the label."""
    seconds: float
    """How long they speak."""


class Summary(Answer):
    """What was said, in short."""

    short: str
    """In a few sentences."""
    bullets: list[Bullet]
    """Point by point."""
    key_phrases: list[str]
    """The phrases that tell most."""
    action_items: list[ActionItem]
    """What somebody is to do. Only a language model finds these."""


class TestedEndpoint(Answer):
    """What a test was sent to."""

    webhook_endpoint_id: str
    """The endpoint, `whe_…`."""


class Topic(Answer):
    """Something the recording is about."""

    label: str
    """What it is."""
    score: float
    """How much it matters, from 0 to 1."""
    mentions: list[Mention]
    """Where it comes up."""


class Understanding(Answer):
    """Who made the chapters, topics and summary."""

    engine: Literal["extractive", "llm", "none"] | str
    """`llm` where a language model wrote any of it, `none` where nothing is made yet."""
    model: str | None
    """The model, where there is one."""
    parts: PartEngines
    """The same for each part."""


class Upload(Answer):
    """Leave to send one file."""

    id: str
    """`up_…`, to be named in `upload_id`."""
    object: Literal["upload"] | str
    """What this is."""
    status: Literal["pending", "complete"] | str
    """`complete` once the bytes have arrived."""
    filename: str
    """The file's name."""
    content_type: str
    """Its media type."""
    size_bytes: int
    """Its exact size."""
    method: Literal["PUT"] | str
    """The method to send the bytes with."""
    url: str | None
    """
    Where to send the bytes, without a key. Each answer has a fresh one while they are awaited; null once they are
    there, and for an upload in parts.
    """
    headers: dict[str, str]
    """The headers to send along, exactly these."""
    expires_at: AwareDatetime
    """Until when the bytes may be sent."""
    max_size_bytes: int
    """The largest file this service takes."""
    part_size_bytes: int | None
    """The size of each part but the last; null unless it goes in parts."""
    parts_count: int | None
    """How many parts there are, numbered from 1."""
    parts_received: list[int] | None
    """The numbers of the parts that have arrived; the others are still to be sent."""


class UploadPart(Answer):
    """Leave to send one part of an upload."""

    part_number: int
    """Which part it is, from 1 on."""
    method: Literal["PUT"] | str
    """The method to send the bytes with."""
    url: str
    """Where to send the bytes of this part, without a key."""
    headers: dict[str, str]
    """The headers to send along, exactly these."""
    size_bytes: int
    """How many bytes it has. It begins `part_size_bytes` after the part before it."""
    expires_at: AwareDatetime
    """Until when they may be sent. A new address can be had at any time."""


class Usage(Answer):
    """What was transcribed and spent in one group."""

    group: str
    """The day, the pipeline's code or the key's id; `dashboard` for what came from no key."""
    transcriptions: int
    """How many were charged."""
    seconds: float
    """How long their recordings are together."""
    spent_usd: Decimal
    """What they cost."""


class Wallet(Answer):
    """The account's money."""

    monthly_credit_usd: Decimal
    """What is left of the month's credit, which is spent first."""
    top_up_usd: Decimal
    """What is left of top-ups."""
    held_usd: Decimal
    """What is set aside for transcriptions at work; counted in neither of the two."""
    available_usd: Decimal
    """What can be spent: credit and top-ups together."""


class Warning(Answer):
    """Something worth knowing that stopped nothing."""

    code: str
    """
    What it is about: `no_speech`, `low_coverage`, `speakers_unknown`, `fell_back`, `media_truncated`; of a quote
    also `length_unknown` and the codes of the errors that creating it would come to.
    """
    message: str
    """The same for people."""


class WebhookAttempt(Answer):
    """One try of a delivery."""

    number: int
    """1 upwards."""
    attempted_at: AwareDatetime
    """When the request was sent."""
    duration_ms: int
    """How long it took, to the end of the answer."""
    url: str
    """Where it was sent to."""
    request_headers: dict[str, str]
    """The headers that verify it, as they were sent."""
    status: int | None
    """The HTTP status of the answer; null where there was none."""
    error: Literal["timed_out", "unreachable", "tls_failed", "no_answer"] | str | None
    """Why there was none. An address that is not public is `unreachable`, as one is that nobody listens at."""
    response_body: str | None
    """The first 1,024 bytes of the answer, as text."""


class WebhookDelivery(Answer):
    """One event to one endpoint."""

    id: str
    """`whd_…`; ids sort by creation time."""
    object: Literal["webhook_delivery"] | str
    """What this is."""
    webhook_endpoint_id: str
    """Whom it goes to."""
    event_id: str
    """What it carries, and its `webhook-id`."""
    event_type: Literal["transcription.completed", "transcription.failed", "webhook.test"] | str
    """What happened."""
    transcription_id: str | None
    """The transcription it is about; null for a test."""
    state: Literal["pending", "succeeded", "failed"] | str
    """`succeeded` was answered with a 2xx; `pending` will be tried, perhaps again; `failed` was given up."""
    attempts_count: int
    """How often it was tried."""
    next_attempt_at: AwareDatetime | None
    """When it is tried next, while it is pending."""
    last_status: int | None
    """The HTTP status of the last answer; null where the last attempt was not answered."""
    last_error: Literal["timed_out", "unreachable", "tls_failed", "no_answer"] | str | None
    """Why the last attempt was not answered."""
    created_at: AwareDatetime
    """When it was made."""
    finished_at: AwareDatetime | None
    """When it succeeded or was given up."""
    request_body: str | None = None
    """The body of every request, byte for byte. Only where the delivery itself is asked for."""
    attempts: list[WebhookAttempt] | None = None
    """Every attempt, the last one first. Only where the delivery itself is asked for."""


class WebhookEndpoint(Answer):
    """An address that is told of events."""

    id: str
    """`whe_…`; ids sort by creation time."""
    object: Literal["webhook_endpoint"] | str
    """What this is."""
    url: str
    """The address that events are posted to."""
    description: str
    """What it is for."""
    events: list[Literal["transcription.completed", "transcription.failed", "webhook.test"] | str]
    """What it is told of."""
    enabled: bool
    """Whether anything is sent to it."""
    disabled_reason: Literal["by_owner", "gone", "failing"] | str | None
    """Why it is switched off: its owner did it, it answered 410, or it answered nothing well for five days."""
    failing_since: AwareDatetime | None
    """Since when every attempt has failed; null where the last one succeeded."""
    transcription_id: str | None
    """The only transcription that it is told of, where it was made by a `webhook_url`."""
    previous_secret_expires_at: AwareDatetime | None
    """Until when the secret before the last rotation signs too; null where it does not."""
    created_at: AwareDatetime
    """When it was made."""
    secret: str | None = None
    """The secret that signs what is sent to it, `whsec_…`. Only in the answer to the request that made it; keep it."""


class WebhookRedelivery(Answer):
    """What is delivered again."""

    object: Literal["webhook_redelivery"] | str
    """What this is."""
    webhook_endpoint_id: str
    """Whom it goes to."""
    since: AwareDatetime
    """From when on."""
    deliveries_count: int
    """How many events that are."""


class Word(Answer):
    """One spoken word. Times are seconds from the beginning of the recording."""

    start: float
    """When it begins."""
    end: float
    """When it ends."""
    word: str
    """The word, with its punctuation."""
    confidence: float | None
    """How sure the engine is, from 0 to 1, where it says so."""


class Me(Answer):
    """Who the key belongs to, and what there is to spend."""

    account: Account
    api_key: Key
    wallet: Wallet
    month: Month


class Quote(Answer):
    """What a transcription would cost."""

    object: Literal["quote"] | str
    """What this is."""
    pipeline_code: str
    """The pipeline it is about."""
    duration_seconds: float | None
    """How long the recording is; null where only the whole file would tell."""
    is_estimate: bool
    """Whether the length is what the file's header says, instead of counted."""
    price_per_minute_usd: Decimal
    """The price of a minute, charged by the second."""
    total_usd: Decimal | None
    """The price; null where the length is unknown."""
    affordable: bool
    """Whether it could be created now: wallet, monthly cap and max_cost_usd allow it."""
    warnings: list[Warning]
    """Why the length is unknown, or what stands in the way."""


class Search(Answer):
    """What was found, the best first. There are no further pages."""

    data: list[SearchHit]
    """The moments."""
    has_more: bool
    """Always false."""
    next_cursor: None
    """Always null."""
    searched_by: Literal["hybrid", "words"] | str
    """
    `hybrid` where meaning counted as well as words; `words` where the embedding model does not know the languages
    that are spoken, or does not answer.
    """


class Segment(Answer):
    """A stretch of the transcript by one speaker. Times are seconds from the beginning of the recording."""

    id: str
    """`seg_0` and so on, in time order."""
    start: float
    """When it begins."""
    end: float
    """When it ends."""
    text: str
    """What was said."""
    speaker: str | None
    """The label of who said it, as in `speakers`."""
    confidence: float | None
    """How sure the engine is, from 0 to 1, where it says so."""
    words: list[Word] | None
    """The words, where the pipeline times them."""


class SegmentsEvent(Answer):
    """The data of a `segments` event."""

    segments: list[Segment]
    """Those that became known since the last such event. One whose id was sent before replaces it."""


class TestEvent(Answer):
    """Somebody asked for a test of an endpoint."""

    id: str
    """`evt_…`, the same on every attempt and redelivery, and in the header `webhook-id`."""
    type: Literal["webhook.test"] | str
    """What happened."""
    timestamp: AwareDatetime
    """When it happened."""
    data: TestedEndpoint
    """What is tested."""


class Transcription(Answer):
    """A job and its outcome."""

    id: str
    """`tr_…`; ids sort by creation time."""
    object: Literal["transcription"] | str
    """What this is."""
    status: Literal["processing", "completed", "failed"] | str
    """`completed` and `failed` are final. A canceled one is failed with the code `canceled`."""
    stage: Literal["queued", "fetching", "transcribing", "understanding"] | str | None
    """Where a processing one is; null once it is final."""
    progress: float
    """From 0 to 1; it never goes back."""
    queue_position: int | None
    """
    Its place in the line where a processing one waits for a worker: 1 is next, and 1000 stands for all places from
    there on. Accounts take turns, so those of others that come later may still be begun before it. Null while it is
    being worked on, once it is final, and in the answer to the request that made it.
    """
    title: str
    """What it is called."""
    source: Literal["external_url", "upload", "transcript"] | str
    """Where the recording came from."""
    url: str | None = None
    """The address, where it came from one."""
    upload_id: str | None = None
    """The upload, where it came from one."""
    pipeline_code: str
    """How it is transcribed. An older one may name a pipeline that has been retired."""
    language: str | None
    """What is spoken, once that is known."""
    duration_seconds: float | None
    """How long the recording is, once that is known."""
    speakers_count: int | None
    """How many people speak, where the pipeline tells them apart."""
    cost: Cost
    """What it costs."""
    error: Failure | None
    """Why it failed; null unless it did."""
    warnings: list[Warning]
    """What is worth knowing about it."""
    artifacts: Artifacts
    """What has been made of it."""
    revision: int
    """How often its transcript was edited; 0 is as heard."""
    metadata: dict[str, str]
    """The pairs it was given."""
    tags: list[str]
    """The words it was given to be found by, in alphabetical order."""
    retention: Recording
    """How long its recording is kept."""
    trashed_at: AwareDatetime | None
    """When it was put into the trash; null where it is not there."""
    api_key_id: str | None
    """The key it was created with; null where it came from the dashboard."""
    created_at: AwareDatetime
    """When it was accepted."""
    started_at: AwareDatetime | None
    """When work on it began."""
    completed_at: AwareDatetime | None
    """When it became final."""
    links: Links
    webhook_secret: str | None = None
    """
    The secret that signs what is sent to its `webhook_url`, `whsec_…`. Only in the answer to the request that made
    the transcription; keep it.
    """


class TranscriptionEvent(Answer):
    """A transcription became final."""

    id: str
    """`evt_…`, the same on every attempt and redelivery, and in the header `webhook-id`."""
    type: Literal["transcription.completed", "transcription.failed"] | str
    """What happened."""
    timestamp: AwareDatetime
    """When it happened."""
    data: Transcription
    """The transcription as it was then."""
    omitted: list[Literal["metadata"] | str] | None = None
    """
    What was left out of `data` because the event would have been larger than 20 KB: `metadata` is empty there, and
    whole in the transcription itself. Not there when nothing was left out.
    """


class Change(Answer):
    """Segments in the place of others."""

    replaced_ids: list[str]
    """The segments that were there, by their ids in the earlier revision."""
    segments: list[Segment]
    """The segments that are there now, with the ids they have now."""


class Edited(Answer):
    """What edits came to."""

    object: Literal["edit"] | str
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
    changes: list[Change]
    """The changes in time order, up to 100. Segments behind one that grows or shrinks have other ids, too."""
    has_more_changes: bool
    """Whether there are more than these; then read the result again."""


class Result(Answer):
    """What was said, and what was understood of it."""

    id: str
    """The transcription it is the result of."""
    revision: int
    """The revision of the transcript; edits name it."""
    text: str
    """All that was said."""
    language: str | None
    """What is spoken; null where nothing is."""
    duration_seconds: float
    """How long the recording is."""
    pipeline_code: str
    """How it was transcribed."""
    speakers: list[Speaker]
    """Who speaks, in order of appearance."""
    segments: list[Segment]
    """What was said, in time order."""
    quality: Quality
    """How much of it was transcribed."""
    chapters: list[Chapter]
    """Its parts; empty until they are made."""
    topics: list[Topic]
    """What it is about; empty until that is found."""
    summary: Summary
    """It in short; empty until it is made."""
    understanding: Understanding
    """Who wrote the chapters, topics and summary."""
    engine: EngineNotes
