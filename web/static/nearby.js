/* What the register holds near the place or with a name like the one in the form, told while a proposal is written. What
 * looks the same waits for a yes, and a yes is for what stands there now: with other neighbours it is asked again. */
import { ask, Refusal } from "./ask.js";
import { distance, page, say } from "./say.js";

const PAUSE_MS = 350;
const OTHERS = 5; // shown of those that are near and do not look the same
const FIELDS = new Set(["position", "uncertainty_m", "geometry", "name", "aliases", "former", "subject", "category", "locality", "address"]);
const form = document.querySelector("form.proposal"), box = document.getElementById("beside");
const [status, list, yes] = ["[role=status]", "ul", "label"].map((part) => box.querySelector(part));
const tick = yes.querySelector("input");
let timer = 0, running = null, asked = "";

const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

const tagOf = (state) => (state === "in_force" ? "off_limits" : state === "lifted" ? "settled" : "pending");

const line = ({ id, name, state, distance_m, alike }) => {
  const made = make("li", alike ? "alike" : "", ""), link = make("a", "", "");
  Object.assign(link, { href: page.register_url + encodeURIComponent(id), target: "_blank", rel: "noopener" });
  link.append(make("bdi", "", name));
  made.append(link, " ", make("small", "soft nobreak", id), " ", make("span", `tag ${tagOf(state)}`, say(state)));
  if (alike) made.append(" ", make("span", "tag caution", say("alike")));
  if (distance_m !== null) made.append(" ", make("small", "soft", distance(distance_m)));
  return made;
};

const show = ({ nearby }) => {
  const alike = nearby.filter((one) => one.alike).map(({ id }) => id).join(" ");
  if (alike !== asked) tick.checked = false;
  asked = alike;
  const others = nearby.filter((one) => !one.alike).slice(0, OTHERS);
  list.replaceChildren(...[...nearby.filter((one) => one.alike), ...others].map(line));
  status.textContent = say(nearby.length ? "near" : "none_near");
  yes.hidden = tick.disabled = !alike;
  box.hidden = false;
};

const textOf = (name) => form.elements[name].value.trim();
const lines = (name) => textOf(name).split("\n").map((text) => ({ text: text.trim() })).filter(({ text }) => text);

/* The question as the API takes it; null as long as there is neither a place nor a name. */
const question = () => {
  const sent = { subject: textOf("subject"), names: ["name", "aliases", "former"].flatMap(lines) };
  for (const name of ["category", "address", "locality"]) if (textOf(name)) sent[name] = textOf(name);
  if (textOf("geometry")) sent.geometry = JSON.parse(textOf("geometry"));
  else if (textOf("position")) sent.position = { text: textOf("position") };
  return sent.geometry || sent.position || sent.names.length ? sent : null;
};

const look = async () => {
  running?.abort();
  const { signal } = (running = new AbortController()), sent = question();
  if (!sent) box.hidden = true;
  if (!sent) return;
  try {
    const answer = await ask(page.nearby_url, sent, signal);
    if (!signal.aborted) show(answer);
  } catch (reason) {
    // Half a position is no place yet: the form says what is wrong with it once it is sent.
    if (!(reason instanceof Refusal) && reason.name !== "AbortError") throw reason;
  }
};

form.addEventListener("input", ({ target }) => {
  if (!FIELDS.has(target.name)) return;
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE_MS);
});
if (question()) look();
