import type { ErrorCode, ErrorObject, Failure, Transcription } from "./generated/openapi.js";

/** What kind of trouble an answer of the API tells of. */
export type ErrorType = ErrorObject["type"] | (string & {});

/** What is at the root of all that this library throws, but for the reason of an aborted signal. */
export class TranscribeError extends Error {
  override name = "TranscribeError";
}

/** No API key was given, nor is one in TRANSCRIBE_API_KEY. */
export class MissingKeyError extends TranscribeError {
  override name = "MissingKeyError";
}

/** What an answer said about what went wrong. */
export interface Refusal {
  status: number;
  type: ErrorType;
  code: ErrorCode | null;
  message: string;
  param: string | null;
  requestId: string | null;
  docUrl: string | null;
  retryAfterSeconds: number | null;
}

/** The API answered, and refused. The subclass says what kind of trouble it is, `code` which. */
export class APIError extends TranscribeError {
  override name = "APIError";
  readonly status: number;
  readonly type: ErrorType;
  /** Stable, for programs; null where something between us and the API answered in its place. */
  readonly code: ErrorCode | null;
  /** The field that is to blame. */
  readonly param: string | null;
  /** To be quoted to support. */
  readonly requestId: string | null;
  /** Where the code is explained. */
  readonly docUrl: string | null;
  /** How long the API asks to be left alone. */
  readonly retryAfterSeconds: number | null;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.status = refusal.status;
    this.type = refusal.type;
    this.code = refusal.code;
    this.param = refusal.param;
    this.requestId = refusal.requestId;
    this.docUrl = refusal.docUrl;
    this.retryAfterSeconds = refusal.retryAfterSeconds;
  }
}

/** The request itself is to blame, or what it is about: 400, 404, 405, 409, 413, 415, 422. */
export class InvalidRequestError extends APIError {
  override name = "InvalidRequestError";
}

/** There is no such thing, or it is somebody else's: 404. */
export class NotFoundError extends InvalidRequestError {
  override name = "NotFoundError";
}

/** It cannot be done as things stand: 409. */
export class ConflictError extends InvalidRequestError {
  override name = "ConflictError";
}

/** The key is missing, wrong or revoked: 401. */
export class AuthenticationError extends APIError {
  override name = "AuthenticationError";
}

/** This may not be done: 403. */
export class PermissionDeniedError extends APIError {
  override name = "PermissionDeniedError";
}

/** The wallet, the monthly cap or `max_cost_usd` does not allow it: 402. */
export class PaymentRequiredError extends APIError {
  override name = "PaymentRequiredError";
}

/** The idempotency key was used for another request, or its first request still runs. */
export class IdempotencyError extends APIError {
  override name = "IdempotencyError";
}

/** Too many requests, also after the retries: 429. */
export class RateLimitError extends APIError {
  override name = "RateLimitError";
}

/** The service's own trouble, also after the retries: 5xx. */
export class ServerError extends APIError {
  override name = "ServerError";
}

/** No answer came, also after the retries. `cause` is what `fetch` threw. */
export class APIConnectionError extends TranscribeError {
  override name = "APIConnectionError";
}

/** No answer came within `timeoutMs`, also after the retries. */
export class APITimeoutError extends APIConnectionError {
  override name = "APITimeoutError";
}

/** The answer is not one that the API gives: another service stands at that address, or something in between. */
export class UnexpectedAnswerError extends TranscribeError {
  override name = "UnexpectedAnswerError";
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** The transcription was not final in time. It goes on: wait for it again with its id. */
export class WaitTimeoutError extends TranscribeError {
  override name = "WaitTimeoutError";
  readonly transcriptionId: string;
  /** As it was last seen; null where the service did not answer. */
  readonly transcription: Transcription | null;

  constructor(transcriptionId: string, transcription: Transcription | null, waitedMs: number) {
    super(`${transcriptionId} is not final after ${waitedMs / 1000} s. It goes on; wait for it again with its id.`);
    this.transcriptionId = transcriptionId;
    this.transcription = transcription;
  }
}

/** The transcription ended as failed. `code` says why; nothing was charged. */
export class TranscriptionFailedError extends TranscribeError {
  override name = "TranscriptionFailedError";
  readonly transcriptionId: string;
  readonly transcription: Transcription;
  readonly code: Failure["code"];

  constructor(transcription: Transcription) {
    super(transcription.error?.message ?? "The transcription failed.");
    this.transcriptionId = transcription.id;
    this.transcription = transcription;
    this.code = transcription.error?.code ?? "transcription_failed";
  }
}

/** The bytes of an upload did not arrive. Send the same file again with `uploadId`, and what has arrived stays. */
export class UploadError extends TranscribeError {
  override name = "UploadError";
  readonly uploadId: string;

  constructor(message: string, uploadId: string, options?: ErrorOptions) {
    super(message, options);
    this.uploadId = uploadId;
  }
}

/** This is not an event that the service signed with this secret, or it is too old. */
export class WebhookVerificationError extends TranscribeError {
  override name = "WebhookVerificationError";
}

type Kind = new (refusal: Refusal) => APIError;

const BY_TYPE: Record<ErrorObject["type"], Kind> = {
  invalid_request_error: InvalidRequestError,
  authentication_error: AuthenticationError,
  permission_error: PermissionDeniedError,
  payment_required_error: PaymentRequiredError,
  idempotency_error: IdempotencyError,
  rate_limit_error: RateLimitError,
  api_error: ServerError,
};
const INVALID_BY_STATUS: Record<number, Kind> = { 404: NotFoundError, 409: ConflictError };
const TYPE_BY_STATUS: Record<number, ErrorObject["type"]> = {
  401: "authentication_error",
  402: "payment_required_error",
  403: "permission_error",
  429: "rate_limit_error",
};

/** The error that an answer tells of: by its type, or by its status where what answered was not the API. */
export function errorOf(status: number, headers: Headers, body: string): APIError {
  const told = errorObject(body);
  const type = told.type ?? TYPE_BY_STATUS[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  return new (kindOf(type, status))({
    status,
    type,
    code: told.code ?? null,
    message: told.message ?? `The answer has the status ${status} and is not the API's.`,
    param: told.param ?? null,
    requestId: told.request_id ?? headers.get("X-Request-Id"),
    docUrl: told.doc_url ?? null,
    retryAfterSeconds: retryAfterSeconds(headers),
  });
}

function kindOf(type: ErrorType, status: number): Kind {
  if (type === "invalid_request_error") return INVALID_BY_STATUS[status] ?? InvalidRequestError;
  return Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type as ErrorObject["type"]] : APIError;
}

function errorObject(body: string): Partial<ErrorObject> {
  try {
    const { error } = JSON.parse(body) as { error?: Partial<ErrorObject> };
    return typeof error === "object" ? error : {};
  } catch {
    return {};
  }
}

/** The seconds of a Retry-After, given as such or as a date; null without a valid one. */
export function retryAfterSeconds(headers: Headers, now: number = Date.now()): number | null {
  const value = headers.get("Retry-After")?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, (date - now) / 1000);
}
