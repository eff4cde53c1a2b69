// What the scripts of more than one page say to readers. The pages' own words are in the templates.
"use strict";

const MESSAGES = {
  dismiss: "Dismiss",
  copied: "Copied",
  copiedNotice: "Copied.",
  // Without https there is no clipboard.
  copyByHand: "Press Ctrl+C (⌘C) to copy the marked text.",
  lostTryingAgain: "The connection was lost. Trying again…",
  lostNothingSent: "The connection was lost. Nothing typed is lost: try it again in a moment.",
  offline: "You are offline. This page goes on by itself when the connection is back.",
  gone: "This is no longer here. It may have been deleted.",
  failed: "That did not work. Reload the page and try again.",
  refused: "That was not accepted.",
  signedOut: "You have been signed out. Sign in again, and then do it once more: nothing typed is lost.",
  signIn: "Sign in, in a new tab",
  typedIsBack: "This was not sent, because you had been signed out. What you typed is back: look it over and send it again.",
  notPlayed: "The recording could not be played. The text is complete all the same.",
};

/** A place in a recording, in seconds, as people read it: 127.4 is "2:07", 3723 is "1:02:03". */
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
