/* A name in any script as words that can be compared: the server's `lookup/names/folding.py` again, by the same tables
 * (names_tables.js). \w of Python is \p{L}\p{N}_ here; a letter that the table lacks stands for itself.
 *
 * A Word is one object for the same {written, heard, bare}, so that words are compared by ===. A Reading is
 * {words, form, hasSigns}, a form {weights, total, telling, named}. */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const W = "[\\p{L}\\p{N}_]", NOT_AFTER = `(?<!${W})`, LETTER = "[\\p{L}\\p{Nl}\\p{No}]", APOSTROPHE = "['’‘ʼ`´ʹ′]";
  const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
  const APOSTROPHES = new RegExp(APOSTROPHE, "gu"), AND = new RegExp(`[&+]|${APOSTROPHE}n${APOSTROPHE}`, "gu");
  const ELIDED = new RegExp(`${NOT_AFTER}(l|d|j|s|c|qu)${APOSTROPHE}(?=${W})`, "gu");
  const INITIALS = new RegExp(`${NOT_AFTER}(?:${LETTER}\\.){2,}(?:${LETTER}(?!${W}))?`, "gu");
  const WITHOUT_VOWELS = /[\u0590-\u06ff\u0750-\u077f\u08a0-\u08ff]/u;
  const ARTICLE = new RegExp(`${NOT_AFTER}(و?)ال(?=${W}{3})`, "gu"), FINAL_HA = new RegExp(`(?<=${W}${W})[هה](?!${W})`, "gu");
  const ASCII = /^[\x00-\x7f]*$/, GREEK = /[\u0370-\u03ff]/u, A = 97, HEX = 16, DIGITS = /^[0-9]+$/, TENS = new Set([20, 30, 40, 50, 60, 70, 80, 90]);

  /** The letters of names_tables.js by themselves. */
  const letterTable = ({ letters }) => {
    const table = new Map();
    for (const [start, run] of Object.entries(letters)) {
      run.split("\t").forEach((latin, i) => latin && table.set(String.fromCodePoint(Number(start) + i), latin));
    }
    return table;
  };

  /* A letter of no script in the table: found where the same one stands. */
  const itself = (sign) => [...sign.codePointAt(0).toString(HEX)].map((digit) => String.fromCharCode(A + parseInt(digit, HEX))).join("");

  /** Latin letters of a text as anyascii writes them. */
  const latinBy = (told) => {
    const table = letterTable(told), { covered } = told;
    const isCovered = (code) => covered.some(([start, end]) => start <= code && code < end);
    const unknown = (sign) => (/[\p{L}\p{N}]/u.test(sign) ? itself(sign) : /[\p{S}\p{P}]/u.test(sign) ? " " : "");
    const one = (sign) => (sign < "\x80" ? sign : table.get(sign) ?? (isCovered(sign.codePointAt(0)) ? "" : unknown(sign)));
    return (text) => (ASCII.test(text) ? text : [...text].map(one).join(""));
  };

  /** Phrases to find in a run of words, each with what it stands for. */
  class Phrases {
    /** @param {Iterable<[string, string]>} known : words with blanks between -> what it stands for */
    constructor(known) {
      this.known = new Map(known);
      this.lengths = new Map();
      for (const phrase of this.known.keys()) {
        const words = phrase.split(" "), lengths = this.lengths.get(words[0]) ?? new Set();
        this.lengths.set(words[0], lengths.add(words.length));
      }
      for (const [first, lengths] of this.lengths) this.lengths.set(first, [...lengths].sort((a, b) => b - a));
    }

    /** [start, end, what it stands for], the longest first at each word, none overlapping another. */
    foundIn(words) {
      const found = [];
      let free = 0;
      words.forEach((word, at) => {
        for (const length of at >= free ? this.lengths.get(word) ?? [] : []) {
          const phrase = words.slice(at, at + length), sign = this.known.get(phrase.join(" "));
          if (sign === undefined) continue;
          free = at + phrase.length;
          found.push([at, free, sign]);
          break;
        }
      });
      return found;
    }
  }

  const phrasesOf = (bySign) => Object.entries(bySign).flatMap(([sign, phrases]) => phrases.map((phrase) => [phrase, sign]));

  /** From a text to words. */
  const wordReader = (tables, { sounds }) => {
    const told = tables.folding, latin = latinBy(tables), folds = tables.folded, vowelSigns = new Set(tables.vowel_signs), interned = new Map();
    const ours = new RegExp(`[${told.signs.replace(/[\^\-\]\\]/g, "\\$&")}]`, "g"), tokens = new RegExp(`[A-Za-z${told.signs.replace(/[\^\-\]\\]/g, "\\$&")}]+|[0-9]+`, "g");
    const greek = told.greek.map(([pattern, letters]) => [new RegExp(pattern.replaceAll("\\b", NOT_AFTER), "gu"), letters.replaceAll("\\1", "$1")]);
    const falls = (sign) => /\p{M}/u.test(sign) && !vowelSigns.has(sign);

    const word = (written, heard, bare = false) => {
      const key = `${written}\n${heard}\n${bare}`;
      let known = interned.get(key);
      if (!known) {
        // A number or a town's sign: it is that one or another, never like it.
        const isExact = !/[A-Za-z]/.test(written[0]) && !told.signs.includes(written[0]);
        interned.set(key, (known = { written, heard, bare, isExact }));
      }
      return known;
    };

    const casefold = (text) => (ASCII.test(text) ? text.toLowerCase() : [...text].map((sign) => folds[sign] ?? sign.toLowerCase()).join(""));
    const parted = (text) => casefold(text.normalize("NFKC")).replace(ours, " ").split(BLANKS).filter(Boolean);

    const semitic = (text) => {
      const bones = [...text].filter((sign) => !falls(sign)).join("");
      const spelt = bones.replace(AND, " و ").replace(ARTICLE, "$1 ال ").replace(FINAL_HA, "ة");
      return latin([...spelt].map((sign) => told.semitic[sign] ?? sign).join(""));
    };

    const inLatin = (text) => {
      let part = text.replace(AND, " and ").replace(INITIALS, (found) => found.replaceAll(".", ""));
      part = part.replace(ELIDED, "$1 ").replace(APOSTROPHES, "");
      if (GREEK.test(part)) {
        part = part.normalize("NFD").replaceAll("\u0301", "").normalize("NFC");
        for (const [spelling, letters] of greek) part = part.replace(spelling, letters);
      }
      return latin(part.replaceAll("х", "h").replaceAll("đ", "dj")).toLowerCase().replace(/['`]/g, "");
    };

    const wordsOf = Offlimits.nameSounds.kept((part) => {
      if (WITHOUT_VOWELS.test(part)) return (semitic(part).match(tokens) ?? []).map((one) => word(one, one, !DIGITS.test(one)));
      return (inLatin(part).match(tokens) ?? []).map((one) => word(one, sounds(one)));
    });
    return { word, casefold, wordsOf: (text) => parted(text).flatMap(wordsOf), latin };
  };

  /** Reads names: {readings(text), inItsTown(reading, places), word, casefold, latin, joined(reading), told(reading)}. */
  Offlimits.nameFolding = (tables, ear) => {
    const told = tables.folding, { word, casefold, wordsOf, latin } = wordReader(tables, ear);
    const kinds = new Phrases(told.kinds.map((phrase) => [phrase, ""])), shorter = new Phrases(phrasesOf(told.shorter));
    const towns = new Phrases(phrasesOf(told.towns));
    const longKinds = told.kinds.filter((kind) => !kind.includes(" ") && kind.length >= told.long_letters);
    const links = new Set(told.links), bareLinks = new Set(told.bare_links), forms = new Map();

    const plainly = ({ heard, bare }) => (bare ? `-${heard.replaceAll(tables.sounds.ya, "i")}` : [...heard].map((sound) => told.unaccented[sound] ?? sound).join(""));

    const plain = (one) => (one.plain ??= plainly(one));

    const isMisspeltKind = Offlimits.nameSounds.kept((key) => key.length >= told.long_letters - 1 && longKinds.some((kind) => kind[0] === key[0] && Math.abs(kind.length - key.length) <= 1 && ear.slips(kind, key) <= 1));

    const formOf = (count, telling, named) => {
      const key = `${count};${telling};${named}`;
      let known = forms.get(key);
      if (!known) {
        const light = told.generic / Math.max(1, count - telling.length);
        const weights = Array.from({ length: count }, (_, at) => (telling.includes(at) ? 1 : light));
        forms.set(key, (known = { weights, total: weights.reduce((sum, weight) => sum + weight, 0), telling, named }));
      }
      return known;
    };

    const reading = (words, hasSigns) => {
      const keys = words.map(plain), isKind = keys.map(isMisspeltKind);
      for (const [start, end] of kinds.foundIn(keys)) isKind.fill(true, start, end);
      const places = [...words.keys()], named = places.filter((at) => !isKind[at]);
      const full = places.filter((at) => !(words[at].bare ? bareLinks : links).has(words[at].written));
      const telling = full.filter((at) => !isKind[at]);
      const form = telling.length ? formOf(words.length, telling, named) : formOf(words.length, full.length ? full : places, places);
      return { words, form, hasSigns };
    };

    const replaced = (words, keys, phrases) => {
      const made = [];
      let at = 0;
      for (const [start, end, sign] of phrases.foundIn(keys)) {
        made.push(...words.slice(at, start), word(sign, ear.sounds(sign)));
        at = end;
      }
      return [...made, ...words.slice(at)];
    };

    /* Twenty and four are twenty-four. */
    const addedUp = (words) => {
      const made = [];
      for (const one of words) {
        const isLinked = made.length > 1 && links.has(made.at(-1).written), taken = isLinked ? 2 : 1;
        const tens = made.at(-taken)?.written ?? "";
        const isBoth = DIGITS.test(tens) && TENS.has(Number(tens)) && DIGITS.test(one.written) && Number(one.written) > 0 && Number(one.written) < 10;
        if (isBoth) made.length -= taken;
        const both = isBoth && String(Number(tens) + Number(one.written));
        made.push(both ? word(both, both) : one);
      }
      return made;
    };

    /* Arabic writes "and" in one with the word: "restaurant and-bar". */
    const withoutWa = (one) => {
      const rest = one.written.slice(1);
      if (!one.bare || one.written[0] !== "w" || !rest || !kinds.known.has(plainly({ heard: rest, bare: true }))) return [one];
      return [word("w", "w", true), word(rest, rest, true)];
    };

    /** The plain reading, and the one with signs where it differs; [] for a text without letters and digits. */
    const readings = (text) => {
      const words = wordsOf(text).flatMap(withoutWa).slice(0, told.most_words);
      if (!words.length) return [];
      const placed = replaced(words, words.map(plain), towns);
      const signed = addedUp(replaced(placed, placed.map(({ written }) => written), shorter));
      const isSame = signed.length === words.length && signed.every((one, at) => one === words[at]);
      return isSame ? [reading(words, false)] : [reading(words, false), reading(signed, true)];
    };

    /** The same where words that are the venue's own town or street weigh little. */
    const inItsTown = (read, places) => {
      const { telling, named } = read.form, kept = telling.filter((at) => !places.includes(read.words[at]));
      return !kept.length || kept.length === telling.length ? read : { ...read, form: formOf(read.words.length, kept, named) };
    };

    const soundsAt = (read, places) => places.map((at) => read.words[at].heard).join("");
    const joined = (read) => soundsAt(read, read.form.named), toldBy = (read) => soundsAt(read, read.form.telling);
    return { readings, inItsTown, casefold, latin, joined, told: toldBy };
  };
})();
