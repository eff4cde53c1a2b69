"""What the API takes.

Generated from the API's OpenAPI document by `make sdks`. Not to be edited by hand.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from transcribe_client.typed import NotRequired, TypedDict


class BroughtTranscript(TypedDict):
    """A transcript that was made elsewhere."""

    format: Literal["srt", "vtt", "json"]
    """How it is written. JSON is `{"segments": [{"start", "end", "text", "speaker"?}]}`, or a result of this API."""
    content: str
    """The file as it is, as one string."""


class DeleteEdit(TypedDict):
    """Segments that are to go, text and all."""

    op: Literal["delete"]
    """What to do."""
    segment_ids: list[str]
    """The segments."""


class ExportTranscriptionQuery(TypedDict):
    """What `export_transcription` may be narrowed by."""

    preset: NotRequired[Literal["broadcast", "social", "plain"]]
    """
    The limits of captions. `broadcast`: 2 lines of 42 characters, up to 7 seconds and 20 characters a second, after
    Netflix's and the BBC's guides; `social`: a line of 24, up to 3 seconds and 25 a second; `plain`: 2 lines of 80, up
    to 12 seconds and 30 a second. Wide characters (Chinese, Japanese, Korean) count as two.
    """
    max_chars_per_line: NotRequired[int]
    """Characters in a line of a caption at most, in place of the preset's. A longer word has a line of its own."""
    max_lines: NotRequired[int]
    """Lines of a caption at most, in place of the preset's."""
    max_seconds: NotRequired[float]
    """Seconds that a caption is shown at most, in place of the preset's."""
    max_chars_per_second: NotRequired[float]
    """How fast a caption may have to be read, in place of the preset's. Where people speak faster, this gives way."""
    speakers: NotRequired[bool]
    """Whether to say who speaks. Left out, every format does but SRT."""
    timestamps: NotRequired[bool]
    """Whether text, Markdown, Word, PDF and tables say when it is said."""
    format: Literal[
        "srt", "vtt", "vtt_karaoke", "txt", "md", "docx", "pdf", "csv", "json", "chapters_youtube", "chapters_podcast"
    ]
    """What kind of file."""


class ExportTranscriptionsQuery(TypedDict):
    """What `export_transcriptions` may be narrowed by."""

    preset: NotRequired[Literal["broadcast", "social", "plain"]]
    """
    The limits of captions. `broadcast`: 2 lines of 42 characters, up to 7 seconds and 20 characters a second, after
    Netflix's and the BBC's guides; `social`: a line of 24, up to 3 seconds and 25 a second; `plain`: 2 lines of 80, up
    to 12 seconds and 30 a second. Wide characters (Chinese, Japanese, Korean) count as two.
    """
    max_chars_per_line: NotRequired[int]
    """Characters in a line of a caption at most, in place of the preset's. A longer word has a line of its own."""
    max_lines: NotRequired[int]
    """Lines of a caption at most, in place of the preset's."""
    max_seconds: NotRequired[float]
    """Seconds that a caption is shown at most, in place of the preset's."""
    max_chars_per_second: NotRequired[float]
    """How fast a caption may have to be read, in place of the preset's. Where people speak faster, this gives way."""
    speakers: NotRequired[bool]
    """Whether to say who speaks. Left out, every format does but SRT."""
    timestamps: NotRequired[bool]
    """Whether text, Markdown, Word, PDF and tables say when it is said."""
    transcription_ids: list[str]
    """Which transcriptions, separated by commas; all of them completed."""
    formats: list[
        Literal[
            "srt",
            "vtt",
            "vtt_karaoke",
            "txt",
            "md",
            "docx",
            "pdf",
            "csv",
            "json",
            "chapters_youtube",
            "chapters_podcast",
        ]
    ]
    """Which kinds of files of each, separated by commas."""


class ListEventsQuery(TypedDict):
    """What `list_events` may be narrowed by."""

    limit: NotRequired[int]
    """How many to return at most."""
    cursor: NotRequired[str]
    """The `next_cursor` of the page before."""
    since: NotRequired[datetime | str]
    """Only what happened from this time on, which names its time zone, or after the event with this id."""
    type: NotRequired[Literal["transcription.completed", "transcription.failed", "webhook.test"]]
    """Only events of this type."""


class ListQuestionsQuery(TypedDict):
    """What `list_questions` may be narrowed by."""

    limit: NotRequired[int]
    """How many to return at most."""
    cursor: NotRequired[str]
    """The `next_cursor` of the page before."""


class ListRevisionsQuery(TypedDict):
    """What `list_revisions` may be narrowed by."""

    limit: NotRequired[int]
    """How many to return at most."""
    cursor: NotRequired[str]
    """The `next_cursor` of the page before."""


class ListSharesQuery(TypedDict):
    """What `list_shares` may be narrowed by."""

    limit: NotRequired[int]
    """How many to return at most."""
    cursor: NotRequired[str]
    """The `next_cursor` of the page before."""


class ListTranscriptionsQuery(TypedDict):
    """What `list_transcriptions` may be narrowed by."""

    limit: NotRequired[int]
    """How many to return at most."""
    cursor: NotRequired[str]
    """The `next_cursor` of the page before."""
    status: NotRequired[Literal["processing", "completed", "failed"]]
    """Only those with this status."""
    pipeline_code: NotRequired[str]
    """Only those of this pipeline, also of one that is not there any more."""
    created_after: NotRequired[datetime]
    """Only those made after this time; it names its time zone."""
    created_before: NotRequired[datetime]
    """Only those made before this time; it names its time zone."""
    q: NotRequired[str]
    """Only those whose title contains this, in whatever case."""
    language: NotRequired[str]
    """Only those in which this language was heard, as their `language` says it."""
    tag: NotRequired[list[str]]
    """Only those with this tag, in whatever case; with all of several that are separated by commas."""
    metadata: NotRequired[dict[str, str]]
    """Only those with all these pairs: `metadata[customer]=42`."""
    sort: NotRequired[Literal["newest", "oldest", "title", "longest", "finished"]]
    """
    What comes first: the `newest`, the `oldest`, the first by `title`, the `longest`, or what `finished` last, after
    what is not finished yet. A cursor belongs to its sort.
    """


class ListTrashQuery(TypedDict):
    """What `list_trash` may be narrowed by."""

    limit: NotRequired[int]
    """How many to return at most."""
    cursor: NotRequired[str]
    """The `next_cursor` of the page before."""


class ListUsageQuery(TypedDict):
    """What `list_usage` may be narrowed by."""

    from_: NotRequired[date]
    """The first UTC day, or a time in it. Left out, the first of the last day's month."""
    to: NotRequired[date]
    """The last UTC day, or a time in it, at most a year after the first. Left out, today."""
    group_by: NotRequired[Literal["day", "pipeline", "api_key"]]
    """What one row is about."""


class ListWebhookDeliveriesQuery(TypedDict):
    """What `list_webhook_deliveries` may be narrowed by."""

    limit: NotRequired[int]
    """How many to return at most."""
    cursor: NotRequired[str]
    """The `next_cursor` of the page before."""
    state: NotRequired[Literal["pending", "succeeded", "failed"]]
    """Only those in this state."""


class ListWebhookEndpointsQuery(TypedDict):
    """What `list_webhook_endpoints` may be narrowed by."""

    limit: NotRequired[int]
    """How many to return at most."""
    cursor: NotRequired[str]
    """The `next_cursor` of the page before."""
    transcription_id: NotRequired[str]
    """The endpoint of this transcription alone, made by its `webhook_url`. Left out, those of the account."""


class MergeEdit(TypedDict):
    """One segment in the place of several that follow each other. The first one's speaker is that of all."""

    op: Literal["merge"]
    """What to do."""
    segment_ids: list[str]
    """The segments, in their order."""


class MergeSpeakersEdit(TypedDict):
    """Two speakers who are one. Where only one of them has a name, it is kept."""

    op: Literal["merge_speakers"]
    """What to do."""
    speaker: str
    """The label that is to go."""
    into: str
    """The label of whoever says all of it then."""


class NewQuestion(TypedDict):
    """A question to some transcriptions, or to all there are."""

    question: str
    """What you want to know."""
    transcription_ids: NotRequired[list[str] | None]
    """Which to answer it from. Left out, the whole library is asked."""


class NewShare(TypedDict):
    """What a share link is to show, for how long, and to whom."""

    expires_at: NotRequired[datetime | None]
    """When it stops working, with its time zone; null for never."""
    password: NotRequired[str | None]
    """What is asked for before anything is shown; null for nothing. It is kept as a hash."""
    parts: NotRequired[list[Literal["summary", "chapters", "topics", "speakers", "recording", "exports"]]]
    """
    What it shows besides the transcript: `summary`, `chapters`, `topics`, `speakers` (their names; else they are
    numbered), `recording` (to be played) and `exports` (files to be saved).
    """


class NewUpload(TypedDict):
    """The file that is to be uploaded. Bytes that differ from this are refused."""

    filename: str
    """The file's name, which becomes the title of its transcription unless another is given."""
    content_type: str
    """The file's media type, such as `audio/mpeg`."""
    size_bytes: int
    """The file's exact size."""
    sha256: NotRequired[str | None]
    """
    The file's SHA-256 in lower-case hexadecimal. Of a file in one piece, other bytes are refused on arrival; of one
    in parts they are found when it is read, and the transcription fails with `upload_corrupted`.
    """
    multipart: NotRequired[bool]
    """Whether to send it in parts: for large files, and wherever the connection may break. Required above 5 GiB."""


class NewWebhookEndpoint(TypedDict):
    """Where to tell of what."""

    url: str
    """The https address that events are posted to. It must be a public one."""
    events: NotRequired[list[Literal["transcription.completed", "transcription.failed", "webhook.test"]]]
    """What to tell of. Left out, of every transcription that becomes final. A `webhook.test` is sent in any case."""
    description: NotRequired[str]
    """What it is for, for yourself."""


class QuestionToOne(TypedDict):
    """A question to one transcription."""

    question: str
    """What you want to know."""


class ReassignEdit(TypedDict):
    """Segments that somebody else says."""

    op: Literal["reassign"]
    """What to do."""
    segment_ids: list[str]
    """The segments."""
    speaker: str | None
    """The label of who says them; `new`, or the label that comes next, for somebody who has none; null for nobody."""


class Redelivery(TypedDict):
    """What to deliver again."""

    since: datetime
    """Everything that happened from this time on; it names its time zone. Events are kept for 30 days."""


class ReplaceEdit(TypedDict):
    """Find and replace in all segments. A segment that has no text left goes."""

    op: Literal["replace"]
    """What to do."""
    find: str
    """What to look for, word for word. White space stands for any."""
    replacement: str
    """What to put in its place; empty to leave it out."""
    match_case: NotRequired[bool]
    """Whether capital and small letters are different."""
    whole_words: NotRequired[bool]
    """Whether to leave out what is only part of a word, in scripts that put spaces between words."""


class RetentionWish(TypedDict):
    """What becomes of the recording. The transcript stays in any case."""

    media: Literal["keep", "after_success"] | int
    """
    `keep` until it is deleted, `after_success` until it has been transcribed, or so many hours after the end.
    What failed keeps its recording with `after_success`, to be tried again.
    """


class RevisionToChange(TypedDict):
    """The transcript as you know it."""

    revision: int
    """The revision that the transcript is at, as its result says. When it has been edited since, this is refused."""


class SearchLibraryQuery(TypedDict):
    """What `search_library` may be narrowed by."""

    q: str
    """What to look for: words, a phrase, or a question."""
    limit: NotRequired[int]
    """How many moments to return at most."""
    speaker: NotRequired[str]
    """Only what this person says, by the name that is shown, else by the label."""
    transcription_id: NotRequired[str]
    """Only in this transcription. Left out, the whole library is searched."""
    pipeline_code: NotRequired[str]
    """Only in those of this pipeline, also of one that is not there any more."""
    created_after: NotRequired[datetime]
    """Only in those made after this time; it names its time zone."""
    created_before: NotRequired[datetime]
    """Only in those made before this time; it names its time zone."""
    title: NotRequired[str]
    """Only in those whose title contains this, in whatever case."""


class SearchTranscriptionQuery(TypedDict):
    """What `search_transcription` may be narrowed by."""

    q: str
    """What to look for: words, a phrase, or a question."""
    limit: NotRequired[int]
    """How many moments to return at most."""
    speaker: NotRequired[str]
    """Only what this person says, by the name that is shown, else by the label."""


class SetTextEdit(TypedDict):
    """Another text for a segment. Words that stay keep their times; new ones share the time between them."""

    op: Literal["set_text"]
    """What to do."""
    segment_id: str
    """The segment."""
    text: str
    """What was said. White space of any kind becomes single spaces."""


class ShareChanges(TypedDict):
    """What to change; whatever is left out stays as it is, and so does the address."""

    expires_at: NotRequired[datetime | None]
    """Another time at which it stops working; null for never."""
    password: NotRequired[str | None]
    """Another password, which is asked for anew of everybody; null for none."""
    parts: NotRequired[list[Literal["summary", "chapters", "topics", "speakers", "recording", "exports"]]]
    """What it shows besides the transcript, in place of what it did."""


class SplitEdit(TypedDict):
    """A segment in two, at exactly one of the three places. A word that the place lies in is cut too."""

    op: Literal["split"]
    """What to do."""
    segment_id: str
    """The segment."""
    at_character: NotRequired[int | None]
    """The second part begins with this character of the text, counted from 0 in Unicode code points."""
    at_word: NotRequired[int | None]
    """The second part begins with this one of `words`, counted from 0."""
    at_seconds: NotRequired[float | None]
    """The cut is made between the words nearest to this moment of the recording."""


class TranscriptionChanges(TypedDict):
    """What to change; whatever is left out stays as it is."""

    title: NotRequired[str]
    """Another title."""
    metadata: NotRequired[dict[str, str] | None]
    """Other metadata, in place of all there was."""
    tags: NotRequired[list[str] | None]
    """Other tags, in place of all there were."""
    speakers: NotRequired[dict[str, str] | None]
    """Names by the label of the result, such as `{"S1": "Ada"}`. An empty name brings the label back."""


class TranscriptionOptions(TypedDict):
    """How to transcribe it."""

    url_headers: NotRequired[dict[str, str] | None]
    """
    With `external_url`: request headers for a private source, such as Authorization. Never shown, and kept only as
    long as the recording may have to be fetched.
    """
    pipeline_code: NotRequired[str | None]
    """How to transcribe it. Left out, the account's default pipeline is taken."""
    language: NotRequired[str]
    """What is spoken, as a BCP-47 tag such as `en` or `de-CH`, or `auto` to find out."""
    diarize: NotRequired[bool]
    """Whether to tell the speakers apart, where the pipeline can."""
    speakers_expected: NotRequired[int | None]
    """How many people speak, where that is known."""
    vocabulary: NotRequired[list[str]]
    """Names and terms to favour, where the pipeline can."""
    title: NotRequired[str | None]
    """What to call it. Left out, it is called after its file."""
    metadata: NotRequired[dict[str, str]]
    """Pairs of strings of your own, returned as they were given."""
    tags: NotRequired[list[str]]
    """Words to find it by, in lists and on the dashboard. Those that differ only in their case are one."""
    max_cost_usd: NotRequired[Decimal | float | str | None]
    """Refuse rather than spend more US dollars than this on it. Best sent as a string."""
    webhook_url: NotRequired[str | None]
    """
    The https address that is told when this transcription becomes final, besides the account's endpoints. The answer
    has the secret that its events are signed with, this once.
    """
    retention: NotRequired[RetentionWish | None]
    """How long the recording is kept. Left out, as the account says (Settings, Account), which is for ever at first."""


class WaitForTranscriptionQuery(TypedDict):
    """What `wait_for_transcription` may be narrowed by."""

    timeout: NotRequired[float]
    """How many seconds to wait at most. While too many others wait, the answer comes at once."""


class WantedParts(TypedDict):
    """The parts that are to be sent next."""

    part_numbers: list[int]
    """Their numbers, from 1 to the upload's `parts_count`."""
    md5: NotRequired[list[str] | None]
    """The MD5 of each of these parts, in the same order, in lower-case hexadecimal, to be checked on arrival."""


class WebhookEndpointChanges(TypedDict):
    """What to change; whatever is left out stays as it is."""

    url: NotRequired[str]
    """Another address."""
    events: NotRequired[list[Literal["transcription.completed", "transcription.failed", "webhook.test"]]]
    """What to tell of from now on."""
    description: NotRequired[str]
    """What it is for."""
    enabled: NotRequired[bool]
    """
    Whether anything is sent to it. Switched on again, it goes on with what was pending when it was switched off;
    what happened meanwhile can be redelivered.
    """


class Edits(TypedDict):
    """Edits that are made all together, or not at all."""

    revision: int
    """
    The revision of the transcript that they are meant for, as its result says. When it has been edited since, they
    are refused: the ids of segments move.
    """
    edits: list[SetTextEdit | SplitEdit | MergeEdit | DeleteEdit | ReassignEdit | MergeSpeakersEdit | ReplaceEdit]
    """What to do, in this order. Segments go by the ids that they have at `revision`, whatever the edits before do."""
    dry_run: NotRequired[bool]
    """Whether to change nothing, and only tell what would."""


class NewTranscription(TypedDict):
    """What to transcribe, and how."""

    source: Literal["external_url", "upload", "transcript"]
    """
    Where it comes from: the recording at the address in `url`, or of the upload in `upload_id`, or the finished
    transcript in `transcript`, to be understood and searched with no audio and no charge.
    """
    url: NotRequired[str | None]
    """With `external_url`: the http or https address of the recording. Redirects are followed."""
    url_headers: NotRequired[dict[str, str] | None]
    """
    With `external_url`: request headers for a private source, such as Authorization. Never shown, and kept only as
    long as the recording may have to be fetched.
    """
    upload_id: NotRequired[str | None]
    """With `upload`: an upload that holds its bytes and was not used before."""
    transcript: NotRequired[BroughtTranscript | None]
    """With `transcript`: the transcript itself."""
    pipeline_code: NotRequired[str | None]
    """How to transcribe it. Left out, the account's default pipeline is taken."""
    language: NotRequired[str]
    """What is spoken, as a BCP-47 tag such as `en` or `de-CH`, or `auto` to find out."""
    diarize: NotRequired[bool]
    """Whether to tell the speakers apart, where the pipeline can."""
    speakers_expected: NotRequired[int | None]
    """How many people speak, where that is known."""
    vocabulary: NotRequired[list[str]]
    """Names and terms to favour, where the pipeline can."""
    title: NotRequired[str | None]
    """What to call it. Left out, it is called after its file."""
    metadata: NotRequired[dict[str, str]]
    """Pairs of strings of your own, returned as they were given."""
    tags: NotRequired[list[str]]
    """Words to find it by, in lists and on the dashboard. Those that differ only in their case are one."""
    max_cost_usd: NotRequired[Decimal | float | str | None]
    """Refuse rather than spend more US dollars than this on it. Best sent as a string."""
    webhook_url: NotRequired[str | None]
    """
    The https address that is told when this transcription becomes final, besides the account's endpoints. The answer
    has the secret that its events are signed with, this once.
    """
    retention: NotRequired[RetentionWish | None]
    """How long the recording is kept. Left out, as the account says (Settings, Account), which is for ever at first."""
