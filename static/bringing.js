// Transcripts among the files that are chosen or dropped: each is sent at once and is there then, with nothing to order or pay.

import { BrokenOff, SignedOut, askFragment } from "./asking.js";
import { bytes } from "./words.js";

export const isTranscript = ({ name }) => /\.(srt|vtt|json)$/i.test(name);

/** Sends them one by one and shows in `place` what became of each; why it could not go on, if it could not. */
export async function bringAlong(files, language, place) {
  const most = Number(place.dataset.maxBytes);
  const tooLarge = files.filter(({ size }) => size > most);
  for (const file of files.filter(({ size }) => size <= most)) {
    const sent = new FormData();
    sent.append("language", language);
    sent.append("file", file);
    try {
      place.append(await askFragment(place.dataset.root, sent));
    } catch (error) {
      if (error instanceof SignedOut) return MESSAGES.sending.signedOutChoose;
      if (error instanceof BrokenOff) return MESSAGES.sending.noAnswerChoose;
      throw error;
    }
  }
  return tooLarge.map(({ name, size }) => MESSAGES.sending.tooLarge(name, bytes(size), bytes(most))).join(" ");
}
