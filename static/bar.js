// The player's bar: buttons, speed, the waveform to seek in with what is marked on it, and what a browser remembers of a
// recording. Without this file the browser's own controls play.
"use strict";

(() => {
  const audio = recording?.audio;
  const bar = document.getElementById("player");
  const range = document.getElementById("seek");
  if (!audio || !range) return;
  const duration = Number(bar.dataset.seconds);
  const seekBox = range.parentElement;
  const timeNow = bar.querySelector("[data-time]");
  const speed = bar.querySelector("[data-speed]");
  audio.controls = false;

  // Playing

  const toggle = () => (audio.paused ? recording.play() : audio.pause());
  const skip = (seconds) => recording.seek(audio.currentTime + seconds);
  const playButton = bar.querySelector("[data-play]");

  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button === playButton) toggle();
    else if (button?.dataset.skip) skip(Number(button.dataset.skip));
  });

  function showState() {
    bar.classList.toggle("is-playing", !audio.paused);
    playButton.setAttribute("aria-label", audio.paused ? MESSAGES.play : MESSAGES.pause);
  }
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, showState);

  // The place in the recording

  let isDragging = false;
  let shownSecond = -1;

  function showPlace(time) {
    seekBox.style.setProperty("--played", `${duration ? Math.min(100, (100 * time) / duration) : 0}%`);
    if (Math.floor(time) === shownSecond) return;
    shownSecond = Math.floor(time);
    timeNow.textContent = clock(time);
    range.setAttribute("aria-valuetext", `${clock(time)} of ${clock(duration)}`);
  }

  recording.onTime((time) => {
    if (isDragging) return;
    range.value = time;
    showPlace(time);
  });

  range.addEventListener("input", () => {
    isDragging = true;
    showPlace(Number(range.value));
  });
  range.addEventListener("change", () => {
    isDragging = false;
    recording.seekAndShow(Number(range.value));
  });

  // By its own step an arrow would move a hundredth of the recording.
  const STEPS = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };
  range.addEventListener("keydown", (event) => {
    if (!STEPS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    skip(event.shiftKey ? 3 * STEPS[event.key] : STEPS[event.key]);
  });

  // What is where: chapters, the mentions of an opened topic, and what is gone through

  const COLUMN = 0.0005; // Of the bar: marks nearer than this would hide each other.

  function drawMarks(name, times) {
    const places = times.map((time) => time / duration).filter((place) => place > 0 && place < 1);
    const apart = places.filter((place, at) => at === 0 || place - places[at - 1] > COLUMN);
    const path = seekBox.querySelector(`[data-marks="${name}"]`);
    path?.setAttribute("d", apart.map((place) => `M${place.toFixed(5)} 0V1`).join(""));
  }

  const timesOf = (links) => Array.from(links, (link) => Number(link.dataset.at)).sort((a, b) => a - b);
  const drawChapters = () => drawMarks("chapters", recording.chapters().times);
  const drawMentions = () => drawMarks("mentions", timesOf(document.querySelectorAll(".topic[open] a[data-at]")));

  drawChapters();
  document.addEventListener("toggle", ({ target }) => target.matches(".topic") && drawMentions(), true);
  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (!elt.matches(".understanding")) return;
    drawChapters();
    drawMentions();
  });
  document.addEventListener("spots", ({ detail }) => drawMarks("spots", detail.times));

  // What is below the pointer

  const hint = bar.querySelector("[data-seek-at]");
  seekBox.addEventListener("pointermove", (event) => {
    const { left, width } = range.getBoundingClientRect();
    const place = Math.max(0, Math.min(1, (event.clientX - left) / width));
    const { links, times } = recording.chapters();
    const chapter = links[times.findLastIndex((time) => time <= place * duration)];
    const title = chapter?.closest("li")?.querySelector("strong")?.textContent;
    hint.textContent = title ? `${clock(place * duration)} · ${title}` : clock(place * duration);
    hint.style.setProperty("--at", `${100 * place}%`);
    hint.hidden = false;
  });
  seekBox.addEventListener("pointerleave", () => (hint.hidden = true));

  // What this browser remembers: of every recording the place and the speed, of the latest fifty

  const KEPT_AS = "recordings";
  const MOST_KEPT = 50;
  const id = bar.dataset.recording;

  function remembered() {
    try {
      return JSON.parse(localStorage.getItem(KEPT_AS)) ?? {};
    } catch {
      return {}; // Storage may be switched off, or hold what is not ours.
    }
  }

  function remember() {
    const { currentTime } = audio;
    const isOver = currentTime < 5 || currentTime > duration - 5;
    const others = Object.entries(remembered()).filter(([each]) => each !== id);
    const all = [[id, { at: isOver ? 0 : currentTime, speed: speed.value }], ...others].slice(0, MOST_KEPT);
    try {
      localStorage.setItem(KEPT_AS, JSON.stringify(Object.fromEntries(all)));
    } catch {
      // Then it lasts as long as the page.
    }
  }

  function setSpeed(value) {
    speed.value = value;
    audio.playbackRate = audio.defaultPlaybackRate = Number(value);
  }

  function changeSpeed(by) {
    const at = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + by));
    setSpeed(speed.options[at].value);
    remember();
  }

  speed.addEventListener("change", () => {
    setSpeed(speed.value);
    remember();
  });
  audio.addEventListener("pause", remember);
  addEventListener("pagehide", () => audio.currentTime > 0 && remember());

  const before = remembered();
  // A recording that is new here is heard as the one before.
  const { speed: lastSpeed } = before[id] ?? Object.values(before)[0] ?? {};
  if ([...speed.options].some((option) => option.value === lastSpeed)) setSpeed(lastSpeed);
  if (before[id]?.at > 0 && before[id].at < duration && !recording.isAsked) recording.resumeAt(before[id].at);

  // Keys of headsets and lock screens

  if ("mediaSession" in navigator) {
    const { mediaSession } = navigator;
    mediaSession.metadata = new MediaMetadata({ title: document.querySelector("h1")?.textContent ?? document.title });
    const handlers = {
      play: recording.play,
      pause: () => audio.pause(),
      seekbackward: ({ seekOffset }) => skip(-(seekOffset ?? 15)),
      seekforward: ({ seekOffset }) => skip(seekOffset ?? 15),
      seekto: ({ seekTime }) => recording.seek(seekTime),
      previoustrack: recording.previousChapter,
      nexttrack: recording.nextChapter,
    };
    for (const [name, handler] of Object.entries(handlers)) {
      try {
        mediaSession.setActionHandler(name, handler);
      } catch {
        // One that this browser does not know.
      }
    }
  }

  onShortcuts({
    play: toggle,
    "back-5": () => skip(-5),
    "ahead-5": () => skip(5),
    "back-10": () => skip(-10),
    "ahead-10": () => skip(10),
    "back-15": () => skip(-15),
    "ahead-15": () => skip(15),
    slower: () => changeSpeed(-1),
    faster: () => changeSpeed(1),
    follow: recording.toggleFollowing,
    "next-line": recording.nextLine,
    "previous-line": recording.previousLine,
    "next-turn": recording.nextTurn,
    "previous-turn": recording.previousTurn,
    "next-chapter": recording.nextChapter,
    "previous-chapter": recording.previousChapter,
  });
})();
