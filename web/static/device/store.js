/* What a device keeps, in IndexedDB: the lists with their signatures, the tokens, what waits to be sent.
 *
 * 1. `door` stands in the clear: whether the store is sealed, how its key is made, how many tries were wrong. Everything
 *    else is one record a name, sealed as a whole where the device is sealed, and never written otherwise.
 * 2. A try is counted before it is made: closing the page in the middle saves none. After the last one all is wiped.
 * 3. Nothing is wiped because it is old.
 * 4. Several tabs may have this open. What they must not do at once they do alone (`alone`); whatever is wiped or kept
 *    anew is told to the others, which show it no more. */
import { keyOf, newSeal, opened, seal } from "./seal.js";

const DATABASE = "offlimits-device", KEPT = "kept", DOOR = "door", REPLACED = "replaced";
const others = new BroadcastChannel(DATABASE);

/** @typedef {{sealed: boolean, seal: any, tries: number, most: number, idle_minutes: number}} Door */

/** The passphrase is wrong; `left` tries remain, 0: everything is wiped. */
export class WrongPassphrase extends Error {
  constructor(left) {
    super("wrong passphrase");
    this.left = left;
  }
}

const settled = (request) => new Promise((keep, refuse) => {
  request.onsuccess = () => keep(request.result);
  request.onerror = () => refuse(request.error);
});

let connection = null;

const connected = async () => {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(KEPT);
  const database = await settled(request);
  database.onclose = () => (connection = null); // the browser took the storage away: the next act finds it empty
  return database;
};

/* One connection a page: opening takes longer than reading. */
const database = () => (connection ??= connected().catch((reason) => {
  connection = null;
  throw reason;
}));

const within = async (mode, act) => {
  const transaction = (await database()).transaction(KEPT, mode, { durability: "strict" });
  const done = new Promise((keep, refuse) => {
    transaction.oncomplete = keep;
    transaction.onabort = transaction.onerror = () => refuse(transaction.error);
  });
  const result = act(transaction.objectStore(KEPT)), value = result && (await settled(result));
  await done;
  return value;
};

const read = (name) => within("readonly", (kept) => kept.get(name));
const write = (name, value) => within("readwrite", (kept) => kept.put(value, name));

/** @returns {Promise<Door | null>} null: nothing is kept on this device */
export const door = async () => (await read(DOOR)) ?? null;

/** For what may be left unkept where the storage is full: it comes anew with the next renewal. */
export const noRoom = (reason) => {
  if (reason?.name !== "QuotaExceededError") throw reason;
};

/** One tab at a time does `act`; who comes meanwhile waits. @template T @param {() => Promise<T>} act @returns {Promise<T>} */
export const alone = (what, act) => navigator.locks.request(`${DATABASE}-${what}`, act);

/** Another tab has wiped what is kept here, or kept it anew. @param {() => void} act */
export const onReplaced = (act) => others.addEventListener("message", act);

/** Everything goes, and nothing of it stays behind. */
export const wipe = async () => {
  await within("readwrite", (kept) => kept.clear());
  others.postMessage(REPLACED);
};

export const encoded = (value) => new TextEncoder().encode(JSON.stringify(value));
const decoded = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** The records of an open device. Values are JSON; `putBytes` keeps bytes as they are. */
class Records {
  #key;

  constructor(key) {
    this.#key = key;
  }

  /** @param {Record<string, Uint8Array>} values all of them or none: who is switched off in the middle keeps what it had */
  async putTogether(values) {
    const made = Object.entries(values).map(async ([name, bytes]) => [name, this.#key ? await seal(this.#key, name, bytes) : { bytes }]);
    const rows = await Promise.all(made);
    await within("readwrite", (kept) => rows.forEach(([name, row]) => kept.put(row, name)));
  }

  putBytes(name, bytes) {
    return this.putTogether({ [name]: bytes });
  }

  async getBytes(name) {
    const kept = await read(name);
    if (!kept) return null;
    return this.#key ? opened(this.#key, name, kept) : kept.bytes;
  }

  put(name, value) {
    return this.putBytes(name, encoded(value));
  }

  async get(name) {
    const bytes = await this.getBytes(name);
    return bytes && decoded(bytes);
  }

  async forget(name) {
    await within("readwrite", (kept) => kept.delete(name));
  }
}

/** Begins a store anew. `passphrase` null: it is not sealed. Until `done` nothing counts as kept on this device. */
export const begin = async (passphrase, { tries: most, idle_minutes }) => {
  await wipe();
  const made = passphrase === null ? null : newSeal(), key = made && (await keyOf(passphrase, made));
  const records = new Records(key);
  await records.put("check", true);
  const done = async () => {
    await write(DOOR, { sealed: passphrase !== null, seal: made, tries: 0, most, idle_minutes });
    others.postMessage(REPLACED);
  };
  return { records, done };
};

/* In one transaction: of tabs that try at once each is counted. Null where all is wiped already. */
const counted = async () => {
  let known = null;
  await within("readwrite", (kept) => {
    const asked = kept.get(DOOR);
    asked.onsuccess = () => {
      if (!asked.result) return;
      known = { ...asked.result, tries: asked.result.tries + 1 };
      kept.put(known, DOOR);
    };
  });
  return known;
};

const isRight = (records) => records.get("check").catch((reason) => {
  if (reason.name !== "OperationError") throw reason;
  return false;
});

/** Opens what is kept. Throws WrongPassphrase. */
export const open = async (passphrase) => {
  if (passphrase === null) return new Records(null);
  const known = await counted(), left = known ? Math.max(0, known.most - known.tries) : 0;
  const records = known && known.tries <= known.most && new Records(await keyOf(passphrase, known.seal));
  if (records && (await isRight(records))) {
    await write(DOOR, { ...known, tries: 0 });
    return records;
  }
  if (!left) await wipe();
  throw new WrongPassphrase(left);
};
