// Amounts, sizes and durations as people read them; `clock` is in messages.js, where classic scripts find it, too.

/** 900 is "$0.0009": as many decimals as the amount needs, at least two. */
export function usd(microusd) {
  const [whole, decimals = ""] = (Math.abs(microusd) / 1e6).toFixed(6).replace(/0+$/, "").split(".");
  return `${microusd < 0 ? "−" : ""}$${whole}.${decimals.padEnd(2, "0")}`;
}

/** 2400000 is "2.4 MB". */
export function bytes(count) {
  const [divisor, unit] = count >= 1e9 ? [1e9, "GB"] : count >= 1e6 ? [1e6, "MB"] : [1e3, "kB"];
  return `${(count / divisor).toFixed(count >= 1e9 ? 2 : count >= 1e7 || unit === "kB" ? 0 : 1)} ${unit}`;
}

/** 3723 is "1 h 2 min". */
export function duration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
