/* Keeps the lists of a device current: at its start, when the network is back, and now and then.
 *
 * 1. What comes is verified before it takes the place of what is held (verify.js): a delta by the edition that it leads to,
 *    which is signed, else the whole list. What is older than the one held is refused.
 * 2. Keys are those that were pinned at enrolment. The server may take trust away from one (revoked, over), never add one.
 * 3. A token that the server knows no more before it is over was revoked: what it fetched is taken off the device. A token
 *    that is over takes nothing away; the list stays, and says that it cannot be renewed.
 * 4. A page of somebody else that answers in the server's place is nobody reached. */
import { fromServer, NoAnswer } from "./answered.js";
import { encoded, noRoom } from "./store.js";
import { sha256, Unverified, verified } from "./verify.js";

/** @typedef {{changed: string[], refused: {mission: string, code: string, facts: any}[], revoked: string[], over: string[], reached: boolean, seen_at: number}} Renewal */

class Revoked extends Error {}
class Over extends Error {}

/* JSON in the one canonical writing (RFC 8785): JavaScript writes numbers and texts as that wants them. */
export const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
};

const bytesOf = (text) => new TextEncoder().encode(text);

/** The bytes of the edition that a delta leads to; null where it does not fit what is held. */
export const applied = (edition, delta) => {
  if (delta.full || edition.offlimits.number !== delta.from) return null;
  const held = new Map(edition.features.map((feature) => [feature.id, feature]));
  for (const { id } of delta.removed) if (!held.delete(id)) return null;
  for (const one of [...delta.changed, ...delta.added]) held.set(one.id, one);
  const features = [...held.keys()].sort().map((id) => held.get(id)), around = delta.bbox ? { bbox: delta.bbox } : {};
  return bytesOf(canonical({ ...around, type: "FeatureCollection", features, offlimits: { ...edition.offlimits, ...delta.offlimits } }));
};

const asked = async (mission, url, { method = "GET", headers = {} } = {}) => {
  /** @type {RequestInit} */
  const options = { method, headers: { Authorization: `Bearer ${mission.token}`, ...headers }, credentials: "omit", cache: "no-store", redirect: "error" };
  const answer = await fetch(url, options);
  if (answer.ok && /^text\/html/i.test(answer.headers.get("Content-Type") ?? "")) throw new NoAnswer("answered a page");
  const isRefused = answer.status === 401 && (answer.headers.get("WWW-Authenticate") ?? "").includes("invalid_token");
  if (isRefused) throw Date.now() < Date.parse(mission.expires_at) ? new Revoked() : new Over();
  return answer;
};

const given = async (answer) => {
  if (!answer.ok) throw new TypeError(`answered ${answer.status}`);
  return answer;
};

const whole = async (mission) => {
  const bytes = new Uint8Array(await (await given(await asked(mission, mission.edition_url))).arrayBuffer());
  const signature = await fromServer(await given(await asked(mission, `${mission.edition_url}/envelope`)));
  return { bytes, signature: { payloadType: signature.payloadType, signatures: signature.signatures } };
};

const byDelta = async (mission, document) => {
  if (!document) return null;
  const answer = await asked(mission, `${mission.edition_url}/delta?from=${document.offlimits.number}`);
  if (!answer.ok) return null;
  const delta = await fromServer(answer), bytes = applied(document, delta);
  return bytes && (await sha256(bytes)) === delta.sha256 ? { bytes, signature: delta.signature } : null;
};

/** Fetches and verifies the current list of `mission`; `held` is what it has already: {document, sha256}, or null.
 * @returns {Promise<{bytes, signature, document, sha256, verified} | null>} null: it has the current one */
export const fetched = async (mission, keys, held) => {
  const headers = held ? { "If-None-Match": `"${held.sha256}"` } : {};
  const answer = held && (await asked(mission, mission.edition_url, { method: "HEAD", headers }));
  if (answer?.status === 304) return null;
  const expected = { keys, mission: mission.code, held: mission.number ?? 0 };
  const short = await byDelta(mission, held?.document);
  const come = short ?? (await whole(mission));
  return { ...come, ...(await verified(come.bytes, come.signature, expected)) };
};

/** One mission's list takes the place of the one held, with its signature in the same moment; of the others' what another
 * tab has written meanwhile stays. */
export const keep = async (records, mission, come) => {
  const anew = { number: come.document.offlimits.number, signature: come.signature };
  const known = (await records.get("missions")) ?? [], at = known.findIndex(({ code }) => code === mission.code);
  known[at < 0 ? known.length : at] = { ...mission, ...anew };
  await records.putTogether({ [`list:${mission.code}`]: come.bytes, missions: encoded(known) });
  Object.assign(mission, anew); // once it is there: a signature of a list that found no room would lie beside the older one
};

/** The ground under the map: the outline of the country, which is no secret and need not be signed. */
export const keepGround = async (records, mission) => {
  const answer = await asked(mission, mission.basemap_url);
  if (answer.ok) await records.putBytes(`ground:${mission.code}`, new Uint8Array(await answer.arrayBuffer()));
};

const withLessTrust = async (records, mission, keys) => {
  const answer = await asked(mission, "/api/v1/keys");
  if (!answer.ok) return { keys, seen_at: 0 };
  const told = new Map((await fromServer(answer)).map((key) => [key.fingerprint, key]));
  const seen_at = Date.parse(answer.headers.get("Date") ?? "") || 0; // the server's own word, nobody else's
  const now = keys.map((key) => ({ ...key, revoked_from: key.revoked_from ?? told.get(key.fingerprint)?.revoked_from ?? null, valid_to: key.valid_to ?? told.get(key.fingerprint)?.valid_to ?? null }));
  if (canonical(now) !== canonical(keys)) await records.put("keys", now).catch(noRoom);
  return { keys: now, seen_at };
};

const renewOne = async (records, mission, keys, held, done) => {
  try {
    const come = await fetched(mission, keys, held);
    if (!come) return;
    await keep(records, mission, come);
    done.changed.push(mission.code);
  } catch (reason) {
    if (reason instanceof Unverified) done.refused.push({ mission: mission.code, code: reason.code, facts: reason.facts });
    else if (reason instanceof Revoked) done.revoked.push(mission.code);
    else if (reason instanceof Over) done.over.push(mission.code);
    else if (reason?.name === "QuotaExceededError") done.refused.push({ mission: mission.code, code: "no_room", facts: {} });
    else throw reason;
  }
};

/** @param {Map<string, any>} held code -> {document, sha256} or null @returns {Promise<Renewal>} */
export const renew = async (records, missions, held) => {
  const done = { changed: [], refused: [], revoked: [], over: [], reached: false, seen_at: 0 };
  try {
    const pinned = await records.get("keys"), { keys, seen_at } = await withLessTrust(records, missions[0], pinned).catch((reason) => {
      if (reason instanceof Revoked || reason instanceof Over) return { keys: pinned, seen_at: 0 };
      throw reason;
    });
    done.seen_at = seen_at;
    for (const mission of missions) await renewOne(records, mission, keys, held.get(mission.code), done);
    done.reached = true;
  } catch (reason) {
    if (!(reason instanceof TypeError)) throw reason; // no network, or nobody answers: what is held stays
  }
  return done;
};
