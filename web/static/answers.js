/* Answers from the lists at hand, as the API gives them (but for nearest_m) and in its words: nothing is asked of anybody.
 * The rules are the frame's (judging.js), which the shared vectors hold to the server's; how several missions' lists become
 * one answer is told in geo_offlimits/lookup/answers.py and services/lookup.py. */
import { ask, Refusal } from "./ask.js";
import { lists } from "./lists.js";
import { dayAt, page, say } from "./say.js";
import { notations } from "./written.js";

const STRICTNESS = ["not_listed", "cannot_tell", "listed"];
const ORDER = ["no_edition", "unverified", "missing_list", "clock_behind", "chosen_entry", "category_rule", "which_door", "part_of_building", "similar_name", "position_needed", "outside_territory", "edition_expired", "caution", "does_not_apply", "empty_edition", "later_edition"];
const ADVICE = new Set(["caution", "does_not_apply", "empty_edition", "later_edition"]);
const DOUBTS = new Set(["no_edition", "unverified", "outside_territory", "edition_expired"]);
const OF_A_LIST = new Set([...DOUBTS, "missing_list", "empty_edition", "later_edition"]);
const FACILITIES_SHOWN = 3, NAMES_SHOWN = 3, SIMILAR = 80, MOST_FOUND = 100;

const aboutOf = ({ document }) => document.offlimits;

const metres = (value) => (value === null || value === undefined || !Number.isFinite(value) ? null : Math.round(value * 10) / 10);

// ---- in words ------------------------------------------------------------------------------------------------------------

const filled = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);

const namesOf = (entries) => {
  const names = entries.map(({ properties }) => properties.name), more = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).join(page.comma) + (more > 0 ? ` (+${more})` : "");
};

const reasonOf = (code, { mission, about, entries = [], why, key = why ? `${code}_${why}` : code }) => {
  const facts = { mission, number: about?.number, date: about && dayAt(about.expires_at, about.timezone), names: namesOf(entries) };
  return { code, mission: OF_A_LIST.has(code) ? mission : null, text: filled(page.reasons[key] ?? say(key, facts), facts), entry_ids: entries.map(({ id }) => id), entries };
};

const headlineOf = (verdict, isOnList) => page.headlines[verdict === "not_listed" && isOnList ? "on_list" : verdict];

const inOrder = (reasons) => [...reasons].sort((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code));

/* The day in the mission, as the API tells it. */
const dayIn = (timeZone, instant) => {
  const { year, month, day } = globalThis.offlimitsWall(Date.parse(instant), timeZone);
  return [year, ...[month, day].map((part) => String(part).padStart(2, "0"))].join("-");
};

const entryOf = ({ id, properties }) => ({ ...properties, entry_id: id, since: dayIn(page.timezone, properties.since) });

const matchOf = ({ entry, why_not: why, distance_m, bearing_deg, decides }) => ({
  ...entryOf(entry),
  applies: why === null,
  why_not: why,
  distance_m: metres(distance_m),
  bearing_deg: metres(bearing_deg),
  decides,
});

const ruleOf = ({ id, properties: { name, category, restriction, issuer, directive } }) => ({ entry_id: id, name, category, restriction, issuer, directive });

// ---- one list ------------------------------------------------------------------------------------------------------------

const without = (mission, code) => ({ verdict: "cannot_tell", isOnList: false, reasons: [reasonOf(code, { mission })], matches: [], rules: [], facilities: [], stale: false });

const facilitiesNear = ({ facilities = [], mission }, { lat, lon }) => {
  if (lat === undefined) return [];
  const near = facilities.map(({ name, kind, geometry }) => ({ name, kind, distance_m: window.Offlimits.measured(geometry, lat, lon).distance_m, issuer: mission }));
  return near.sort((a, b) => a.distance_m - b.distance_m).slice(0, FACILITIES_SHOWN);
};

const judged = ({ document, verified }, question) => {
  const about = document.offlimits, { mission } = about;
  const { verdict, on_list: isOnList, reasons, matches, rules, stale } = window.Offlimits.judge(document, { ...question, verified });
  const inWords = ({ code, entries, why_not: why }) => {
    const key = code === "edition_expired" && !stale ? "edition_ahead" : undefined;
    return reasonOf(code, { mission, about, entries, why, ...(key && { key }) });
  };
  return { verdict, isOnList, reasons: reasons.map(inWords), matches, rules, facilities: facilitiesNear(about, question), stale };
};

/* What an answer says of entries in reach, without its doubts about the list as a whole. */
const withoutDoubts = (answer) => {
  const found = answer.reasons.filter(({ code }) => !DOUBTS.has(code));
  const isDecided = answer.matches.some(({ decides }) => decides) || found.some(({ code }) => !ADVICE.has(code));
  if (answer.verdict === "listed" || isDecided) return answer;
  if (!answer.matches.length && !answer.rules.length) return { ...without("", "no_edition"), verdict: "not_listed", reasons: [] };
  return { ...answer, verdict: "not_listed", reasons: found };
};

const ofOther = (code, list, question) => {
  const answer = list ? judged(list, question) : without(code, "no_edition");
  const isElsewhere = list && question.lat !== undefined && window.Offlimits.outside(list.document, { ...question, at: Date.parse(question.at) });
  return isElsewhere ? withoutDoubts(answer) : answer;
};

/* A device whose clock stands before the day of issue knows neither hours nor expiry. */
const honest = (answer, { own, isDevice, now, isBehind }) => {
  const isWrong = isDevice && own && (isBehind() || now() < Date.parse(aboutOf(own).issued_at));
  if (!isWrong || answer.verdict !== "not_listed") return answer;
  const reasons = answer.reasons.filter(({ code }) => code !== "later_edition");
  return { ...answer, verdict: "cannot_tell", reasons: [reasonOf("clock_behind", {}), ...reasons] };
};

// ---- several lists ---------------------------------------------------------------------------------------------------------

/** One answer from several: the strictest verdict with its reasons, and what else there is to say. */
export const strictest = (answers) => {
  if (answers.length === 1) return answers[0];
  const verdict = answers.map((one) => one.verdict).sort((a, b) => STRICTNESS.indexOf(b) - STRICTNESS.indexOf(a))[0];
  const reasons = answers.flatMap((one) => one.reasons.filter(({ code }) => one.verdict === verdict || ADVICE.has(code)));
  const texts = new Set(), once = reasons.filter(({ text }) => !texts.has(text) && texts.add(text));
  return {
    verdict,
    isOnList: answers.some(({ isOnList }) => isOnList),
    reasons: inOrder(once),
    matches: answers.flatMap(({ matches }) => matches).sort((a, b) => (a.distance_m ?? Infinity) - (b.distance_m ?? Infinity)),
    rules: answers.flatMap(({ rules }) => rules),
    facilities: answers.flatMap(({ facilities }) => facilities).sort((a, b) => a.distance_m - b.distance_m).slice(0, FACILITIES_SHOWN),
    stale: answers.some(({ stale }) => stale),
  };
};

const holds = (list, id) => Boolean(id && list?.document.features.some((entry) => entry.id === id));

const answerOf = (known, question, isByPlace) => {
  const { own, others, missing } = known, { entry_id: id, ...elsewhere } = question;
  const asked = [...others].filter(([code]) => isByPlace || (page.recognises ?? []).includes(code));
  const holder = asked.find(([, list]) => holds(list, id))?.[0];
  const mine = holder === undefined ? question : elsewhere;
  const answers = [own ? judged(own, mine) : without(page.mission, "no_edition")];
  for (const [code, list] of asked) answers.push(ofOther(code, list, code === holder ? question : elsewhere));
  for (const code of missing) answers.push(without(code, "missing_list"));
  return honest(strictest(answers), known);
};

const headerOf = (list, at) => {
  const { mission, number, issued_at, expires_at } = aboutOf(list);
  return { mission, number, issued_at, expires_at, sha256: list.sha256, stale: at >= Date.parse(expires_at), entries: list.document.features.length };
};

const consulted = ({ own, others, now }) => ({
  edition: own ? headerOf(own, now()) : null,
  recognised: [...others.values()].filter(Boolean).map((list) => headerOf(list, now())),
  contacts: own ? aboutOf(own).contacts ?? [] : [],
});

// ---- what pages ask ----------------------------------------------------------------------------------------------------------

const questionOf = ({ entry_id, venue, personnel }, place, now) => {
  const at = new Date(now).toISOString(), limits = { radius_m: page.radius_m, door_m: page.door_m };
  const spot = place ? { lat: place.lat, lon: place.lon, uncertainty_m: place.uncertainty_m } : {};
  return Object.fromEntries(Object.entries({ ...limits, ...spot, entry_id, venue, personnel, at, now: at }).filter(([, value]) => value !== undefined && value !== null));
};

const UNKNOWN_M = 10;

/* The place meant; undefined for a text that is not read here. */
const placeOf = ([position]) => {
  if (position === undefined) return null;
  if (position.text === undefined) return { uncertainty_m: UNKNOWN_M, ...position };
  return window.Offlimits.position(position.text) ?? undefined;
};

const told = (answer) => ({
  verdict: answer.verdict,
  headline: headlineOf(answer.verdict, answer.isOnList),
  reasons: answer.reasons.map(({ code, mission, text, entry_ids }) => ({ code, mission: mission ?? null, text, entry_ids })),
});

const asJson = (answer, place) => ({
  ...told(answer),
  matches: answer.matches.map(matchOf),
  rules: answer.rules.map(ruleOf),
  facilities: answer.facilities.map((one) => ({ ...one, distance_m: metres(one.distance_m) })),
  stale: answer.stale,
  position: place,
  ...(place && { notations: notations(place) }),
});

/* Only the server knows what is not at hand: more notations, and lists that are not the reader's to fetch. */
const askServer = (known, body, signal) => {
  if (known.isDevice) throw new Refusal("not_understood", { detail: say("notations") });
  return ask(page.check_url, body, signal);
};

/* null: only the server knows. */
const answeredHere = (known, body) => {
  const place = placeOf(body.positions), isLacking = !known.own || known.missing.length > 0 || [...known.others.values()].includes(null);
  if (place === undefined || (isLacking && !known.isDevice)) return null;
  const answer = answerOf(known, questionOf(body, place, known.now()), true);
  return { ...consulted(known), answers: [asJson(answer, place)] };
};

/** What POST /api/v1/check answers to `body`: {mission, positions, personnel, entry_id, venue}. Throws Refusal. */
export const check = async (body, signal) => {
  const known = await lists();
  return answeredHere(known, body) ?? askServer(known, body, signal);
};

/** The same at a later moment, of nobody: null where the server would have to be asked once more. */
export const checkAgain = async (body) => answeredHere(await lists(), body);

const scripted = (src) => new Promise((done, failed) => {
  document.head.append(Object.assign(document.createElement("script"), { src, async: false, onload: done, onerror: failed }));
});

/** @type {Promise<unknown> | null} */
let searching = null;

/* The rules of the search weigh as much as the rest of the rules: they come when somebody turns to the search box. */
const searchRules = () => (searching ??= Promise.all(page.name_scripts.map(scripted)).catch(() => {
  searching = null;
  throw new Refusal("unreachable");
}));

/** @type {WeakMap<object, ReturnType<typeof window.Offlimits.finder>>} */
const finders = new WeakMap();

const finderOf = ({ document }) => {
  if (!finders.has(document)) finders.set(document, window.Offlimits.finder(document.features));
  return finders.get(document);
};

/* The lists that are asked by name alone: the own one, and those that it recognises. */
const askedByName = ({ own, others }) => [own, ...[...others].filter(([code]) => (page.recognises ?? []).includes(code)).map(([, list]) => list)].filter(Boolean);

/** Makes the index of names in idle moments, before the first question. */
export const prepareNames = async () => {
  const [known] = await Promise.all([lists(), searchRules()]);
  askedByName(known).forEach((list) => finderOf(list).prepare());
};

/* The entries of every list with a name alike, the most alike first; null where the text is refused. */
const alikeIn = (known, name) => {
  const found = askedByName(known).map((list) => finderOf(list)(name, MOST_FOUND));
  return found.includes(null) ? null : found.flat().sort((a, b) => b.score - a.score || (a.entry.id < b.entry.id ? -1 : 1));
};

const isPosition = (text) => window.Offlimits.position(text) !== null || window.Offlimits.looksLikePosition(text) || /^\s*(?:https?:\/\/|geo:)/i.test(text);

const similar = (answer, near) => {
  const meant = near.filter(({ score, judgement }) => score >= SIMILAR && judgement.verdict === "listed").map(({ entry }) => entry);
  if (answer.verdict !== "not_listed" || !meant.length) return answer;
  return { ...answer, verdict: "cannot_tell", reasons: inOrder([reasonOf("similar_name", { entries: meant }), ...answer.reasons]) };
};

const reasonWords = (reason) => reason.split(", ").map((part) => page.name_reasons?.[part] ?? part).join(", ");

const foundOf = ({ entry, name, score, reason, judgement, isMatch }) => {
  const own = judgement.matches.find((match) => match.entry.id === entry.id), why = own?.why_not ?? null;
  return { ...entryOf(entry), matched: name, score, reason: reasonWords(reason), applies: why === null, why_not: why, is_match: isMatch, decides: isMatch && judgement.verdict === "listed" };
};

/** What POST /api/v1/find answers to `body`: {name, personnel, limit}. Throws Refusal. */
export const find = async ({ name, personnel, limit = 8 }) => {
  const known = await lists();
  if (!known.own) throw new Refusal("failed", { detail: reasonOf("no_edition", { mission: page.mission }).text });
  await searchRules();
  const alike = alikeIn(known, name);
  if (!alike) throw new Refusal("not_understood", { detail: say(/[\p{L}\p{N}]/u.test(name) ? "few_letters" : "no_letters", { text: name }) });
  const question = questionOf({ personnel }, null, known.now()), matching = alike.filter(({ score }) => score >= page.match_score).length;
  const found = alike.slice(0, Math.max(matching, limit)).map((one, at) => ({ ...one, isMatch: at < matching, judgement: answerOf(known, { ...question, entry_id: one.entry.id }, false) }));
  const judgements = matching ? found.slice(0, matching).map(({ judgement }) => judgement) : [answerOf(known, question, false)];
  const answer = similar(strictest(judgements), found);
  const matches = found.map(foundOf).sort((a, b) => Number(b.decides) - Number(a.decides)).slice(0, limit);
  return { ...consulted(known), ...told(answer), matches, position: isPosition(name) };
};
