import type { Stage, Transcription } from "./generated/openapi.js";

/** How far something is. */
export interface Progress {
  /** What is being done: `uploading`, then where the transcription is, then how it ended. */
  stage: "uploading" | Stage | "completed" | "failed";
  /** From 0 to 1: of the bytes while they are sent, then of the transcription. */
  fraction: number;
  /** The transcription, once there is one. */
  transcriptionId: string | null;
}

/** Is told how far something is, whenever that changes. */
export type OnProgress = (progress: Progress) => void;

/** How far a transcription is. */
export function progressOf(transcription: Transcription): Progress {
  const { id, status, stage, progress } = transcription;
  return { stage: status === "processing" ? (stage ?? "queued") : status, fraction: progress, transcriptionId: id };
}
