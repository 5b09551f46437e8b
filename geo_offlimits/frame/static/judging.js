/* How a verdict is reached, over an edition's own JSON, by the rules of the product: see docs/api.md, "verdict".
 * The shared test vectors hold this to the server's answers, entry by entry and reason by reason.
 *
 *   Offlimits.judge(edition, question) -> {verdict, on_list, stale, reasons, matches, rules}
 *   Offlimits.outside(edition, {lat, lon, at}) -> whether a place is in none of the edition's territories at `at` (ms)
 *
 * question: {lat, lon, uncertainty_m, at, now, radius_m, door_m, personnel, venue, entry_id, verified}; without `lat`
 * there is no position; times are texts as in an edition. A reason is {code, entries, why_not}, a match {entry, why_not, decides,
 * distance_m, bearing_deg}. The edition is never judged fresher, nor a place surer, than the question says. */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const DOOR_M = 5, RADIUS_M = 100, UNKNOWN_M = 10, DAY_S = 86400, LEAST_M_A_DEGREE = 110500;
  const CODES = ["unverified", "chosen_entry", "category_rule", "which_door", "part_of_building", "position_needed", "outside_territory", "edition_expired", "caution", "does_not_apply", "empty_edition", "later_edition"];
  const WHY_NOT = ["not_yet", "ended", "not_in_hours", "not_bound"];

  // ---- hours on the wall clock of a time zone ----------------------------------------------------------------------------

  const wall = (timeZone, at) => {
    const { weekday, hour, minute, second } = globalThis.offlimitsWall(at, timeZone);
    return { day: weekday, seconds: hour * 3600 + minute * 60 + second + (((at % 1000) + 1000) % 1000) / 1000 };
  };

  const secondsOf = (clock) => clock.split(":").reduce((sum, part, i) => sum + Number(part) * [3600, 60, 1][i], 0) % DAY_S;

  const spanHolds = ({ days, from, to }, { day, seconds }) => {
    const start = secondsOf(from), end = secondsOf(to), today = days.includes(day), yesterday = days.includes(day === 1 ? 7 : day - 1);
    if (start < end) return today && start <= seconds && seconds < end;
    return (today && seconds >= start) || (yesterday && seconds < end);
  };

  /* Whether a schedule holds at an instant in milliseconds. Where the device does not know the zone, it holds: an answer
   * must not be milder for what is not known. */
  const hoursHold = ({ tz, weekly }, at) => {
    try {
      const now = wall(tz, at);
      return weekly.some((span) => spanHolds(span, now));
    } catch (reason) {
      if (!(reason instanceof RangeError)) throw reason;
      return true;
    }
  };

  // ---- entries as a question sees them ------------------------------------------------------------------------------------

  const whyNot = ({ since, until, hours, applies_to: who }, at, personnel) => {
    if (at < Date.parse(since)) return "not_yet";
    if (until !== null && at >= Date.parse(until)) return "ended";
    if (hours !== null && !hoursHold(hours, at)) return "not_in_hours";
    return personnel && who.length && !who.includes(personnel) ? "not_bound" : null;
  };

  const isRule = ({ properties }) => properties.subject === "category_rule";
  const isPart = ({ entry }) => entry.properties.part !== null;
  const bars = ({ entry, why_not: why }) => why === null && entry.properties.restriction === "off_limits";

  const isCertain = (seen) => {
    if (seen.distance_m === null || isPart(seen)) return false;
    return (seen.depth_m !== null && seen.depth_m >= seen.uncertainty_m) || seen.distance_m + seen.uncertainty_m <= seen.door_m;
  };

  const isPossible = (seen) => seen.distance_m !== null && seen.distance_m - seen.uncertainty_m <= seen.door_m;

  const corners = (nested) => (typeof nested[0] === "number" ? [nested] : nested.flatMap(corners));

  /* The least latitude of a geometry, and its greatest. */
  const spanOf = (geometry) => {
    const latitudes = corners(geometry.coordinates).map(([, lat]) => lat);
    return latitudes.reduce(([least, most], lat) => [Math.min(least, lat), Math.max(most, lat)], [90, -90]);
  };

  const bands = new WeakMap(); // the entries of a list -> what tells of each at a glance whether it can be in reach

  const bandsOf = (features) => {
    if (!bands.has(features)) {
      const [least, most, own_m] = [0, 1, 2].map(() => new Float64Array(features.length).fill(NaN));
      features.forEach(({ geometry, properties }, i) => {
        own_m[i] = properties.uncertainty_m ?? UNKNOWN_M;
        if (geometry) [least[i], most[i]] = spanOf(geometry);
      });
      bands.set(features, { least, most, own_m, rules: Uint8Array.from(features, (one) => Number(isRule(one))) });
    }
    return bands.get(features);
  };

  /* The entries that can have a part in the answer, of ten thousand a few: rules, the one that was chosen, and those in
   * reach by their latitude alone. Without a place no comparison holds. */
  const concerned = (features, { lat, radius_m, door_m, uncertainty_m, entry_id: id }) => {
    const { least, most, own_m, rules } = bandsOf(features);
    const isNear = (i) => Math.max(least[i] - lat, lat - most[i]) * LEAST_M_A_DEGREE <= Math.max(radius_m, door_m + uncertainty_m + own_m[i]);
    return features.filter((entry, i) => rules[i] || isNear(i) || (id !== undefined && entry.id === id));
  };

  const seenOf = (entry, question) => {
    const { at, lat, lon, personnel, door_m, uncertainty_m: own_m } = question;
    const seen = { entry, why_not: whyNot(entry.properties, at, personnel), distance_m: null, depth_m: null, bearing_deg: null, door_m, depends: false };
    if (lat === undefined || !entry.geometry || isRule(entry)) return seen;
    return { ...seen, ...Offlimits.measured(entry.geometry, lat, lon), uncertainty_m: own_m + (entry.properties.uncertainty_m ?? UNKNOWN_M) };
  };

  const isValid = ({ valid_from: from, valid_to: to }, at) => (!from || Date.parse(from) <= at) && (!to || at < Date.parse(to));

  const territoriesOf = ({ offlimits }, at) => (offlimits.boundaries ?? []).filter((one) => one.kind === "territory" && isValid(one, at));

  const isOutside = (edition, { at, lat, lon }) => {
    const valid = territoriesOf(edition, at);
    return lat !== undefined && valid.length > 0 && !valid.some(({ geometry }) => Offlimits.inside(geometry, lat, lon));
  };

  /* The category rules that hold at the place; without one, those that may hold and matter. */
  const rulesHere = (edition, seen, question) => {
    const known = seen.filter(({ entry }) => isRule(entry));
    const { lat, lon, venue, at } = question;
    if (lat !== undefined) {
      const outside = isOutside(edition, question);
      return known.filter(({ entry: { geometry } }) => (geometry ? Offlimits.inside(geometry, lat, lon) : !outside));
    }
    const told = known.filter(({ entry: { geometry, properties } }) => !geometry || properties.category === venue);
    for (const one of told) one.depends = Boolean(one.entry.geometry) || territoriesOf(edition, at).length > 0;
    return told;
  };

  // ---- the rules, step by step ----------------------------------------------------------------------------------------------

  const about = (code, seen, why_not) => (seen.length ? [{ code, why_not, entries: seen.map(({ entry }) => entry) }] : []);

  const byRules = (near, ofKind, chosen) => {
    const byChoice = chosen.filter(bars), byRule = ofKind.filter((one) => bars(one) && !one.depends);
    const deciding = [...byChoice, ...byRule, ...near.filter((one) => bars(one) && isCertain(one))];
    if (deciding.length) return { verdict: "listed", deciding, reasons: [...about("chosen_entry", byChoice), ...about("category_rule", byRule)] };
    const perhaps = near.filter((one) => bars(one) && isPossible(one)), needed = ofKind.filter(bars);
    const doors = perhaps.filter((one) => !isPart(one)), parts = perhaps.filter(isPart);
    const reasons = [...about("which_door", doors), ...about("part_of_building", parts), ...about("position_needed", needed)];
    return { verdict: perhaps.length || needed.length ? "cannot_tell" : "not_listed", deciding: [...perhaps, ...needed], reasons };
  };

  /* Entries in reach that do not bar: those of caution, and those that do not apply, by why. */
  const advice = (reached) => {
    const cautions = reached.filter(({ entry, why_not: why }) => why === null && entry.properties.restriction === "caution");
    return [...about("caution", cautions), ...WHY_NOT.flatMap((why) => about("does_not_apply", reached.filter((one) => one.why_not === why), why))];
  };

  const overAll = (edition, question, verdict) => {
    const { expires_at: expires, issued_at: issued } = edition.offlimits, past = (at) => at >= Date.parse(expires);
    const doubts = question.verified ? [] : ["unverified"];
    if (verdict === "not_listed") {
      if (isOutside(edition, question)) doubts.push("outside_territory");
      if (past(question.now) || past(question.at)) doubts.push("edition_expired");
    }
    const told = [...doubts, ...(edition.features.length ? [] : ["empty_edition"]), ...(question.at < Date.parse(issued) ? ["later_edition"] : [])];
    return { verdict: doubts.length ? "cannot_tell" : verdict, reasons: told.map((code) => ({ code, entries: [] })), stale: past(question.now) };
  };

  const once = (seen) => [...new Set(seen)];

  const matchesOf = (near, rules, chosen, deciding, radius_m) => {
    const shown = [...near.filter(({ distance_m: metres }) => metres <= radius_m), ...rules.filter((one) => deciding.includes(one) || one.why_not), ...chosen];
    const told = once(shown).map((one) => ({ ...one, decides: deciding.includes(one) }));
    return told.sort((a, b) => (a.distance_m ?? Infinity) - (b.distance_m ?? Infinity) || (a.entry.id < b.entry.id ? -1 : 1));
  };

  const withDefaults = (question) => {
    const now = Date.parse(question.now ?? new Date().toISOString());
    const at = question.at === undefined ? now : Date.parse(question.at);
    return { door_m: DOOR_M, uncertainty_m: UNKNOWN_M, radius_m: RADIUS_M, verified: true, ...question, now, at };
  };

  const judge = (edition, asked) => {
    const question = withDefaults(asked), seen = concerned(edition.features, question).map((entry) => seenOf(entry, question));
    const near = seen.filter(({ distance_m: metres }) => metres !== null), rules = rulesHere(edition, seen, question);
    const chosen = seen.filter(({ entry }) => entry.id === question.entry_id);
    const ofKind = rules.filter(({ entry }) => entry.properties.category === question.venue);
    const found = byRules(near, ofKind, chosen), over = overAll(edition, question, found.verdict);
    const reasons = [...over.reasons, ...found.reasons, ...advice(once([...near.filter(isPossible), ...chosen, ...ofKind]))];
    return {
      verdict: over.verdict,
      on_list: chosen.length > 0 || near.some(isCertain) || ofKind.some(({ depends }) => !depends),
      stale: over.stale,
      reasons: reasons.sort((a, b) => CODES.indexOf(a.code) - CODES.indexOf(b.code)),
      matches: matchesOf(near, rules, chosen, found.deciding, question.radius_m),
      rules: rules.filter(({ why_not: why }) => why === null).map(({ entry }) => entry),
    };
  };

  Object.assign(Offlimits, { judge, hoursHold, outside: isOutside });
})();
