"""Webhook endpoints and deliveries, as the API's document tells of them."""

from blueprints.api_v1.documents import examples
from blueprints.api_v1.documents import webhook_examples as samples
from blueprints.api_v1.documents.operation import Answer, Operation, refusals
from blueprints.api_v1.shapes import ListShape
from blueprints.api_v1.webhook_shapes import (
    WebhookDeliveryShape,
    WebhookEndpointShape,
    WebhookRedeliveryShape,
)
from blueprints.inputs import Nothing
from blueprints.webhook_inputs import (
    NewWebhookEndpoint,
    Redelivery,
    WebhookDeliveryQuery,
    WebhookEndpointChanges,
    WebhookEndpointQuery,
)
from errors import Conflict, TooManyWebhookEndpoints, UrlNotAllowed
from handlers.webhook_endpoints import MOST_ENDPOINTS

TAG = "Webhooks"

OPERATIONS = (
    Operation(
        id="create_webhook_endpoint",
        method="POST",
        path="/webhook_endpoints",
        tag=TAG,
        summary="Add an endpoint",
        description="Has an address told of events, by a POST that is signed as Standard Webhooks 1.0 says. The answer "
        f"has the secret, this once. An account has up to {MOST_ENDPOINTS} endpoints, besides those of single "
        "transcriptions (`webhook_url`).",
        body=NewWebhookEndpoint,
        examples={"Of completed ones alone": samples.NEW_ENDPOINT},
        creates="webhook_endpoint_id",
        answer=Answer(201, "The endpoint, with its secret.", WebhookEndpointShape, {"New": samples.CREATED}),
        refusals=refusals(UrlNotAllowed, TooManyWebhookEndpoints),
    ),
    Operation(
        id="list_webhook_endpoints",
        method="GET",
        path="/webhook_endpoints",
        tag=TAG,
        summary="List endpoints",
        description="The account's endpoints, newest first. Those of single transcriptions are found by their "
        "`transcription_id`.",
        query=WebhookEndpointQuery,
        answer=Answer(
            200,
            "One page.",
            ListShape[WebhookEndpointShape],
            {"Two of them": examples.page([samples.ENDPOINT, samples.SWITCHED_OFF])},
        ),
    ),
    Operation(
        id="get_webhook_endpoint",
        method="GET",
        path="/webhook_endpoints/{webhook_endpoint_id}",
        tag=TAG,
        summary="Look at an endpoint",
        description="The endpoint as it stands.",
        answer=Answer(200, "The endpoint.", WebhookEndpointShape, {"Switched off": samples.SWITCHED_OFF}),
    ),
    Operation(
        id="update_webhook_endpoint",
        method="PATCH",
        path="/webhook_endpoints/{webhook_endpoint_id}",
        tag=TAG,
        summary="Change an endpoint",
        description="Changes its address, what it is told of or what it is for, or switches it on or off. While it is "
        "off nothing is sent to it, and what happens makes no deliveries.",
        body=WebhookEndpointChanges,
        examples={"Switch it on": {"enabled": True}},
        answer=Answer(200, "The endpoint as changed.", WebhookEndpointShape, {"Switched on": samples.ENDPOINT}),
        refusals=refusals(UrlNotAllowed),
    ),
    Operation(
        id="delete_webhook_endpoint",
        method="DELETE",
        path="/webhook_endpoints/{webhook_endpoint_id}",
        tag=TAG,
        summary="Delete an endpoint",
        description="Deletes it with its deliveries. Events stay.",
        answer=Answer(204, "It is gone."),
    ),
    Operation(
        id="rotate_webhook_secret",
        method="POST",
        path="/webhook_endpoints/{webhook_endpoint_id}/rotate_secret",
        tag=TAG,
        summary="Change an endpoint's secret",
        description="Makes a new secret, which the answer has this once. For 24 hours both sign, so that receivers can "
        "change over at leisure. Takes no body.",
        body=Nothing,
        answer=Answer(200, "The endpoint, with its new secret.", WebhookEndpointShape, {"Rotated": samples.ROTATED}),
    ),
    Operation(
        id="test_webhook_endpoint",
        method="POST",
        path="/webhook_endpoints/{webhook_endpoint_id}/test",
        tag=TAG,
        summary="Test an endpoint",
        description="Sends it a `webhook.test`, whatever it is told of otherwise. Takes no body.",
        body=Nothing,
        answer=Answer(202, "The delivery of the test.", WebhookDeliveryShape, {"On its way": samples.TESTING}),
        refusals=refusals(Conflict),
    ),
    Operation(
        id="list_webhook_deliveries",
        method="GET",
        path="/webhook_endpoints/{webhook_endpoint_id}/deliveries",
        tag=TAG,
        summary="List an endpoint's deliveries",
        description="What was and will be sent to it, newest first, for 30 days.",
        query=WebhookDeliveryQuery,
        answer=Answer(
            200,
            "One page.",
            ListShape[WebhookDeliveryShape],
            {"The last page": examples.page([samples.DELIVERED, samples.TESTING])},
        ),
    ),
    Operation(
        id="redeliver_webhook_events",
        method="POST",
        path="/webhook_endpoints/{webhook_endpoint_id}/redeliver",
        tag=TAG,
        summary="Deliver everything since a time again",
        description="Sends all events since then that the endpoint is told of, those too that were delivered or never "
        "sent to it. Each has the id that it had before.",
        body=Redelivery,
        examples={"A day and its night": samples.SINCE},
        answer=Answer(202, "How many are on their way.", WebhookRedeliveryShape, {"A dozen": samples.REDELIVERY}),
        refusals=refusals(Conflict),
    ),
    Operation(
        id="get_webhook_delivery",
        method="GET",
        path="/webhook_deliveries/{webhook_delivery_id}",
        tag=TAG,
        summary="Look at a delivery",
        description="The delivery with its attempts: what was sent, and what was answered.",
        answer=Answer(200, "The delivery.", WebhookDeliveryShape, {"The second attempt did it": samples.DETAILS}),
    ),
    Operation(
        id="redeliver_webhook",
        method="POST",
        path="/webhook_deliveries/{webhook_delivery_id}/redeliver",
        tag=TAG,
        summary="Deliver an event again",
        description="Sends the event again, whatever became of it, with the id that it had before. Takes no body.",
        body=Nothing,
        answer=Answer(202, "The delivery, pending.", WebhookDeliveryShape, {"Once more": samples.PENDING}),
        refusals=refusals(Conflict),
    ),
)
