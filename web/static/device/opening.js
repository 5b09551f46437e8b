/* Reads what lies on the device, and verifies it. Where it is not sealed this begins while the map's scripts are still on
 * their way: the page names this module first. */
import { door, open } from "./store.js";
import { Unverified, verified } from "./verify.js";

/* Each list is verified anew whenever the page opens: what lies on a device may have been changed there. */
const readList = async (records, mission, keys) => {
  const bytes = await records.getBytes(`list:${mission.code}`);
  if (!bytes) throw new Unverified("no_list");
  return verified(bytes, mission.signature, { keys, mission: mission.code, held: mission.number });
};

/* Of what is no signature at all, or no list, the reason is the same as of a list that was changed. */
const asFault = (mission, reason) => {
  const { code, facts } = reason instanceof Unverified ? reason : { code: "changed_list", facts: {} };
  return { mission, code, facts };
};

/** Every list that is kept, and what is wrong with those that cannot be read. Throws where the rest does not hang together. */
export const readAll = async (records) => {
  const [missions, keys, reader, seen] = await Promise.all(["missions", "keys", "reader", "seen"].map((name) => records.get(name)));
  if (!missions?.length || !keys?.length) throw new Unverified("no_list");
  const found = { records, reader, missions, lists: new Map(), seen_at: Number(seen) || 0, faults: [] };
  for (const mission of missions) {
    try {
      found.lists.set(mission.code, await readList(records, mission, keys));
    } catch (reason) {
      found.faults.push(asFault(mission.code, reason));
    }
  }
  return found;
};

const begin = async () => {
  const known = await door().catch(() => null); // a browser that keeps nothing, as some do in private windows
  const held = known && !known.sealed ? await open(null).then(readAll).catch(() => null) : null;
  return { known, held };
};

/** What is known of the store, and what it holds; nothing is held yet where a passphrase has to come first, and nothing of
 * what was deleted by half. */
export const begun = begin();
