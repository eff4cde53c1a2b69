// Files and links that are dropped anywhere on the page, or pasted while nobody is typing.

const MOST_FILES = 500;
const IS_MEDIA = /^(audio|video)\//;
// As far as browsers do not know it by its type.
const MEDIA_NAME = /\.(ac3|aiff?|amr|au|caf|flac|m4[abv]|mk[av]|mts|og[agv]|opus|ts|wm[av]|3gpp?)$/i;

const isTyping = ({ target }) => Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
const isMedia = ({ type, name }) => IS_MEDIA.test(type) || MEDIA_NAME.test(name);

function entriesOf(folder) {
  const reader = folder.createReader();
  // It gives a hundred at a time, and none when it is done.
  const rest = (before) =>
    new Promise((resolve, reject) => reader.readEntries(resolve, reject)).then((more) =>
      more.length ? rest([...before, ...more]) : before,
    );
  return rest([]).then((all) => all.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true })));
}

async function* filesIn(entry) {
  if (entry.isFile) yield await new Promise((resolve, reject) => entry.file(resolve, reject));
  else for (const each of await entriesOf(entry)) yield* filesIn(each);
}

/** What was dropped: files as they are, and of folders what is audio or video by type or name. */
async function dropped(transfer) {
  // Both have to be asked for before the first await, after which the drop is over.
  const entries = [...transfer.items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry?.());
  const plain = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const files = [];
  for (const entry of entries) {
    if (!entry) continue;
    for await (const file of filesIn(entry)) {
      if (entry.isFile || isMedia(file)) files.push(file);
      if (files.length >= MOST_FILES) return files;
    }
  }
  return files;
}

const linksIn = (text) => text.split(/\s+/).filter((word) => /^https?:\/\//i.test(word));

/** Calls `onFiles` and `onLinks` with what comes; `overlay` is shown while files are held over the page. */
export function takeWhatComes({ overlay, onFiles, onLinks }) {
  let isOurs = false;
  const carriesFiles = ({ dataTransfer }) => !isOurs && dataTransfer?.types.includes("Files");
  const show = (isShown) => (overlay.hidden = !isShown);

  // Something of the page itself that is dragged, such as a link, is none of ours.
  document.addEventListener("dragstart", () => (isOurs = true));
  document.addEventListener("dragend", () => (isOurs = false));
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) show(false);
  });
  document.addEventListener("drop", async (event) => {
    show(false);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    onFiles(await dropped(event.dataTransfer));
  });
  document.addEventListener("paste", (event) => {
    if (isTyping(event)) return;
    const files = [...event.clipboardData.files];
    const links = linksIn(event.clipboardData.getData("text/plain"));
    if (!files.length && !links.length) return;
    event.preventDefault();
    if (files.length) onFiles(files);
    else onLinks(links);
  });
}
