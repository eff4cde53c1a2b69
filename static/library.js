// The list: ticking rows, keys, and a stream that rests while nobody looks. The list works without this file.
"use strict";

const boxes = () => [...document.querySelectorAll("#rows .pick input")];
const ticked = () => boxes().filter((box) => box.checked);

// Ticking

let lastTicked = null; // the id of the box that was ticked last, where a range begins

/** Says how many are ticked, wherever that stands. */
function count() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  const output = document.getElementById("bulk-count");
  if (output) output.textContent = MESSAGES.selected(chosen);
  const whole = document.getElementById("pick-all");
  if (!whole) return;
  whole.checked = chosen > 0 && chosen === all.length;
  whole.indeterminate = chosen > 0 && chosen < all.length;
}

function tickAll(checked) {
  for (const box of boxes()) box.checked = checked;
  count();
}

/** With Shift, all between the box that was ticked last and this one become as this one is. */
function tickRange(to) {
  const all = boxes();
  const ends = [all.findIndex((box) => box.id === lastTicked), all.indexOf(to)].sort((a, b) => a - b);
  if (ends[0] < 0) return;
  for (const box of all.slice(ends[0], ends[1] + 1)) box.checked = to.checked;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("#rows .pick input");
  if (box) {
    if (event.shiftKey) tickRange(box);
    lastTicked = box.id;
    count();
  }
  if (event.target.closest?.("[data-pick=none]")) {
    const first = ticked()[0];
    tickAll(false);
    first?.focus();
  }
  const goes = event.target.closest?.("[data-get]");
  if (goes) {
    // A download, or another page, is no answer that could be swapped in.
    event.preventDefault();
    const names = goes.dataset.get.split(" ");
    const query = new URLSearchParams([...new FormData(goes.form)].filter(([name]) => names.includes(name)));
    location.assign(`${goes.formAction}?${query}`);
  }
});

document.addEventListener("change", ({ target }) => {
  if (target.id === "pick-all") tickAll(target.checked);
});

// What was done takes away the button that was pressed: the words about it are where to go on.

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id !== "listing") return;
  lastTicked = null;
  count();
  if (detail.requestConfig?.verb === "post") document.getElementById("outcome").focus();
});

// New rows come on top. One that is there already, since the stream was begun anew, gives way to itself.

document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.id !== "rows") return;
  for (const row of detail.fragment.querySelectorAll(".row")) document.getElementById(row.id)?.remove();
});
document.addEventListener("htmx:sseMessage", count);

// A browser has few connections to a host for all of its tabs, and the service few threads that may wait: who does not
// look keeps none.

let stream = null;
htmx.createEventSource = (address) => (stream = new EventSource(address));

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    stream?.close();
  } else if (stream?.readyState === EventSource.CLOSED) {
    const live = document.getElementById("live");
    const again = live.cloneNode(true);
    live.replaceWith(again);
    htmx.process(again);
  }
});

// Keys

const current = () => document.activeElement?.closest?.("#rows .row");

function goTo(row) {
  row?.querySelector(".row-title").focus();
}

function pickRow() {
  const box = current()?.querySelector(".pick input");
  box?.click();
}

/** Asks by going to the button that does it: nothing happens before Enter. */
function askToTrash() {
  if (!ticked().length) pickRow();
  if (ticked().length) document.getElementById("bulk-trash").focus();
}

function openTags() {
  const details = current()?.querySelector(".tagging");
  if (!details) return;
  details.open = true;
  details.querySelector("[name=add]").focus();
}

onShortcuts({
  "next-row": () => goTo(current() ? current().nextElementSibling : document.querySelector("#rows .row")),
  "previous-row": () => goTo(current()?.previousElementSibling),
  "pick-row": pickRow,
  "open-row": () => current()?.querySelector(".row-title").click(),
  "tag-row": openTags,
  "trash-rows": askToTrash,
  "pick-page": () => tickAll(ticked().length < boxes().length),
  clear: () => tickAll(false),
});

count();
