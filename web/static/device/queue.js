/* What a reader said on the device while nobody could be told: flags, and "I have read this edition".
 *
 * A flag is sent when there is a network, and goes once the server has said of this very flag that it took it: whoever else
 * answers in its place, the sign-in page of a café's network or a proxy, settles nothing. An acknowledgement is never sent by
 * a device: it is kept as a claim, with the time that this device's clock told, until the person signs in and confirms it.
 *
 * What is said belongs to the person for whom the list was kept on the device. Who signs in there as somebody else settles
 * nothing of it, and another for whom the list is kept later sends nothing of it as their own. */
import { fromServer } from "./answered.js";
import { alone } from "./store.js";

const NAME = "queue";
const LATER = new Set([401, 408, 425, 429]); // what a slow line or a busy hour answers is no refusal of the flag
const PATIENCE_MS = 30000;

/** @typedef {{id: string, kind: "flag" | "said", mission: string, at: string, person: string, entry_id?: string, name?: string, flag?: string, edition?: number, refused?: string}} Waiting */

/* What cannot be read any more is lost, and keeps nobody from the list nor from the next flag. */
const unreadable = (reason) => {
  if (!(reason instanceof SyntaxError) && reason?.name !== "OperationError") throw reason;
};

/** @returns {Promise<Waiting[]>} */
export const waiting = async (records) => (await records.get(NAME).catch(unreadable)) ?? [];

/* One change after the other, in all tabs: two that read the queue at once would lose what the first wrote. */
const changed = (records, change) => alone("queue", async () => records.put(NAME, change(await waiting(records))));

/** @param {Omit<Waiting, "id" | "at">} said @returns {Promise<string>} its id */
export const add = async (records, said) => {
  const one = { ...said, id: crypto.randomUUID(), at: new Date().toISOString() };
  await changed(records, (all) => [...all, one]);
  return one.id;
};

export const drop = (records, id) => changed(records, (all) => all.filter((one) => one.id !== id));

const refuse = (records, id, refused) => changed(records, (all) => all.map((one) => (one.id === id ? { ...one, refused } : one)));

const sent = async (mission, { entry_id: entry, flag, at }) => {
  const headers = { Authorization: `Bearer ${mission.token}`, "Content-Type": "application/json", Accept: "application/json" };
  const url = `${mission.flag_url}/${encodeURIComponent(entry)}/flags`;
  /** @type {RequestInit} */
  const how = { redirect: "error", signal: AbortSignal.timeout?.(PATIENCE_MS) };
  return fetch(url, { method: "POST", headers, credentials: "omit", body: JSON.stringify({ kind: flag, claimed_at: at }), ...how });
};

/* Sends one and keeps, drops or marks it by what the server said of it. */
const sendOne = async (records, mission, one) => {
  const answer = await sent(mission, one).catch(() => null);
  if (!answer || answer.status >= 500 || LATER.has(answer.status)) return;
  const told = await fromServer(answer).catch(() => null);
  if (answer.status === 201 && told?.flag_id && told.id === one.entry_id) await drop(records, one.id);
  else if (!answer.ok && told?.detail) await refuse(records, one.id, String(told.detail));
};

/** Whether it is this person's, or nobody knows any more whose: older pages did not keep that. */
export const isOf = (one, person) => !one.person || one.person === person;

const sendWaiting = async (records, missions) => {
  const { person } = (await records.get("reader")) ?? {};
  for (const one of await waiting(records)) {
    const mission = missions.find(({ code }) => code === one.mission);
    if (one.kind !== "flag" || !isOf(one, person) || one.refused || !mission) continue;
    await sendOne(records, mission, one);
  }
};

/** Sends the flags of this device's person that wait, each once: one tab sends. What is refused stays, with the server's sentence, to be read. */
export const send = (records, missions) => alone("sending", () => sendWaiting(records, missions));

/** Forgets the claims that their person has confirmed meanwhile, where they are the one signed in in this browser. */
export const settleClaims = async (records, missions) => {
  const claims = (await waiting(records)).filter(({ kind }) => kind === "said");
  for (const mission of missions.filter(({ code }) => claims.some((one) => one.mission === code))) {
    const answer = await fetch(mission.said_url, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
    const told = answer?.ok && (await fromServer(answer).catch(() => null));
    if (!Array.isArray(told?.given)) continue;
    const numbers = new Set(told.given.map(({ edition }) => edition));
    const settled = claims.filter((one) => one.mission === mission.code && one.person === told.person && numbers.has(one.edition));
    for (const { id } of settled) await drop(records, id);
  }
};
