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
    if (!form || form.contains(elt) || !elt.matches(`.edit-line, ${FORMS}`)) return;
    if (isChanged(form)) {
      event.preventDefault();
      say("Save or cancel the line that you are editing first.", { key: "editing" });
      form.elements.text.focus();
    } else {
      form.querySelector("[data-cancel]").click();
    }
  });

  addEventListener("beforeunload", (event) => {
    const form = openForm();
    if (form && isChanged(form)) event.preventDefault();
  });

  // Keys

  transcript.addEventListener("keydown", (event) => {
    const form = event.target.closest(".line-form");
    if (!form || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      form.querySelector("[data-cancel]").click();
    }
  });

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

  transcript.addEventListener("input", ({ target }) => target.name === "text" && grow(target));

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.matches?.(".line-form")) {
      const { text } = elt.elements;
      grow(text);
      text.focus({ preventScroll: true });
      text.setSelectionRange(text.value.length, text.value.length);
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
