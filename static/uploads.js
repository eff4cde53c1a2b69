// Adding recordings on the list of transcriptions: files and what the microphone heard are sent by transfer.js, a few at a
// time, as soon as they are chosen. They are transcribed as the form says once its button is pressed, so that the price is
// seen first. What has begun is remembered in this browser, and goes on where it stopped: by itself where the file could
// be kept, else when the same file is chosen again.

import { BrokenOff, SignedOut, ask, askFragment } from "./asking.js";
import { forget, isSame, remembered } from "./begun.js";
import { bringAlong, isTranscript } from "./bringing.js";
import { perMinute } from "./choices.js";
import { takeWhatComes } from "./dropping.js";
import { Item } from "./items.js";
import { fileOf, heldElsewhere, hold, keptFile } from "./keeping.js";
import { priceOf, priceWords } from "./quotes.js";
import { Recorder } from "./recorder.js";
import { bytes, duration } from "./words.js";

const FILES_AT_ONCE = 3;
const REDRAW_MS = 500;
const REFRESH_MS = 1000;
const MOST_ANNOUNCED = 3;
const MOST_LINES = 10;

const uploader = document.getElementById("uploader");
const form = uploader.closest("form");
const list = uploader.querySelector(".uploads");
const sum = uploader.querySelector(".uploads-sum");
const status = uploader.querySelector(":scope > [role=status]");
const { root } = uploader.dataset;
const { account } = form.dataset;
const maxBytes = Number(uploader.dataset.maxBytes);

const items = [];
let available = Number(form.dataset.available);

// Telling

function say(words) {
  status.textContent = words;
}

let refreshing = null;

/** Shows what is on the list by now, once for what came within a second. Where rows are ticked its own stream has to do. */
function refreshList() {
  refreshing ??= setTimeout(() => {
    refreshing = null;
    if (document.querySelector("#rows .pick input:checked")) return;
    htmx.ajax("GET", location.href, { target: "#listing", select: "#listing", swap: "outerHTML" });
  }, REFRESH_MS);
}

const inQueue = () => new Set(items.map(({ recording }) => recording).filter(Boolean));

// The queue

const queue = {
  root,
  template: uploader.querySelector(":scope > template"),
  next,
  redraw: drawSum,
  chosen: pairs,
  /** Of forty files nobody wants to hear each. */
  say(words, { isOfOne = false } = {}) {
    if (!isOfOne || items.length <= MOST_ANNOUNCED) say(words);
  },
  finished(item, page) {
    available -= item.seconds === null ? 0 : priceOf(item.seconds, perMinute());
    const isAllThereIs = items.length === 1 && !item.hasCompany && !recorder.isRecording && !linkField().value.trim();
    if (page && isAllThereIs) location.assign(page);
    else refreshList();
    if (items.length > MOST_ANNOUNCED && items.every(({ state }) => state === "done"))
      say(MESSAGES.sending.allSent(items.length));
  },
  async removed(item) {
    items.splice(items.indexOf(item), 1);
    if (item.row.contains(document.activeElement)) picker.focus();
    item.row.remove();
    next();
    if (item.recording) await recorder.offerKept(inQueue()); // It is still kept.
  },
};

function enqueue(about) {
  const item = new Item(queue, about);
  items.push(item);
  list.append(item.row);
  return item;
}

const isBusy = ({ state }) => state === "sending" || state === "ordering";

function next() {
  while (items.filter(isBusy).length < FILES_AT_ONCE) {
    const arrived = items.find(({ state, options }) => state === "sent" && options);
    const item = arrived ?? items.find(({ state }) => state === "waiting");
    if (!item) break;
    (item.state === "sent" ? item.order() : item.send()).finally(next);
  }
  drawSum();
}

function complaint(file) {
  const { name, size } = file;
  if (size === 0) return MESSAGES.sending.empty(name);
  if (size > maxBytes) return MESSAGES.sending.tooLarge(name, bytes(size), bytes(maxBytes));
  const twin = items.find((item) => item.file && item.state !== "discarded" && isSame(item.file, file));
  if (twin) return (twin.state === "done" ? MESSAGES.sending.sentAlready : MESSAGES.sending.listedAlready)(name);
  return null;
}

function complain(words) {
  const error = uploader.querySelector(".uploader-error");
  error.textContent = words;
  error.hidden = !words;
}

async function bring(transcripts) {
  if (!transcripts.length) return "";
  const complaint = await bringAlong(transcripts, form.elements.language.value, uploader.querySelector(".brought-along"));
  refreshList();
  return complaint;
}

async function add(files, { seconds = null, recording = null } = {}) {
  await recalled;
  const complaints = [await bring(files.filter(isTranscript))].filter(Boolean);
  for (const file of files.filter((each) => !isTranscript(each))) {
    const known = items.find(({ entry, state }) => entry && ["unknown", "sent"].includes(state) && isSame(entry, file));
    const wrong = known?.state === "unknown" ? null : complaint(file);
    if (known?.state === "unknown") known.take(file);
    else if (wrong || known) complaints.push(wrong ?? MESSAGES.sending.listedAlready(file.name));
    else enqueue({ file, seconds, recording }).measure();
  }
  complain(complaints.join(" "));
  if (items.length > MOST_ANNOUNCED) say(MESSAGES.sending.listed(items.length));
  next();
}

/** What was begun here and not finished, and is in no other tab's hands. */
async function recall() {
  const taken = await heldElsewhere().catch(() => new Set());
  for (const entry of remembered()) {
    if (taken.has(entry.id)) continue;
    hold(entry.id);
    const { recording = null, options = null } = entry;
    if (recording) hold(recording);
    const file = recording ? await fileOf(recording).catch(() => null) : await keptFile(entry.id);
    const upload = await ask("GET", `${root}/${entry.id}`).catch((error) => (error.status === 404 ? null : "unknown"));
    if (upload === "unknown") continue; // Another day.
    if (!upload) forget(entry.id); // Swept by now: what is still here of it begins anew.
    if (!upload && !file) continue;
    const item = enqueue({ file, entry: upload && entry, recording });
    item.options = options;
    item.resumeFrom(upload);
    item.measure();
  }
  next();
}

// All of them together

function drawSum() {
  const all = items.filter(({ state }) => state !== "gone" && state !== "discarded");
  sum.hidden = !all.length;
  linkField().required = !all.length;
  uploader.querySelector(".signed-out").hidden = !items.some((item) => item.isSignedOut);
  if (!all.length) return;
  const size = all.reduce((total, item) => total + item.size, 0);
  const sent = all.reduce((total, item) => total + item.sentBytes, 0);
  const arrived = all.filter(({ state }) => ["sent", "ordering", "done"].includes(state)).length;
  const speed = all.reduce((total, { state, transfer }) => total + (state === "sending" ? transfer.speed : 0), 0);
  const left = speed && sent < size ? MESSAGES.sending.left(duration((size - sent) / speed)) : "";
  const isMany = all.length > 1;
  const progress = sum.querySelector(".uploads-progress");
  progress.hidden = sum.querySelector("progress").hidden = !isMany;
  progress.textContent = MESSAGES.sending.sum(arrived, all.length, bytes(sent), bytes(size)) + left;
  sum.querySelector("progress").value = size ? sent / size : 0;
  drawPrice();
  const offered = {
    pause: isMany && items.some(({ state }) => state === "sending" || state === "waiting"),
    resume: isMany && items.some(({ state }) => state === "paused"),
    clear: isMany && items.some(({ state }) => state === "done"),
  };
  for (const button of sum.querySelectorAll("[data-all]")) button.hidden = !offered[button.dataset.all];
}

function drawPrice() {
  const waiting = items.filter((item) => item.isUnderWay && !item.options);
  const words = priceWords(waiting.map(({ seconds }) => seconds), perMinute(), available);
  const price = sum.querySelector(".uploads-price");
  price.hidden = !waiting.length;
  if (price.textContent !== words) price.textContent = words;
}

const ALL = {
  pause() {
    for (const item of items) {
      if (item.state === "waiting") item.set("paused");
      else if (item.state === "sending") item.pause();
    }
  },
  resume() {
    for (const item of items) if (item.state === "paused") item.set("waiting");
    next();
  },
  clear() {
    for (const item of items.filter(({ state }) => state === "done")) queue.removed(item);
    complain("");
  },
};

sum.addEventListener("click", ({ target }) => ALL[target.closest("[data-all]")?.dataset.all]?.());

// The form

const linkField = () => form.elements.url;
const showEveryLine = (field) => (field.rows = Math.min(MOST_LINES, field.value.split("\n").length));

/** The options as pairs of names and values, without what is for links alone. */
function pairs() {
  return [...new FormData(form)].filter(([name]) => !["url", "url_headers", "attempt"].includes(name));
}

function beginAll(waiting) {
  const hasLinks = Boolean(linkField().value.trim());
  const isOne = waiting.length === 1 && !hasLinks;
  const options = pairs().filter(([name]) => isOne || name !== "title"); // It was meant for one.
  for (const item of waiting) {
    item.hasCompany = hasLinks;
    item.begin(options);
  }
}

/** Sends the form and shows what comes back in the place of this id; whether anything came. */
async function sendForm(path, id) {
  const place = document.getElementById(id);
  place.setAttribute("aria-busy", "true");
  try {
    const fragment = await askFragment(path, new FormData(form));
    place.replaceChildren(...fragment.childNodes);
    drawSum();
    place.querySelector("[aria-invalid]")?.focus();
    const told = place.querySelector("[role=status], [role=alert], .field-error");
    if (told) say(told.textContent.trim());
    return place;
  } catch (error) {
    if (error instanceof SignedOut) complain(MESSAGES.sending.signedOutPress);
    else if (error instanceof BrokenOff) complain(MESSAGES.sending.noAnswer);
    else throw error;
    return null;
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/** The list shows what was begun. What opens one host is not sent to the next unasked. */
function begun() {
  form.elements.url_headers.value = "";
  refreshList();
}

form.addEventListener("submit", (event) => {
  const isQuote = event.submitter?.dataset.do === "quote";
  const waiting = items.filter((item) => item.isUnderWay && !item.options);
  // Leaving the page for what a link became would break off what is on its way.
  const isPlain = !isQuote && !items.length && !recorder.isRecording;
  if (isPlain) return;
  event.preventDefault();
  event.stopPropagation(); // Of app.js, which takes a form that was sent for gone.
  if (!isQuote) beginAll(waiting);
  if (!linkField().value.trim()) return;
  if (isQuote) sendForm(event.submitter.formAction, "quote");
  else sendForm(form.action, "links").then((links) => links?.querySelector(".notice-good") && begun());
});
form.addEventListener("change", () => {
  for (const item of items) item.draw();
  drawSum();
});
form.addEventListener("input", ({ target }) => {
  if (target === linkField()) showEveryLine(target);
});
form.addEventListener("keydown", (event) => {
  // Enter begins another line, so something else has to send the links.
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.localName !== "textarea") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-do=transcribe].button-primary"));
});

const recorder = new Recorder({
  root: document.getElementById("recorder"),
  button: uploader.querySelector("[data-do=record]"),
  account,
  add: (file, about) => add([file], about),
  say,
});
const picker = uploader.querySelector(".drop input[type=file]");
picker.addEventListener("change", () => {
  add([...picker.files]);
  picker.value = "";
});
takeWhatComes({
  overlay: uploader.querySelector(".drop-anywhere"),
  onFiles: (files) => add(files),
  onLinks(links) {
    const field = linkField();
    field.value = [...field.value.split("\n").filter(Boolean), ...links].join("\n");
    showEveryLine(field);
    field.focus();
  },
});

addEventListener("pagehide", () => {
  for (const { state, entry } of items) if (state === "discarded" && entry) forget(entry.id);
});
addEventListener("beforeunload", (event) => {
  if (recorder.isRecording || items.some(isBusy)) event.preventDefault();
});

setInterval(() => {
  for (const item of items.filter(isBusy)) item.draw();
  if (items.some(isBusy)) drawSum();
}, REDRAW_MS);

const recalled = recall().finally(() => recorder.offerKept(inQueue()));
