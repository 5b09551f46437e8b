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

/** Every list that is kept, and what is wrong with those that cannot be read. */
export const readAll = async (records) => {
  const [missions, keys, reader, seen] = await Promise.all(["missions", "keys", "reader", "seen"].map((name) => records.get(name)));
  const found = { records, reader, missions, lists: new Map(), seen_at: seen ?? 0, faults: [] };
  for (const mission of missions) {
    try {
      found.lists.set(mission.code, await readList(records, mission, keys));
    } catch (reason) {
      if (!(reason instanceof Unverified)) throw reason;
      found.faults.push({ mission: mission.code, code: reason.code, facts: reason.facts });
    }
  }
  return found;
};

/** What is known of the store, and what it holds; nothing is held yet where a passphrase has to come first. */
export const begun = door().then(async (known) => ({ known, held: known && !known.sealed ? await readAll(await open(null)) : null }));
