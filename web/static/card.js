/* The verdict card and the lines in which entries stand. The markup is the template's own (_verdict.html); names and
 * every other word of the list are set as text. */
import { ask, Refusal } from "./ask.js";
import { keptFlag } from "./lists.js";
import { age, beside, day, direction, distance, hours, known, listed, page, say, whyNot } from "./say.js";

const SVG = "http://www.w3.org/2000/svg";

export const make = (tag, className, ...children) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
};

/* Text of the list, which may run the other way than the page. */
export const said = (tag, className, text) => {
  const made = make(tag, className, text);
  made.dir = "auto";
  return made;
};

/* How an entry is called to this reader: a name they can read, then the one on the sign. */
export const named = (tag, about) => {
  const { first, sign } = globalThis.offlimitsCalled(about);
  return [said(tag, "", first), sign && said("small", "on-sign", sign)];
};

export const icon = (name) => {
  const made = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${page.icons}#${name}`);
  made.append(use);
  return made;
};

/* Points where the entry lies: a shaft and a head, so that it never reads as a tick. */
const arrow = (bearing_deg) => {
  const made = icon("toward"), turned = document.createElementNS(SVG, "g");
  made.setAttribute("viewBox", "0 0 24 24");
  turned.setAttribute("transform", `rotate(${Math.round(bearing_deg)} 12 12)`);
  turned.append(made.firstChild);
  made.append(turned);
  return made;
};

export const button = (className, act, ...children) => {
  const made = make("button", `button ${className}`, ...children);
  made.type = "button";
  made.addEventListener("click", () => act(made));
  return made;
};

const tag = (restriction) =>
  make("span", `tag ${restriction}`, say(restriction === "caution" ? "caution" : "listed"));

// ---- an entry in words -----------------------------------------------------------------------------------------------

const partOf = ({ floor, entrance, text }) => {
  const where = [floor && say("floor", { floor }), entrance && say("entrance", { entrance })].filter(Boolean);
  return text || say("only_part", { part: beside(where) });
};

/* Part of the building, address, town, else the grid reference. `mapped` says whether the place is known at all; a list
 * that is not on this device may not tell (undefined). */
export const place = (about, mapped = about.mapped) => {
  const where = beside([about.address, about.locality]) || about.mgrs;
  const made = said("p", "where", "");
  if (about.part) made.append(make("b", "part", partOf(about.part)), " ");
  const known = { true: where || say("place_mapped"), false: [where, say("place_unknown")].filter(Boolean).join(" · ") };
  made.append((about.subject !== "category_rule" && known[mapped]) || where || "");
  return made;
};

const otherNames = ({ name, names = [] }) => {
  const { first } = globalThis.offlimitsCalled({ name, names });
  const texts = (former) => names.filter((one) => (one.kind === "former") === former && ![name, first].includes(one.text)).map((one) => one.text);
  const lines = [["also", texts(false)], ["formerly", texts(true)]].filter(([, found]) => found.length);
  return lines.map(([key, found]) => said("p", "hint", say(key, { names: listed(found) })));
};

const limits = (about) => {
  const { applies_to: who = [], hours: open, exceptions = [] } = about;
  const lines = exceptions.map((exception) => say("except", { exception }));
  if (open) lines.unshift(say("hours", { hours: hours(open) }));
  if (who.length) lines.unshift(say("binds", { who: listed(who.map((one) => page.categories[one] ?? one)) }));
  return lines.length ? said("p", "hint", lines.join(" ")) : null;
};

const far = ({ distance_m: metres, bearing_deg: bearing }) => {
  if (metres === null || metres === undefined) return null;
  if (metres === 0 || bearing === null) return make("p", "far", say("here"));
  return make("p", "far", arrow(bearing), `${distance(metres)} ${direction(bearing)}`);
};

/* Whose list it stands on, where that is not the reader's own mission's. */
const issuer = ({ issuer: code }) => (code === page.mission ? [] : [make("p", "hint", say("issuer", { issuer: code }))]);

/* One tap tells officers that an entry looks wrong. It stays as listed until somebody decides. */
const flagging = ({ entry_id: id, issuer: code }) => {
  const keep = keptFlag();
  if (code !== page.mission) return [];
  const box = make("details", "flag", make("summary", "", say("flag_wrong"))), row = make("div", "row");
  const answered = (text, kind = "") => row.replaceChildren(make("p", `hint ${kind}`, text));
  const tell = async (kind) => {
    if (keep) return answered(await keep(id, code, kind));
    try {
      await ask(`${page.flag_url}/${encodeURIComponent(id)}/flags`, { kind });
      answered(say("flag_told"));
    } catch (reason) {
      if (!(reason instanceof Refusal)) throw reason;
      answered(reason.detail ?? say(reason.kind));
    }
    return undefined;
  };
  row.append(...page.flag_kinds.map(([kind, word]) => button("", () => tell(kind), word)));
  box.append(row);
  return [box];
};

const matchItem = (match, about) => {
  const item = make("li", "", tag(match.restriction), ...named("h3", { name: match.name, names: about.names }), place(about, about.mapped ?? (typeof match.distance_m === "number" || undefined)), ...otherNames(about), far(match), limits(about));
  if (!match.applies) item.append(make("p", "why-not", whyNot(match.why_not)));
  item.append(make("p", "hint", [match.since && say("since", { date: day(match.since) }), about.directive].filter(Boolean).join(" · ")));
  item.append(...issuer(match), ...flagging(match));
  return item;
};

const ruleItem = (rule) => make("li", "", tag(rule.restriction), " ", said("bdi", "", rule.name), ...issuer(rule));

// ---- the parts of the card ---------------------------------------------------------------------------------------------

const notationItem = ([kind, text]) => {
  const code = make("code", "", text);
  code.dir = "ltr";
  const copy = button("quiet", async (pressed) => {
    await navigator.clipboard.writeText(text);
    pressed.lastChild.textContent = say("copied");
  }, icon("copy"), make("span", "", say("copy")));
  copy.setAttribute("aria-label", `${say("copy")} ${text}`);
  return make("li", "", make("span", "", known(kind) ? say(kind) : kind), code, copy);
};

const signQuestion = (asked, card, { choose }) => {
  const deny = () => {
    const note = make("p", "notice warn", icon("question"), make("span", "", say("sign_other")));
    note.tabIndex = -1;
    card.querySelector('[data-slot="question"]').replaceChildren(note);
    note.focus();
  };
  const alone = asked.length === 1;
  const yes = ({ entry_id: id, name }) => button("", () => choose(id), alone ? say("sign_yes") : said("span", "", name));
  const row = make("div", "row", ...asked.map(yes), button("", deny, say(alone ? "sign_no" : "sign_none")));
  return make("div", "question", make("h3", "", say("sign_question")), alone ? said("p", "name", asked[0].name) : null, row);
};

const kindQuestion = (tell) => {
  const choice = make("select", "");
  choice.setAttribute("aria-label", say("kind_question"));
  choice.append(new Option(say("kind_choose"), ""), ...Object.entries(page.venues).map(([kind, word]) => new Option(word, kind)));
  choice.addEventListener("change", () => choice.value && tell(choice.value));
  return make("div", "question", make("h3", "", say("kind_question")), choice);
};

const ASKS_FOR_THE_SIGN = ["which_door", "part_of_building"];

const asked = ({ reasons, matches }) => {
  const open = reasons.filter(({ code }) => ASKS_FOR_THE_SIGN.includes(code));
  const named = new Set(open.flatMap(({ entry_ids: ids = [] }) => ids));
  const barred = matches.filter(({ applies, restriction }) => applies && restriction === "off_limits");
  return open.length ? barred.filter(({ entry_id: id }) => !named.size || named.has(id)) : [];
};

const reasonItems = ({ verdict, reasons, matches }, edition) => {
  const texts = reasons.map(({ text }) => text);
  if (verdict === "not_listed" && !matches.length) texts.unshift(say("nothing_here", { number: edition.number }));
  return texts.map((text) => said("li", "", text));
};

const facilityItem = (near) =>
  make("li", "", said("bdi", "", near.name), " ", make("span", "soft", distance(near.distance_m)), ...issuer(near));

/* The mission's confidential contacts, as _parts.html shows them; on a device they come with the edition. */
const contactList = (contacts) => {
  const box = make("section", "contacts", make("h3", "", say("confidence"))), list = make("ul", "");
  const link = (href, picture, text) => Object.assign(make("a", "button quiet", icon(picture), make("bdi", "", text)), { href });
  for (const { name, phone, email, hours: open } of contacts) {
    const reach = make("span", "reach", phone && link(`tel:${phone.replaceAll(" ", "")}`, "phone", phone), email && link(`mailto:${email}`, "mail", email));
    list.append(make("li", "", said("b", "", name), open && said("small", "", ` ${open}`), reach));
  }
  box.append(list);
  return box;
};

const forDevice = (card, contacts) => {
  card.querySelector("form.keep").remove(); // a receipt is the server's word
  if (contacts.length) card.querySelector(".precaution").after(contactList(contacts));
};

const restsOn = (edition, recognised) => {
  const own = edition ? [say("edition", { number: edition.number }), day(edition.issued_at), age(edition.issued_at)] : [say("no_edition")];
  return [...own, ...recognised.map(({ mission, number }) => `${mission}: ${say("edition", { number })}`)].join(" · ");
};

/* The card for one answer of the API.
 * facts: {asked (what the API was sent), answer, edition, recognised (editions of other missions), contacts, about(entry_id) -> properties, notations, accuracy_m}
 * acts: {close(), choose(entry_id), tell(kind of venue)}; choose and tell ask again with what the reader knows. */
export const verdictCard = ({ asked: question, answer, edition, recognised, contacts, about, notations, accuracy_m: accuracy, venue }, acts) => {
  const card = document.getElementById("card").content.firstElementChild.cloneNode(true);
  const slot = (name) => card.querySelector(`[data-slot="${name}"]`);
  const fill = (name, items, list = slot(name).querySelector("ul")) => {
    slot(name).hidden = !items.length;
    list.replaceChildren(...items);
  };
  card.className = `verdict ${answer.verdict}`;
  card.querySelector("header use").setAttribute("href", `${page.icons}#${answer.verdict}`);
  const [headline, below] = answer.headline.split(":");
  slot("headline").replaceChildren(headline.trim(), ...(below ? [make("small", "", below.trim())] : []));
  slot("advice").textContent = say(`advice_${answer.verdict}`);
  slot("reasons").replaceChildren(...reasonItems(answer, edition));
  slot("matches").replaceChildren(...answer.matches.map((match) => matchItem(match, about(match.entry_id) ?? match)));
  fill("rules", answer.rules.map(ruleItem));
  fill("facilities", answer.facilities.map(facilityItem));
  fill("notations", Object.entries(notations ?? {}).map(notationItem));
  if (accuracy) slot("notations").append(make("p", "hint", say("accuracy", { distance: distance(accuracy) })));
  const signs = asked(answer);
  if (signs.length) slot("question").append(signQuestion(signs, card, acts));
  if (answer.rules.length && !venue && answer.verdict !== "listed") slot("rules").append(kindQuestion(acts.tell));
  card.querySelector("input[name=asked]").value = JSON.stringify(question);
  if (page.is_device) forDevice(card, contacts);
  slot("edition").textContent = restsOn(edition, recognised);
  if (answer.stale && !card.querySelector(".stale-card")) card.querySelector("header").after(make("p", "stale-card", icon("warning"), make("b", "", say("expired"))));
  card.querySelector(".shut").addEventListener("click", acts.close);
  return card;
};

/* A card without a verdict: a choice to make, or something that went wrong. */
export const noteCard = (title, children, close) => {
  const head = said("h2", "", title);
  head.tabIndex = -1;
  const shut = button("quiet shut", close, icon("close"));
  shut.setAttribute("aria-label", document.getElementById("card").content.querySelector(".shut").getAttribute("aria-label"));
  return make("article", "verdict note", make("header", "", icon("info"), head, shut), make("div", "inside", ...children));
};
