// One recording on its way: sent, priced, ordered, and its line in the queue of uploads.js.

import { Patience, Refused, ask } from "./asking.js";
import { forget, isSame, remember } from "./begun.js";
import { chosenPipeline } from "./choices.js";
import { forgetRecording, hasArrived, hold, keepFile } from "./keeping.js";
import { lengthOf } from "./quotes.js";
import { Transfer } from "./transfer.js";
import { bytes, duration } from "./words.js";

const UNDO_MS = 8000;

const ACTIONS = {
  waiting: ["discard"],
  sending: ["pause", "discard"],
  ordering: [],
  paused: ["resume", "discard"],
  refused: ["again", "discard"],
  unknown: ["choose", "discard"],
  sent: ["discard"],
  gone: ["discard"],
  discarded: ["undo"],
  done: [],
};

/**
 * One of the recordings of `queue`, which knows `root`, the address of uploads, and `template`, what a line is made of. It
 * is asked to `redraw()`, to go on with its `next()`, to `say(words, {isOfOne})` and what is `chosen()` on the form now,
 * and told what is `finished(item, page)` or `removed(item)`.
 */
export class Item {
  state = "waiting";
  message = "";
  isWrong = false;
  seconds = null;
  /** How it is to be transcribed, once that is asked for: pairs of the form. */
  options = null;
  /** Whether links were begun beside it. */
  hasCompany = false;
  #controller = null;
  #dropping = null;
  #queue;

  constructor(queue, { file = null, entry = null, seconds = null, recording = null }) {
    this.#queue = queue;
    this.file = file;
    this.entry = entry;
    this.name = (file ?? entry).name;
    this.size = (file ?? entry).size;
    this.seconds = seconds;
    this.recording = recording;
    this.patience = new Patience(() => this.draw());
    this.row = queue.template.content.firstElementChild.cloneNode(true);
    this.row.querySelector(".upload-name").textContent = this.name;
    this.row.querySelector("progress").setAttribute("aria-label", MESSAGES.sending.progressOf(this.name));
    for (const button of this.row.querySelectorAll("button, a"))
      button.setAttribute("aria-label", MESSAGES.sending.actionOn(button.textContent, this.name));
    this.row.addEventListener("click", ({ target }) => this.do(target.closest("[data-do]")?.dataset.do));
    this.row.querySelector("input").addEventListener("change", ({ target }) => {
      if (target.files.length) this.take(target.files[0]);
      target.value = "";
    });
    this.draw();
  }

  get isUnderWay() {
    return ["waiting", "sending", "ordering", "paused", "sent"].includes(this.state);
  }

  get isSignedOut() {
    return (this.state === "sending" && this.transfer.isSignedOut) || (this.state === "ordering" && this.patience.isSignedOut);
  }

  get sentBytes() {
    if (["ordering", "sent", "done"].includes(this.state)) return this.size;
    return this.transfer?.sentBytes ?? this.sentBefore ?? 0;
  }

  set(state, message = "", { isWrong = false } = {}) {
    Object.assign(this, { state, message, isWrong });
    this.draw();
    this.#queue.redraw();
  }

  do(action) {
    if (action === "pause") this.pause();
    else if (action === "resume" || action === "again") this.resume();
    else if (action === "transcribe") this.begin(this.#queue.chosen());
    else if (action === "discard") this.discard();
    else if (action === "undo") this.undo();
  }

  pause() {
    this.set("paused");
    this.transfer.pause();
    this.#queue.say(MESSAGES.sending.isPaused(this.name), { isOfOne: true });
    this.#queue.next();
  }

  resume() {
    this.set("waiting");
    this.#queue.next();
  }

  /** Another try with a file that was chosen for an upload from before. */
  take(file) {
    if (!isSame(this.entry, file))
      return this.set("unknown", MESSAGES.sending.anotherFile, { isWrong: true });
    this.file = file;
    this.resume();
    this.measure();
  }

  /** Where an upload from before stands, null where it is gone. */
  resumeFrom(upload) {
    if (!upload) return;
    const lastBytes = upload.size_bytes - (upload.parts_count - 1) * upload.part_size_bytes;
    const bytesOf = (number) => (number === upload.parts_count ? lastBytes : upload.part_size_bytes);
    this.sentBefore = upload.parts_received.reduce((sum, number) => sum + bytesOf(number), 0);
    this.set(upload.status === "complete" ? "sent" : this.file ? "waiting" : "unknown");
    if (this.state === "sent" && !this.options) this.askLength();
  }

  async measure() {
    this.seconds ??= this.file && (await measuring.after(() => lengthOf(this.file)));
    this.draw();
    this.#queue.redraw();
  }

  async send() {
    this.transfer ??= new Transfer(this.file, this.#queue.root, () => this.changed());
    this.set("sending");
    this.#queue.say(MESSAGES.sending.begins(this.name), { isOfOne: true });
    try {
      await this.transfer.send(this.entry?.id);
    } catch (error) {
      if (this.state !== "sending") return; // paused or discarded
      this.refuse(error);
      return;
    }
    hasArrived(this.entry.id, this.file);
    this.set("sent");
    if (!this.options) this.askLength();
  }

  changed() {
    const { upload, isLost, isSignedOut } = this.transfer;
    if (upload && !this.entry) {
      const { name, size, lastModified } = this.file;
      this.entry = { id: upload.id, name, size, lastModified, recording: this.recording, options: this.options };
      remember(this.entry);
      hold(upload.id);
      if (!this.recording) keepFile(upload.id, this.file);
    }
    if (isLost && !isSignedOut && !this.wasLost) {
      this.#queue.say(MESSAGES.sending.lost(this.name), { isOfOne: true });
    }
    this.wasLost = isLost;
    this.draw();
  }

  /** The length of what the browser cannot read itself, by the service's own quote. */
  async askLength() {
    await measuring.after(async () => {
      if (this.seconds !== null || this.state !== "sent") return;
      const path = `${this.#queue.root}/${this.entry.id}/quote`;
      const quote = await ask("POST", path, formData(this.#queue.chosen())).catch(() => null);
      this.seconds = quote?.duration_seconds ?? null;
    });
    this.draw();
    this.#queue.redraw();
  }

  /** Have it transcribed under these options as soon as it has arrived. */
  begin(options) {
    this.options = options;
    if (this.entry) remember((this.entry = { ...this.entry, options }));
    if (this.state === "sent") this.set("sent");
    this.#queue.next();
  }

  async order() {
    const { signal } = (this.#controller = new AbortController());
    this.set("ordering");
    try {
      const path = `${this.#queue.root}/${this.entry.id}/transcribe`;
      const { page } = await this.patience.until(() => ask("POST", path, formData(this.options), signal), signal);
      this.finish(page);
    } catch (error) {
      if (error.code === "upload_already_used") return this.finish(null); // It was, and that was deleted since.
      this.options = null;
      if (this.entry) remember((this.entry = { ...this.entry, options: null }));
      this.refuse(error, "sent");
    }
  }

  finish(page) {
    forget(this.entry.id);
    if (this.recording) forgetRecording(this.recording).catch(() => {});
    const link = this.row.querySelector("a");
    link.hidden = !page;
    if (page) link.href = page;
    this.set("done", MESSAGES.sending.done);
    this.#queue.say(MESSAGES.sending.wasSent(this.name), { isOfOne: true });
    this.#queue.finished(this, page);
  }

  /** Shows why it did not go on; an upload that is no more is begun anew by the next try. */
  refuse(error, state = "refused") {
    const isGone = error.code === "upload_not_found";
    if (isGone) {
      forget(this.entry?.id);
      this.entry = null;
      this.transfer = null;
    }
    const message = error instanceof Refused ? error.message : MESSAGES.failedOnce;
    this.set(isGone ? (this.file ? "refused" : "gone") : state, message, { isWrong: true });
    this.#queue.say(MESSAGES.sending.refused(this.name, message));
  }

  /** Takes it off the queue: a recording goes back among those that are kept, of a file this can be undone for a while. */
  discard() {
    this.transfer?.pause();
    if (this.recording) return this.drop();
    this.hadArrived = this.sentBytes === this.size;
    this.set("discarded", MESSAGES.sending.discarded);
    this.row.querySelector("[data-do=undo]").focus();
    this.#queue.say(MESSAGES.sending.wasDiscarded(this.name));
    this.#dropping = setTimeout(() => this.drop(), UNDO_MS);
    this.#queue.next();
  }

  undo() {
    clearTimeout(this.#dropping);
    this.set(this.hadArrived && this.entry ? "sent" : this.file ? "waiting" : "unknown");
    this.#queue.say(MESSAGES.sending.isBack(this.name));
    this.row.querySelector("[data-do=discard]").focus();
    this.#queue.next();
  }

  drop() {
    this.set("done");
    this.#controller?.abort();
    if (this.entry) {
      forget(this.entry.id);
      ask("POST", `${this.#queue.root}/${this.entry.id}/delete`).catch(() => {}); // It is swept after a day anyway.
    }
    this.#queue.removed(this);
  }

  draw() {
    const { row, state } = this;
    row.dataset.state = state;
    row.classList.toggle("is-wrong", this.isWrong);
    for (const control of row.querySelectorAll("[data-do]")) control.hidden = !this.actions.includes(control.dataset.do);
    const bar = row.querySelector("progress");
    bar.hidden = !["waiting", "sending", "paused", "unknown"].includes(state);
    bar.value = this.sentBytes / this.size;
    row.querySelector(".upload-facts").textContent = this.facts;
  }

  get actions() {
    // An order that was refused, such as for want of money, may be given again for this one alone.
    return this.state === "sent" && this.isWrong ? ["transcribe", "discard"] : ACTIONS[this.state];
  }

  get lengthWords() {
    if (this.seconds === null) return "";
    const isTooLong = this.seconds > Number(chosenPipeline().dataset.longest);
    return `${clock(this.seconds)}${isTooLong ? MESSAGES.sending.tooLong : ""} · `;
  }

  get facts() {
    const share = MESSAGES.sending.share(bytes(this.sentBytes), bytes(this.size));
    if (this.message) return this.message;
    if (this.isSignedOut) return MESSAGES.sending.signedOut;
    if (this.state === "waiting") return MESSAGES.sending.waiting(bytes(this.size));
    if (this.state === "paused") return MESSAGES.sending.pausedAt(share);
    if (this.state === "unknown") return MESSAGES.sending.chooseAgain(share);
    if (this.state === "sent") return (this.options ? MESSAGES.sending.sent : MESSAGES.sending.notBegun)(this.lengthWords);
    if (this.state === "ordering" && this.patience.isWaiting) return MESSAGES.sending.lostAfter;
    if (this.state === "ordering") return MESSAGES.sending.ordering;
    if (this.state !== "sending") return "";
    if (this.transfer.isLost) return MESSAGES.sending.lostAt(share);
    const { speed } = this.transfer;
    return speed ? MESSAGES.sending.atSpeed(share, bytes(speed), duration((this.size - this.sentBytes) / speed)) : share;
  }
}

/** Measures one after the other: forty at once would be forty decoders, here or at the service. */
const measuring = {
  last: Promise.resolve(),
  after(measure) {
    this.last = this.last.then(measure);
    return this.last;
  },
};

function formData(entries) {
  const data = new FormData();
  for (const [name, value] of entries) data.append(name, value);
  return data;
}
