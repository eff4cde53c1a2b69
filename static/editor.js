// Editing on the transcript page: keys in the form of a line, and what else on the page an edit changes.
//
// The server answers an edit with what was asked for and, in the event `edited`, which windows of the transcript are to
// be loaded again. One line at a time is edited, so that nothing typed is lost when what is around it moves.
"use strict";

(() => {
  const transcript = document.getElementById("transcript");
  if (!transcript) return;
  const sections = transcript.children; // live
  const numberOf = (section) => Number(section.id.replace("window-", ""));

  const openForm = () => transcript.querySelector(".line-form");

  const isChanged = (form) =>
    [...form.elements].some((field) => {
      if (field.name === "text") return field.value !== field.defaultValue;
      if (field.name === "speaker") return !field.options[field.selectedIndex]?.defaultSelected;
      return false;
    });

  // What changes the transcript, beside the form of a line
  const FORMS = ".history form, .edited form, .replacement form, .merge-speakers";

  // These stay while lines are edited, so they name the revision that the page has come to.
  document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
    if (elt.matches(FORMS)) parameters.revision = document.getElementById("revision").value;
  });

  // One line at a time

  document.addEventListener("htmx:confirm", (event) => {
    const { elt } = event.detail;
    const form = openForm();
    if (!form || form.contains(elt) || !elt.matches(`.edit-line, .speaker-line, ${FORMS}`)) return;
    if (isChanged(form)) {
      event.preventDefault();
      say(MESSAGES.editing, { key: "editing" });
      form.elements.text.focus();
    } else {
      form.querySelector("[data-cancel]").click();
    }
  });

  addEventListener("beforeunload", (event) => {
    const form = openForm();
    if (form && isChanged(form)) event.preventDefault();
  });

  // What was typed outlives a lost connection, an ended session and a closed tab, until it is saved or canceled.

  const draftOf = (form) => `draft ${location.pathname}#${form.id}`;

  function keepDraft(form) {
    const { text } = form.elements;
    const draft = { before: text.defaultValue, text: text.value };
    try {
      if (draft.before === draft.text) sessionStorage.removeItem(draftOf(form));
      else sessionStorage.setItem(draftOf(form), JSON.stringify(draft));
    } catch {
      // Storage may be switched off.
    }
  }

  function takeDraft(form) {
    try {
      const kept = sessionStorage.getItem(draftOf(form));
      return kept ? JSON.parse(kept) : null;
    } catch {
      return null;
    }
  }

  function dropDraft(form) {
    try {
      sessionStorage.removeItem(draftOf(form));
    } catch {
      // As above.
    }
  }

  /** Puts what was typed here before back into the form, if the line is still what it was then. */
  function restoreDraft(form) {
    const draft = takeDraft(form);
    const { text } = form.elements;
    if (!draft || text.value !== text.defaultValue || draft.before !== text.defaultValue) return;
    text.value = draft.text;
    form.querySelector("[data-restored]").hidden = false;
  }

  transcript.addEventListener("click", (event) => {
    const cancel = event.target.closest("[data-cancel]");
    if (cancel) dropDraft(cancel.closest("form"));
  });

  document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
    if (elt.matches(".line-form") && xhr?.status === 200 && !xhr.getResponseHeader("HX-Redirect")) dropDraft(elt);
  });

  /** Opens the form that was left with something unsaved in it, where its line is on the page. */
  function openDraft() {
    try {
      const kept = Object.keys(sessionStorage).find((key) => key.startsWith(`draft ${location.pathname}#`));
      const line = kept && document.getElementById(kept.split("#")[1]);
      line?.querySelector(".edit-line")?.click();
    } catch {
      // As above.
    }
  }

  // Keys

  let continueAt = null; // the number of the line whose form is to open once the one before it is saved

  function save(form) {
    form.requestSubmit(form.querySelector("[value=save]"));
  }

  onShortcuts({
    "edit-line": () => {
      const line = recording.lineNow() ?? transcript.querySelector("[data-loaded] p");
      line?.querySelector(".edit-line")?.click();
    },
    "save-line": () => save(openForm()),
    "save-and-next": () => {
      const form = openForm();
      const linesMade = form.elements.text.value.trim().split(/\s*\n\s*/).length;
      continueAt = Number(form.id.replace("segment-", "")) + linesMade;
      save(form);
    },
    "cancel-line": () => openForm().querySelector("[data-cancel]").click(),
    "play-line": () => openForm().querySelector("[data-from]")?.click(),
    undo: () => document.getElementById("undo")?.click(),
    redo: () => document.getElementById("redo")?.click(),
  });

  /** Goes on with the next line after one was saved; its window comes if it is not here. */
  function goOn() {
    const next = document.getElementById(`edit-${continueAt}`);
    if (!next || openForm()) return;
    continueAt = null;
    next.click();
  }

  transcript.addEventListener("click", (event) => {
    const button = event.target.closest("[data-split]");
    if (!button) return;
    const { text } = button.closest("form").elements;
    // As typing it would, so that the browser can take it back.
    text.setRangeText("\n", text.selectionStart, text.selectionEnd, "end");
    text.focus();
  });

  /** A field as tall as its text. */
  function grow(text) {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
  }

  transcript.addEventListener("input", ({ target }) => {
    if (target.name !== "text") return;
    grow(target);
    keepDraft(target.form);
  });

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.matches?.(".line-form")) {
      continueAt = null;
      const { text } = elt.elements;
      restoreDraft(elt);
      grow(text);
      (elt.querySelector("[autofocus]") ?? text).focus({ preventScroll: true });
      text.setSelectionRange(text.value.length, text.value.length);
      elt.scrollIntoView({ block: "nearest" }); // clear of the player and the tools, by the page's scroll padding
    } else if (continueAt !== null && elt.closest?.("#transcript")) {
      goOn();
    }
    const edited = elt.closest?.("#edited");
    if (edited) pass(edited);
  });

  // What else an edit changes

  document.addEventListener("edited", ({ detail }) => {
    hush("editing");
    document.getElementById("replacement").replaceChildren(); // It showed what was there before.
    while (sections.length > detail.count) sections[sections.length - 1].remove();
    for (const section of [...sections]) {
      const number = numberOf(section);
      const moved = detail.from !== null && number >= detail.from;
      if (number === detail.shown || !section.hasAttribute("data-loaded")) continue;
      if (!moved && !detail.windows.includes(number)) continue;
      section.inert = true; // Its lines may be others by now.
      old.observe(section);
    }
  });

  const AGAIN_AFTER = 4000; // milliseconds

  /** Loads windows again that are not as they were, when they come near; a long transcript has hundreds. */
  const old = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        old.unobserve(target);
        load(target);
      }
    },
    { rootMargin: "1200px 0px" },
  );

  async function load(section) {
    const address = `${location.pathname}/segments?window=${numberOf(section)}`;
    await htmx.ajax("GET", address, { source: section, target: section, swap: "outerHTML" }).catch(() => {});
    if (section.isConnected) setTimeout(() => old.observe(section), AGAIN_AFTER);
  }

  // htmx looks at the page then, and before that a link leads to another page.
  document.addEventListener("DOMContentLoaded", openDraft);

  let passing = 0;

  /** Takes the notice about an edit away after a while, unless somebody is at it. */
  function pass(notice) {
    clearTimeout(passing);
    passing = setTimeout(() => {
      if (notice.matches(":hover, :focus-within")) return pass(notice);
      notice.replaceChildren();
    }, 10000);
  }
})();
