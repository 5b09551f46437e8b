/* What scripts say: words of the catalogue, numbers and dates of the reader's language. Everything is plain text. */

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const words = { ...read("words"), ...(document.getElementById("more-words") ? read("more-words") : {}) };

/* Facts of this page: mission, addresses, the edition in force. */
export const page = read("page");

/* "en" alone would mean American dates. */
const language = document.documentElement.lang.replace(/^en$/, "en-GB");

/* The text for `key` with its {placeholders} filled. */
export const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const known = (key) => key in words;

export const whyNot = (code) => words.why_not[code] ?? code;

export const listed = (texts) => new Intl.ListFormat(language, { type: "unit" }).format(texts);

const unit = (value, name) => new Intl.NumberFormat(language, { style: "unit", unit: name, maximumFractionDigits: 1 }).format(value);

export const distance = (metres) => (metres < 1000 ? unit(Math.round(metres), "meter") : unit(metres / 1000, "kilometer"));

export const direction = (bearing_deg) => words.directions[Math.floor((bearing_deg + 22.5) / 45) % 8];

/* A moment is shown as its day in the mission's zone; a date is a date everywhere. */
export const day = (instant) => {
  const timeZone = instant.length > "2026-03-31".length ? page.timezone : "UTC";
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone }).format(new Date(instant));
};

/* Date and time in the mission's zone. */
export const moment = (instant) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: page.timezone }).format(new Date(instant));

const AGES = [["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];

const NEARLY = 0.85; // as the server counts: 6 days are "6 days ago", 6.1 days "1 week ago"

export const age = (instant) => {
  const seconds = (new Date(instant) - Date.now()) / 1000;
  const [name, length] = AGES.find(([, length]) => Math.abs(seconds) >= NEARLY * length) ?? AGES[AGES.length - 1];
  return new Intl.RelativeTimeFormat(language).format(Math.round(seconds / length), name);
};

/* 2 January 2023 was a Monday, day 1 of the week. */
const weekday = (number) =>
  new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2023, 0, 1 + number)));

export const hours = ({ weekly }) => listed(weekly.map(({ days, from, to }) => `${days.map(weekday).join(" ")} ${from}–${to}`));
