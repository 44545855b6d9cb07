// Small words: how times, numbers and names are written. No state, no page.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const SEVERITIES = ["flash", "bulletin", "urgent", "routine", "deferred"];

export const ENTITY_TYPES = [
  ["person", "People"],
  ["organisation", "Organisations"],
  ["place", "Places named"],
  ["event", "Events"],
  ["other", "Other names"],
];

const SIGNALS = { marker: "marker words", urgency: "urgency code" };

/** How long ago, in the unit one would say: "40 s", "12 min", "3 h 05", "2 d". */
export function age(then, now) {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) {
    return `${Math.floor(seconds / HOUR)} h ${String(Math.floor((seconds % HOUR) / MINUTE)).padStart(2, "0")}`;
  }
  return `${Math.floor(seconds / DAY)} d`;
}

export function clock(date) {
  return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

export function moment(date) {
  return date.toLocaleString([], { dateStyle: "medium", timeStyle: "long" });
}

/** A span between two stages: "180 ms", "1.8 s", "4 min". */
export function span(from, to) {
  const milliseconds = Math.max(0, to - from);
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 100 * 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return age(from, to);
}

/** The earliest time at which a source told of it; else when we first saw it. */
export function firstReport(alert) {
  const told = alert.reports.map((report) => new Date(report.published));
  const clocks = ["published", "first_seen", "raised"].map((name) => alert.clocks[name]).filter(Boolean);
  const known = told.length ? told : clocks.slice(0, 1).map((text) => new Date(text));
  return known.length ? new Date(Math.min(...known)) : null;
}

export function sources(alert) {
  return [...new Set(alert.reports.map((report) => report.source))];
}

export function signal(name) {
  return SIGNALS[name] ?? name.replaceAll("_", " ");
}

export function weight(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}

export function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

/** Entities by type, each thing once by its fullest name, most salient first. */
export function entitiesByType(alert) {
  const groups = new Map(ENTITY_TYPES.map(([type]) => [type, new Map()]));
  for (const entity of alert.entities) {
    const names = groups.get(entity.type) ?? groups.get("other");
    const name = entity.name ?? entity.text;
    names.set(name, Math.max(entity.salience, names.get(name) ?? 0));
  }
  return ENTITY_TYPES.map(([type, title]) => {
    const found = [...groups.get(type)].sort((one, other) => other[1] - one[1]);
    return { title, names: found.map(([name]) => name) };
  }).filter((group) => group.names.length);
}

/** An address that a link may lead to, or null: nothing but http and https. */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
