"""Account, pipelines and usage, as the API's document tells of them."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents.operation import Answer, Operation
from blueprints.api_v1.shapes import ListShape, MeShape, PipelineShape, UsageShape
from blueprints.inputs import Nothing, UsageQuery

TAG = "Account"

OPERATIONS = (
    Operation(
        id="get_me",
        method="GET",
        path="/me",
        tag=TAG,
        summary="Look at the account",
        description="Who the key belongs to, what is in the wallet, and what was spent this month.",
        query=Nothing,
        answer=Answer(200, "The account.", MeShape, {"An account": examples.ME}),
    ),
    Operation(
        id="list_pipelines",
        method="GET",
        path="/pipelines",
        tag=TAG,
        summary="List pipelines",
        description="What this service can transcribe with, and at what price. All of them are on one page.",
        query=Nothing,
        answer=Answer(
            200, "Every pipeline.", ListShape[PipelineShape], {"One of them": examples.page([examples.PIPELINE])}
        ),
    ),
    Operation(
        id="list_usage",
        method="GET",
        path="/usage",
        tag=TAG,
        summary="See where the money went",
        description="Transcriptions, seconds and charges by day, pipeline or key; groups without any are left out. "
        "Newest first by day, most expensive first otherwise. All of them are on one page.",
        query=UsageQuery,
        answer=Answer(200, "One row a group.", ListShape[UsageShape], {"By day": examples.page(examples.USAGE)}),
    ),
)
