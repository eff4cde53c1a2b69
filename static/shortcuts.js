// The keys of a page: its sheet (macros/shortcuts.html) says which there are, and the page's own script what they do.
"use strict";

const shortcutSheet = document.getElementById("shortcuts");
const shortcutActions = {};

/** Takes what shortcuts do, by the names that the sheet gives them: functions of the event. */
function onShortcuts(actions) {
  Object.assign(shortcutActions, actions);
}

(() => {
  if (!shortcutSheet) return;
  const rows = [...shortcutSheet.querySelectorAll("[data-shortcut]")].map(({ dataset }) => ({
    what: dataset.shortcut,
    keys: dataset.keys.split(" "),
    within: dataset.within,
  }));

  /** The key of an event as the sheet writes it. */
  function written({ key, code, shiftKey, ctrlKey, metaKey, altKey }) {
    // With Alt a Mac types another letter.
    const letter = altKey && code.startsWith("Key") ? code.slice(3) : key;
    const name = letter === " " ? "Space" : letter.length === 1 ? letter.toLowerCase() : letter;
    const isNamedWithShift = name.length > 1 || /[a-z]/.test(name); // What "?" is needs no Shift beside it.
    const held = [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shiftKey && isNamedWithShift && "Shift"];
    return [...held.filter(Boolean), name].join("+");
  }

  const isTyping = (target) =>
    target.closest?.("textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])");

  /** Whether the focused control needs the key itself. */
  const isItsOwn = (target, key) =>
    (/^(Shift\+)?(Space|Enter)$/.test(key) && target.closest?.("a, button, summary, input, audio")) ||
    (/Arrow/.test(key) && target.closest?.("audio, [type=radio]"));

  function actionOf(event) {
    const key = written(event);
    const { target } = event;
    const inside = rows.find((row) => row.within && row.keys.includes(key) && target.closest?.(row.within));
    if (inside) return shortcutActions[inside.what];
    if (document.querySelector("dialog[open]") || isTyping(target) || isItsOwn(target, key) || singleKeysAreOff()) return null;
    if (key === "?") return () => shortcutSheet.showModal();
    return shortcutActions[rows.find((row) => !row.within && row.keys.includes(key))?.what];
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action(event);
  });

  document.addEventListener("click", (event) => {
    if (event.target === shortcutSheet) return shortcutSheet.close(); // beside it
    if (!event.target.closest('a[href="#shortcuts"]')) return;
    event.preventDefault();
    shortcutSheet.showModal();
  });

  const single = shortcutSheet.querySelector("[data-single-keys]");
  single.checked = !singleKeysAreOff();
  single.addEventListener("change", () => {
    try {
      localStorage.setItem(SINGLE_KEYS, single.checked ? "on" : "off");
    } catch {
      // Then it cannot be kept.
    }
  });
})();
