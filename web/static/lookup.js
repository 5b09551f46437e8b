/* The look-up page: a name, a position or a spot on the map goes in, the card with the verdict comes out. */
import { check as answered, checkAgain } from "./answers.js";
import { Refusal } from "./ask.js";
import { button, icon, make, noteCard, verdictCard } from "./card.js";
import { page, say } from "./say.js";
import { entryHit, startSearch } from "./search.js";

const { Offlimits } = window;
const answer = document.getElementById("answer");
const here = document.getElementById("check-here");
// As in app.css: on a phone everything lies on the map, on a desktop beside it; on a low screen it follows in one flow.
const narrow = matchMedia("(max-width: 55.99rem) and (min-height: 36rem)"), wide = matchMedia("(min-width: 56rem)");
const STREET_ZOOM = 17;
const TOUCH_ZOOM = 15; // below this a finger covers several houses
const FINGER_PX = 8;
const SLOW_MS = 300;
const AGAIN_MS = 10000;
const EQUATOR_M = 40075017;
const KEPT_STREETS = "offlimits-streets"; // as streets/store.js calls it

// ---- the edition on this device ----------------------------------------------------------------------------------------

const features = Offlimits.load(page.edition_url).then(
  ({ features: all }) => new Map(all.map((feature) => [feature.id, feature])),
  () => new Map(), // the map says aloud that the list could not be loaded
);

/* What cards and lines say of an entry: its properties, and whether it is on the map. */
const told = ({ properties: about, geometry }) => ({ ...about, mapped: Boolean(geometry) });
const entries = async () => new Map([...(await features)].map(([id, feature]) => [id, told(feature)]));

// ---- the map beside the card ---------------------------------------------------------------------------------------------

const finder = document.getElementById("finder");

/* How far the middle of what is left of the map lies above its own middle, in pixels. */
const above = () => (narrow.matches ? (answer.offsetHeight + here.offsetHeight - finder.offsetHeight) / 2 : 0);

const lookAt = ({ lat, lon }) => {
  const { map } = Offlimits, zoom = Math.max(map.getZoom(), STREET_ZOOM);
  const centre = map.unproject(map.project([lat, lon], zoom).add([0, above()]), zoom);
  Offlimits.look({ lat: centre.lat, lon: centre.lng, zoom });
};

/* The map moves once the card is painted: who asks at a door waits for the answer, not for the map below it. */
const afterCard = (move) => {
  const { signal } = latest;
  requestAnimationFrame(() => setTimeout(() => signal.aborted || move()));
};

const lookAtEntry = (feature) => {
  if (!feature?.geometry || !Offlimits.show(feature.id)) return;
  const bounds = L.geoJSON(feature.geometry).getBounds();
  Offlimits.map.fitBounds(bounds, { maxZoom: 18, paddingTopLeft: [40, 70], paddingBottomRight: [40, 70 + 2 * above()], animate: !Offlimits.calm() });
};

// ---- cards -------------------------------------------------------------------------------------------------------------

let opener = null; // what had the focus before there was a card
let latest = null; // the question whose answer is awaited
let standing = null; // the question whose card is on the screen, and what was said

/* Takes away what answers another question than the one being asked. */
const clear = () => {
  latest?.abort();
  standing = null;
  wait(null);
  answer.replaceChildren();
  Offlimits.clear();
  Offlimits.here(null);
};

/* Closes the card for good: the box no longer says what it answers, and the focus goes back to where it was. */
const close = () => {
  const field = finder.querySelector("input[type=search]"), back = opener?.checkVisibility() ? opener : narrow.matches ? here : field;
  clear();
  search.tell("");
  back.focus({ preventScroll: true });
};

const put = (card) => {
  if (!answer.childElementCount) opener = document.activeElement === document.body ? null : document.activeElement;
  answer.replaceChildren(card);
  answer.scrollTop = 0;
  for (const drawer of document.querySelectorAll(".drawer[open]")) if (narrow.matches) drawer.open = false;
  const head = card.querySelector("h2");
  head.focus({ preventScroll: true });
  head.scrollIntoView({ block: narrow.matches || wide.matches ? "nearest" : "start" });
};

const note = (title, ...children) => {
  standing = null;
  put(noteCard(title, children, close));
};

const remedy = ({ kind }) => {
  if (kind === "not_understood") return null; // the sentence has it
  const link = make("a", "button", say(kind === "signed_out" ? "sign_in" : "as_table"));
  if (kind !== "signed_out" && !page.list_url) return null; // a device has no such page
  link.href = kind === "signed_out" ? "/login" : page.list_url;
  return link;
};

const refuse = (reason) => {
  if (!(reason instanceof Refusal)) throw reason;
  if (reason.readings.length) return chooseReading(reason);
  return note(say(reason.kind), reason.detail && make("p", "", reason.detail), remedy(reason));
};

const chooseReading = ({ readings, detail }) => {
  const choice = (position) => button("", () => check({ position }), `${position.lat}, ${position.lon}`);
  note(say("several_readings"), make("p", "", detail), make("div", "row", ...readings.map(choice)));
};

// ---- checking ------------------------------------------------------------------------------------------------------------

let soon = 0;

/* Says on the big button what is being waited for, a key of the words or null, unless it is over at once. */
const wait = (key, pause_ms = 0) => {
  clearTimeout(soon);
  soon = setTimeout(() => {
    here.setAttribute("aria-busy", String(Boolean(key)));
    answer.setAttribute("aria-busy", String(Boolean(key)));
    here.querySelector("span").textContent = say(key ?? "check_here");
  }, pause_ms);
};

/* question: {position?, entry_id?, venue?, accuracy_m?}; position is {lat, lon, uncertainty_m?} or {text}. The last question wins. */
const check = async (question) => {
  latest?.abort();
  const { signal } = (latest = new AbortController());
  const { position, entry_id: id, venue } = question;
  const body = { mission: page.mission, also: page.also, positions: position ? [position] : [], personnel: page.personnel, entry_id: id, venue, notations: true };
  wait("checking", SLOW_MS);
  try {
    const [result, all] = await Promise.all([answered(body, signal), features]);
    if (!signal.aborted) present(question, body, result, all);
  } catch (reason) {
    if (reason.name !== "AbortError") refuse(reason);
  }
  if (!signal.aborted) wait(null);
};

const present = (question, asked, { edition, recognised, contacts, answers }, all) => {
  const [result] = answers;
  standing = { question, asked, said: JSON.stringify(result) };
  const { position, entry_id: id, venue } = question;
  const at = result.position ?? (position?.lat === undefined ? null : position);
  const facts = { asked, answer: result, edition, recognised, contacts, venue, notations: result.notations, about: (entry) => all.has(entry) ? told(all.get(entry)) : null };
  put(verdictCard({ ...facts, accuracy_m: question.accuracy_m }, {
    close,
    choose: (chosen) => check({ ...question, entry_id: chosen }),
    tell: (kind) => check({ ...question, venue: kind }),
  }));
  if (at) {
    afterCard(() => {
      Offlimits.here({ lat: at.lat, lon: at.lon, accuracy_m: at.uncertainty_m });
      lookAt(at);
    });
  } else if (id) afterCard(() => lookAtEntry(all.get(id)));
};

/* A card says what holds now: where the list expires under it, or the hours of an entry begin, it is another one. */
const reconsider = async () => {
  const before = standing, result = before && (await checkAgain(before.asked));
  if (!result || standing !== before || JSON.stringify(result.answers[0]) === before.said) return;
  present(before.question, before.asked, result, await features);
};

const chooseEntry = async (id) => {
  Offlimits.here(null);
  search.tell((await features).get(id)?.properties.name ?? "");
  check({ entry_id: id });
};

// ---- where I am ------------------------------------------------------------------------------------------------------------

const checkHere = () => {
  if (!navigator.geolocation) return unlocated({ code: 2 });
  clear();
  search.tell("");
  wait("locating");
  const { signal } = (latest = new AbortController()); // a reader who types meanwhile asks something else
  return navigator.geolocation.getCurrentPosition(
    ({ coords: { latitude: lat, longitude: lon, accuracy } }) => {
      if (signal.aborted) return;
      wait(null);
      check({ position: { lat, lon, uncertainty_m: Math.ceil(accuracy) }, accuracy_m: accuracy });
    },
    (fault) => signal.aborted || unlocated(fault),
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 5000 },
  );
};

const unlocated = ({ code }) => {
  wait(null);
  note(say(code === 1 ? "position_denied" : "no_position"), make("p", "", say("position_remedy")));
};

const touched = ({ detail: { lat, lon } }) => {
  const { map } = Offlimits;
  if (map.getZoom() < TOUCH_ZOOM) {
    note(say("zoom_in"));
    return;
  }
  search.tell("");
  const pixel_m = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
  check({ position: { lat, lon, uncertainty_m: Math.max(5, Math.round(FINGER_PX * pixel_m)) } });
};

// ---- beside the map --------------------------------------------------------------------------------------------------------

const fillUnmapped = async () => {
  const drawer = document.getElementById("unmapped");
  const beside = [...(await features).values()].filter(({ geometry, properties: { subject } }) => !geometry || subject === "category_rule");
  drawer.hidden = !beside.length;
  drawer.querySelector(".count").textContent = beside.length;
  drawer.querySelector(".hits").replaceChildren(...beside.map((feature) => entryHit(told(feature), () => chooseEntry(feature.id))));
};

/* A piece of a boundary, drawn as the map draws it. */
const line = (kind) => {
  const { svg } = Offlimits, along = { d: "M0 10H40" }, box = { viewBox: "0 0 40 20", class: "offlimits-line", "aria-hidden": "true" };
  const band = kind === "territory" ? [svg("path", { ...along, class: "offlimits-territory-band", "stroke-width": 7 })] : [];
  return svg("svg", box, ...band, svg("path", { ...along, class: `offlimits-${kind}`, "stroke-width": kind === "territory" ? 2.2 : 1.4 }));
};

const LEGEND = {
  several: () => make("span", "offlimits-cluster off_limits", make("b", "", "3")),
  you: () => make("span", "offlimits-you", make("i")),
  ...Object.fromEntries(["territory", "sector"].map((kind) => [kind, () => line(kind)])),
};

const fillLegend = () => {
  for (const item of document.querySelectorAll("#legend [data-sign]")) {
    const { sign, part } = item.dataset;
    item.prepend(make("span", "sign", LEGEND[sign] ? LEGEND[sign]() : Offlimits.sign(sign, Boolean(part))));
  }
};

const arrange = () => {
  for (const drawer of document.querySelectorAll(".drawer")) {
    drawer.name = narrow.matches ? "tray" : ""; // one at a time on a phone
    drawer.open = wide.matches && drawer.id === "unmapped"; // the legend would hide what lies under it
  }
};

const search = startSearch(finder, {
  entries,
  choose: chooseEntry,
  check: (text) => check({ position: { text } }),
  typing: clear,
  remedy,
});
here.addEventListener("click", checkHere);
document.addEventListener("offlimits:pick", ({ detail: { entry } }) => chooseEntry(entry.id));
document.addEventListener("offlimits:clicked", touched);
document.addEventListener("offlimits:approach", ({ detail: { lat, lon, accuracy_m: accuracy } }) => check({ position: { lat, lon, uncertainty_m: Math.ceil(accuracy) }, accuracy_m: accuracy }));
document.addEventListener("offlimits:facility", ({ detail: { facility } }) => note(facility.name, make("p", "", say("approved"))));
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || document.querySelector(":popover-open")) return; // the menu closes by itself, and alone
  if (answer.childElementCount) close();
  else if (narrow.matches) for (const drawer of document.querySelectorAll(".drawer[open]")) drawer.open = false;
});
for (const screen of [narrow, wide]) screen.addEventListener("change", arrange);
const reconsiderSeen = () => document.hidden || reconsider();
setInterval(reconsiderSeen, AGAIN_MS);
document.addEventListener("visibilitychange", reconsiderSeen);
arrange();
fillLegend();
fillUnmapped();

// ---- what is loaded once somebody turns to it -----------------------------------------------------------------------------

const watch = document.getElementById("watch"), editionDrawer = document.getElementById("edition-drawer");
watch.hidden = !navigator.geolocation;
watch.addEventListener("click", async () => (await import("./watch.js")).turn());
editionDrawer.addEventListener("toggle", () => editionDrawer.open && import("./streets/panel.js"));

/* Streets that were kept are put under the map; a browser that has kept none need not load what would. */
const keptStreets = async () => {
  const known = (await indexedDB.databases?.()) ?? [{ name: KEPT_STREETS }];
  if (known.some(({ name }) => name === KEPT_STREETS)) await (await import("./streets/shelf.js")).refresh();
};
Offlimits.shelf = keptStreets().catch(() => {}); // a browser that keeps nothing, as some do in private windows

/* What the rules ask of ten thousand entries once is done before anybody asks at a door. */
const rehearse = async () => {
  const edition = await Offlimits.load(page.edition_url).catch(() => null);
  if (edition) Offlimits.judge(edition, { lat: 0, lon: 0 });
};
document.addEventListener("offlimits:ready", () => (window.requestIdleCallback ?? setTimeout)(rehearse), { once: true });

document.documentElement.dataset.ready = "true";
performance.mark("offlimits:usable");
