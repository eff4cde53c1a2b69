export { Transcribe, type TranscribeOptions } from "./client.js";
export * from "./errors.js";
export { ExportedFile } from "./exported_files.js";
export { Listing, type Page } from "./lists.js";
export type { OnProgress, Progress } from "./progress.js";
export type { Recording, Sendable, StreamedRecording } from "./recordings.js";
export type { StreamedEvent, Transcriptions, WaitOptions } from "./transcriptions.js";
export type { ClientOptions, RequestOptions } from "./transport.js";
export type { SendOptions, Uploads } from "./uploads.js";
export * from "./webhooks.js";
/** The JSON of the API, as its document describes it. */
export type {
  Chapter,
  Citation,
  Cost,
  Edited,
  ErrorCode,
  ExportFormat,
  Failure,
  FailureCode,
  Me,
  NewTranscription,
  Pipeline,
  PipelineCode,
  Question,
  Quote,
  Result,
  Revision,
  Search,
  SearchHit,
  Segment,
  Share,
  Speaker,
  Stage,
  Status,
  Summary,
  Topic,
  Transcription,
  TranscriptionEvent,
  Upload,
  Usage,
  WebhookDelivery,
  WebhookEndpoint,
  Word,
} from "./generated/openapi.js";
/** The whole of it: `components["schemas"]["…"]`, `operations["…"]`. */
export type { components, operations, paths } from "./generated/openapi.js";
