// The uploader on the list of transcriptions: a queue of files, each sent by transfer.js and then transcribed as the form
// says. What has begun is remembered in this browser, so that choosing the same file again goes on where it stopped.

import { Refused, Transfer, ask } from "./transfer.js";

const uploader = document.getElementById("uploader");
const form = uploader.closest("form");
const list = uploader.querySelector(".uploads");
const status = uploader.querySelector("[role=status]");
const { root, account } = uploader.dataset;
const maxBytes = Number(uploader.dataset.maxBytes);
const KEY = `uploads.${account}`;
const REDRAW_MS = 500;

const items = [];

// Remembering

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function keep(entries) {
  try {
    localStorage.setItem(KEY, JSON.stringify(entries));
  } catch {
    // Without storage it works until the page is left.
  }
}

const remember = ({ id, name, size, lastModified }) =>
  keep([...remembered().filter((entry) => entry.id !== id), { id, name, size, lastModified }]);
const forget = (id) => keep(remembered().filter((entry) => entry.id !== id));
const isSame = (entry, file) =>
  entry.name === file.name && entry.size === file.size && entry.lastModified === file.lastModified;

// Words

function bytes(count) {
  const [divisor, unit] = count >= 1e9 ? [1e9, "GB"] : count >= 1e6 ? [1e6, "MB"] : [1e3, "kB"];
  return `${(count / divisor).toFixed(count >= 1e9 ? 2 : count >= 1e7 || unit === "kB" ? 0 : 1)} ${unit}`;
}

function duration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function say(words) {
  status.textContent = words;
}

function refreshList() {
  htmx.ajax("GET", location.href, { target: "#listing", select: "#listing", swap: "outerHTML" });
}

// One file in the queue

const ACTIONS = {
  waiting: ["discard"],
  sending: ["pause", "discard"],
  finishing: [],
  paused: ["resume", "discard"],
  refused: ["again", "discard"],
  unknown: ["choose", "discard"],
  sent: ["transcribe", "discard"],
  gone: ["discard"],
  done: [],
};

class Item {
  state = "waiting";
  message = "";

  constructor({ file = null, entry = null }) {
    this.file = file;
    this.entry = entry;
    this.name = (file ?? entry).name;
    this.size = (file ?? entry).size;
    this.row = uploader.querySelector("template").content.firstElementChild.cloneNode(true);
    this.row.querySelector(".upload-name").textContent = this.name;
    this.row.querySelector("progress").setAttribute("aria-label", `Sent of ${this.name}`);
    this.row.addEventListener("click", ({ target }) => this.do(target.closest("[data-do]")?.dataset.do));
    this.row.querySelector("input").addEventListener("change", ({ target }) => {
      if (target.files.length) this.take(target.files[0]);
      target.value = "";
    });
    list.append(this.row);
    this.draw();
  }

  set(state, message = "") {
    Object.assign(this, { state, message });
    this.draw();
  }

  do(action) {
    if (action === "pause") {
      this.set("paused");
      this.transfer.pause();
      say(`${this.name} is paused.`);
    } else if (action === "resume" || action === "again") {
      this.set("waiting");
      next();
    } else if (action === "transcribe") this.transcribe();
    else if (action === "discard") this.discard();
  }

  /** Another try with a file that was chosen for an upload from before. */
  take(file) {
    if (!isSame(this.entry, file)) return this.set("unknown", "This is another file, or it was changed since.");
    this.file = file;
    this.set("waiting");
    next();
  }

  async send() {
    this.transfer ??= new Transfer(this.file, root, () => this.changed());
    this.set("sending");
    say(`Sending ${this.name}.`);
    try {
      await this.transfer.send(this.entry?.id);
    } catch (error) {
      if (this.state !== "sending") return; // paused or discarded
      this.refuse(error);
      return;
    }
    await this.transcribe();
  }

  changed() {
    const { upload, isLost } = this.transfer;
    if (upload && !this.entry) {
      this.entry = { id: upload.id, name: this.name, size: this.size, lastModified: this.file.lastModified };
      remember(this.entry);
    }
    if (isLost && !this.wasLost) say(`The connection was lost. ${this.name} goes on by itself when it is back.`);
    this.wasLost = isLost;
    this.draw();
  }

  async transcribe() {
    this.set("finishing", "Sent. Handing it over…");
    const options = new FormData(form);
    if (items.length > 1) options.delete("title"); // It was meant for one.
    try {
      const { page } = await ask("POST", `${root}/${this.entry.id}/transcribe`, options);
      forget(this.entry.id);
      this.finish(page);
    } catch (error) {
      if (error.code === "upload_already_used") {
        // The answer to an earlier try was lost, or another tab was quicker.
        forget(this.entry.id);
        refreshList();
        return this.remove();
      }
      this.refuse(error, "sent");
    }
  }

  finish(page) {
    const isAlone = items.length === 1;
    const link = this.row.querySelector("a");
    link.href = page;
    link.hidden = false;
    this.set("done", "Sent, and being transcribed.");
    say(`${this.name} was sent, and is being transcribed.`);
    if (isAlone) location.assign(page);
    else refreshList();
  }

  /** Shows why it did not go on; an upload that is no more is begun anew by the next try. */
  refuse(error, state = "refused") {
    const isGone = error.code === "upload_not_found";
    if (isGone) {
      forget(this.entry?.id);
      this.entry = null;
      this.transfer = null;
    }
    const message = error instanceof Refused ? error.message : "The service does not answer. Try again.";
    this.set(isGone ? (this.file ? "refused" : "gone") : state, message);
    say(`${this.name}: ${message}`);
  }

  discard() {
    this.set("done");
    this.transfer?.pause();
    if (this.entry) {
      forget(this.entry.id);
      ask("POST", `${root}/${this.entry.id}/delete`).catch(() => {}); // It is swept after a day anyway.
    }
    this.remove();
    say(`${this.name} was discarded.`);
  }

  remove() {
    items.splice(items.indexOf(this), 1);
    this.row.remove();
    uploader.querySelector("input[type=file]").focus();
    next();
  }

  draw() {
    const { row, state } = this;
    row.dataset.state = state;
    for (const control of row.querySelectorAll("[data-do]")) control.hidden = !ACTIONS[state].includes(control.dataset.do);
    const bar = row.querySelector("progress");
    const sent = this.transfer?.sentBytes ?? this.sentBefore ?? 0;
    bar.hidden = ["done", "refused"].includes(state);
    bar.value = state === "finishing" || state === "sent" ? 1 : sent / this.size;
    row.querySelector(".upload-facts").textContent = this.facts(sent);
  }

  facts(sent) {
    const share = `${bytes(sent)} of ${bytes(this.size)}`;
    if (this.message) return this.message;
    if (this.state === "waiting") return `${bytes(this.size)}, waiting for its turn`;
    if (this.state === "paused") return `Paused at ${share}`;
    if (this.state === "unknown") return `${share} sent before. Choose the same file again to go on.`;
    if (this.state === "sent") return "Sent, not yet transcribed.";
    if (this.state !== "sending") return "";
    if (this.transfer.isLost) return `${share}. The connection was lost; trying again by itself…`;
    const { speed } = this.transfer;
    return speed ? `${share} · ${bytes(speed)}/s · ${duration((this.size - sent) / speed)} left` : share;
  }
}

// The queue

function next() {
  if (items.some(({ state }) => state === "sending")) return;
  items.find(({ state }) => state === "waiting")?.send().finally(next);
}

function complaint(file) {
  if (file.size === 0) return "is empty, or a folder";
  if (file.size > maxBytes) return `has ${bytes(file.size)}; more than ${bytes(maxBytes)} are not taken`;
  return null;
}

async function add(files) {
  await recalled;
  const complaints = [];
  for (const file of files) {
    const wrong = complaint(file);
    const known = items.find(({ entry, state }) => entry && ["unknown", "sent"].includes(state) && isSame(entry, file));
    if (wrong) complaints.push(`${file.name} ${wrong}.`);
    else if (known?.state === "sent") known.transcribe();
    else if (known) known.take(file);
    else items.push(new Item({ file }));
  }
  const error = uploader.querySelector(".field-error");
  error.textContent = complaints.join(" ");
  error.hidden = !complaints.length;
  next();
}

/** Uploads that were begun here and not finished, as far as the server still has them. */
async function recall() {
  for (const entry of remembered()) {
    try {
      const upload = await ask("GET", `${root}/${entry.id}`);
      const item = new Item({ entry });
      items.push(item);
      const lastBytes = upload.size_bytes - (upload.parts_count - 1) * upload.part_size_bytes;
      item.sentBefore = upload.parts_received.reduce(
        (sum, number) => sum + (number === upload.parts_count ? lastBytes : upload.part_size_bytes),
        0,
      );
      item.set(upload.status === "complete" ? "sent" : "unknown");
    } catch (error) {
      if (error.status === 404) forget(entry.id);
    }
  }
}

const recalled = recall();
const picker = uploader.querySelector(".drop input[type=file]");
picker.addEventListener("change", () => {
  add([...picker.files]);
  picker.value = "";
});

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  uploader.classList.add("is-target");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) uploader.classList.remove("is-target");
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  uploader.classList.remove("is-target");
  add([...event.dataTransfer.files]);
});

addEventListener("beforeunload", (event) => {
  if (items.some(({ state }) => state === "sending" || state === "finishing")) event.preventDefault();
});

setInterval(() => items.filter(({ state }) => state === "sending").forEach((item) => item.draw()), REDRAW_MS);
