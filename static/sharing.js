// The share links of a transcription: copied as they are, or so that they open at the moment that is being heard.
"use strict";

(() => {
  const audio = document.querySelector("#player audio");
  const asked = Number(new URLSearchParams(location.search).get("t") ?? 0) || 0;
  let moment = 0; // whole seconds

  /** Shows the present moment, unless one was chosen; it is chosen by ticking the box. */
  function follow() {
    const box = document.querySelector(".sharing[open] [data-moment]");
    if (!box || box.checked) return;
    moment = Math.floor(audio?.currentTime || asked);
    box.closest("label").hidden = moment === 0;
    box.closest("label").querySelector("[data-moment-time]").textContent = clock(moment);
  }

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-moment]")) return;
    for (const link of document.querySelectorAll("[data-address]")) {
      link.textContent = link.href = link.dataset.address + (target.checked ? `?t=${moment}` : "");
    }
    follow();
  });

  // A toggle does not bubble.
  document.addEventListener("toggle", follow, true);
  document.addEventListener("htmx:load", follow);
  for (const event of ["timeupdate", "seeked"]) audio?.addEventListener(event, follow);
})();
