"""What the API's document says: one module of operations for each module of routes, in the order of the reference."""

from blueprints.api_v1.documents import (
    account,
    edits,
    events,
    exports,
    questions,
    quotes,
    search,
    shares,
    transcriptions,
    trash,
    uploads,
    webhooks,
)
from blueprints.api_v1.documents.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *transcriptions.OPERATIONS,
    *trash.OPERATIONS,
    *edits.OPERATIONS,
    *exports.OPERATIONS,
    *shares.OPERATIONS,
    *search.OPERATIONS,
    *questions.OPERATIONS,
    *quotes.OPERATIONS,
    *uploads.OPERATIONS,
    *webhooks.OPERATIONS,
    *events.OPERATIONS,
    *account.OPERATIONS,
)
