"""What is asked of all transcriptions together: questions, the trash, pipelines, usage, quotes."""

from transcribe_client.flows import Flow
from transcribe_client.models import Pipeline, Question, Quote, Transcription, Usage
from transcribe_client.operations import Kind, Resource, listing, operation
from transcribe_client.pages import Listing
from transcribe_client.params import ListQuestionsQuery, ListTrashQuery, ListUsageQuery, NewTranscription
from transcribe_client.requests import path
from transcribe_client.typed import Unpack


class Questions(Resource[Kind]):
    """`client.questions`: what was asked. `client.ask` asks."""

    @listing("list_questions")
    def list(self, **query: Unpack[ListQuestionsQuery]) -> Listing[Question]:
        """What was asked, the latest first."""
        return self._list(Question, "/questions", query)

    @operation("get_question")
    def get(self, question_id: str) -> Flow[Question]:
        """A question with its answer."""
        return self._read(Question, "GET", path("questions", question_id))

    @operation("delete_question")
    def delete(self, question_id: str) -> Flow[None]:
        """Forget a question, its answer and its citations."""
        yield from self._call("DELETE", path("questions", question_id))


class Trash(Resource[Kind]):
    """`client.trash`"""

    @listing("list_trash")
    def list(self, **query: Unpack[ListTrashQuery]) -> Listing[Transcription]:
        """What was put into the trash in the last thirty days."""
        return self._list(Transcription, "/trash", query)


class Quotes(Resource[Kind]):
    """`client.quotes`"""

    @operation("create_quote")
    def create(self, *, idempotency_key: str | None = None, **body: Unpack[NewTranscription]) -> Flow[Quote]:
        """What a transcription would cost; free, and nothing is held."""
        return self._read(Quote, "POST", "/quotes", body=body, idempotency_key=idempotency_key)


class Pipelines(Resource[Kind]):
    """`client.pipelines`"""

    @listing("list_pipelines")
    def list(self) -> Listing[Pipeline]:
        """What this service can transcribe with, and at what price."""
        return self._list(Pipeline, "/pipelines", {})


class UsageRows(Resource[Kind]):
    """`client.usage`"""

    @listing("list_usage")
    def list(self, **query: Unpack[ListUsageQuery]) -> Listing[Usage]:
        """Transcriptions, seconds and charges by day, pipeline or key."""
        return self._list(Usage, "/usage", query)
