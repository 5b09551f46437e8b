/* Which of an entry's names a reader is told first: one they can read, then the one on the sign. The rule is that of
 * geo_offlimits/domain/naming.py: only names on record are told, and a former one never first. */
(() => {
  "use strict";
  const SCRIPTS = { Latn: /\p{Script=Latin}/u, Cyrl: /\p{Script=Cyrillic}/u, Arab: /\p{Script=Arabic}/u };

  /* The script of most letters of a text; Zyyy of another, "" of none. */
  const script = (text) => {
    const found = new Map();
    for (const letter of text.match(/\p{L}/gu) ?? []) {
      const kind = Object.keys(SCRIPTS).find((name) => SCRIPTS[name].test(letter)) ?? "Zyyy";
      found.set(kind, (found.get(kind) ?? 0) + 1);
    }
    return [...found].reduce((most, one) => (one[1] > most[1] ? one : most), ["", 0])[0];
  };

  const primary = (tag) => tag.split("-")[0];

  const readersScript = (language) => ({ ar: "Arab", "sr-Cyrl": "Cyrl" })[language] ?? "Latn";

  /**
   * @param {{name: string, names?: {text: string, lang?: string | null, kind?: string}[]}} about
   * @param {string} language BCP 47, of the page
   * @returns {{first: string, sign: string | null}} sign: null where the first is the one on the sign
   */
  globalThis.offlimitsCalled = ({ name, names }, language = document.documentElement.lang) => {
    const wanted = readersScript(language);
    if (["", wanted].includes(script(name))) return { first: name, sign: null };
    const legible = (names ?? []).filter(({ kind, text }) => kind !== "former" && script(text) === wanted);
    const spoken = legible.filter(({ lang }) => lang && primary(lang) === primary(language));
    const best = spoken[0] ?? legible[0];
    return best ? { first: best.text, sign: name } : { first: name, sign: null };
  };
})();
