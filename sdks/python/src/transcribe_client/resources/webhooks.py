"""Webhooks: whom to tell of what, what was told, and what happened."""

from typing import Annotated, cast

from pydantic import Field

from transcribe_client.flows import Flow
from transcribe_client.models import WebhookDelivery, WebhookEndpoint, WebhookRedelivery
from transcribe_client.operations import Kind, Resource, listing, operation
from transcribe_client.pages import Listing
from transcribe_client.params import (
    ListEventsQuery,
    ListWebhookDeliveriesQuery,
    ListWebhookEndpointsQuery,
    NewWebhookEndpoint,
    Redelivery,
    WebhookEndpointChanges,
)
from transcribe_client.requests import path
from transcribe_client.typed import Unpack
from transcribe_client.webhooks import WebhookEvent, read_event

# Of the classes the first that fits, and the last fits any.
ANY_EVENT = Annotated[WebhookEvent, Field(union_mode="left_to_right")]


class WebhookEndpoints(Resource[Kind]):
    """`client.webhook_endpoints`"""

    @operation("create_webhook_endpoint")
    def create(
        self, *, idempotency_key: str | None = None, **body: Unpack[NewWebhookEndpoint]
    ) -> Flow[WebhookEndpoint]:
        """An address to tell; the answer has its `secret`, this once."""
        return self._read(WebhookEndpoint, "POST", "/webhook_endpoints", body=body, idempotency_key=idempotency_key)

    @listing("list_webhook_endpoints")
    def list(self, **query: Unpack[ListWebhookEndpointsQuery]) -> Listing[WebhookEndpoint]:
        """Those of the account, or that of one transcription."""
        return self._list(WebhookEndpoint, "/webhook_endpoints", query)

    @operation("get_webhook_endpoint")
    def get(self, webhook_endpoint_id: str) -> Flow[WebhookEndpoint]:
        """It as it stands."""
        return self._read(WebhookEndpoint, "GET", _endpoint(webhook_endpoint_id))

    @operation("update_webhook_endpoint")
    def update(self, webhook_endpoint_id: str, **body: Unpack[WebhookEndpointChanges]) -> Flow[WebhookEndpoint]:
        """Change its address or events, or switch it on or off."""
        return self._read(WebhookEndpoint, "PATCH", _endpoint(webhook_endpoint_id), body=body)

    @operation("delete_webhook_endpoint")
    def delete(self, webhook_endpoint_id: str) -> Flow[None]:
        """Tell it nothing any more."""
        yield from self._call("DELETE", _endpoint(webhook_endpoint_id))

    @operation("rotate_webhook_secret")
    def rotate_secret(self, webhook_endpoint_id: str, *, idempotency_key: str | None = None) -> Flow[WebhookEndpoint]:
        """Another `secret`, told this once; for a day the one before signs too."""
        at = _endpoint(webhook_endpoint_id, "rotate_secret")
        return self._read(WebhookEndpoint, "POST", at, idempotency_key=idempotency_key)

    @operation("test_webhook_endpoint")
    def test(self, webhook_endpoint_id: str, *, idempotency_key: str | None = None) -> Flow[WebhookDelivery]:
        """Send it a `webhook.test`."""
        at = _endpoint(webhook_endpoint_id, "test")
        return self._read(WebhookDelivery, "POST", at, idempotency_key=idempotency_key)

    @listing("list_webhook_deliveries")
    def deliveries(
        self, webhook_endpoint_id: str, **query: Unpack[ListWebhookDeliveriesQuery]
    ) -> Listing[WebhookDelivery]:
        """What was sent to it, and how that went."""
        return self._list(WebhookDelivery, _endpoint(webhook_endpoint_id, "deliveries"), query)

    @operation("redeliver_webhook_events")
    def redeliver(
        self, webhook_endpoint_id: str, *, idempotency_key: str | None = None, **body: Unpack[Redelivery]
    ) -> Flow[WebhookRedelivery]:
        """Send it all that happened since a time, once more."""
        at = _endpoint(webhook_endpoint_id, "redeliver")
        return self._read(WebhookRedelivery, "POST", at, body=body, idempotency_key=idempotency_key)


class WebhookDeliveries(Resource[Kind]):
    """`client.webhook_deliveries`"""

    @operation("get_webhook_delivery")
    def get(self, webhook_delivery_id: str) -> Flow[WebhookDelivery]:
        """It with its body and every attempt."""
        return self._read(WebhookDelivery, "GET", path("webhook_deliveries", webhook_delivery_id))

    @operation("redeliver_webhook")
    def redeliver(self, webhook_delivery_id: str, *, idempotency_key: str | None = None) -> Flow[WebhookDelivery]:
        """Send it once more."""
        at = path("webhook_deliveries", webhook_delivery_id, "redeliver")
        return self._read(WebhookDelivery, "POST", at, idempotency_key=idempotency_key)


class EventLog(Resource[Kind]):
    """`client.events`: what happened in the last thirty days, for whoever missed a webhook."""

    @listing("list_events")
    def list(self, **query: Unpack[ListEventsQuery]) -> Listing[WebhookEvent]:
        """What happened, or what happened since a time or an event."""
        return self._list(cast(type[WebhookEvent], ANY_EVENT), "/events", query)

    @operation("get_event")
    def get(self, event_id: str) -> Flow[WebhookEvent]:
        """One event."""
        received = yield from self._call("GET", path("events", event_id))
        return read_event(received.content, event_id)


def _endpoint(webhook_endpoint_id: str, *more: str) -> str:
    return path("webhook_endpoints", webhook_endpoint_id, *more)
