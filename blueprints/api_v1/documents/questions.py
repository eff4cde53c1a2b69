"""Questions and answers, as the API's document tells of them."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.documents.search import TAG
from blueprints.api_v1.insight_shapes import QuestionShape
from blueprints.api_v1.shapes import ListShape
from blueprints.inputs import NewQuestion, PageQuery, QuestionToOne
from errors import NotFound

ANSWERED = Answer(
    200,
    "The answer with its citations.",
    QuestionShape,
    {"Answered": examples.ANSWERED, "Not in the transcripts": examples.UNANSWERED},
)
HOW = (
    "Answers from the transcripts alone. Every quote stands word for word in the transcript that it cites; where the "
    "transcripts do not answer, `answerable` is false and nothing is made up. The answer is kept."
)

OPERATIONS = (
    Operation(
        id="ask_library",
        method="POST",
        path="/questions",
        tag=TAG,
        summary="Ask the library",
        description=HOW,
        body=NewQuestion,
        examples={"The whole library": {"question": examples.QUESTION}},
        answer=ANSWERED,
        creates="question_id",
        refusals=refusals(NotFound),
    ),
    Operation(
        id="ask_transcription",
        method="POST",
        path="/transcriptions/{transcription_id}/questions",
        tag=TAG,
        summary="Ask one transcription",
        description=HOW,
        body=QuestionToOne,
        examples={"A question": {"question": examples.QUESTION}},
        answer=ANSWERED,
        creates="question_id",
    ),
    Operation(
        id="list_questions",
        method="GET",
        path="/questions",
        tag=TAG,
        summary="List questions",
        description="What was asked, on the pages and through the API, the latest first.",
        query=PageQuery,
        answer=Answer(200, "One page.", ListShape[QuestionShape], {"The latest": examples.page([examples.ANSWERED])}),
    ),
    Operation(
        id="get_question",
        method="GET",
        path="/questions/{question_id}",
        tag=TAG,
        summary="Look at a question",
        description="A question with its answer.",
        answer=ANSWERED,
    ),
    Operation(
        id="delete_question",
        method="DELETE",
        path="/questions/{question_id}",
        tag=TAG,
        summary="Forget a question",
        description="Deletes the question, its answer and its citations. They also go with a transcription that they "
        "are about.",
        answer=Answer(204, "It is gone."),
    ),
)
