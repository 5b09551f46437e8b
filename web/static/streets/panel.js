/* "Streets on this device": tells how large the streets of the map's view are, fetches and keeps them, lists what is kept
 * with its size and age, and removes it. Its markup and words are those of _streets.html. */
import { age } from "../say.js";
import { refresh } from "./shelf.js";
import { keep, remove } from "./store.js";

const { Offlimits } = window;
const drawer = document.getElementById("streets");
const words = JSON.parse(drawer.dataset.words), source = drawer.dataset.source;
const [status, list, progress, ask, yes, no] = ["[role=status]", "ul", "progress", "[data-act=ask]", "[data-act=keep]", "[data-act=leave]"].map((part) => drawer.querySelector(part));
const TITLE_M = 500, PLACES = 5, MEGABYTE = 1e6;
/** @type {{url: string, bytes: number, bbox: number[]} | null} */
let offer = null;

const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

const megabytes = (bytes) =>
  new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "megabyte", maximumFractionDigits: bytes < 10 * MEGABYTE ? 1 : 0 }).format(Math.max(bytes / MEGABYTE, 0.1));

const tell = (text) => {
  status.textContent = text;
};

const offering = (found) => {
  offer = found;
  ask.hidden = Boolean(offer);
  yes.hidden = no.hidden = !offer;
};

const viewOf = (map) => {
  const bounds = map.getBounds(), [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  return [Math.max(-180, west), Math.max(-85, south), Math.min(180, east), Math.min(85, north)].map((side) => Number(side.toFixed(PLACES)));
};

/** The server's own sentence on what it refused. */
const refusal = async (url) => {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  const problem = await answer.json().catch(() => ({}));
  return problem.detail ?? words.failed;
};

const askSize = async () => {
  const bbox = viewOf(Offlimits.map), url = `${source}/area.pmtiles?bbox=${bbox.join(",")}`;
  tell(words.asking);
  try {
    const answer = await fetch(url, { method: "HEAD" });
    if (!answer.ok) return tell(await refusal(url));
    const bytes = Number(answer.headers.get("Content-Length"));
    offering({ url, bytes, bbox });
    tell(fill(words.size, { size: megabytes(bytes) }));
    yes.focus();
  } catch {
    tell(words.unreachable);
  }
  return undefined;
};

/** The archive, whole or not at all; shows how much has come. */
const fetched = async ({ url, bytes }) => {
  const answer = await fetch(url), pieces = [];
  if (!answer.ok) throw new TypeError(`${url} answered ${answer.status}`);
  let come = 0;
  for (const reader = answer.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    come += value.length;
    progress.value = come / bytes;
  }
  if (come !== bytes) throw new TypeError(`${come} of ${bytes} bytes came`);
  return new Blob(pieces, { type: "application/vnd.pmtiles" });
};

const keepOffer = async () => {
  const { url, bytes, bbox } = offer, [west, south, east, north] = bbox;
  offering(null);
  ask.disabled = true;
  progress.hidden = false;
  progress.value = 0;
  tell(words.fetching);
  try {
    const archive = await fetched({ url, bytes });
    const title = Offlimits.mgrs((south + north) / 2, (west + east) / 2, TITLE_M) ?? `${south}, ${west}`;
    await keep({ id: url, source, title, bbox, bytes, kept_at: new Date().toISOString() }, archive);
    await show();
    tell(words.kept);
  } catch (reason) {
    tell(reason.name === "QuotaExceededError" ? words.full : words.unreachable);
  }
  progress.hidden = true;
  ask.disabled = false;
  ask.focus();
};

const button = (text, name, act) => {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: text });
  made.setAttribute("aria-label", `${text}: ${name}`);
  made.addEventListener("click", act);
  return made;
};

/** @param {import("./store.js").Kept} area */
const line = (area) => {
  const item = document.createElement("li"), title = Object.assign(document.createElement("b"), { textContent: area.title, dir: "ltr" });
  const facts = Object.assign(document.createElement("small"), { textContent: `${megabytes(area.bytes)} · ${age(area.kept_at)}` });
  const [west, south, east, north] = area.bbox, box = document.createElement("span"), acts = document.createElement("span");
  box.append(title, facts);
  acts.append(
    button(words.show, area.title, () => Offlimits.map.fitBounds([[south, west], [north, east]], { animate: !Offlimits.calm() })),
    button(words.remove, area.title, async () => {
      await remove(area.id);
      await show();
      tell(words.removed);
      ask.focus();
    }),
  );
  item.append(box, acts);
  return item;
};

const show = async () => {
  const areas = await refresh();
  list.replaceChildren(...areas.map(line));
  drawer.querySelector(".count").textContent = areas.length || "";
  drawer.querySelector(".count").hidden = !areas.length;
  drawer.hidden = !source && !areas.length;
};

ask.hidden = !source;
ask.addEventListener("click", askSize);
yes.addEventListener("click", keepOffer);
no.addEventListener("click", () => {
  offering(null);
  tell("");
  ask.focus();
});
show().catch(() => {
  drawer.hidden = true; // a browser that keeps nothing, as some do in private windows
});
