// Search and questions over the library: moments play where they are listed, one at a time, and keys go through them.
"use strict";

(() => {
  const bar = document.getElementById("listen");
  const audio = bar.querySelector("audio");
  const title = bar.querySelector("a");
  let link = null; // whose moment is in the player
  let until = Infinity; // seconds; then it stops by itself, once

  const recordingOf = ({ href }) => href.split("#")[0];
  const isPlaying = () => link !== null && !audio.paused;

  function show() {
    for (const other of document.querySelectorAll("a[data-from][data-playing]")) delete other.dataset.playing;
    if (isPlaying()) link.dataset.playing = "";
  }

  function seek(time) {
    if (audio.readyState > 0) audio.currentTime = time;
    else audio.addEventListener("loadedmetadata", () => (audio.currentTime = time), { once: true });
  }

  function play(chosen) {
    const moment = chosen.closest("[data-moment]").querySelector("a[href]:not([data-from])");
    if (link === null || recordingOf(link) !== recordingOf(chosen)) audio.src = recordingOf(chosen);
    link = chosen;
    until = Number(chosen.dataset.to);
    title.href = moment.href;
    title.textContent = chosen.dataset.title;
    bar.hidden = false;
    seek(Number(chosen.dataset.from));
    audio.play().catch(() => {}); // The browser's own controls remain.
  }

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("a[data-from]");
    if (!chosen || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (chosen === link && isPlaying()) audio.pause();
    else play(chosen);
  });

  audio.addEventListener("timeupdate", () => {
    if (audio.currentTime < until) return;
    until = Infinity; // Who wants to hear on presses play.
    audio.pause();
  });
  for (const type of ["play", "pause", "ended"]) audio.addEventListener(type, show);
  audio.addEventListener("error", () => {
    link = null; // so that the next click asks for the recording anew
    say(MESSAGES.notPlayed, { key: "audio" });
  });

  bar.querySelector("[data-stop]").addEventListener("click", () => {
    audio.pause();
    bar.hidden = true;
    (link?.isConnected ? link : document.getElementById("main")).focus();
  });

  // From what is typed down to what was found, and back

  const BETWEEN = { ArrowDown: 1, ArrowUp: -1 };

  document.addEventListener("keydown", (event) => {
    const step = BETWEEN[event.key];
    const from = event.target.closest?.(".moment > a:first-child, main input[type=search]");
    if (!step || !from || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const places = [...document.querySelectorAll("main input[type=search], .moment > a:first-child")];
    const next = places[places.indexOf(from) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
})();
