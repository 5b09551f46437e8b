/* How alike two words and two names are: the server's `lookup/names/scoring.py` again, with the weights of
 * names_tables.js. A likeness is {score, basis, pairs, spared}; pairs are [place in the query, place in the name, how
 * alike]. The sums run in the order of the server's, so that the last digit is the same. */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
  const least = (numbers, otherwise) => (numbers.length ? Math.min(...numbers) : otherwise);

  /** How alike two words are, 0 to 1; a beginning counts for its share. */
  const wordScorer = (told, { distance, slips }) => {
    const slipCost = (letters) => told.short[letters] ?? told.a_slip / letters;

    const lost = (one, other) => {
      const cost = distance(one, other) * slipCost(Math.max(one.length, other.length));
      return cost + (one[0] !== other[0] && distance(one[0], other[0]) >= told.other_start ? told.other_start_cost : 0);
    };
    const mistyped = (one, other) => (slips(one, other) + (one[0] === other[0] ? 0 : told.other_start)) * slipCost(Math.max(one.length, other.length));

    const bareAlike = (bare, other) => {
      const ceiling = told.bare_ceilings.find(([letters]) => bare.length <= letters)?.[1] ?? told.bare_ceiling;
      const score = 1 - distance(bare, other, true) * slipCost(Math.max(1, bare.length));
      return score >= told.least_alike ? Math.min(score, ceiling) : 0;
    };

    const alike = (one, other) => {
      if (one.written === other.written) return 1;
      if (one.isExact || other.isExact) return 0;
      if (one.bare !== other.bare) return one.bare ? bareAlike(one.heard, other.heard) : bareAlike(other.heard, one.heard);
      let score = 1 - Math.min(lost(one.heard, other.heard), mistyped(one.written, other.written));
      const [short, long] = one.heard.length <= other.heard.length ? [one.heard, other.heard] : [other.heard, one.heard];
      if (short.length >= told.prefix_letters && long.startsWith(short)) score = Math.max(score, 0.5 + (0.3 * short.length) / long.length);
      return score >= told.least_alike ? Math.min(score, told.heard_alike) : 0;
    };
    return alike;
  };

  /** How alike the likest of `words` is. */
  const best = (known, words) => words.reduce((most, word) => Math.max(most, known.get(word) ?? 0), 0);

  /** Each word with its counterpart, the surest first. */
  const paired = (query, name, near) => {
    const possible = [];
    near.forEach((known, q) => name.words.forEach((word, n) => {
      const score = known.get(word);
      if (score) possible.push([Math.min(query.form.weights[q], name.form.weights[n]) * score, score, q, n]);
    }));
    possible.sort((a, b) => b[0] - a[0] || b[1] - a[1] || Math.abs(a[2] - a[3]) - Math.abs(b[2] - b[3]));
    const takenQ = new Set(), takenN = new Set(), pairs = [];
    for (const [, score, q, n] of possible) {
      if (takenQ.has(q) || takenN.has(n)) continue;
      takenQ.add(q);
      takenN.add(n);
      pairs.push([q, n, score]);
    }
    return pairs;
  };

  const byWordsWith = (told) => (query, name, near, places) => {
    const pairs = paired(query, name, near);
    const asked = new Map(pairs.map(([q, , score]) => [q, score])), tells = new Map(pairs.map(([, n, score]) => [n, score]));
    const isFound = places.length > 0 && name.form.telling.some((n) => (tells.get(n) ?? 0) >= told.made_out);
    const spared = new Set(isFound ? [...near.keys()].filter((q) => !asked.has(q) && best(near[q], places) >= told.made_out) : []);
    const understood = total(pairs.map(([q, n, score]) => (query.form.weights[q] + name.form.weights[n]) * score));
    const all = name.form.total + query.form.total - total([...spared].sort((a, b) => a - b).map((q) => query.form.weights[q]));
    let score = (100 * understood) / all;
    const ofQuery = least(query.form.telling.filter((q) => !spared.has(q)).map((q) => asked.get(q) ?? 0), 0);
    const ofName = least(name.form.telling.map((n) => tells.get(n) ?? 0), 0);
    if (Math.min(ofQuery, ofName) < told.counterpart) score = Math.max(Math.min(score, told.no_match), told.whole_part * Math.max(ofQuery, ofName));
    if (query.hasSigns || name.hasSigns) score = Math.min(score, told.by_signs);
    return { score, basis: "words", pairs, spared };
  };

  const byBeginningWith = (told) => (query, name) => {
    const whole = query.words.slice(0, -1).map(({ written }) => written), last = query.words.at(-1).written;
    const words = name.words.map(({ written }) => written);
    const begins = (at) => words[at].startsWith(last) && whole.every((word, i) => words[at - whole.length + i] === word);
    const isBeginning = last.length >= told.beginning_letters && words.some((_, at) => at >= whole.length && begins(at));
    return { score: isBeginning ? told.beginning : 0, basis: "beginning", pairs: [], spared: new Set() };
  };

  /** {alike(word, word), byWords, byBeginning, byLetters, byPlace} by the weights `told`. */
  Offlimits.nameScoring = (told, ear, { joined, told: toldBy }) => {
    const spaceless = (one, other) => {
      if (Math.min(one.length, other.length) < told.joined_letters) return 0;
      return Math.min(told.joined_ceiling, 1 - (told.joined_slip * ear.distance(one, other)) / Math.max(one.length, other.length));
    };

    const isSpacedOtherwise = (query, name) => {
      const one = joined(query), other = joined(name);
      if (other.length < told.spaced_letters || one !== other) return false;
      const left = query.form.named, right = name.form.named;
      return left.length !== right.length || left.some((at, i) => query.words[at] !== name.words[right[i]]);
    };

    const byLetters = (query, name) => {
      const scores = [isSpacedOtherwise(query, name) ? told.joined_ceiling : 0];
      if (query.form.named.length !== name.form.named.length) scores.push(spaceless(joined(query), joined(name)));
      if (query.form.telling.length !== name.form.telling.length) scores.push(spaceless(toldBy(query), toldBy(name)));
      return { score: 100 * Math.max(...scores), basis: "spaces", pairs: [], spared: new Set() };
    };

    const byPlace = (query, near, places) => {
      const known = query.form.telling.map((q) => best(near[q], places));
      return { score: (told.address_ceiling * total(known)) / known.length, basis: "place", pairs: [], spared: new Set() };
    };
    return { alike: wordScorer(told, ear), byWords: byWordsWith(told), byBeginning: byBeginningWith(told), byLetters, byPlace };
  };
})();
