// Every page: notices, copy buttons, and what should happen when a request does not come back as hoped.
// The pages work without this file; it only makes them kinder.

const notices = document.getElementById("notices");

/** Shows one notice in the live region; another with the same key takes its place. */
function say(message, { key = message, kind = "bad" } = {}) {
  hush(key);
  const notice = document.createElement("div");
  notice.className = `notice notice-${kind}`;
  notice.dataset.key = key;
  const text = document.createElement("p");
  text.textContent = message;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "notice-close";
  close.textContent = "✕";
  close.setAttribute("aria-label", "Dismiss");
  close.addEventListener("click", () => notice.remove());
  notice.append(text, close);
  notices.append(notice);
  if (kind === "good") setTimeout(() => notice.remove(), 6000);
}

function hush(key) {
  for (const notice of [...notices.children]) if (notice.dataset.key === key) notice.remove();
}

/** The words of an error answer, which is one of our fragments or pages; nothing in it is run. */
function messageOf(xhr) {
  const answer = new DOMParser().parseFromString(xhr.responseText || "", "text/html");
  return answer.querySelector("#error p, main .lede")?.textContent.trim();
}

// Copying

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    const label = button.querySelector("span");
    const before = (button.dataset.label ??= label.textContent);
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = before), 2000);
    say("Copied.", { kind: "good", key: "copied" });
  } catch {
    // Without https there is no clipboard: the text is selected instead, one keystroke away.
    getSelection().selectAllChildren(source);
    say("Press Ctrl+C (⌘C) to copy the marked text.", { kind: "good", key: "copied" });
  }
}

// Questions before what cannot be undone are <details>; script only makes them easy to leave.

function closeQuestion(details) {
  details.open = false;
  details.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-close]");
  if (button?.dataset.copy) copy(button);
  else if (button) closeQuestion(button.closest("details"));
});

document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest?.("details.ask[open]");
  if (open) closeQuestion(open);
});

// "/" goes to where one searches.

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const search = document.querySelector("input[type=search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// What was sent and accepted leaves its field empty for the next.

document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful && elt.hasAttribute("data-empties")) elt.reset();
});

// An amount is chosen or typed, not both.

document.addEventListener("input", ({ target }) => {
  if (target.name !== "other_usd" && target.name !== "amount_usd") return;
  for (const other of target.form.querySelectorAll("[name=amount_usd], [name=other_usd]")) {
    if (other.name === target.name) continue;
    if (other.type === "radio") other.checked = other.checked && !target.value;
    else other.value = "";
  }
});

// A second click must not send a form twice.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
});

addEventListener("pageshow", () => {
  // The back button may bring the page back as it was left.
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// Requests that fail

const AGAIN_AFTER_MS = 4000;

/** What refreshes itself would stop at the first failure; such elements listen for `again`. */
function tryAgainLater(element) {
  if (!element.getAttribute("hx-trigger")?.includes("again")) return;
  setTimeout(() => element.isConnected && htmx.trigger(element, "again"), AGAIN_AFTER_MS);
}

function lostConnection(event) {
  say("The connection was lost. Trying again…", { key: "connection" });
  tryAgainLater(event.detail.elt);
}

document.addEventListener("htmx:sendError", lostConnection);
document.addEventListener("htmx:timeout", lostConnection);
document.addEventListener("htmx:afterRequest", (event) => event.detail.xhr?.status && hush("connection"));

document.addEventListener("htmx:responseError", (event) => {
  const { xhr, elt } = event.detail;
  if (xhr.status === 404) return say("This is no longer here. It may have been deleted.", { key: "gone" });
  say(messageOf(xhr) ?? "That did not work. Reload the page and try again.", { key: "response" });
  if (xhr.status === 429 || xhr.status >= 500) tryAgainLater(elt);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  // A refusal that does not bring the form back with its messages must not take the form's place.
  if (xhr.status === 422 && !xhr.responseText.includes(`id="${target.id}"`)) {
    event.detail.shouldSwap = false;
    say(messageOf(xhr) ?? "That was not accepted.", { key: "response" });
  }
});
