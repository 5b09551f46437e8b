/* Finds entries by name where no server is asked, and finds what the server finds: `lookup/names/search.py` again, over
 * the same index, with the same scores and reasons. Both meet tests/vectors/names.json; how they are held equal is told in
 * docs/decisions/044.
 *
 *   Offlimits.finder(entries) -> find
 *   find(text, limit = 10) -> [{entry, name, score, reason}], best first, score 0 to 100 to one decimal; null where the text
 *                             has less than two letters or digits, or too many
 *   find.prepare() -> makes the index in idle moments; without it the first question waits for it */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const { Grams, largest, sorted } = Offlimits.nameGrams;
  const single = Math.fround, SLICE = 200;

  /** As Python rounds to one decimal: halves to the even one.
   * @param {number} score @returns {number} */
  const rounded = (score) => (score * 4) % 4 === 1 ? Math.floor(score) + 0.2 : Number(score.toFixed(1));

  let known = null;

  /* One for all lists, made when first asked. */
  const reader = () => {
    if (known?.tables !== Offlimits.nameTables) {
      const tables = Offlimits.nameTables, ear = Offlimits.nameSounds(tables.sounds), folding = Offlimits.nameFolding(tables, ear);
      known = { tables, ear, folding, scoring: Offlimits.nameScoring(tables.scoring, ear, folding), reason: Offlimits.nameReasons(tables, ear, folding) };
    }
    return known;
  };

  /** For each word, by its number, who carries it. */
  class Carriers {
    constructor(carried, numberOf, count) {
      const numbers = carried.map((words) => words.map(numberOf));
      Object.assign(this, sorted((put) => numbers.forEach((one, owner) => one.forEach((number) => put(number, owner))), count()));
    }

    /** Adds how much of one word of the query each carrier makes out: the likest of its words. */
    addMadeOut(near, to) {
      const found = [...near].filter(([number]) => number + 1 < this.starts.length).sort((a, b) => a[1] - b[1] || a[0] - b[0]);
      if (!this.owners.length || !found.length) return;
      const made = new Float32Array(to.length);
      for (const [number, score] of found) for (let i = this.starts[number]; i < this.starts[number + 1]; i += 1) made[this.owners[i]] = score;
      for (let at = 0; at < to.length; at += 1) to[at] += made[at];
    }
  }

  /** Words by their consonants, where either they or the question lack vowels. */
  const consonantsOf = (words, isBare, { consonants }) => {
    const numbers = [...words.keys()].filter((number) => words[number].bare === isBare);
    const grams = new Grams(numbers.map((number) => consonants(words[number].heard)));
    return (heard, most, share) => grams.near(consonants(heard), most, share).map((at) => numbers[at]);
  };

  class Index {
    constructor(entries) {
      this.entries = entries;
      this.places = [];
      this.rows = [];
    }

    /** Reads the names of the next entry; whether there was one. */
    readNext() {
      const at = this.places.length;
      if (at === this.entries.length) return false;
      const { folding, tables } = reader(), { properties } = this.entries[at];
      const texts = [properties.address, properties.locality, properties.sector].filter(Boolean);
      const words = texts.flatMap((text) => folding.readings(text).flatMap((one) => one.words));
      const places = [...new Set(words.filter(({ written }) => written.length >= tables.search.least_letters))];
      this.places.push(places);
      for (const text of new Set([...(properties.names ?? []).map((name) => name.text), properties.name])) {
        for (const reading of folding.readings(text)) this.rows.push({ entry: at, text, reading: folding.inItsTown(reading, places) });
      }
      return true;
    }

    /** Makes what a question needs once every name is read. */
    finish() {
      if (this.words) return;
      while (this.readNext());
      const { ear, folding } = reader(), numbers = new Map();
      const numberOf = (word) => {
        if (!numbers.has(word)) numbers.set(word, numbers.size);
        return numbers.get(word);
      };
      const told = this.rows.map(({ reading }) => reading.form.telling.map((n) => reading.words[n]));
      this.namesWith = new Carriers(told, numberOf, () => numbers.size);
      this.entriesIn = new Carriers(this.places, numberOf, () => numbers.size);
      for (const { reading } of this.rows) reading.words.forEach(numberOf);
      this.numbers = numbers;
      this.words = [...numbers.keys()];
      this.lengths = Int32Array.from(told, ({ length }) => length);
      this.owners = Int32Array.from(this.rows, ({ entry }) => entry);
      this.firstRows = this.rowsFrom();
      this.coarse = this.words.map((word) => ear.coarse(word.heard));
      this.heard = new Grams(this.coarse);
      this.joined = new Grams(this.rows.map(({ reading }) => ear.coarse(folding.joined(reading))), false);
    }

    /* The first row of each entry; of one without letters in its names the next entry's. */
    rowsFrom() {
      const first = new Int32Array(this.entries.length).fill(this.rows.length);
      for (let at = this.rows.length - 1; at >= 0; at -= 1) first[this.rows[at].entry] = at;
      for (let at = first.length - 2; at >= 0; at -= 1) first[at] = Math.min(first[at], first[at + 1]);
      return first;
    }

    /** The words like this one, by number. Of a word that tells nothing only itself is looked for. */
    near(word, isTelling) {
      const { ear, scoring, tables } = reader(), told = tables.search, found = new Map();
      const numbers = new Set(this.numbers.has(word) ? [this.numbers.get(word)] : []);
      if (isTelling && !word.isExact) {
        for (const number of this.likely(ear.coarse(word.heard), told)) numbers.add(number);
        const others = word.bare ? (this.vowelled ??= consonantsOf(this.words, false, ear)) : (this.bare ??= consonantsOf(this.words, true, ear));
        for (const number of others(word.heard, told.near_words, told.near_share)) numbers.add(number);
      }
      for (const number of numbers) {
        const score = scoring.alike(word, this.words[number]);
        if (score) found.set(number, score);
      }
      return found;
    }

    likely(word, told) {
      const { slips } = reader().ear, near = this.heard.near(word, told.near_words, told.near_share);
      const scores = near.map((at) => single(1 - slips(word, this.coarse[at]) / Math.max(word.length, this.coarse[at].length)));
      return largest(scores, told.likely_words, told.likely).map((at) => near[at]);
    }

    /** The names worth a full comparison. */
    candidates(query, near, most) {
      const { search: told, scoring } = reader().tables, asked = query.form.telling;
      const madeOut = new Float32Array(this.rows.length), placed = new Float32Array(this.entries.length);
      for (const q of asked) {
        this.namesWith.addMadeOut(near[q], madeOut);
        this.entriesIn.addMadeOut(near[q], placed);
      }
      for (let at = 0; at < madeOut.length; at += 1) madeOut[at] = single(single(madeOut[at] * 2) / (this.lengths[at] + asked.length));
      const here = largest(placed, told.place_candidates, (asked.length * told.least_score) / scoring.address_ceiling);
      if (placed.some((value) => value > 0)) {
        const share = single(told.place_counts / asked.length); // of many with this name, those in this town
        for (let at = 0; at < madeOut.length; at += 1) madeOut[at] += single(placed[this.owners[at]] * share);
      }
      const names = largest(madeOut, most, told.least_made_out);
      return [...names, ...here.map((at) => this.firstRows[at]).filter((at) => at < this.rows.length)];
    }

    /** Every name worth it with how alike it is, as [likeness, row]. */
    alike(query, most) {
      if (!this.rows.length) return [];
      const { ear, folding, scoring, tables } = reader(), told = tables.search;
      const numbers = query.words.map((word, at) => this.near(word, query.form.telling.includes(at)));
      const near = query.words.map((word, at) => new Map([[word, 1], ...[...numbers[at]].map(([number, score]) => [this.words[number], score])]));
      const spaceless = new Set(this.joined.near(ear.coarse(folding.joined(query)), told.near_names, told.near_names_share));
      return [...new Set([...spaceless, ...this.candidates(query, numbers, most)])].map((at) => {
        const row = this.rows[at], places = this.places[row.entry];
        const possible = [scoring.byWords(query, row.reading, near, places), scoring.byBeginning(query, row.reading)];
        if (spaceless.has(at)) possible.push(scoring.byLetters(query, row.reading));
        if (places.length) possible.push(scoring.byPlace(query, near, places));
        return [possible.reduce((best, one) => (one.score > best.score ? one : best)), row];
      });
    }

    find(text, readings, limit) {
      const { least_score: least, candidates } = reader().tables.search, found = new Map();
      for (const query of readings) {
        for (const [likeness, row] of this.alike(query, Math.max(candidates, 2 * limit))) {
          const before = found.get(row.entry);
          if (likeness.score >= least && (!before || likeness.score > before.likeness.score)) found.set(row.entry, { likeness, query, row });
        }
      }
      const id = ({ row }) => this.entries[row.entry].id;
      const ranked = [...found.values()].sort((a, b) => b.likeness.score - a.likeness.score || (id(a) < id(b) ? -1 : 1));
      return ranked.slice(0, limit).map((one) => this.match(text, one));
    }

    match(text, { likeness, query, row }) {
      const entry = this.entries[row.entry], kind = (entry.properties.names ?? []).find((name) => name.text === row.text)?.kind ?? "label";
      const reason = reader().reason(kind, { text, reading: query }, row, likeness);
      return { entry, name: row.text, score: rounded(likeness.score), reason };
    }
  }

  /** The readings of what is searched for; null where it is refused. */
  const readingsOf = (text) => {
    const { folding, tables } = reader(), told = tables.search;
    if ([...text].length > told.most_letters) return null;
    const readings = folding.readings(text), letters = folding.latin(folding.casefold(text.normalize("NFKC"))).match(/[A-Za-z0-9]/g) ?? [];
    return readings.length && letters.length >= told.least_letters ? readings : null;
  };

  const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, SLICE, { timeRemaining: () => 0 }));

  Offlimits.finder = (entries) => {
    const index = new Index(entries), byNumber = new Map(entries.map((entry) => [entry.id.toLowerCase(), entry]));
    const prepare = () => idle((deadline) => {
      let isMore = true;
      for (let read = 0; isMore && (read < 1 || deadline.timeRemaining() > 1); read += 1) isMore = index.readNext();
      if (isMore) prepare();
      else index.finish();
    });
    const find = (text, limit = 10) => {
      const readings = readingsOf(text);
      if (!readings) return null;
      index.finish();
      const found = index.find(text.trim(), readings, limit), meant = byNumber.get(text.trim().toLowerCase());
      if (!meant) return found;
      const match = { entry: meant, name: meant.properties.name, score: 100, reason: reader().tables.reasons.by_number };
      return [match, ...found.filter(({ entry }) => entry !== meant)].slice(0, limit);
    };
    return Object.assign(find, { prepare });
  };
  Offlimits.finder.rounded = rounded;
})();
