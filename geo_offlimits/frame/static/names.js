/* Finds entries by name where there is no server to ask. Every script is written in Latin letters by one table, so that a
 * name is found by its own letters, by Latin ones, and nearly by those of another script. Simpler than the server's
 * search: who finds nothing here is told to check the position too.
 *
 *   Offlimits.finder(entries, letters) -> (text) -> [{entry, name, score}], best first; 1 is the name as it is written */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const SAME = 0.99, LEAST = 0.5, MOST = 12, WITHIN = 0.9, BEGINS = 0.95, BESIDE = 0.8, SHORT = 2;

  const tableOf = (letters) => {
    const table = new Map();
    for (const [start, run] of Object.entries(letters)) {
      run.split(" ").forEach((latin, i) => table.set(String.fromCodePoint(Number(start) + i), latin));
    }
    return table;
  };

  const namesOf = ({ properties }) => [...new Set([properties.name, ...(properties.names || []).map(({ text }) => text)])];

  const pairsOf = (word) => Array.from({ length: Math.max(word.length - 1, 0) }, (_, i) => word.slice(i, i + 2));

  /* How much of two words is alike: twice their common pairs of letters, by all of them. */
  const alike = (one, other) => {
    const left = pairsOf(one), right = pairsOf(other), all = left.length + right.length;
    let common = 0;
    for (const pair of left) {
      const at = right.indexOf(pair);
      if (at >= 0) right.splice(at, 1), (common += 1);
    }
    return all ? (2 * common) / all : 0;
  };

  const withoutVowels = (word) => word.replace(/[aeiouyw]/g, "");

  const scoreOf = (wanted, known) => {
    if (known === wanted) return SAME;
    if (wanted.length < SHORT) return 0;
    if (known.startsWith(wanted)) return BEGINS;
    if (known.includes(wanted)) return WITHIN;
    const [one, other] = [wanted, known].map((text) => text.replaceAll(" ", "")), bare = [one, other].map(withoutVowels);
    const skeleton = Math.min(...bare.map(({ length }) => length)) > SHORT ? alike(...bare) - 0.1 : 0;
    return Math.min(BESIDE, Math.max(alike(one, other), skeleton));
  };

  Offlimits.finder = (entries, letters) => {
    const table = tableOf(letters);
    const latin = (text) => [...text.normalize("NFKC").toLowerCase()].map((one) => table.get(one) ?? one).join("");
    const folded = (text) => latin(String(text ?? "")).normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
    /* A name of signs alone folds to nothing: it is found as it is written. */
    const key = (text) => folded(text) || String(text).trim();
    const known = entries.map((entry) => {
      const { address, locality } = entry.properties;
      return { entry, names: namesOf(entry).map((name) => [name, key(name)]), beside: folded(`${address ?? ""} ${locality ?? ""}`) };
    });
    const best = (wanted, text) => ({ entry, names, beside }) => {
      const scored = names.map(([name, own]) => ({ entry, name, score: name === text ? 1 : scoreOf(wanted, own) })).sort((a, b) => b.score - a.score)[0];
      if (entry.id.toLowerCase() === text.toLowerCase()) return { entry, name: scored.name, score: 1 };
      return scored.score < BESIDE && wanted.length > SHORT && beside.includes(wanted) ? { ...scored, score: BESIDE } : scored;
    };
    return (text) => {
      const wanted = key(text);
      if (!wanted) return [];
      const found = known.map(best(wanted, text.trim())).filter(({ score }) => score >= LEAST);
      const clear = found.filter(({ score }) => score >= BESIDE);
      return (clear.length ? clear : found).sort((a, b) => b.score - a.score || (a.entry.id < b.entry.id ? -1 : 1)).slice(0, MOST);
    };
  };
})();
