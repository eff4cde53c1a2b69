// A transcription that is being made: its lines come by themselves (_progress.html). When it is finished, the page that
// takes its place opens where the reader was.
"use strict";

(() => {
  const transcript = document.getElementById("transcript");
  if (!transcript) return;

  /** When the line is said that is uppermost on the screen; null where the reader has not come to the text. */
  function secondsInView() {
    if (transcript.getBoundingClientRect().top > 0) return null;
    const line = [...transcript.querySelectorAll("p")].find((each) => each.getBoundingClientRect().bottom > 0);
    return line?.querySelector("[data-t]")?.dataset.t ?? null;
  }

  const isTyping = () =>
    document.activeElement?.matches("input, textarea") && document.activeElement.value !== document.activeElement.defaultValue;

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Refresh") !== "true") return;
    event.preventDefault();
    if (isTyping()) {
      // A name that is being typed must not be lost.
      document.activeElement.addEventListener("blur", open, { once: true });
      return say(MESSAGES.finished, { kind: "good", key: "finished" });
    }
    open();
  });

  function open() {
    const seconds = secondsInView();
    location.replace(seconds === null ? location.pathname : `${location.pathname}?t=${seconds}`);
  }
})();
