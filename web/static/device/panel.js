/* What the page on a device says beside its answers: of which day the list is, whether there is a network, what waits. */
import { button, icon, make, said } from "../card.js";
import { age, day, moment, page, say } from "../say.js";
import * as queue from "./queue.js";

const bar = document.getElementById("standing"), messages = document.getElementById("device-messages");
const waitingBox = document.getElementById("waiting");

/** A sentence that stays until it is read away. */
export const tell = (text, kind = "note", { detail = "", action = "", href = "", act = null } = {}) => {
  const note = make("div", `notice ${kind}`, icon(kind === "note" ? "info" : "warning"), make("span", "", make("b", "", text), detail && make("span", "", ` ${detail}`)));
  note.setAttribute("role", kind === "refused" ? "alert" : "status");
  if (action && href) note.append(Object.assign(make("a", "button", action), { href }));
  if (action && act) note.append(button("", act, action));
  messages.append(note);
};

const header = ({ missions: [own], lists }) => lists.get(own.code)?.document.offlimits;

const stale = document.getElementById("device-stale");

const isOver = (device) => Math.max(Date.now(), device.seen_at) >= Date.parse(header(device)?.expires_at);

/** Whether the list has expired since it was said how it stands; or a clock that was put right makes it current again. */
export const isOtherwise = (device) => stale.hidden === isOver(device);

/** The edition, its age, its end, and whether anybody was reached. */
export const showStanding = (device, isReached = device.isReached) => {
  const about = header(device), [own] = device.missions;
  device.isReached = isReached;
  if (!about) return;
  const line = [say("edition", { number: about.number }), age(about.issued_at), say("current_until", { date: day(about.expires_at) })].join(" · ");
  const reach = make("span", "reach", isReached ? say("with_network") : say("without_network"));
  document.querySelector(".brand small").textContent = own.name;
  bar.replaceChildren(make("span", "", line), reach);
  bar.classList.toggle("without", !isReached);
  bar.hidden = false;
  stale.hidden = !isOver(device);
  document.getElementById("device-demo").hidden = !about.demonstration;
  document.getElementById("device-unverified").hidden = device.lists.get(own.code).verified;
  showDrawer(device, about);
};

const showDrawer = ({ lists, missions: [own] }, about) => {
  const drawer = document.getElementById("edition-drawer"), inside = drawer.querySelector(".drawn");
  drawer.querySelector("summary").replaceChildren(say("edition", { number: about.number }), make("small", "beside", age(about.issued_at)));
  const hash = make("code", "hash", ...lists.get(own.code).sha256.match(/.{8}/g).map((part) => make("span", "", part)));
  const line = [say("edition", { number: about.number }), day(about.issued_at), age(about.issued_at)].join(" · ");
  const hadFocus = inside.querySelector(".facts-of-edition")?.contains(document.activeElement);
  inside.querySelector(".facts-of-edition")?.remove();
  inside.querySelector(".no-edition")?.remove();
  const read = button("", () => claim({ lists, missions: [own] }, about), say("i_have_read"));
  inside.prepend(make("div", "facts-of-edition stack", make("p", "", line, document.createElement("br"), say("current_until", { date: day(about.expires_at) })), make("p", "", make("small", "", "SHA-256"), document.createElement("br"), hash), make("p", "", read)));
  if (hadFocus) read.focus({ preventScroll: true });
};

let shown = null;

const claim = async ({ missions: [own] }, { number }) => {
  /** @type {Omit<import("./queue.js").Waiting, "id" | "at">} */
  const said = { kind: "said", mission: own.code, person: shown.reader?.person, edition: number };
  const known = await queue.waiting(shown.records);
  if (!known.some((one) => Object.entries(said).every(([name, value]) => one[name] === value))) {
    await queue.add(shown.records, said).catch(() => tell(say("no_room"), "refused"));
  }
  await showWaiting(shown);
  waitingBox.open = true;
  waitingBox.querySelector("summary").focus();
};

const waitingItem = (device, one) => {
  const item = Object.assign(make("li", ""), { id: `waiting-${one.id}` }), forget = button("quiet", async () => {
    await queue.drop(device.records, one.id);
    await showWaiting(device);
  }, say("forget"));
  const what = one.kind === "flag" ? say("flag_of", { name: one.name, kind: Object.fromEntries(page.flag_kinds)[one.flag] ?? one.flag }) : say("claim_of", { number: one.edition });
  item.append(said("b", "", what), make("small", "", ` ${moment(one.at)}`));
  if (one.refused) item.append(make("p", "issue", one.refused));
  if (!queue.isOf(one, device.reader?.person)) item.append(make("p", "hint", say("of_another")));
  if (one.kind === "said") {
    item.append(make("p", "hint", say("claim_remedy")));
    const link = make("a", "button primary", say("claim_complete"));
    link.href = `/acknowledge/${one.edition}`;
    link.addEventListener("click", () => sessionStorage.setItem(`offlimits-claimed-${one.edition}`, JSON.stringify(one))); // see clock.js
    item.append(link);
  }
  item.append(forget);
  return item;
};

/* What had the focus has it again, unless it is gone: then the line above has, never the same button of another. */
const keepFocus = (item, kind) => {
  const above = waitingBox.hidden ? document.getElementById("edition-drawer") : waitingBox;
  const found = document.getElementById(item)?.querySelector(kind) ?? above.querySelector("summary");
  /** @type {HTMLElement} */ (found).focus({ preventScroll: true });
};

/** What waits to be sent or confirmed. */
export const showWaiting = async (device) => {
  shown = device;
  const all = await queue.waiting(device.records), held = document.activeElement, item = held.closest("#waiting li")?.id;
  waitingBox.hidden = !all.length;
  waitingBox.querySelector(".count").textContent = all.length;
  waitingBox.querySelector("ul").replaceChildren(...all.map((one) => waitingItem(device, one)));
  if (item) keepFocus(item, held.tagName);
};

/** What a renewal did, as far as somebody has to know. */
export const tellRenewal = ({ changed, refused, over }, device) => {
  messages.querySelectorAll(".of-renewal").forEach((one) => one.remove());
  const before = messages.childElementCount;
  for (const { code, facts } of refused) tell(say("renewal_refused"), "refused", { detail: say(code, facts) });
  if (over.length) tell(say("token_over"), "warn", { action: say("sign_in"), href: "/device/keep" });
  if (changed.length) tell(say("renewed", { number: device.missions[0].number }), "note", { action: say("show_it"), act: () => location.reload() });
  [...messages.children].slice(before).forEach((one) => one.classList.add("of-renewal"));
};

/** The hint to install: by the browser's own question where it has one. */
export const showInstall = () => {
  const hint = document.getElementById("install"), ask = hint.querySelector("button");
  const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
  hint.hidden = Boolean(isInstalled);
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    ask.hidden = false;
    ask.addEventListener("click", () => event.prompt(), { once: true });
  });
  window.addEventListener("appinstalled", () => (hint.hidden = true));
};
