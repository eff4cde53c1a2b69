// "Show as code" says what is on the screen: what is typed or chosen meanwhile is in it a moment later.
"use strict";

(() => {
  const AFTER_MS = 400;
  let waiting = 0;

  function refresh({ target }) {
    if (!target.closest(".find, .asking, .export")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const link = document.querySelector(".calls[open] > a[hx-get]");
      if (link) htmx.trigger(link, "changed");
    }, AFTER_MS);
  }

  document.addEventListener("input", refresh);
  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.id === "calls") choose(chosenLanguage(), elt);
  });
})();
