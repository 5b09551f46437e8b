/* Sealing: what a device keeps under a passphrase of its own. AES-GCM under a key that PBKDF2 makes of the passphrase;
 * the key cannot be taken out of the browser, and is nowhere but in the memory of the open page. */

export const ROUNDS = 600000;
const KEY_BITS = 256, SALT_BYTES = 16, NONCE_BYTES = 12;

const bytesOf = (text) => new TextEncoder().encode(text);

/** What is kept in the clear of a passphrase. @returns {{salt: Uint8Array, rounds: number}} */
export const newSeal = () => ({ salt: crypto.getRandomValues(new Uint8Array(SALT_BYTES)), rounds: ROUNDS });

/** @returns {Promise<CryptoKey>} */
export const keyOf = async (passphrase, { salt, rounds }) => {
  const typed = await crypto.subtle.importKey("raw", bytesOf(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: KEY_BITS }, false, ["encrypt", "decrypt"]);
};

/* The name goes into the seal: one record cannot be put in another's place. */
const how = (name, iv) => ({ name: "AES-GCM", iv, additionalData: bytesOf(name) });

/** @returns {Promise<{iv: Uint8Array, sealed: ArrayBuffer}>} */
export const seal = async (key, name, bytes) => {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return { iv, sealed: await crypto.subtle.encrypt(how(name, iv), key, bytes) };
};

/** Throws OperationError for another key, name or content. @returns {Promise<Uint8Array>} */
export const opened = async (key, name, { iv, sealed }) => new Uint8Array(await crypto.subtle.decrypt(how(name, iv), key, sealed));
