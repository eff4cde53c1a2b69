// Recording from the microphone: a level, the time, pauses; and what was recorded here before and never sent.

import { asFile, fileOf, forgetRecording, heldElsewhere, hold, keepPart, keptRecordings } from "./keeping.js";

const PART_MS = 2000;
const BITS_PER_SECOND = 64_000;
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const REDRAW_MS = 100;
const SILENT_BELOW = 0.004;
const SILENT_FOR_MS = 6000;

const TROUBLES = {
  NotAllowedError: MESSAGES.recording.notAllowed,
  NotFoundError: MESSAGES.recording.notFound,
  NotReadableError: MESSAGES.recording.notReadable,
};

/** The level of a stream, 0 to 1. */
class Level {
  #context = new AudioContext();
  #analyser = this.#context.createAnalyser();
  #samples = new Float32Array(this.#analyser.fftSize);

  constructor(stream) {
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    this.#context.resume();
  }

  get now() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return Math.sqrt(this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length);
  }

  close() {
    this.#context.close();
  }
}

/** One recording while it is made. */
class Take {
  isKept = true;
  #parts = [];
  #keeping = Promise.resolve();
  #counted = 0;
  #since = null;

  constructor(stream, account, onTrouble) {
    const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each)) ?? "";
    this.stream = stream;
    this.level = new Level(stream);
    this.recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
    this.about = { id: crypto.randomUUID(), account, type: this.recorder.mimeType || type, startedAt: Date.now(), seconds: 0 };
    hold(this.about.id);
    this.recorder.addEventListener("dataavailable", ({ data }) => this.#keep(data, onTrouble));
  }

  get seconds() {
    return (this.#counted + (this.#since === null ? 0 : performance.now() - this.#since)) / 1000;
  }

  get isPaused() {
    return this.recorder.state === "paused";
  }

  start() {
    this.recorder.start(PART_MS);
    this.#since = performance.now();
  }

  pause() {
    this.recorder.pause();
    this.#counted = this.seconds * 1000;
    this.#since = null;
  }

  resume() {
    this.recorder.resume();
    this.#since = performance.now();
  }

  /** The whole recording, once its last part is there. */
  async stop() {
    if (this.recorder.state !== "inactive") {
      const stopped = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
      this.recorder.stop();
      await stopped;
    }
    this.#counted = this.seconds * 1000;
    this.#since = null;
    for (const track of this.stream.getTracks()) track.stop();
    this.level.close();
    await this.#keeping;
    return asFile(this.about, this.#parts);
  }

  #keep(data, onTrouble) {
    if (!data.size) return;
    const number = this.#parts.push(data) - 1;
    const about = { ...this.about, seconds: this.seconds };
    this.#keeping = this.#keeping
      .then(() => this.isKept && keepPart(about, number, data))
      .catch(() => {
        this.isKept = false;
        onTrouble(MESSAGES.recording.notKept);
      });
  }
}

/**
 * `add(file, {seconds, recording})` gets what was recorded; `recording` is what it is kept under here, null where it is
 * not kept. `say` tells screen readers.
 */
export class Recorder {
  #take = null;
  #quietSince = null;

  constructor({ root, button, account, add, say }) {
    Object.assign(this, { root, button, account, add, say });
    this.panel = root.querySelector(".recording");
    this.error = root.querySelector(".recorder-error");
    button.addEventListener("click", () => this.record());
    this.panel.addEventListener("click", ({ target }) => this.#do(target.closest("[data-do]")?.dataset.do));
    setInterval(() => this.#take && this.#drawMoment(), REDRAW_MS);
  }

  get isRecording() {
    return this.#take !== null;
  }

  async record() {
    this.#complain("");
    if (!isSecureContext) return this.#complain(MESSAGES.recording.insecure);
    if (!navigator.mediaDevices || !window.MediaRecorder) return this.#complain(MESSAGES.recording.unable);
    this.button.disabled = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.#take = new Take(stream, this.account, (words) => this.#complain(words));
      // A microphone that is unplugged ends what was recorded, and loses nothing of it.
      stream.getAudioTracks()[0].addEventListener("ended", () => this.stop(MESSAGES.recording.gone));
      this.#take.start();
      this.wakeLock = await navigator.wakeLock?.request("screen").catch(() => null);
    } catch (error) {
      this.#complain(TROUBLES[error.name] ?? MESSAGES.recording.notStarted);
      this.button.disabled = false;
      return;
    }
    this.#quietSince = performance.now();
    this.#draw();
    this.panel.querySelector("[data-do=stop]").focus();
    this.say(MESSAGES.recording.goesOn);
  }

  async stop(words = "") {
    const take = this.#take;
    if (!take) return;
    this.#take = null;
    this.wakeLock?.release();
    const file = await take.stop();
    this.#draw();
    this.button.disabled = false;
    this.button.focus();
    this.#complain(words);
    if (file.size) this.add(file, { seconds: take.seconds, recording: take.isKept ? take.about.id : null });
  }

  #do(action) {
    if (action === "stop") this.stop();
    else if (action === "hold" || action === "continue") {
      if (action === "hold") this.#take.pause();
      else this.#take.resume();
      this.#draw();
      this.panel.querySelector(`[data-do=${action === "hold" ? "continue" : "hold"}]`).focus();
      this.say(action === "hold" ? MESSAGES.recording.isPaused : MESSAGES.recording.goesOn);
    }
  }

  #draw() {
    this.panel.hidden = !this.#take;
    if (!this.#take) return;
    this.panel.dataset.state = this.#take.isPaused ? "paused" : "on";
    this.panel.querySelector("[data-do=hold]").hidden = this.#take.isPaused;
    this.panel.querySelector("[data-do=continue]").hidden = !this.#take.isPaused;
    this.#drawMoment();
  }

  #drawMoment() {
    const take = this.#take;
    const level = take.isPaused ? 0 : take.level.now;
    this.panel.querySelector("meter").value = Math.min(1, level * 4);
    this.panel.querySelector("[role=timer]").textContent = clock(take.seconds);
    if (level > SILENT_BELOW || take.isPaused) {
      this.#quietSince = performance.now();
      if (this.error.dataset.about === "silence") this.#complain("");
    } else if (performance.now() - this.#quietSince > SILENT_FOR_MS && this.error.hidden)
      this.#complain(MESSAGES.recording.silent, "silence");
  }

  #complain(words, about = "") {
    this.error.textContent = words;
    this.error.hidden = !words;
    this.error.dataset.about = about;
  }

  // What was recorded before

  /** Offers what is kept here and in no other tab's hands, `except` those on their way already. */
  async offerKept(except) {
    const list = this.root.querySelector(".kept");
    const taken = await heldElsewhere().catch(() => new Set());
    const recordings = await keptRecordings(this.account).catch(() => []);
    const free = recordings.filter(({ id }) => !taken.has(id) && !except.has(id));
    list.replaceChildren(...free.map((recording) => this.#row(recording)));
  }

  #row(recording) {
    const row = this.root.querySelector("template").content.firstElementChild.cloneNode(true);
    const began = new Date(recording.startedAt).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    row.querySelector(".upload-name").textContent = MESSAGES.recording.of(began);
    row.querySelector(".upload-facts").textContent = MESSAGES.recording.notSent(clock(recording.seconds));
    row.addEventListener("click", async ({ target }) => {
      const action = target.closest("[data-do]")?.dataset.do;
      if (action === "send") {
        const file = await fileOf(recording.id);
        if (!file) return this.#complain(MESSAGES.recording.nothingLeft);
        hold(recording.id);
        this.add(file, { seconds: recording.seconds, recording: recording.id });
      } else if (action === "listen") return this.#listen(row, await fileOf(recording.id));
      else if (action === "delete") await forgetRecording(recording.id);
      else return;
      row.remove();
      this.button.focus();
    });
    return row;
  }

  #listen(row, file) {
    const player = row.querySelector("audio");
    if (!file) return this.#complain(MESSAGES.recording.nothingLeft);
    player.setAttribute("aria-label", row.querySelector(".upload-name").textContent);
    player.src = URL.createObjectURL(file);
    player.hidden = false;
    player.play().catch(() => {});
  }
}
