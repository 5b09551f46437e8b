/* How a word sounds, and how far two words are apart to the ear: the server's `lookup/names/sounds.py` again, by the
 * same tables, and the distance of letters that it takes from RapidFuzz. */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const MOST_KEPT = 30_000;

  /** The letters that differ, are missing, too many or in each other's place: OSA.distance of RapidFuzz.
   * @param {string} one @param {string} other @returns {number} */
  const slips = (one, other) => {
    let above2 = [], above = Array.from({ length: other.length + 1 }, (_, j) => j);
    for (let i = 0; i < one.length; i += 1) {
      const row = [i + 1];
      for (let j = 0; j < other.length; j += 1) {
        let best = Math.min(above[j] + (one[i] === other[j] ? 0 : 1), above[j + 1] + 1, row[j] + 1);
        if (i && j && one[i] === other[j - 1] && one[i - 1] === other[j]) best = Math.min(best, above2[j - 1] + 1);
        row.push(best);
      }
      [above2, above] = [above, row];
    }
    return above[other.length];
  };

  /** @param {Record<string, string>} byCost @returns {Map<string, Map<string, number>>} */
  const costTable = (byCost) => {
    const table = new Map();
    const put = (one, other, cost) => table.set(one, (table.get(one) ?? new Map()).set(other, cost));
    for (const [cost, pairs] of Object.entries(byCost)) {
      for (let i = 0; i < pairs.length; i += 2) {
        put(pairs[i], pairs[i + 1], Number(cost));
        put(pairs[i + 1], pairs[i], Number(cost));
      }
    }
    return table;
  };

  /** The same answer for the same text, asked often. */
  const kept = (make) => {
    const known = new Map();
    return (text) => {
      let found = known.get(text);
      if (found === undefined) {
        if (known.size > MOST_KEPT) known.clear();
        known.set(text, (found = make(text)));
      }
      return found;
    };
  };

  const DOUBLED = /([A-Za-z])\1+/g, CONSONANTS_LACK = "aeiouyw", NOTHING = new Map();

  /** The ear by the tables `told`. */
  Offlimits.nameSounds = (told) => {
    const full = costTable(told.costs), bareTable = costTable(told.bare);
    const group = new Map(told.mistaken.flatMap((letters) => [...letters].map((one) => [one, letters[0]])));

    const sounds = kept((word) => {
      const spelt = told.spellings.reduce((text, [spelling, sound]) => text.replaceAll(spelling, sound), word.replace(/qu(?=[aeiouy])/g, "k"));
      return spelt.replace(DOUBLED, "$1");
    });

    const coarsely = (word, without) => [...word].map((one) => (without.includes(one) ? "" : group.get(one) ?? "")).join("").replace(DOUBLED, "$1");
    const coarse = kept((word) => coarsely(word, ""));
    const consonants = kept((word) => coarsely(word, CONSONANTS_LACK));

    const additional = (word, more) => {
      const costs = [...word].map((sound) => more[sound] ?? told.slip);
      if ("mn".includes(word[0])) costs[0] = told.nasal_start;
      if (word.at(-1) === "e") costs[costs.length - 1] = Math.min(told.mute_end, costs.at(-1));
      return costs;
    };
    const additionalFull = kept((word) => additional(word, told.more)), additionalBare = kept((word) => additional(word, told.bare_more));

    /** Slips between two texts of sounds. `bare`: `one` has no vowels, and `other` may have them anywhere.
     * @param {string} one @param {string} other @returns {number} */
    const distance = (one, other, bare = false) => {
      const costs = bare ? bareTable : full, missing = additionalFull(one), more = (bare ? additionalBare : additionalFull)(other);
      let above2 = [], above = [0];
      for (const cost of more) above.push(above.at(-1) + cost);
      for (let i = 0; i < one.length; i += 1) {
        const takenFor = costs.get(one[i]) ?? NOTHING, row = [above[0] + missing[i]];
        for (let j = 0; j < other.length; j += 1) {
          const taken = one[i] === other[j] ? 0 : takenFor.get(other[j]) ?? told.slip;
          let best = Math.min(above[j] + taken, above[j + 1] + missing[i], row[j] + more[j]);
          if (i && j && one[i] === other[j - 1] && one[i - 1] === other[j]) best = Math.min(best, above2[j - 1] + told.transposed);
          row.push(best);
        }
        [above2, above] = [above, row];
      }
      return above[other.length];
    };

    return { sounds, coarse, consonants, distance, slips };
  };
  Offlimits.nameSounds.kept = kept;
})();
