/* Watch mode: while the page is open and the screen is on, a sound, a shake and the card when somebody comes near an entry
 * that bars. It says that it stops when the screen locks. What is decided is decided in watching.js; positions stay here. */
import { lists } from "./lists.js";
import { page, say } from "./say.js";
import { decided } from "./watching.js";

const TONES_HZ = [880, 660, 880], TONE_S = 0.16, SHAKE_MS = [200, 80, 200, 80, 400], FAR_M = 2000;
const button = document.getElementById("watch"), status = document.getElementById("watch-status");
let watched = null, warned = new Set(), sound = null, lock = null;

const tell = (text) => {
  status.textContent = text;
  status.hidden = !text;
};

const ring = () => {
  navigator.vibrate?.(SHAKE_MS);
  if (!sound) return;
  TONES_HZ.forEach((frequency, i) => {
    const tone = sound.createOscillator(), level = sound.createGain(), at = sound.currentTime + i * TONE_S * 1.4;
    tone.frequency.value = frequency;
    level.gain.setValueAtTime(0.25, at);
    level.gain.exponentialRampToValueAtTime(0.001, at + TONE_S);
    tone.connect(level).connect(sound.destination);
    tone.start(at);
    tone.stop(at + TONE_S);
  });
};

/* The entries that bar here and now, with how far they are. */
const nearest = async ({ lat, lon, accuracy_m: accuracy }) => {
  const { own, others, now } = await lists(), at = new Date(now()).toISOString();
  const asked = { lat, lon, uncertainty_m: accuracy, radius_m: FAR_M, at, now: at, personnel: page.personnel };
  const known = [own, ...others.values()].filter(Boolean).flatMap(({ document }) => window.Offlimits.judge(document, asked).matches);
  const bars = known.filter(({ entry, why_not: why, distance_m }) => why === null && distance_m !== null && entry.properties.restriction === "off_limits");
  return bars.map(({ entry, distance_m }) => ({ id: entry.id, distance_m }));
};

/* What an expired list holds is warned of as before; what came since, of nobody: whoever watches is told. */
const doubt = async () => {
  const { own, now } = await lists();
  return own && now() >= Date.parse(own.document.offlimits.expires_at) ? ` ${say("expired")}` : "";
};

const moved = async ({ coords: { latitude: lat, longitude: lon, accuracy } }) => {
  const fix = { lat, lon, accuracy_m: accuracy }, besides = await doubt(), found = decided(warned, { accuracy_m: accuracy, near: await nearest(fix) });
  if (watched === null) return; // stopped meanwhile
  warned = found.warned;
  button.classList.toggle("warned", warned.size > 0);
  tell(say(found.isRough ? "watch_rough" : warned.size ? "watch_near" : "watch_on") + besides);
  if (!found.entered.length) return;
  ring();
  document.dispatchEvent(new CustomEvent("offlimits:approach", { detail: fix }));
};

const stayAwake = async () => {
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    lock = null; // the battery is low, or the browser will not: the words say what follows
  }
};

const stop = (text = "") => {
  if (watched !== null) navigator.geolocation.clearWatch(watched);
  lock?.release();
  sound?.close();
  [watched, warned, sound, lock] = [null, new Set(), null, null];
  button.setAttribute("aria-pressed", "false");
  button.classList.remove("warned");
  tell(text);
};

const start = async () => {
  sound = window.AudioContext ? new AudioContext() : null; // a press allows it to be heard
  button.setAttribute("aria-pressed", "true");
  tell(say("watch_on"));
  stayAwake();
  watched = navigator.geolocation.watchPosition(moved, ({ code }) => (code === 1 ? stop(say("position_denied")) : tell(say("watch_lost"))), { enableHighAccuracy: true, maximumAge: 2000 });
  const known = await lists().catch(() => null);
  if (!known?.own && watched !== null) stop(say("watch_no_list")); // nobody may believe that it watches
};

/** A press on the button: begins to watch, or ends it. */
export const turn = () => (watched === null ? start() : stop());

// Browsers stop telling positions to a page that nobody sees: nobody may believe that it watches.
document.addEventListener("visibilitychange", () => document.hidden && watched !== null && stop(say("watch_stopped")));
