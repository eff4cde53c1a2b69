// The transcript page: the words follow the sound, the sound follows clicks, and what is long loads as it comes near.
//
// The transcript is a row of windows (sections). A window is a light placeholder until it is loaded; everything with
// `data-t` inside a loaded one is a cue: a word, or a whole segment where the engine timed no words.
"use strict";

(() => {
  const transcript = document.getElementById("transcript");
  if (!transcript) return;
  const audio = document.querySelector("#player audio");
  const backToNow = document.querySelector("#player [data-now]");
  const sections = transcript.children; // live, in time order; a loaded window takes its placeholder's place
  let starts = startsOf(sections);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  function startsOf(parts) {
    return Array.from(parts, (section) => Number(section.dataset.start));
  }

  /** The index of the last of the sorted `times` that is not after `time`; -1 when all are. */
  function lastNotAfter(times, time) {
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // Windows

  const isLoaded = (section) => section.hasAttribute("data-loaded");

  /** Has htmx fetch a placeholder; harmless when it is already on its way. */
  const load = (section) => htmx.trigger(section, "near");

  const nearby = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        nearby.unobserve(entry.target);
        load(entry.target);
      }
    },
    { rootMargin: "1200px 0px" },
  );

  /** The height of a loaded window, measured once although it may be out of sight and so not laid out. */
  function measure(section) {
    section.style.contentVisibility = "visible";
    const height = section.offsetHeight;
    section.style.contentVisibility = "";
    section.style.containIntrinsicBlockSize = `auto ${height}px`;
    return height;
  }

  /** Gives every placeholder the height it will roughly have, so that the scrollbar tells the truth. */
  function reserveHeights() {
    const loaded = [...sections].filter(isLoaded).slice(0, 3);
    const count = loaded.reduce((sum, section) => sum + Number(section.dataset.count), 0);
    const height = loaded.reduce((sum, section) => sum + measure(section), 0);
    for (const section of sections) {
      if (!isLoaded(section)) section.style.height = `${Math.round((height / count) * section.dataset.count)}px`;
    }
  }

  // Where the browser does not keep what is being read in its place, when a window above it turns out taller or
  // shorter than its placeholder, we do.
  const anchorsItself = CSS.supports("overflow-anchor", "auto");
  const reserved = new Map(); // id of a placeholder about to be replaced → its height and lower edge

  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (target.parentElement !== transcript) return;
    reserved.set(target.id, { height: target.offsetHeight, bottom: target.getBoundingClientRect().bottom });
  });

  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.parentElement !== transcript) return;
    const height = measure(target);
    const placeholder = reserved.get(target.id);
    if (!anchorsItself && placeholder?.bottom <= 0) scrollBy({ top: height - placeholder.height, behavior: "instant" });
    reserved.delete(target.id);
    if (audio || sought !== null) showNow();
  });

  // Where something in a window, or a window, is another than before, its cues are.
  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    const section = elt.closest?.("#transcript > section");
    if (!section) return;
    cues.delete(section);
    starts = startsOf(sections);
    if (!isLoaded(section)) nearby.observe(section);
    if (now && !now.isConnected) now = null;
    if (audio || sought !== null) showNow();
  });

  const cues = new WeakMap(); // window → its cues in time order, made when first needed

  function cuesOf(section) {
    if (!cues.has(section)) {
      const nodes = [...section.querySelectorAll("[data-t]")].sort((a, b) => a.dataset.t - b.dataset.t);
      cues.set(section, { nodes, times: Float64Array.from(nodes, (node) => Number(node.dataset.t)) });
    }
    return cues.get(section);
  }

  reserveHeights();
  for (const section of sections) if (!isLoaded(section)) nearby.observe(section);

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (!elt.matches(".speakers")) return;
    // Names changed in the form change in the text, without loading any of it again.
    for (const input of elt.querySelectorAll("input[data-name]")) {
      for (const name of transcript.querySelectorAll(`[data-speaker="${CSS.escape(input.name)}"]`)) {
        name.textContent = input.dataset.name;
      }
    }
  });

  let resizing = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(resizing);
    resizing = requestAnimationFrame(reserveHeights);
  });

  // Following the sound, or where there is none, going to a moment of the text

  let sought = null; // seconds
  let now = null; // the cue being heard or sought
  let following = true; // until the reader scrolls away from it
  let ownScrollUntil = 0; // scroll events before this moment are ours

  /** Marks the cue at the present moment, loading its window first where it is not here yet. */
  function showNow() {
    const time = position() + 0.001; // seeking to a word must land on it, whatever floats do
    markChapter(time);
    const section = sections[Math.max(0, lastNotAfter(starts, time))];
    if (!isLoaded(section)) {
      if (following) reveal(section);
      return load(section);
    }
    const { nodes, times } = cuesOf(section);
    mark(nodes[lastNotAfter(times, time)] ?? null);
  }

  function mark(cue) {
    if (cue === now) return;
    now?.classList.remove("now");
    now = cue;
    now?.classList.add("now");
    if (now && following && hasStarted()) reveal(now);
    offerWayBack();
  }

  const position = () => (audio ? audio.currentTime : sought);
  const hasStarted = () => position() > 0;

  /** Whether the element is in the part of the screen where one reads, clear of the player. */
  function isInView(element) {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > innerHeight * 0.06 && top < innerHeight - 160;
  }

  function reveal(element) {
    if (isInView(element) && element.getBoundingClientRect().height < innerHeight) return;
    const { top } = element.getBoundingClientRect();
    const far = Math.abs(top) > innerHeight * 2;
    ownScrollUntil = performance.now() + (far ? 200 : 900);
    scrollTo({ top: scrollY + top - innerHeight * 0.3, behavior: far || calm.matches ? "instant" : "smooth" });
  }

  function offerWayBack() {
    if (backToNow) backToNow.hidden = following || !now;
  }

  // Chapters

  let chapters = null; // { links, times }, made when first needed

  function markChapter(time) {
    if (!chapters) {
      const links = [...document.querySelectorAll(".chapters a[data-at]")];
      chapters = { links, times: links.map((link) => Number(link.dataset.at)), marked: -1 };
    }
    const at = lastNotAfter(chapters.times, time);
    if (at === chapters.marked) return;
    chapters.links[chapters.marked]?.removeAttribute("aria-current");
    chapters.links[at]?.setAttribute("aria-current", "true");
    chapters.marked = at;
  }

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.matches(".understanding")) chapters = null;
  });

  function follow() {
    following = true;
    if (now?.isConnected) reveal(now);
    showNow();
    offerWayBack();
  }

  addEventListener(
    "scroll",
    () => {
      if (performance.now() < ownScrollUntil || !now) return;
      following = isInView(now);
      offerWayBack();
    },
    { passive: true },
  );

  // Seeking

  function seek(time) {
    if (audio) audio.currentTime = Math.max(0, Math.min(time, audio.duration || Infinity));
    else sought = time;
    following = true;
    offerWayBack();
  }

  function play() {
    audio.play().catch(() => {}); // a browser may refuse until the reader has touched the page; the button remains
  }

  const goesElsewhere = (event) => event.metaKey || event.ctrlKey || event.shiftKey;

  function goTo(time) {
    // The address can be copied and opens at this moment.
    history.replaceState(history.state, "", `?t=${time}`);
    mark(null); // so that its place is shown again, although it may be marked already
    seek(Number(time));
    if (audio) play();
    else showNow();
  }

  // What was found, quoted or made of this transcript leads to its moments without leaving the page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-at]");
    if (!link || link.pathname !== location.pathname || goesElsewhere(event)) return;
    event.preventDefault();
    goTo(link.dataset.at);
  });

  // A link to a moment

  const wanted = Number(new URLSearchParams(location.search).get("t") ?? NaN);
  if (wanted > 0) {
    seek(wanted);
    showNow();
  }

  if (!audio) return;
  transcript.classList.add("can-seek");

  let until = null; // seconds, where only one line is to be heard

  function tick() {
    showNow();
    if (until !== null && audio.currentTime >= until) {
      until = null;
      audio.pause();
    }
    if (!audio.paused) requestAnimationFrame(tick);
  }

  audio.addEventListener("play", () => requestAnimationFrame(tick));
  audio.addEventListener("seeked", showNow);
  let renewedAt = -Infinity; // A bucket's address lasts five minutes; asking again brings a new one.
  audio.addEventListener("error", () => {
    if (performance.now() - renewedAt < 10000) {
      say("The recording could not be played. The text is complete all the same.", { key: "audio" });
      return;
    }
    renewedAt = performance.now();
    const { currentTime, paused } = audio;
    audio.load();
    audio.currentTime = currentTime;
    if (!paused) play();
  });
  backToNow.addEventListener("click", follow);

  // One listener for all words and time stamps

  transcript.addEventListener("click", (event) => {
    const stamp = event.target.closest("a.stamp");
    if (stamp) {
      if (goesElsewhere(event)) return;
      event.preventDefault();
      goTo(stamp.hash.replace("#t=", ""));
      until = stamp.dataset.until ? Number(stamp.dataset.until) : null;
      return;
    }
    const cue = event.target.closest("[data-t]");
    if (!cue || !getSelection().isCollapsed) return; // marking text is not a click on its last word
    until = null;
    seek(Number(cue.dataset.t));
    play();
  });

  // Buttons and keys

  const player = document.getElementById("player");

  player.addEventListener("click", (event) => {
    const { skip, speed } = event.target.closest("button")?.dataset ?? {};
    if (skip) seek(audio.currentTime + Number(skip));
    if (speed) setSpeed(speed);
  });

  function setSpeed(speed) {
    audio.playbackRate = audio.defaultPlaybackRate = Number(speed);
    for (const button of player.querySelectorAll("[data-speed]")) {
      button.setAttribute("aria-pressed", String(button.dataset.speed === speed));
    }
    try {
      localStorage.setItem("speed", speed);
    } catch {
      // Storage may be switched off; then the speed lasts as long as the page.
    }
  }

  try {
    const speed = localStorage.getItem("speed");
    if (player.querySelector(`[data-speed="${CSS.escape(speed ?? "")}"]`)) setSpeed(speed);
  } catch {
    // As above.
  }

  const keys = {
    " ": () => (audio.paused ? play() : audio.pause()),
    k: () => (audio.paused ? play() : audio.pause()),
    ArrowLeft: () => seek(audio.currentTime - 5),
    ArrowRight: () => seek(audio.currentTime + 5),
  };

  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest?.("input, textarea, select, button, summary, audio, [contenteditable]");
    if (busy || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
