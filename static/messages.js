// All that scripts say to readers, so that it can be read over, and put into another language, in one place. What pages say is
// in their templates.
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
  failedOnce: "That did not work. Try again.",
  refused: "That was not accepted.",
  signedOut: "You have been signed out. Sign in again, and then do it once more: nothing typed is lost.",
  signIn: "Sign in, in a new tab",
  typedIsBack: "This was not sent, because you had been signed out. What you typed is back: look it over and send it again.",
  notPlayed: "The recording could not be played. The text is complete all the same.",
  play: "Play",
  pause: "Pause",
  selected: (count) => `${count} selected`,
  place: (at, count) => `${at} of ${count}`,
  finished: "The transcript is finished. It opens when you leave the field.",
  editing: "Save or cancel the line that you are editing first.",

  sending: {
    progressOf: (name) => `Sent of ${name}`,
    actionOn: (action, name) => `${action}: ${name}`,
    share: (sent, size) => `${sent} of ${size}`,
    left: (time) => ` · ${time} left`,
    waiting: (size) => `${size}, waiting for its turn`,
    begins: (name) => `Sending ${name}.`,
    atSpeed: (share, speed, time) => `${share} · ${speed}/s · ${time} left`,
    isPaused: (name) => `${name} is paused.`,
    pausedAt: (share) => `Paused at ${share}`,
    chooseAgain: (share) => `${share} sent before. Choose the same file again to go on.`,
    anotherFile: "This is another file, or it was changed since.",
    changed: "The file was changed or moved after you chose it. Choose it again.",
    lost: (name) => `The connection was lost. ${name} goes on by itself when it is back.`,
    lostAt: (share) => `${share}. The connection was lost; trying again by itself…`,
    lostAfter: "Sent. The connection was lost; trying again by itself…",
    noRoom: "The service has no room for this file right now. Try again later.",
    refusedByStore: "The store refuses this file. Discard it and send it again.",
    signedOut: "You were signed out. It goes on when you have signed in again.",
    signedOutPress: "You were signed out. Sign in in another tab, come back, and press it again.",
    signedOutChoose: "You were signed out. Sign in in another tab, come back, and choose it again.",
    noAnswerChoose: "The service does not answer. Choose it again in a moment.",
    noAnswer: "The service does not answer. Press it again; nothing is begun twice.",
    tooLong: ", longer than this pipeline takes",
    notBegun: (length) => `${length}Sent, not begun yet`,
    sent: (length) => `${length}Sent`,
    ordering: "Sent. Handing it over…",
    done: "Sent, and being transcribed.",
    wasSent: (name) => `${name} was sent, and is being transcribed.`,
    allSent: (count) => `All ${count} files were sent, and are being transcribed.`,
    empty: (name) => `${name} is empty, or a folder.`,
    tooLarge: (name, size, most) => `${name} has ${size}; more than ${most} are not taken.`,
    sentAlready: (name) => `${name} was sent already; clear what is done to send it again.`,
    listedAlready: (name) => `${name} is on the list already.`,
    listed: (count) => `${count} files are on the list.`,
    sum: (arrived, count, sent, size) => `${arrived} of ${count} sent · ${sent} of ${size}`,
    refused: (name, why) => `${name}: ${why}`,
    discarded: "Discarded.",
    wasDiscarded: (name) => `${name} was discarded. It can be undone for some seconds.`,
    isBack: (name) => `${name} is on the list again.`,
  },

  price: {
    recordings: (count) => (count === 1 ? "1 recording" : `${count} recordings`),
    rate: (usd) => `${usd} a minute`,
    unread: (recordings, rate) => `${recordings}, priced when read: ${rate}.`,
    about: (recordings, length, total, rest) => `${recordings}, ${length}: about ${total}${rest}.`,
    more: (count, rate) => `; ${count} more priced when read, ${rate}`,
    available: (usd) => `${usd} is available.`,
    afterwards: (usd, after) => `${usd} is available, ${after} afterwards.`,
    tooLittle: (usd) => `Only ${usd} is available.`,
    nothingYet: "Nothing is charged before you press Transcribe.",
  },

  recording: {
    notAllowed:
      "The browser was not given leave to use the microphone. Allow it beside the address of this page, and press Record again.",
    notFound: "No microphone was found. Connect one and press Record again.",
    notReadable: "The microphone does not answer: another program may be using it. Close that and press Record again.",
    insecure: "Browsers record only on secure pages: open this one by its https address.",
    unable: "This browser cannot record. Record elsewhere and choose the file.",
    gone: "The microphone is gone. What was recorded until then is kept.",
    notStarted: "Recording did not start. Check the microphone and press Record again.",
    notKept:
      "This browser keeps nothing of the recording: it has no room, or does not allow it. Stay on this page until it is sent.",
    silent: "Nothing is heard. Is the right microphone chosen, and is it on?",
    nothingLeft: "Nothing of this recording is left in this browser.",
    goesOn: "Recording.",
    isPaused: "The recording is paused.",
    of: (when) => `Recording of ${when}`,
    notSent: (length) => `${length}, not sent yet`,
    fileName: (day, time) => `Recording ${day} ${time}`,
  },

  reference: {
    operations: "Operations",
    example: "Example",
    language: "Language",
    copy: "Copy",
    withKey: "Requests from this page now carry your key.",
    withoutKey: "No key is sent any more.",
    notLoaded: "The reference could not be loaded. Reload the page to try again.",
  },
};

/** A place in a recording, in seconds, as people read it: 127.4 is "2:07", 3723 is "1:02:03". */
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
