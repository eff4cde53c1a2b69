// What this browser keeps until the service has it: recordings from the microphone, part by part, and chosen files.

const NAME = "adding";
const STORES = ["recordings", "parts", "files"];
const LARGE_BYTES = 200e6;
const ROOM_LEFT = 4; // times the size of a file, or there is no copy of it
let opening = null;

function opened() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("recordings", { keyPath: "id" });
      request.result.createObjectStore("parts", { keyPath: ["id", "number"] });
      request.result.createObjectStore("files");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  opening.catch(() => (opening = null));
  return opening;
}

/** What `act` asks for, once all of it is kept; rejected where this device has no room, or keeps nothing. */
async function inStores(mode, act) {
  const database = await opened();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORES, mode);
    const request = act(...STORES.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

const partsOf = (id) => IDBKeyRange.bound([id, 0], [id, Infinity]);

/** A part of a recording, and the recording as it is with that part: `{id, account, type, startedAt, seconds}`. */
export const keepPart = (recording, number, bytes) =>
  inStores("readwrite", (recordings, parts) => {
    recordings.put(recording);
    return parts.put({ id: recording.id, number, bytes });
  });

/** An account's recordings, oldest first. */
export async function keptRecordings(account) {
  const all = await inStores("readonly", (recordings) => recordings.getAll());
  return all.filter((each) => each.account === account).sort((one, other) => one.startedAt - other.startedAt);
}

/** A recording as a file, null where there is none of it. */
export async function fileOf(id) {
  let recording;
  const parts = await inStores("readonly", (recordings, parts) => {
    recording = recordings.get(id);
    return parts.getAll(partsOf(id));
  });
  return parts.length && recording.result ? asFile(recording.result, parts.map(({ bytes }) => bytes)) : null;
}

export const forgetRecording = (id) =>
  inStores("readwrite", (recordings, parts) => {
    recordings.delete(id);
    return parts.delete(partsOf(id));
  });

let filing = Promise.resolve(); // Copies are made and forgotten one after the other, or one could outlive its end.

const inTurn = (act) => (filing = filing.then(act).catch(() => {}));

/** Keep a copy of a chosen file under an id, where there is plenty of room: it is on this device anyway. */
export const keepFile = (id, file) =>
  inTurn(async () => {
    const { quota = 0, usage = 0 } = (await navigator.storage?.estimate()) ?? {};
    if (file.size * ROOM_LEFT > quota - usage) return;
    await inStores("readwrite", (recordings, parts, files) => files.put(file, id));
  });

/** That copy, null where there is none. */
export const keptFile = (id) =>
  inStores("readonly", (recordings, parts, files) => files.get(id)).then(
    (file) => file ?? null,
    () => null,
  );

export const forgetFile = (id) => inTurn(() => inStores("readwrite", (recordings, parts, files) => files.delete(id)));

/** The service has the file. A small one stays until its transcription is made, should that take longer than a day. */
export const hasArrived = (id, { size }) => size > LARGE_BYTES && forgetFile(id);

/** The parts as one file, named after the time when it began. */
export function asFile({ type, startedAt }, parts) {
  const began = new Date(startedAt - new Date(startedAt).getTimezoneOffset() * 60_000).toISOString();
  const plain = type.split(";")[0];
  const name = `${MESSAGES.recording.fileName(began.slice(0, 10), began.slice(11, 16).replace(":", "."))}.${plain.split("/")[1]}`;
  return new File(parts, name, { type: plain, lastModified: startedAt });
}

// What is kept is one tab's at a time; no other takes it up meanwhile.

const PREFIX = "adding.";
const ours = new Set();

/** Take what is kept under an id for as long as this tab is open. */
export function hold(id) {
  ours.add(id);
  navigator.locks?.request(PREFIX + id, { ifAvailable: true }, () => new Promise(() => {}));
}

/** The ids that other tabs have. */
export async function heldElsewhere() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const ids = held.filter(({ name }) => name.startsWith(PREFIX)).map(({ name }) => name.slice(PREFIX.length));
  return new Set(ids.filter((id) => !ours.has(id)));
}
