/* Opens the look-up page on a device: asks for the passphrase where it is sealed, puts the list under the map and the
 * answers, says of which day it is, and keeps it current when there is a network. A check sends nothing to anybody. */
import { Refusal } from "../ask.js";
import { make } from "../card.js";
import { provide } from "../lists.js";
import { moment, page, say } from "../say.js";
import { lockWhenIdle, passphraseAsked } from "./gate.js";
import { begun, readAll } from "./opening.js";
import { isOtherwise, showInstall, showStanding, showWaiting, tell, tellRenewal } from "./panel.js";
import * as queue from "./queue.js";
import { keepGround, renew } from "./renew.js";
import { alone, noRoom, onReplaced, open, wipe } from "./store.js";

const EDITION = "/device/edition.json", GROUND = "/device/ground.json";
const AGAIN_MS = 15 * 60 * 1000, END_MS = 10000, CLOCK_SLACK_MS = 12 * 3600 * 1000;
const { Offlimits } = window;

/** @type {{records: any, missions: any[], reader: any, lists: Map<string, any>, seen_at: number, faults: any[], isGone?: boolean}} */
let device;

// ---- the answers ---------------------------------------------------------------------------------------------------------

/* A clock that was put back makes no list fresh again. */
const now = () => Math.max(Date.now(), device.seen_at);

const isBehind = () => Date.now() < device.seen_at - CLOCK_SLACK_MS;

const listsOf = ({ missions, lists, faults }) => {
  const [own, ...others] = missions;
  const fault = faults.find(({ mission }) => mission === own.code);
  if (fault) throw new Refusal("failed", { detail: say(fault.code, fault.facts) });
  const codes = [...new Set([...own.recognises, ...others.map(({ code }) => code)])], missing = codes.filter((code) => !lists.has(code));
  const held = codes.filter((code) => lists.has(code));
  return { own: lists.get(own.code), others: new Map(held.map((code) => [code, lists.get(code)])), missing, now, isBehind, isDevice: true };
};

/** @param {any} found */
const factsOf = ({ missions: [own], lists, reader }) => {
  const about = lists.get(own.code)?.document.offlimits;
  const { personnel, door_m, radius_m } = reader ?? {};
  return { personnel, door_m, radius_m, mission: own.code, mission_name: own.name, recognises: own.recognises, timezone: about?.timezone ?? "UTC" };
};

// ---- opening ----------------------------------------------------------------------------------------------------------------

/* Neither map nor search could answer, so the page says that alone; whoever waits for a list waits on, and complains not. */
const withoutList = (why = "") => {
  const panel = document.getElementById("no-list");
  document.body.classList.add("locked");
  document.getElementById("gate").hidden = true;
  if (why) panel.querySelector("h1").textContent = why;
  panel.hidden = false;
  return new Promise(() => {});
};

/* Half of what was kept is gone, or it does not hang together: by that nobody is answered. */
const damaged = () => withoutList(say("list_fault"));

const unsealed = async (known) => {
  const records = await passphraseAsked(open);
  lockWhenIdle(known.idle_minutes);
  return readAll(records);
};

const opened = async () => {
  const { known, held } = await begun;
  if (!known) return withoutList();
  device = held ?? (await (known.sealed ? unsealed(known).catch(damaged) : damaged()));
  Object.assign(page, factsOf(device));
  return device;
};

const fitted = ({ detail: { edition } }) => {
  const land = (edition.offlimits.boundaries ?? []).filter(({ kind }) => kind === "territory");
  if (land.length) Offlimits.map.fitBounds(L.featureGroup(land.map(({ geometry }) => L.geoJSON(geometry))).getBounds(), { animate: false });
};

const flagged = async (entry_id, issuer, kind) => {
  const list = device.lists.get(issuer), name = list?.document.features.find(({ id }) => id === entry_id)?.properties.name;
  /** @type {Omit<import("./queue.js").Waiting, "id" | "at">} */
  const said = { kind: "flag", mission: issuer, person: device.reader?.person, entry_id, name, flag: kind };
  const own = await queue.add(device.records, said).catch(() => null);
  if (!own) return say("no_room");
  if (navigator.onLine) await queue.send(device.records, device.missions);
  await showWaiting(device);
  const isWaiting = (await queue.waiting(device.records)).some(({ id }) => id === own);
  return say(isWaiting ? "flag_kept" : "flag_told");
};

const ready = opened(), known = ready.then(listsOf);
provide(known, flagged);
const own = ready.then((found) => found.lists.get(found.missions[0].code)?.document ?? Promise.reject(new Error(say("list_fault"))));
const ground = ready.then(async ({ records, missions: [first] }) => JSON.parse(new TextDecoder().decode((await records.getBytes(`ground:${first.code}`)) ?? new Uint8Array([123, 125]))));
for (const [url, document_promise] of [[EDITION, own], [GROUND, ground]]) {
  document_promise.catch(() => {}); // the map says so
  Offlimits.provide(url, document_promise);
}
document.addEventListener("offlimits:ready", fitted);

// ---- keeping current ----------------------------------------------------------------------------------------------------------

const revoked = async () => {
  const lost = await queue.waiting(device.records);
  device.isGone = true;
  await wipe();
  for (const name of await caches.keys()) await caches.delete(name);
  const items = lost.map(({ kind, name, edition, at }) => make("li", "", `${kind === "flag" ? name : say("edition", { number: edition })} · ${moment(at)}`));
  document.querySelector("main").replaceChildren(make("div", "panel stack", make("h1", "", say("revoked")), make("p", "", say("revoked_remedy")), ...(items.length ? [make("p", "", say("never_sent")), make("ul", "", ...items)] : [])));
};

/* Lists of other missions, by which the open page answers no more either; one that holds here too is missed from now on. */
const forgotten = async (codes) => {
  device.missions = device.missions.filter(({ code }) => !codes.includes(code));
  await device.records.put("missions", device.missions);
  for (const code of codes) for (const kind of ["list", "ground"]) await device.records.forget(`${kind}:${code}`);
  for (const code of codes) device.lists.delete(code);
  const { others, missing } = await known.catch(() => ({ others: new Map(), missing: [] }));
  missing.push(...codes.filter((code) => others.delete(code) && device.missions[0].recognises.includes(code)));
  for (const code of codes) tell(say("one_revoked", { mission: code }), "warn");
};

let running = false, wanted = false;

/* One renewal at a time; who asks for one meanwhile gets another behind it. */
const renewed = async () => {
  wanted = !device.isGone;
  if (running) return;
  running = true;
  try {
    while (wanted) {
      wanted = false;
      if (navigator.onLine) await alone("renewal", renewOnce);
      else showStanding(device, false);
    }
  } finally {
    running = false;
  }
};

/* What another tab has fetched meanwhile is held here, too: nothing older takes its place. */
const catchUp = async () => {
  const held = new Map(((await device.records.get("missions")) ?? []).map(({ code, number }) => [code, number]));
  for (const mission of device.missions) mission.number = Math.max(mission.number, held.get(mission.code) ?? 0);
};

const renewOnce = async () => {
  await catchUp();
  const done = await renew(device.records, device.missions, device.lists);
  if (done.revoked.includes(device.missions[0].code)) return revoked();
  if (done.revoked.length) await forgotten(done.revoked);
  if (done.reached) await reached(done.seen_at);
  showStanding(device, done.reached);
  tellRenewal(done, device);
  return showWaiting(device);
};

/* The server was reached: what waits is sent, and the time is known not to be earlier than this. */
const reached = async (seen_at) => {
  device.seen_at = Math.max(device.seen_at, seen_at);
  await device.records.put("seen", device.seen_at).catch(noRoom);
  if (!(await device.records.getBytes(`ground:${device.missions[0].code}`))) await keepGround(device.records, device.missions[0]).catch(noRoom);
  await queue.send(device.records, device.missions);
  await queue.settleClaims(device.records, device.missions);
};

const begin = async () => {
  await ready;
  for (const fault of device.faults) tell(say("list_fault"), "refused", { detail: say(fault.code, fault.facts) });
  showStanding(device, navigator.onLine);
  await showWaiting(device);
  window.addEventListener("online", renewed);
  window.addEventListener("offline", () => showStanding(device, false));
  setInterval(() => isOtherwise(device) && showStanding(device), END_MS);
  document.addEventListener("visibilitychange", () => document.hidden || renewed());
  setInterval(renewed, AGAIN_MS);
  document.documentElement.dataset.open = "true";
  performance.mark("offlimits:open");
  await renewed();
};

onReplaced(() => device?.isGone || location.reload());
showInstall();
begin();
