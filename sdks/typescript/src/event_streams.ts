/** One event as the server sent it. */
export interface ServerSentEvent {
  event: string;
  data: string;
}

/**
 * The events of a stream, as they come (HTML Living Standard, server-sent events; ids and retry times are not used).
 *
 * Ends with the stream, also where that breaks off in the middle of an event, which is then dropped. Throws the reason of
 * the signal, what the connection broke of, and an Error where nothing comes for `silenceMs`.
 */
export async function* serverSentEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
  signal?: AbortSignal,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = "";
  let lines: string[] = [];
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), silenceMs, signal);
      if (done) return;
      const parts = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = parts.pop() ?? "";
      for (const line of parts) {
        if (line !== "") {
          lines.push(line);
          continue;
        }
        const event = eventOf(lines);
        lines = [];
        if (event) yield event;
      }
    }
  } finally {
    // Not waited for: a connection that does not answer does not answer this either.
    reader.cancel().catch(() => undefined);
  }
}

function withinSilence<T>(reading: Promise<T>, silenceMs: number, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const abort = () => {
      end();
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`Nothing came for ${silenceMs / 1000} s.`));
    }, silenceMs);
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    reading.finally(end).then(resolve, reject);
  });
}

/** The event that these lines make; null for comments, and for what has no data. */
function eventOf(lines: string[]): ServerSentEvent | null {
  const fields = lines.filter((line) => !line.startsWith(":")).map((line) => /^([^:]*):? ?([^]*)$/.exec(line) ?? []);
  const values = (name: string) => fields.filter((field) => field[1] === name).map((field) => field[2] ?? "");
  const data = values("data");
  return data.length === 0 ? null : { event: values("event").at(-1) || "message", data: data.join("\n") };
}
