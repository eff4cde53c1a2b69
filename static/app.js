// Every page: notices, copy buttons, and what should happen when a request does not come back as hoped.
// The pages work without this file; it only makes them kinder.

const notices = document.getElementById("notices");

/** Shows one notice in the live region; another with the same key takes its place. `link` is { href, words }. */
function say(message, { key = message, kind = "bad", link = null } = {}) {
  hush(key);
  const notice = document.createElement("div");
  notice.className = `notice notice-${kind}`;
  notice.dataset.key = key;
  const text = document.createElement("p");
  text.textContent = message;
  if (link) text.append(" ", linkInNewTab(link));
  const close = document.createElement("button");
  close.type = "button";
  close.className = "notice-close";
  close.textContent = "✕";
  close.setAttribute("aria-label", MESSAGES.dismiss);
  close.addEventListener("click", () => notice.remove());
  notice.append(text, close);
  notices.append(notice);
  if (kind === "good") setTimeout(() => notice.remove(), 6000);
}

function linkInNewTab({ href, words }) {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.target = "_blank";
  anchor.textContent = words;
  return anchor;
}

function hush(key) {
  for (const notice of [...notices.children]) if (notice.dataset.key === key) notice.remove();
}

/** An error answer, which is one of our fragments or pages; nothing in it is run. */
const pageOf = (xhr) => new DOMParser().parseFromString(xhr.responseText || "", "text/html");
const messageOf = (xhr) => pageOf(xhr).querySelector("#error p, main .lede")?.textContent.trim();

// Copying

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    const label = button.querySelector("span");
    const before = (button.dataset.label ??= label.textContent);
    label.textContent = MESSAGES.copied;
    setTimeout(() => (label.textContent = before), 2000);
    say(MESSAGES.copiedNotice, { kind: "good", key: "copied" });
  } catch {
    // The text is selected instead, one keystroke away.
    getSelection().selectAllChildren(source);
    say(MESSAGES.copyByHand, { kind: "good", key: "copied" });
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
  const open = event.key === "Escape" && event.target.closest?.("details.ask[open], details.menu[open]");
  if (open) closeQuestion(open);
});

// The menu closes when one goes elsewhere.

for (const type of ["click", "focusin"]) {
  document.addEventListener(type, ({ target }) => {
    const menu = document.querySelector("details.menu[open]");
    if (menu && !menu.contains(target)) menu.open = false;
  });
}

// Light or dark, at once: the server has kept it for the next page.

document.addEventListener("theme", ({ target, detail: { chosen } }) => {
  const root = document.documentElement;
  if (chosen === "system") delete root.dataset.theme;
  else root.dataset.theme = chosen;
  for (const button of target.querySelectorAll("[aria-pressed]")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
  const { backgroundColor } = getComputedStyle(root);
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) meta.content = backgroundColor;
});

// Keys without Ctrl or Alt can be switched off (macros/shortcuts.html), since a voice or a tremor types them unasked.

const SINGLE_KEYS = "shortcuts"; // "off" in the browser's storage

function singleKeysAreOff() {
  try {
    return localStorage.getItem(SINGLE_KEYS) === "off";
  } catch {
    return false; // Storage may be switched off.
  }
}

// "/" goes to where one searches, on the page before everywhere.

const visible = (selector) => [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || singleKeysAreOff()) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const search = document.querySelector("main input[type=search]") ?? visible("input[type=search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// What was left empty does not make the address of a search longer, as `hx-replace-url` shows it.

document.addEventListener("htmx:configRequest", ({ detail: { verb, parameters } }) => {
  if (verb !== "get") return;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
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

// A second click must not send a form twice, with htmx or without.

const isPost = (element) => element.matches("form[method=post]");

function markSent(form) {
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
}

function unmarkSent(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isPost(form) || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) return event.preventDefault();
  markSent(form);
  keepTyped(form);
});

document.addEventListener("htmx:confirm", (event) => {
  if (event.detail.elt.dataset.sent) event.preventDefault();
});
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => isPost(elt) && markSent(elt));
document.addEventListener("htmx:afterRequest", ({ detail: { elt } }) => isPost(elt) && unmarkSent(elt));

addEventListener("pageshow", () => {
  // The back button may bring the page back as it was left.
  document.querySelectorAll("form[data-sent]").forEach(unmarkSent);
});

// What was typed into a form that was sent after the session had ended comes back with its page, after signing in.
// Nothing is kept beyond the next page, and passwords and files never.

const TYPED = "typed";

function keptTyped() {
  try {
    return JSON.parse(sessionStorage.getItem(TYPED));
  } catch {
    return null;
  }
}

function setTyped(typed) {
  try {
    if (typed) sessionStorage.setItem(TYPED, JSON.stringify(typed));
    else sessionStorage.removeItem(TYPED);
  } catch {
    // Storage may be switched off; then the form comes back empty.
  }
}

const isKept = ({ name, type, dataset }) =>
  name && !("secret" in dataset) && !["password", "file", "hidden", "submit"].includes(type);

function keepTyped(form) {
  if (form.querySelector("[type=password]")) return;
  const fields = [...form.elements].filter(isKept);
  const values = fields.map(({ name, value, checked }) => ({ name, value, checked }));
  setTyped({ page: location.pathname, action: form.action, values });
}

function bringBackTyped() {
  const typed = keptTyped();
  if (!typed) return;
  if (document.querySelector("[data-signed-out]")) return setTyped({ ...typed, wasRefused: true });
  if (document.querySelector("[data-signing-in]")) return;
  setTyped(null);
  const form = [...document.forms].find(({ action }) => action === typed.action);
  if (!typed.wasRefused || typed.page !== location.pathname || !form) return;
  const fields = [...form.elements].filter(isKept);
  typed.values.forEach(({ name, value, checked }, at) => {
    const field = fields[at];
    if (field?.name !== name) return;
    if (["checkbox", "radio"].includes(field.type)) field.checked = checked;
    else field.value = value;
  });
  for (let around = form.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  say(MESSAGES.typedIsBack, { key: "typed" });
  form.scrollIntoView({ block: "center" });
}

bringBackTyped();

// Requests that fail

const AGAIN_AFTER_MS = 4000;

const waiting = new Set(); // what would refresh itself, and listens for `again` since its request failed

const refreshesItself = (element) => element.getAttribute("hx-trigger")?.includes("again");

function tryAgain(element) {
  if (waiting.delete(element) && element.isConnected) htmx.trigger(element, "again");
}

function wait(element) {
  if (refreshesItself(element)) waiting.add(element);
}

function tryAgainLater(element) {
  wait(element);
  setTimeout(tryAgain, AGAIN_AFTER_MS, element);
}

function lostConnection({ detail: { elt } }) {
  say(refreshesItself(elt) ? MESSAGES.lostTryingAgain : MESSAGES.lostNothingSent, { key: "connection" });
  tryAgainLater(elt);
}

document.addEventListener("htmx:sendError", lostConnection);
document.addEventListener("htmx:timeout", lostConnection);
document.addEventListener("htmx:afterRequest", (event) => event.detail.xhr?.status && hush("connection"));
addEventListener("offline", () => say(MESSAGES.offline, { key: "connection" }));
addEventListener("online", () => {
  hush("connection");
  waiting.forEach(tryAgain);
});

// The page stays as it is while its reader signs in elsewhere, and goes on when they are back.

let isSignedOut = false;

function signedOut(xhr, element) {
  isSignedOut = true;
  wait(element);
  const href = pageOf(xhr).querySelector("#error a")?.getAttribute("href");
  say(MESSAGES.signedOut, { key: "session", link: href && { href, words: MESSAGES.signIn } });
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !isSignedOut) return;
  isSignedOut = false;
  hush("session");
  waiting.forEach(tryAgain);
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr, elt } = event.detail;
  if (xhr.status === 401) return signedOut(xhr, elt);
  if (xhr.status === 404) return say(MESSAGES.gone, { key: "gone" });
  say(messageOf(xhr) ?? MESSAGES.failed, { key: "response" });
  if (xhr.status === 429 || xhr.status >= 500) tryAgainLater(elt);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  // A refusal that does not bring the form back with its messages must not take the form's place.
  if (xhr.status === 422 && !xhr.responseText.includes(`id="${target.id}"`)) {
    event.detail.shouldSwap = false;
    say(messageOf(xhr) ?? MESSAGES.refused, { key: "response" });
  }
});
