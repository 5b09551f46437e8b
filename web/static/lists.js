/* The lists that answers rest on: on the look-up page those that it fetched itself, on a device those that it keeps.
 *
 * Lists: {own, others: Map code -> list or null, missing: [code], now() -> ms, isBehind() -> whether a
 * device's clock is known to be wrong, isDevice}; a list is {document, verified, sha256?}. `own` null: there is no edition. `others` are the other missions whose lists hold here; null
 * where there is none, `missing` those that may not be fetched by this reader or are not on this device. */
import { page } from "./say.js";

/** @typedef {{document: any, verified: boolean, sha256?: string}} List */
/** @typedef {{own: List | null, others: Map<string, List | null>, missing: string[], now: () => number, isBehind: () => boolean, isDevice: boolean}} Lists */

/** @type {Promise<Lists> | null} */
let given = null;
/** @type {(entry_id: string, issuer: string, kind: string) => Promise<string> | null} */
let flagger = null;

/** A device hands over what it keeps: its lists, and how it keeps what a reader says of an entry. */
export const provide = (lists, flag) => {
  given = Promise.resolve(lists);
  given.catch(() => {}); // who asks is told
  flagger = flag;
};

export const keptFlag = () => flagger;

const loaded = (url) => window.Offlimits.load(url).then((document) => ({ document, verified: true }), () => null);

/* The server told its time with the page: an answer does not depend on how this device's clock is set. */
const serverTime = () => {
  const ahead_ms = page.now ? Date.parse(page.now) - performance.timeOrigin - performance.now() : 0;
  return () => Date.now() + ahead_ms;
};

const fetched = async () => {
  const now = serverTime(), codes = Object.keys(page.others ?? {});
  const [own, ...found] = await Promise.all([page.edition_url, ...codes.map((code) => page.others[code])].map(loaded));
  const wanted = [...(page.recognises ?? []), ...(page.also ?? [])];
  return { own, others: new Map(codes.map((code, i) => [code, found[i]])), missing: wanted.filter((code) => !codes.includes(code)), now, isBehind: () => false, isDevice: false };
};

/** @returns {Promise<Lists>} */
export const lists = () => (given ??= fetched());
