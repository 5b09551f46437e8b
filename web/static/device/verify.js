/* Whether bytes are the edition that the mission signed: DSSE with Ed25519, over the edition's own bytes, by a key that
 * was pinned when the device was enrolled. The rules are those of geo_offlimits/services/verification.py.
 *
 * A list that fails is refused with a sentence, and what the device held before stays. Where the browser knows no Ed25519,
 * the list is kept as `unverified`, and every answer says so. */

const EDITION_TYPE = "application/vnd.geo-offlimits.edition+json;v=1";
const ED25519_DER_BYTES = 12; // of a SubjectPublicKeyInfo, before the 32 bytes of the key

/** Why a list is refused: `code` is a key of the words, `facts` fill it. */
export class Unverified extends Error {
  constructor(code, facts = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

const bytesOf = (text) => new TextEncoder().encode(text);
const fromBase64 = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

export const sha256 = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/* DSSE signs the type along with the bytes, each with its length. */
const preAuthenticated = (type, bytes) => {
  const head = bytesOf(`DSSEv1 ${bytesOf(type).length} ${type} ${bytes.length} `), all = new Uint8Array(head.length + bytes.length);
  all.set(head);
  all.set(bytes, head.length);
  return all;
};

const rawOf = (pem) => fromBase64(pem.replace(/-----[^-]+-----/g, "").replace(/\s/g, "")).slice(ED25519_DER_BYTES);

/** Whether this browser can verify at all. */
export const canVerify = async () => {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch (reason) {
    if (reason.name === "NotSupportedError") return false;
    return reason.name === "DataError"; // known, and no such key
  }
};

const isSignedBy = async (key, signature, signed) => {
  const imported = await crypto.subtle.importKey("raw", rawOf(key.pem), { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, signed);
};

const refuseKey = (key, keyId, issued_at) => {
  if (!key) throw new Unverified("unknown_key", { key: keyId });
  if (key.revoked_from) throw new Unverified("revoked_key", { key: keyId });
  const isEarly = key.valid_from && issued_at < Date.parse(key.valid_from), isLate = key.valid_to && issued_at >= Date.parse(key.valid_to);
  if (isEarly || isLate) throw new Unverified("key_out_of_time", { key: keyId });
};

/** Throws Unverified unless a pinned key signed these bytes as an edition of `mission`, not older than `held`.
 * @param {Uint8Array} bytes @param {{payloadType: string, signatures: {keyid: string, sig: string}[]}} signature
 * @param {{keys: any[], mission: string, held?: number}} expected
 * @returns {Promise<{document: any, sha256: string, verified: boolean}>} */
export const verified = async (bytes, signature, { keys, mission, held = 0 }) => {
  let document;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Unverified("no_list");
  }
  const about = document.offlimits ?? {}, found = { document, sha256: await sha256(bytes), verified: false };
  if (signature?.payloadType !== EDITION_TYPE || signature.signatures?.length !== 1) throw new Unverified("no_signature");
  const [{ keyid, sig }] = signature.signatures;
  refuseKey(keys.find(({ key_id }) => key_id === keyid), keyid, Date.parse(about.issued_at));
  if (await canVerify()) {
    const key = keys.find(({ key_id }) => key_id === keyid);
    if (!(await isSignedBy(key, fromBase64(sig), preAuthenticated(EDITION_TYPE, bytes)))) throw new Unverified("changed_list");
    found.verified = true;
  }
  if (about.mission !== mission) throw new Unverified("other_mission", { mission: about.mission, wanted: mission });
  if (about.number < held) throw new Unverified("older_list", { number: about.number, held });
  return found;
};
