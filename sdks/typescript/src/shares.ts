import type { NewShare, Share, ShareChanges } from "./generated/openapi.js";
import type { Listing } from "./lists.js";
import type { QueryOf } from "./operations.js";
import { Resource } from "./resource.js";
import type { RequestOptions } from "./transport.js";

/** Links at which anyone may read one transcript. */
export class Shares extends Resource {
  /** A new link; its `url` is what to send. */
  create(transcriptionId: string, body: NewShare = {}, options?: RequestOptions): Promise<Share> {
    return this.transport.call("create_share", { ...of(transcriptionId), body }, options);
  }

  /** Newest first. */
  list(transcriptionId: string, query: QueryOf<"list_shares"> = {}, options?: RequestOptions): Listing<Share> {
    return this.transport.list("list_shares", { ...of(transcriptionId), query }, options);
  }

  get(id: string, options?: RequestOptions): Promise<Share> {
    return this.transport.call("get_share", to(id), options);
  }

  /** When it ends, its password or what it shows; the address stays. */
  update(id: string, changes: ShareChanges, options?: RequestOptions): Promise<Share> {
    return this.transport.call("update_share", { ...to(id), body: changes }, options);
  }

  /** Ends it at once. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return this.transport.call("delete_share", to(id), options);
  }
}

function of(id: string): { path: { transcription_id: string } } {
  return { path: { transcription_id: id } };
}

function to(id: string): { path: { share_id: string } } {
  return { path: { share_id: id } };
}
