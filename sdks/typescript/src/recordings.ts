/** A recording that can be sent: its name, type, exact size, and its bytes by their places. */
export interface Recording {
  filename: string;
  contentType: string;
  sizeBytes: number;
  /** Bytes `start` to `end`, without the latter. */
  slice(start: number, end: number): Promise<Blob | Uint8Array<ArrayBuffer>>;
  /** The SHA-256 of the whole, in lower-case hexadecimal, where that is to be had without holding all of it. */
  sha256?(): Promise<string>;
  /** The MD5 of a part, in lower-case hexadecimal. */
  md5?(part: Blob | Uint8Array<ArrayBuffer>): Promise<string>;
}

/** What a stream does not tell of itself. */
export interface StreamedRecording {
  stream: ReadableStream<Uint8Array>;
  /** Exactly how many bytes will come. */
  sizeBytes: number;
  filename: string;
  contentType?: string;
}

/** What can be sent: a Blob or File, bytes, a stream of known size, or a Recording such as `fromPath` gives. */
export type Sendable = Blob | Uint8Array | ArrayBuffer | StreamedRecording | Recording;

/** What a recording is called and is, where it does not say so itself. */
export interface Naming {
  filename?: string | undefined;
  contentType?: string | undefined;
}

const UNKNOWN_TYPE = "application/octet-stream";
// The containers that the service takes, by the endings of their files' names.
// prettier-ignore
const TYPES: Record<string, string> = {
  aac: "audio/aac", ac3: "audio/ac3", aif: "audio/aiff", aiff: "audio/aiff", amr: "audio/amr", asf: "video/x-ms-asf",
  au: "audio/basic", avi: "video/x-msvideo", caf: "audio/x-caf", flac: "audio/flac", m4a: "audio/mp4", mka: "audio/x-matroska",
  mkv: "video/x-matroska", mov: "video/quicktime", mp2: "audio/mpeg", mp3: "audio/mpeg", mp4: "video/mp4", mpga: "audio/mpeg",
  oga: "audio/ogg", ogg: "audio/ogg", opus: "audio/ogg", ts: "video/mp2t", wav: "audio/wav", weba: "audio/webm",
  webm: "video/webm", wma: "audio/x-ms-wma", "3gp": "video/3gpp",
};

/** The media type of a file by its name. */
export function typeOf(filename: string): string {
  const ending = filename.split(".").pop()?.toLowerCase() ?? "";
  return (Object.hasOwn(TYPES, ending) && TYPES[ending]) || UNKNOWN_TYPE;
}

/** The recording that something sendable is. */
export function recordingOf(sendable: Sendable, naming: Naming = {}): Recording {
  const source = sourceOf(sendable);
  const filename = naming.filename ?? source.filename;
  // A Blob's type may carry parameters, which the API does not take: `audio/webm;codecs=opus`.
  const contentType = (naming.contentType ?? source.contentType ?? "").split(";")[0]?.trim();
  return Object.assign(source, { filename, contentType: contentType || typeOf(filename) });
}

type Source = Omit<Recording, "contentType"> & { contentType?: string };

function sourceOf(sendable: Sendable): Source {
  if (sendable instanceof Blob) return ofBlob(sendable);
  if (sendable instanceof ArrayBuffer) return ofBytes(new Uint8Array(sendable));
  if (sendable instanceof Uint8Array) return ofBytes(sendable as Uint8Array<ArrayBuffer>);
  if ("stream" in sendable) return ofStream(sendable);
  return ofRecording(sendable);
}

/** One of the caller's own, which may be a class with state; another name and type may be put over its own. */
function ofRecording(recording: Recording): Source {
  const { filename, contentType, sizeBytes, slice, sha256, md5 } = recording;
  return {
    filename,
    contentType,
    sizeBytes,
    slice: slice.bind(recording),
    ...(sha256 && { sha256: sha256.bind(recording) }),
    ...(md5 && { md5: md5.bind(recording) }),
  };
}

function ofBlob(blob: Blob): Source {
  return {
    filename: blob instanceof File ? blob.name : "recording",
    contentType: blob.type,
    sizeBytes: blob.size,
    // Without its type: the headers of a part are those that were signed, and no others.
    slice: async (start, end) => blob.slice(start, end, ""),
  };
}

function ofBytes(bytes: Uint8Array<ArrayBuffer>): Source {
  return { filename: "recording", sizeBytes: bytes.length, slice: async (start, end) => bytes.subarray(start, end) };
}

/** A stream can be read once and forwards; parts are asked for in their order, and wait for those before them. */
function ofStream({ stream, sizeBytes, filename, contentType }: StreamedRecording): Source {
  const reader = stream.getReader();
  let place = 0;
  let rest = new Uint8Array(0);
  let turn: Promise<unknown> = Promise.resolve();

  /** The next bytes, at most `size` of them. */
  async function some(size: number): Promise<Uint8Array> {
    while (rest.length === 0) {
      const { done, value } = await reader.read();
      if (done) throw new TypeError(`The stream ended after ${place} bytes; sizeBytes said ${sizeBytes}.`);
      rest = value as Uint8Array<ArrayBuffer>;
    }
    const taken = rest.subarray(0, size);
    rest = rest.subarray(taken.length);
    place += taken.length;
    return taken;
  }

  async function read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (start < place) throw new TypeError("A stream cannot be read again from an earlier place.");
    while (place < start) await some(start - place); // This part arrived before.
    const bytes = new Uint8Array(end - start);
    while (place < end) {
      const at = place - start;
      bytes.set(await some(end - place), at);
    }
    if (end === sizeBytes && (rest.length > 0 || !(await reader.read()).done)) {
      throw new TypeError(`The stream goes on after ${sizeBytes} bytes, which is what sizeBytes said.`);
    }
    return bytes;
  }

  return {
    filename,
    ...(contentType === undefined ? {} : { contentType }),
    sizeBytes,
    slice(start, end) {
      const bytes = turn.then(() => read(start, end));
      turn = bytes.catch(() => undefined);
      return bytes;
    },
  };
}
