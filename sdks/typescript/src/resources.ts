import type { Pipeline, Question, Quote, Transcription, Usage } from "./generated/openapi.js";
import type { Listing } from "./lists.js";
import type { BodyOf, QueryOf } from "./operations.js";
import { Resource } from "./resource.js";
import type { RequestOptions } from "./transport.js";

/** Questions that were asked, with their answers. They are asked by `ask`. */
export class Questions extends Resource {
  /** Newest first. */
  list(query: QueryOf<"list_questions"> = {}, options?: RequestOptions): Listing<Question> {
    return this.transport.list("list_questions", { query }, options);
  }

  get(id: string, options?: RequestOptions): Promise<Question> {
    return this.transport.call("get_question", { path: { question_id: id } }, options);
  }

  delete(id: string, options?: RequestOptions): Promise<void> {
    return this.transport.call("delete_question", { path: { question_id: id } }, options);
  }
}

/** Prices of recordings, before they are transcribed. */
export class Quotes extends Resource {
  /** Takes what a transcription is created with; free, and nothing is held. */
  create(body: BodyOf<"create_quote">, options?: RequestOptions): Promise<Quote> {
    return this.transport.call("create_quote", { body }, options);
  }
}

/** What can transcribe, with its prices. */
export class Pipelines extends Resource {
  list(options?: RequestOptions): Listing<Pipeline> {
    return this.transport.list("list_pipelines", {}, options);
  }
}

/** What was used and spent, by day, pipeline or key. */
export class UsageRows extends Resource {
  list(query: QueryOf<"list_usage"> = {}, options?: RequestOptions): Listing<Usage> {
    return this.transport.list("list_usage", { query }, options);
  }
}

/** What was put into the trash; `transcriptions.restore` brings it back. */
export class Trash extends Resource {
  list(query: QueryOf<"list_trash"> = {}, options?: RequestOptions): Listing<Transcription> {
    return this.transport.list("list_trash", { query }, options);
  }
}
