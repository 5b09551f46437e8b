/* What scripts say: words of the catalogue, numbers and dates of the reader's language. Everything is plain text.
 * How a language writes (frame/wall.js, frame/spoken.js) comes before it in the page, with the map's scripts where there
 * is a map. */

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const words = { ...read("words"), ...(document.getElementById("more-words") ? read("more-words") : {}) };

/* Facts of this page: mission, addresses, the edition in force. */
export const page = read("page");

const spoken = globalThis.offlimitsSpoken(words.forms, document.documentElement.lang);

/* The text for `key` with its {placeholders} filled. */
export const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const known = (key) => key in words;

export const whyNot = (code) => words.why_not[code] ?? code;

export const { listed, beside, distance, age } = spoken;

export const direction = (bearing_deg) => words.directions[Math.floor((bearing_deg + 22.5) / 45) % 8];

/* A moment is shown as its day in the mission's zone; a date is a date everywhere. */
export const day = (instant) => spoken.day(instant, page.timezone);

export const hours = (schedule) => spoken.hours(schedule, page.timezone);

/* The same in the zone of another list. */
export const dayAt = (instant, timeZone) => spoken.day(instant, timeZone);

/* Date and time in the mission's zone. */
export const moment = (instant) => {
  const { hour, minute } = globalThis.offlimitsWall(Date.parse(instant), page.timezone);
  return beside([day(instant), [hour, minute].map((part) => String(part).padStart(2, "0")).join(":")]);
};
