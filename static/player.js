// The transcript page: the words follow the sound, the sound follows clicks, and what is long loads as it comes near.
// The bar (bar.js), going through places (spots.js) and editing (editor.js) stand on what this makes: `recording`.
//
// The transcript is a row of windows (sections). A window is a light placeholder until it is loaded; everything with
// `data-t` inside a loaded one is a cue: a word, or a whole segment where the engine timed no words.
"use strict";

/** What the other scripts of the page may ask of the recording; null where there is no transcript. */
const recording = (() => {
  const transcript = document.getElementById("transcript");
  if (!transcript) return null;
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

  const listeners = []; // told of the present moment, in seconds, whenever it is another
  let sought = null; // seconds
  let now = null; // the cue being heard or sought
  let following = true; // until the reader scrolls away from it
  let ownScrollUntil = 0; // scroll events before this moment are ours

  /** Marks the cue at the present moment, loading its window first where it is not here yet. */
  function showNow() {
    const time = position() + 0.001; // seeking to a word must land on it, whatever floats do
    markChapter(time);
    for (const tell of listeners) tell(time);
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

  const position = () => (audio ? audio.currentTime : (sought ?? 0));
  const hasStarted = () => position() > 0;

  const tools = document.querySelectorAll(".toolbar, .find"); // which of them stays on the screen, the style says

  /** Whether the element is in the part of the screen where one reads, clear of the tools and of the player. */
  function isInView(element) {
    const { top, bottom } = element.getBoundingClientRect();
    const upper = Math.max(innerHeight * 0.06, ...Array.from(tools, (each) => each.getBoundingClientRect().bottom));
    return bottom > upper && top < innerHeight - 160;
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

  let chapters = null; // { links, times, marked }, made when first needed

  function chaptersNow() {
    if (!chapters) {
      const links = [...document.querySelectorAll(".chapters a[data-at]")];
      chapters = { links, times: links.map((link) => Number(link.dataset.at)), marked: -1 };
    }
    return chapters;
  }

  function markChapter(time) {
    const { links, times, marked } = chaptersNow();
    const at = lastNotAfter(times, time);
    if (at === marked) return;
    links[marked]?.removeAttribute("aria-current");
    links[at]?.setAttribute("aria-current", "true");
    chapters.marked = at;
  }

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.matches(".understanding")) chapters = null;
  });

  /** Goes where it is being spoken, and stays there; or, asked again, lets the reader stay. */
  function toggleFollowing() {
    if (!following) return follow();
    following = false;
    offerWayBack();
  }

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

  let until = null; // seconds, where only some of it is to be heard

  function seek(time) {
    until = null;
    if (audio) audio.currentTime = Math.max(0, Math.min(time, audio.duration || Infinity));
    else sought = Math.max(0, time);
    following = true;
    offerWayBack();
    if (!audio) showNow();
  }

  /** Goes on where somebody stopped the last time, without taking the reader away from the beginning. */
  function resumeAt(time) {
    seek(time);
    following = false;
    showNow();
    offerWayBack();
  }

  /** Plays some seconds and stops, wherever the reader is. */
  function playOnly(from, to) {
    seek(from);
    following = false;
    until = to;
    play();
  }

  function play() {
    if (!audio) return;
    audio.play().catch(() => {}); // a browser may refuse until the reader has touched the page; the button remains
  }

  const goesElsewhere = (event) => event.metaKey || event.ctrlKey || event.shiftKey;

  function goTo(time) {
    // The address can be copied and opens at this moment.
    history.replaceState(history.state, "", `?t=${time}`);
    mark(null); // so that its place is shown again, although it may be marked already
    seek(Number(time));
    play();
  }

  // What was found, quoted or made of this transcript leads to its moments without leaving the page; a clip, or a line
  // that is being edited, is heard where the reader is.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-at], a[data-from]");
    if (!link || goesElsewhere(event)) return;
    const { at, from, to } = link.dataset;
    if (at && link.pathname !== location.pathname) return;
    event.preventDefault();
    if (at) goTo(at);
    else playOnly(Number(from), Number(to));
  });

  // From line to line, and from turn to turn

  const startOf = (element) => Number(element.querySelector("[data-t]")?.dataset.t ?? NaN);
  const lineNow = () => now?.closest("p") ?? null;

  /** Seeks to the next or, with −1, the previous element of the transcript that matches; windows come as needed. */
  function step(selector, direction) {
    if (!now) showNow(); // Before anything was played or sought nothing is marked.
    const line = lineNow();
    const section = line?.parentElement ?? sections[Math.max(0, lastNotAfter(starts, position() + 0.001))];
    const elements = [...section.querySelectorAll(selector)];
    const relation = direction > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
    const others = line ? elements.filter((each) => line.compareDocumentPosition(each) & relation) : elements;
    // From the first line of a turn, back means the turn before.
    if (direction < 0 && selector === TURN && others.at(-1)?.nextElementSibling === line) others.pop();
    const found = direction > 0 ? others[0] : others.at(-1);
    const target = found?.matches("p") ? found : found?.nextElementSibling;
    if (target && !Number.isNaN(startOf(target))) return seekAndShow(startOf(target));
    const neighbour = direction > 0 ? section.nextElementSibling : section.previousElementSibling;
    if (neighbour) seekAndShow(direction > 0 ? Number(neighbour.dataset.start) : Number(section.dataset.start) - 0.01);
  }

  function seekAndShow(time) {
    mark(null);
    seek(time);
    showNow();
  }

  const LINE = ":scope > p";
  const TURN = ":scope > h2.speaker";

  function stepChapter(direction) {
    const { times } = chaptersNow();
    // Shortly after a chapter's beginning, back means the one before.
    const at = lastNotAfter(times, position() - (direction < 0 ? 2 : -0.001));
    const time = times[direction > 0 ? at + 1 : at];
    if (time !== undefined) seekAndShow(time);
  }

  // A link to a moment

  const wanted = Number(new URLSearchParams(location.search).get("t") ?? NaN);
  if (wanted > 0) {
    seek(wanted);
    if (audio) showNow();
  }

  const api = {
    ...{ audio, transcript, position, seek, seekAndShow, goTo, play, playOnly, resumeAt, follow, toggleFollowing },
    isAsked: wanted > 0,
    nextLine: () => step(LINE, 1),
    previousLine: () => step(LINE, -1),
    nextTurn: () => step(TURN, 1),
    previousTurn: () => step(TURN, -1),
    nextChapter: () => stepChapter(1),
    previousChapter: () => stepChapter(-1),
    chapters: chaptersNow,
    lineNow,
    /** The window of a segment by its number, loaded or not. */
    windowOf: (number) => sections[Math.floor(number / transcript.dataset.windowSize)],
    load,
    isLoaded,
    reveal,
    onTime: (tell) => listeners.push(tell),
  };
  if (!audio) return api;
  transcript.classList.add("can-seek");

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
      say(MESSAGES.notPlayed, { key: "audio" });
      return;
    }
    renewedAt = performance.now();
    const { currentTime, paused } = audio;
    audio.load();
    audio.currentTime = currentTime;
    if (!paused) play();
  });
  backToNow?.addEventListener("click", follow);

  // One listener for all words and time stamps

  transcript.addEventListener("click", (event) => {
    const stamp = event.target.closest("a.stamp:not([data-from])");
    if (stamp) {
      if (goesElsewhere(event)) return;
      event.preventDefault();
      goTo(stamp.hash.replace("#t=", ""));
      return;
    }
    const cue = event.target.closest("[data-t]");
    if (!cue || event.target.closest("a") || !getSelection().isCollapsed) return; // marking text is no click on a word
    seek(Number(cue.dataset.t));
    play();
  });
  return api;
})();
