// What recordings would cost, as far as the browser can tell: their length from the file itself, the price as the
// service computes it. What is charged is the service's to say.

import { usd } from "./words.js";

const PATIENCE_MS = 10_000;

/** The seconds of a chosen file, null where this browser cannot tell. */
export function lengthOf(file) {
  return new Promise((resolve) => {
    const media = document.createElement(file.type.startsWith("video/") ? "video" : "audio");
    const address = URL.createObjectURL(file);
    const timer = setTimeout(() => finish(null), PATIENCE_MS);
    function finish(seconds) {
      clearTimeout(timer);
      media.removeAttribute("src");
      URL.revokeObjectURL(address);
      resolve(Number.isFinite(seconds) && seconds > 0 ? seconds : null);
    }
    media.addEventListener("loadedmetadata", () => finish(media.duration), { once: true });
    media.addEventListener("error", () => finish(null), { once: true });
    media.preload = "metadata";
    media.src = address;
  });
}

/** Micro-dollars of so many seconds, rounded up once. */
export const priceOf = (seconds, perMinute) => Math.ceil((seconds * perMinute) / 60 - 1e-6);

/** An amount that is an estimate: cents of cents are enough. */
const roughly = (microusd) => usd(Math.abs(microusd) < 100 ? microusd : Math.round(microusd / 100) * 100);

/** The price of recordings of these lengths (null: unknown) in a sentence or two. */
export function priceWords(lengths, perMinute, available) {
  const words = MESSAGES.price;
  const known = lengths.filter((seconds) => seconds !== null);
  const unknown = lengths.length - known.length;
  const rate = words.rate(usd(perMinute));
  const recordings = words.recordings(lengths.length);
  if (!known.length) return [words.unread(recordings, rate), words.available(usd(available)), words.nothingYet].join(" ");
  const seconds = known.reduce((sum, each) => sum + each, 0);
  const total = known.reduce((sum, each) => sum + priceOf(each, perMinute), 0);
  const rest = unknown ? words.more(unknown, rate) : "";
  const about = words.about(recordings, clock(seconds), roughly(total), rest);
  return [about, afterwards(total, available, unknown), words.nothingYet].join(" ");
}

function afterwards(total, available, unknown) {
  const words = MESSAGES.price;
  if (total > available) return words.tooLittle(usd(available));
  return unknown ? words.available(usd(available)) : words.afterwards(usd(available), roughly(available - total));
}
