/* What a device keeps, in IndexedDB: the lists with their signatures, the tokens, what waits to be sent.
 *
 * 1. `door` stands in the clear: whether the store is sealed, how its key is made, how many tries were wrong. Everything
 *    else is one record a name, sealed as a whole where the device is sealed, and never written otherwise.
 * 2. A try is counted before it is made: closing the page in the middle saves none. After the last one all is wiped.
 * 3. Nothing is wiped because it is old. */
import { keyOf, newSeal, opened, seal } from "./seal.js";

const DATABASE = "offlimits-device", KEPT = "kept", DOOR = "door";

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

/** Everything goes, and nothing of it stays behind. */
export const wipe = () => within("readwrite", (kept) => kept.clear());

const encoded = (value) => new TextEncoder().encode(JSON.stringify(value));
const decoded = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** The records of an open device. Values are JSON; `putBytes` keeps bytes as they are. */
class Records {
  #key;

  constructor(key) {
    this.#key = key;
  }

  async putBytes(name, bytes) {
    await write(name, this.#key ? await seal(this.#key, name, bytes) : { bytes });
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

/** Begins a store anew. `passphrase` null: it is not sealed. */
export const begin = async (passphrase, { tries: most, idle_minutes }) => {
  await wipe();
  const made = passphrase === null ? null : newSeal(), key = made && (await keyOf(passphrase, made));
  const records = new Records(key);
  await records.put("check", true);
  await write(DOOR, { sealed: passphrase !== null, seal: made, tries: 0, most, idle_minutes });
  return records;
};

/** Opens what is kept. Throws WrongPassphrase. */
export const open = async (passphrase) => {
  const known = await door();
  if (!known.sealed) return new Records(null);
  const tries = known.tries + 1;
  await write(DOOR, { ...known, tries });
  const records = new Records(await keyOf(passphrase, known.seal));
  try {
    await records.get("check");
  } catch (reason) {
    if (reason.name !== "OperationError") throw reason;
    if (tries >= known.most) await wipe();
    throw new WrongPassphrase(Math.max(0, known.most - tries));
  }
  await write(DOOR, { ...known, tries: 0 });
  return records;
};
