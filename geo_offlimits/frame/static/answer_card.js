/* The card of an answer and the lines of entries, for the page of its own. Everything of the list is set as text. */
(() => {
  "use strict";
  const { Offlimits } = window;
  const { element, svg } = Offlimits;
  const NAMES_SHOWN = 3, FAR_M = 100000;
  const texts = { words: {}, vocabulary: {}, about: {}, isPart: false, spoken: null };

  /* Says what the page knows: {words, vocabulary, about, isPart}. */
  const tell = (known) => {
    Object.assign(texts, known);
    texts.spoken = globalThis.offlimitsSpoken(texts.words.forms, document.documentElement.lang);
  };

  const say = (key, values = {}) => texts.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  const day = (instant) => texts.spoken.day(instant, texts.about.timezone || "UTC");

  const word = (value) => texts.vocabulary[value] ?? String(value).replaceAll("_", " ");

  const listed = (all) => texts.spoken.listed(all);

  const beside = (parts) => texts.spoken.beside(parts);

  const isolated = (tag, className, text) => {
    const made = element(tag, className, text);
    made.dir = "auto";
    return made;
  };

  /* A name that the reader can read, then the one on the sign. */
  const named = (tag, about) => {
    const { first, sign } = globalThis.offlimitsCalled(about);
    return [isolated(tag, "", first), ...(sign ? [isolated("small", "on-sign", sign)] : [])];
  };

  const button = (className, act, ...children) => {
    const made = element("button", className);
    made.type = "button";
    made.append(...children);
    made.addEventListener("click", act);
    return made;
  };

  // ---- an entry in words --------------------------------------------------------------------------------------------------

  const otherNames = ({ name, names = [] }) => {
    const { first } = globalThis.offlimitsCalled({ name, names });
    const of = (former) => names.filter((one) => (one.kind === "former") === former && ![name, first].includes(one.text)).map(({ text }) => text);
    const told = [["also", of(false)], ["formerly", of(true)]].filter(([, found]) => found.length);
    return told.map(([key, found]) => isolated("p", "hint", say(key, { names: listed(found) })));
  };

  const partOf = ({ text, floor, entrance }) => text || beside([floor && say("floor", { floor }), entrance && say("entrance", { entrance })]);

  const placeOf = ({ geometry, properties: { part, address, locality, sector, mgrs, subject } }) => {
    const where = beside([address, locality, sector]) || mgrs || "";
    return [part && partOf(part), where, !geometry && subject !== "category_rule" && say("place_unknown")].filter(Boolean).join(" · ");
  };

  const limitsOf = ({ applies_to: who = [], hours, exceptions = [], since, directive, category, subject }) => {
    const open = hours && texts.spoken.hours(hours, texts.about.timezone);
    const lines = [
      who.length && say("binds", { who: listed(who.map(word)) }),
      open && say("hours", { hours: open }),
      ...exceptions.map((exception) => say("except", { exception })),
      [category && subject !== "category_rule" && word(category), since && say("since", { date: day(since) }), directive].filter(Boolean).join(" · "),
    ];
    return lines.filter(Boolean).map((line) => isolated("p", "hint", line));
  };

  const line = (entry, open, note) => {
    const { properties } = entry, words = element("span", "words");
    words.append(...named("b", properties), isolated("small", "", placeOf(entry)), ...(note ? [isolated("small", "note", note)] : []));
    const item = element("li");
    item.append(button("hit", () => open(entry), Offlimits.sign(Offlimits.signOf(properties), properties.part), words));
    return item;
  };

  const tag = (restriction) => element("span", `tag ${restriction}`, say(restriction));

  const far = ({ distance_m: metres, bearing_deg: bearing }) => {
    if (metres === null) return [];
    const where = metres === 0 || bearing === null ? say("here") : metres > FAR_M ? say("far") : `${texts.spoken.distance(metres)} ${texts.words.directions[Math.floor((bearing + 22.5) / 45) % 8]}`;
    return [element("p", "far", where)];
  };

  const match = (seen) => {
    const { properties } = seen.entry, item = element("li");
    item.append(tag(properties.restriction), ...named("h3", properties), isolated("p", "where", placeOf(seen.entry)), ...otherNames(properties), ...far(seen));
    if (seen.why_not) item.append(element("p", "why-not", texts.words.why_not[seen.why_not]));
    item.append(...limitsOf(properties));
    return item;
  };

  // ---- the answer ------------------------------------------------------------------------------------------------------------

  /* What only a file on a device must doubt: that it is a part of the list, and that the device's clock is wrong. */
  const honest = (answer) => {
    const isEarly = Date.now() < Date.parse(texts.about.issued_at);
    const doubts = [...(texts.isPart ? ["part_of_list"] : []), ...(isEarly ? ["later_edition"] : [])];
    if (answer.verdict !== "not_listed" || !doubts.length) return answer;
    const known = answer.reasons.filter(({ code }) => !doubts.includes(code));
    return { ...answer, verdict: "cannot_tell", reasons: [...doubts.map((code) => ({ code, entries: [] })), ...known] };
  };

  const reason = ({ code, entries, why_not: why }) => {
    const names = entries.map(({ properties }) => properties.name), more = names.length - NAMES_SHOWN;
    const shown = beside(names.slice(0, NAMES_SHOWN)) + (more > 0 ? ` (+${more})` : "");
    const text = texts.words.reasons[why ? `${code}_${why}` : code];
    return text.replace("{names}", () => shown);
  };

  const headlineOf = ({ verdict, on_list: isOnList }) => {
    if (verdict === "listed") return [say("listed"), say("listed_below")];
    if (verdict === "cannot_tell") return [say("cannot_tell"), ""];
    return [isOnList ? say("not_barred") : say("not_listed", { number: texts.about.number, date: day(texts.about.issued_at) }), ""];
  };

  const MARKS = {
    cannot_tell: () => [svg("circle", { cx: 20, cy: 20, r: 16 }), svg("path", { d: "M14.5 15.5a5.5 5.5 0 1 1 8 5c-1.800 1-2.500 2-2.500 4M20 29.300v.2" })],
    not_listed: () => [svg("rect", { x: 7, y: 5, width: 26, height: 30, rx: 4 }), svg("path", { d: "M13 14h14M13 20h14M13 26h8" })],
    listed: () => [svg("circle", { cx: 20, cy: 20, r: 15 }), svg("path", { d: "M9.500 9.500 30.500 30.500" })],
  };

  const mark = (verdict) => svg("svg", { viewBox: "0 0 40 40", class: "verdict-mark", "aria-hidden": "true", focusable: "false" }, ...MARKS[verdict]());

  const question = (title, ...children) => {
    const box = element("div", "question"), row = element("div", "row");
    row.append(...children);
    box.append(element("h3", "", title), row);
    return box;
  };

  const signQuestion = (doors, choose) => {
    const deny = () => {
      const note = element("p", "question", say("sign_other"));
      note.tabIndex = -1;
      box.replaceWith(note);
      note.focus();
    };
    const alone = doors.length === 1;
    const yes = doors.map(({ entry }) => button("act", () => choose(entry), isolated("span", "", alone ? `${say("sign_yes")}: ${entry.properties.name}` : entry.properties.name)));
    const box = question(say("sign_question"), ...yes, button("act", deny, say(alone ? "sign_no" : "sign_none")));
    return box;
  };

  const kindQuestion = (venues, choose) => {
    const choice = element("select");
    choice.setAttribute("aria-label", say("kind_question"));
    choice.append(new Option(say("kind_choose"), ""), ...venues.map((kind) => new Option(word(kind), kind)));
    choice.addEventListener("change", () => choice.value && choose(choice.value));
    return question(say("kind_question"), choice);
  };

  const ruleList = (rules) => {
    const box = element("div", "rules"), list = element("ul");
    for (const { properties } of rules) {
      const item = element("li");
      item.append(tag(properties.restriction), " ", isolated("bdi", "", properties.name));
      list.append(item);
    }
    box.append(element("h3", "", say("category_rule")), list);
    return box;
  };

  const contactList = (contacts) => {
    const list = element("dl", "contacts");
    for (const { name, phone, email, hours } of contacts || []) {
      list.append(isolated("dt", "", name), isolated("dd", "", [phone, email, hours].filter(Boolean).join(" · ")));
    }
    return list;
  };

  const asksForSign = ({ code }) => code === "which_door" || code === "part_of_building";

  const reasonList = ({ verdict, reasons, matches }) => {
    const list = element("ul", "reasons"), told = reasons.map(reason);
    if (verdict === "not_listed" && !matches.length) told.unshift(say("nothing_here", { number: texts.about.number }));
    list.append(...told.map((text) => isolated("li", "", text)));
    return list;
  };

  const head = (answer, close) => {
    const box = element("header", "head"), title = element("h2", "", ""), [above, below] = headlineOf(answer);
    title.tabIndex = -1;
    title.append(above, ...(below ? [element("small", "", below)] : []));
    const shut = button("shut", close, element("span", "", "×"));
    shut.setAttribute("aria-label", say("close"));
    box.append(mark(answer.verdict), title, shut);
    return box;
  };

  /* acts: {close(), choose(entry), tell(kind of venue)}; asked: {venue, where (the position in words)}. */
  const card = (judged, asked, acts) => {
    const answer = honest(judged), box = element("article", `card ${answer.verdict}`), matches = element("ul", "matches");
    const doors = answer.matches.filter(({ entry }) => answer.reasons.some((one) => asksForSign(one) && one.entries.includes(entry)));
    matches.append(...answer.matches.map(match));
    box.append(head(answer, acts.close));
    if (answer.stale) box.append(element("p", "stale", say("stale")));
    box.append(element("p", "rests", [say("edition", { number: texts.about.number }), day(texts.about.issued_at), asked.where].filter(Boolean).join(" · ")));
    box.append(element("p", "advice", say(`advice_${answer.verdict}`)), reasonList(answer));
    if (doors.length) box.append(signQuestion(doors, acts.choose));
    box.append(matches);
    if (answer.rules.length) box.append(ruleList(answer.rules));
    if (answer.rules.length && !asked.venue && answer.verdict !== "listed") box.append(kindQuestion(acts.venues, acts.tell));
    box.append(element("p", "precaution", say("precaution")));
    if ((texts.about.contacts || []).length) box.append(element("h3", "", say("contacts")), contactList(texts.about.contacts));
    return box;
  };

  const note = (...lines) => {
    const box = element("article", "card plain");
    box.append(...lines.map((text) => isolated("p", "", text)));
    return box;
  };

  Offlimits.cards = { tell, say, day, word, isolated, button, line, otherNames, limitsOf, placeOf, tag, card, note, contactList };
})();
