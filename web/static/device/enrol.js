/* Puts the list on this device: tokens, keys and lists go into its store, the shell into the service worker's. The tokens
 * stand in the page that the form gave, once; from here on they are nowhere but in the store. */
import { page, say } from "../say.js";
import { waiting } from "./queue.js";
import { fetched, keep, keepGround } from "./renew.js";
import { begin, door, open, wipe } from "./store.js";
import { canVerify, Unverified } from "./verify.js";

const MIN_LETTERS = 8, PAGE = "/device";
const form = document.getElementById("keeping"), status = form.querySelector("[role=status]"), button = form.querySelector("button");
const enrolment = JSON.parse(document.getElementById("enrolment").textContent);
let left = null; // a try that failed has wiped what stood there
let isBegun = false;

const tell = (text, kind = "note") => {
  status.className = `notice ${kind}`;
  status.textContent = text;
  status.hidden = false;
};

/* The worker is installed once every file of the shell lies in its cache. One that was there before fills it again. */
const install = async () => {
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  const { active } = await navigator.serviceWorker.ready;
  if (await caches.match(PAGE)) return;
  const { port1, port2 } = new MessageChannel();
  const said = new Promise((done) => (port1.onmessage = ({ data }) => done(data)));
  active.postMessage("fill", [port2]);
  const answer = await said;
  if (answer !== "filled") throw new Error(answer);
};

const choice = () => {
  if (!enrolment.sealed) return null;
  const [passphrase, again] = ["passphrase", "again"].map((id) => document.getElementById(id).value);
  if (passphrase.length < MIN_LETTERS) throw new Unverified("passphrase_short", { least: MIN_LETTERS });
  if (passphrase !== again) throw new Unverified("passphrase_other");
  return passphrase;
};

/* They come before anything that is here goes: where they do not come, all stays as it was. */
const come = async (missions) => {
  const lists = new Map();
  for (const mission of missions) {
    try {
      lists.set(mission, await fetched(mission, enrolment.keys, null));
    } catch (reason) {
      if (mission === missions[0] || reason instanceof Unverified) throw reason; // another mission without a list is left out
    }
  }
  return lists;
};

const keepLists = async (records, lists) => {
  for (const [mission, list] of lists) {
    try {
      await keepGround(records, mission);
      await keep(records, mission, list);
    } catch (reason) {
      if (mission === enrolment.missions[0]) throw reason;
    }
  }
};

/* What was said here and was not sent or confirmed stays with whom it belongs to. Under a seal nobody can read it. */
const leftWaiting = async () => {
  const known = await door();
  return known && !known.sealed ? waiting(await open(null)) : [];
};

const enrol = async () => {
  const passphrase = choice(), { missions, keys, person, personnel, door_m, radius_m } = enrolment;
  tell(say("keeping"));
  left ??= await leftWaiting();
  const lists = await come(missions);
  isBegun = true;
  const { records, done } = await begin(passphrase, enrolment);
  await records.put("keys", keys);
  await records.put("reader", { person, personnel, door_m, radius_m });
  await records.put("queue", left);
  await keepLists(records, lists);
  await install();
  await done();
  await navigator.storage?.persist?.();
  location.replace(PAGE);
};

const lacking = () => {
  if (!window.isSecureContext || !("serviceWorker" in navigator) || !window.crypto?.subtle || !navigator.locks) return "cannot_keep";
  return null;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    await enrol();
  } catch (reason) {
    const isKnown = reason instanceof Unverified;
    if (isBegun) await wipe();
    tell(isKnown ? say(reason.code, reason.facts) : say("not_kept", { why: reason.message }), "refused");
    button.disabled = false;
  }
});

const lack = lacking();
if (lack) {
  tell(say(lack), "refused");
} else {
  button.disabled = false;
  const [known, can] = await Promise.all([door(), canVerify()]);
  if (!can) tell(say("cannot_verify"), "warn");
  else if (known) tell(say("kept_already"));
  if (!enrolment.sealed && !known) form.requestSubmit();
}
document.documentElement.dataset.ready = page.mission;
