// One file on its way to the store: in parts, several at once, again after whatever breaks off, from what has arrived.

import { BrokenOff, Patience, Refused, ask } from "./asking.js";

const PARTS_AT_ONCE = 4;
const ADDRESSES_AT_ONCE = 16;
const ADDRESS_LASTS_MS = 45 * 60_000; // The server gives them an hour.
const STALLED_MS = 60_000;
const REFUSALS_TAKEN = 5;
const SPEED_OVER_MS = 15_000;
const PASSING = new Set([408, 409, 425, 429]);

/** Sends the bytes; how many have left so far is told meanwhile. Resolves to the status, BrokenOff where none came. */
function put({ url, headers }, bytes, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    let patience;
    const isMoving = () => {
      clearTimeout(patience);
      patience = setTimeout(stop, STALLED_MS);
    };
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded }) => {
      isMoving();
      onProgress(loaded);
    });
    request.addEventListener("load", () => resolve(request.status));
    request.addEventListener("error", () => reject(new BrokenOff()));
    request.addEventListener("abort", () => reject(new BrokenOff()));
    request.addEventListener("loadend", () => {
      clearTimeout(patience);
      signal.removeEventListener("abort", stop);
    });
    signal.addEventListener("abort", stop);
    isMoving();
    request.send(bytes);
  });
}

/**
 * `send()` resolves once the store has the whole file, and may be called again after `pause()` or a refusal. `onChange` is
 * called when `isLost`, `isSignedOut` or `upload` (as the server knows it) may have changed.
 */
export class Transfer {
  upload = null;
  #file;
  #root;
  #onChange;
  #patience;
  #controller = null;
  #arrived = 0;
  #leaving = new Map();
  #missing = [];
  #addresses = new Map();
  #asking = null;
  #samples = [];

  constructor(file, root, onChange) {
    this.#file = file;
    this.#root = root;
    this.#onChange = onChange;
    this.#patience = new Patience(onChange);
  }

  /** Whether nothing moves, and another try is waited for. */
  get isLost() {
    return this.#patience.isWaiting && ![...this.#leaving.values()].some((loaded) => loaded > 0);
  }

  /** Whether it is the session that is over: the bytes already on their way may still arrive. */
  get isSignedOut() {
    return this.isLost && this.#patience.isSignedOut;
  }

  get sentBytes() {
    let leaving = 0;
    for (const loaded of this.#leaving.values()) leaving += loaded;
    return Math.min(this.#file.size, this.#arrived + leaving);
  }

  /** Bytes a second over the last quarter of a minute, 0 where that is not known yet. */
  get speed() {
    const now = performance.now();
    this.#samples = this.#samples.filter(([at]) => now - at < SPEED_OVER_MS);
    this.#samples.push([now, this.sentBytes]);
    const [from, before] = this.#samples[0];
    return now - from < 1000 ? 0 : Math.max(0, (this.sentBytes - before) / ((now - from) / 1000));
  }

  pause() {
    this.#controller?.abort();
  }

  async send(uploadId = this.upload?.id) {
    const controller = (this.#controller = new AbortController());
    const { signal } = controller;
    this.#samples = [];
    this.#addresses.clear();
    try {
      this.#know(await this.#patience.until(() => this.#begun(uploadId, signal), signal));
      while (this.upload.status !== "complete") {
        await this.#sendMissing(signal);
        this.#know(await this.#patience.until(() => this.#completed(signal), signal));
      }
    } finally {
      // One part that is refused ends the others.
      controller.abort();
      this.#leaving.clear();
    }
  }

  #begun(uploadId, signal) {
    if (uploadId) return ask("GET", `${this.#root}/${uploadId}`, null, signal);
    const { name, type, size } = this.#file;
    const contentType = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(type) ? type : "application/octet-stream";
    const wanted = { filename: name.slice(-255), content_type: contentType, size_bytes: size, multipart: true };
    return ask("POST", this.#root, wanted, signal);
  }

  /** The upload, complete; or, where the store lacks a part after all, how far it is. */
  async #completed(signal) {
    const address = `${this.#root}/${this.upload.id}`;
    try {
      return await ask("POST", `${address}/complete`, {}, signal);
    } catch (error) {
      if (error.code !== "upload_incomplete") throw error;
      return ask("GET", address, null, signal);
    }
  }

  #know(upload) {
    this.upload = upload;
    const received = new Set(upload.parts_received);
    const numbers = Array.from({ length: upload.parts_count }, (_, index) => index + 1);
    this.#missing = upload.status === "complete" ? [] : numbers.filter((number) => !received.has(number));
    this.#arrived = this.#file.size - this.#missing.reduce((sum, number) => sum + this.#bytes(number).size, 0);
    this.#onChange();
  }

  #bytes(number) {
    const size = this.upload.part_size_bytes;
    return this.#file.slice((number - 1) * size, number * size);
  }

  #sendMissing(signal) {
    const sendNext = async () => {
      while (this.#missing.length) await this.#sendPart(this.#missing.shift(), signal);
    };
    return Promise.all(Array.from({ length: PARTS_AT_ONCE }, sendNext));
  }

  async #sendPart(number, signal) {
    const bytes = this.#bytes(number);
    let refusals = 0;
    await this.#patience.until(async () => {
      const address = await this.#addressOf(number, signal);
      this.#leaving.set(number, 0);
      try {
        const status = await put(address, bytes, (loaded) => this.#leaving.set(number, loaded), signal);
        if (status >= 200 && status < 300) {
          this.#arrived += bytes.size;
          return;
        }
        if (status === 507) throw new Refused(MESSAGES.sending.noRoom, { status });
        // An address that has expired is refused too, so another is tried before that counts.
        if (status >= 400 && status < 500 && !PASSING.has(status) && (refusals += 1) >= REFUSALS_TAKEN)
          throw new Refused(MESSAGES.sending.refusedByStore, { status });
        throw new BrokenOff();
      } catch (error) {
        this.#addresses.delete(number);
        if (error instanceof BrokenOff && !signal.aborted) await this.#checkFile(bytes);
        throw error;
      } finally {
        this.#leaving.delete(number);
      }
    }, signal);
  }

  async #addressOf(number, signal) {
    const isGood = () => performance.now() - (this.#addresses.get(number)?.at ?? -Infinity) < ADDRESS_LASTS_MS;
    while (!isGood()) {
      this.#asking ??= this.#askAddresses([number, ...this.#missing].slice(0, ADDRESSES_AT_ONCE), signal).finally(
        () => (this.#asking = null),
      );
      await this.#asking;
    }
    return this.#addresses.get(number);
  }

  async #askAddresses(numbers, signal) {
    const answer = await ask("POST", `${this.#root}/${this.upload.id}/parts`, { part_numbers: numbers }, signal);
    const at = performance.now();
    for (const part of answer.data) this.#addresses.set(part.part_number, { ...part, at });
  }

  /** A file that was changed since it was chosen cannot be read any more, which looks like a lost connection. */
  async #checkFile(bytes) {
    try {
      await bytes.slice(0, 1).arrayBuffer();
    } catch {
      throw new Refused(MESSAGES.sending.changed);
    }
  }
}
