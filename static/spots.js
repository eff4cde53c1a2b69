// Going through a transcript: where a text was found in it, or which words are unsure, one after the other. The server says
// where they are (_spots.html); the windows that they lie in are loaded as they are reached.
"use strict";

(() => {
  if (!recording) return;
  const { transcript } = recording;
  const field = document.querySelector(".find input[type=search]");
  const told = document.getElementById("spots-told");
  const canMark = "highlights" in CSS;
  let spots = []; // { number, start, first, after }: characters of the text of a segment, and when they are said
  let at = -1; // which of them the reader is at
  let wantsFirst = 0; // the way to go as soon as the places asked for are there

  const box = () => document.getElementById("spots");

  function read() {
    const written = box()?.dataset.spots ?? "";
    spots = written
      .split(" ")
      .filter(Boolean)
      .map((each) => {
        const [number, start, first, after] = each.split(":").map(Number);
        return { number, start, first, after };
      });
    at = -1;
    document.dispatchEvent(new CustomEvent("spots", { detail: { times: spots.map(({ start }) => start) } }));
    mark();
    if (wantsFirst) go(wantsFirst);
  }

  /** The characters of a spot in the page; null while its line is not here, or is being edited. */
  function rangeOf({ number, first, after }) {
    const said = document.querySelector(`p#segment-${number} > [dir]`);
    if (!said) return null;
    const range = document.createRange();
    const nodes = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
    let passed = 0;
    let hasBegun = false;
    while (nodes.nextNode()) {
      const node = nodes.currentNode;
      const end = passed + node.length;
      if (!hasBegun && first < end) {
        range.setStart(node, first - passed);
        hasBegun = true;
      }
      if (hasBegun && after <= end) {
        range.setEnd(node, after - passed);
        return range;
      }
      passed = end;
    }
    return null;
  }

  /** Marks all that are in loaded windows, and the one that the reader is at. */
  function mark() {
    if (!canMark) return;
    const ranges = spots.map(rangeOf);
    CSS.highlights.set("spots", new Highlight(...ranges.filter((range, each) => range && each !== at)));
    CSS.highlights.set("spot-now", new Highlight(...(ranges[at] ? [ranges[at]] : [])));
  }

  /** Goes to the next one or, with −1, the previous; the first time to the one after what is being heard. */
  function go(direction) {
    wantsFirst = 0;
    if (!spots.length) return;
    if (at < 0) {
      const next = spots.findIndex(({ start }) => start >= recording.position());
      at = direction > 0 ? Math.max(0, next) : (next < 0 ? spots.length : next) - 1;
    } else {
      at += direction;
    }
    at = (at + spots.length) % spots.length;
    const count = MESSAGES.place(at + 1, spots.length);
    const place = box()?.querySelector("[data-place]");
    if (place) place.textContent = count;
    told.textContent = count;
    show();
  }

  function show() {
    const spot = spots[at];
    const section = recording.windowOf(spot.number);
    if (section && !recording.isLoaded(section)) {
      recording.reveal(section);
      recording.load(section); // goes on below when it is here
      return;
    }
    mark();
    const line = document.getElementById(`segment-${spot.number}`);
    if (line) recording.reveal(line);
    // What is said after the end of the recording that is there can be read all the same.
    if (!(spot.start > recording.audio?.duration)) recording.seek(spot.start);
  }

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.id === "spots") return read();
    if (!spots.length || !elt.closest?.("#transcript")) return;
    mark();
    const isAwaited = at >= 0 && elt.querySelector?.(`#segment-${spots[at].number}`);
    if (isAwaited && elt.matches("section")) show();
  });

  document.addEventListener("click", (event) => {
    const { go: way, hide } = event.target.closest("[data-go], [data-hide]")?.dataset ?? {};
    if (way) return go(Number(way));
    if (hide === undefined) return;
    event.preventDefault();
    close();
  });

  function close() {
    box().replaceChildren();
    delete box().dataset.spots;
    field.value = "";
    told.textContent = "";
    read();
  }

  // In the field: Enter goes on, Shift+Enter back, Escape leaves it.

  field?.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && box()?.childElementCount) {
      event.preventDefault();
      close();
      field.blur();
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const direction = event.shiftKey ? -1 : 1;
    if (box()?.dataset.q === field.value.trim()) go(direction);
    else wantsFirst = direction; // The answer is still to come.
  });

  // Unsure words

  const unsureLink = document.querySelector("[data-unsure]");

  function nextUnsure(direction) {
    if (box()?.dataset.what === "unsure") return go(direction);
    wantsFirst = direction;
    unsureLink?.click();
  }

  const KEPT_AS = "unsure";

  function showMarks(are) {
    transcript.classList.toggle("is-plain", !are);
  }

  try {
    showMarks(localStorage.getItem(KEPT_AS) !== "plain");
  } catch {
    // Storage may be switched off.
  }

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-mark-unsure]")) return;
    showMarks(target.checked);
    try {
      localStorage.setItem(KEPT_AS, target.checked ? "marked" : "plain");
    } catch {
      // Then it lasts as long as the page.
    }
  });
  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    const choice = elt.querySelector?.("[data-mark-unsure]");
    if (choice) choice.checked = !transcript.classList.contains("is-plain");
  });

  // An edit moves places, and may have been what one of them was gone to for.
  document.addEventListener("edited", () => {
    const address = box()?.dataset.address;
    if (!address) return;
    const before = spots[at];
    htmx.ajax("GET", address, { source: box(), target: "#spots", swap: "outerHTML" }).then(() => {
      if (before) at = spots.findLastIndex(({ start }) => start < before.start);
    });
  });

  onShortcuts({
    search: () => {
      field?.focus();
      field?.select();
    },
    "next-unsure": () => nextUnsure(1),
    "previous-unsure": () => nextUnsure(-1),
  });
})();
