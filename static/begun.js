// Uploads that were begun in this browser and are not finished: what each is of, and how it is to be transcribed.

import { forgetFile } from "./keeping.js";

const KEY = `uploads.${document.getElementById("new-transcription").dataset.account}`;

export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function keep(entries) {
  try {
    localStorage.setItem(KEY, JSON.stringify(entries));
  } catch {
    // Without storage it works until the page is left.
  }
}

/** An entry `{id, name, size, lastModified, recording, options}`, in the place of what was known of the same id. */
export const remember = (entry) => keep([...remembered().filter(({ id }) => id !== entry.id), entry]);

export function forget(id) {
  keep(remembered().filter((entry) => entry.id !== id));
  forgetFile(id);
}

/** Whether a file is the one that an entry, or another file, is of. */
export const isSame = (entry, file) =>
  entry.name === file.name && entry.size === file.size && entry.lastModified === file.lastModified;
