import type {
  Event,
  NewWebhookEndpoint,
  Redelivery,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointChanges,
  WebhookRedelivery,
} from "./generated/openapi.js";
import type { Listing } from "./lists.js";
import type { QueryOf } from "./operations.js";
import { Resource } from "./resource.js";
import type { RequestOptions } from "./transport.js";

/** Addresses of yours that are told what happens. `Webhook` verifies what comes there. */
export class WebhookEndpoints extends Resource {
  /** The answer has the `secret` that its events are signed with, this once. */
  create(body: NewWebhookEndpoint, options?: RequestOptions): Promise<WebhookEndpoint> {
    return this.transport.call("create_webhook_endpoint", { body }, options);
  }

  list(query: QueryOf<"list_webhook_endpoints"> = {}, options?: RequestOptions): Listing<WebhookEndpoint> {
    return this.transport.list("list_webhook_endpoints", { query }, options);
  }

  get(id: string, options?: RequestOptions): Promise<WebhookEndpoint> {
    return this.transport.call("get_webhook_endpoint", to(id), options);
  }

  update(id: string, changes: WebhookEndpointChanges, options?: RequestOptions): Promise<WebhookEndpoint> {
    return this.transport.call("update_webhook_endpoint", { ...to(id), body: changes }, options);
  }

  delete(id: string, options?: RequestOptions): Promise<void> {
    return this.transport.call("delete_webhook_endpoint", to(id), options);
  }

  /** A new `secret`; for 24 hours the old one signs too. */
  rotateSecret(id: string, options?: RequestOptions): Promise<WebhookEndpoint> {
    return this.transport.call("rotate_webhook_secret", to(id), options);
  }

  /** Sends it a `webhook.test`. */
  test(id: string, options?: RequestOptions): Promise<WebhookDelivery> {
    return this.transport.call("test_webhook_endpoint", to(id), options);
  }

  /** What was sent to it, newest first, with every attempt. */
  deliveries(
    id: string,
    query: QueryOf<"list_webhook_deliveries"> = {},
    options?: RequestOptions,
  ): Listing<WebhookDelivery> {
    return this.transport.list("list_webhook_deliveries", { ...to(id), query }, options);
  }

  /** Sends it again what happened since a time. */
  redeliver(id: string, body: Redelivery, options?: RequestOptions): Promise<WebhookRedelivery> {
    return this.transport.call("redeliver_webhook_events", { ...to(id), body }, options);
  }
}

/** Events on their way to an endpoint. */
export class WebhookDeliveries extends Resource {
  get(id: string, options?: RequestOptions): Promise<WebhookDelivery> {
    return this.transport.call("get_webhook_delivery", { path: { webhook_delivery_id: id } }, options);
  }

  /** Sends it again, now. */
  redeliver(id: string, options?: RequestOptions): Promise<WebhookDelivery> {
    return this.transport.call("redeliver_webhook", { path: { webhook_delivery_id: id } }, options);
  }
}

/** What happened in the last thirty days, to catch up with after an outage. */
export class Events extends Resource {
  /** Newest first. */
  list(query: QueryOf<"list_events"> = {}, options?: RequestOptions): Listing<Event> {
    return this.transport.list("list_events", { query }, options);
  }

  get(id: string, options?: RequestOptions): Promise<Event> {
    return this.transport.call("get_event", { path: { event_id: id } }, options);
  }
}

function to(id: string): { path: { webhook_endpoint_id: string } } {
  return { path: { webhook_endpoint_id: id } };
}
