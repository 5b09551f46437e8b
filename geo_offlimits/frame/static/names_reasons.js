/* What a score rests on, in the words of the catalogue: the server's `lookup/names/reasons.py` again. */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const LETTER = /\p{L}/u;

  /** The script of the first letter, as Unicode calls it; one that the table lacks by the scripts of its own. */
  const scriptBy = ({ scripts, covered }) => {
    const starts = scripts.filter((_, i) => i % 2 === 0), names = scripts.filter((_, i) => i % 2 === 1);
    const [, end] = covered.at(-1);
    return (text) => {
      const code = [...text].find((sign) => LETTER.test(sign))?.codePointAt(0);
      if (code === undefined) return "";
      return code < end ? names[starts.findLastIndex((start) => start <= code)] : "CJK";
    };
  };

  const written = (name) => name.words.map((word) => word.written).join(" ");
  const kindsOf = (name) => name.words.filter((_, at) => !name.form.named.includes(at)).map((word) => word.written).join(" ");
  const tellingPairs = (query, { pairs }) => pairs.filter(([q]) => query.form.telling.includes(q)).sort((a, b) => a[0] - b[0]);

  /** reason(kind, {text, reading}, {text, reading}, likeness): the kind of the name and at most two facts. */
  Offlimits.nameReasons = (tables, ear, { casefold }) => {
    const told = tables.reasons, { counterpart } = tables.scoring, script = scriptBy(tables);

    const missing = (query, name, likeness) => {
      const sure = likeness.pairs.filter(([, , score]) => score >= counterpart);
      const isLacking = name.form.telling.some((at) => !sure.some(([, n]) => n === at));
      const isMore = query.form.telling.some((at) => !sure.some(([q]) => q === at) && !likeness.spared.has(at));
      if (isLacking && isMore) return told.some_words;
      return isLacking ? told.part : isMore ? told.more_words : "";
    };

    const standsForAnother = (query, name, { pairs }) => {
      if (!query.hasSigns && !name.hasSigns) return "";
      return pairs.some(([q]) => query.words[q].written.startsWith("@")) ? told.town : told.short;
    };

    const order = (query, likeness) => {
      const places = tellingPairs(query, likeness).map(([, n]) => n);
      return places.some((n, i) => i && n < places[i - 1]) ? told.order : "";
    };

    const letters = (query, name, likeness, isElsewhere) => {
      const pairs = tellingPairs(query, likeness).map(([q, n]) => [query.words[q], name.words[n]]).filter(([one, other]) => one.bare === other.bare);
      const slips = pairs.reduce((sum, [one, other]) => sum + ear.slips(one.written, other.written), 0);
      const heard = pairs.reduce((sum, [one, other]) => sum + ear.distance(one.heard, other.heard), 0);
      if (!slips || (isElsewhere && heard <= told.by_ear)) return "";
      return slips === 1 || heard > told.by_ear * slips ? told.letters[slips] ?? told.several : told.ear;
    };

    const butFor = (query, name) => {
      if (written(query) === written(name)) return told.same_but_accents;
      return kindsOf(query) === kindsOf(name) ? told.same_but_links : told.same_but_kind;
    };

    const facts = (asked, name, likeness) => {
      const query = asked.reading, known = name.reading;
      if (likeness.basis === "place") return [told.only_place];
      if (likeness.basis === "beginning") return [known.words.includes(query.words.at(-1)) ? told.part : told.beginning];
      if (casefold(asked.text) === casefold(name.text)) return [told.same];
      const isElsewhere = script(asked.text) !== script(name.text);
      if (likeness.basis === "spaces") return [told.spaces, isElsewhere ? told.elsewhere : ""];
      const differences = [missing(query, known, likeness), standsForAnother(query, known, likeness), order(query, likeness), letters(query, known, likeness, isElsewhere)];
      const isAny = differences.some(Boolean);
      if (isElsewhere) return [isAny ? told.elsewhere : told.same_elsewhere, ...differences];
      return isAny ? differences : [butFor(query, known)];
    };

    return (kind, asked, name, likeness) => [told.kinds[kind], ...facts(asked, name, likeness).filter(Boolean).slice(0, told.most_facts)].join(", ");
  };
})();
