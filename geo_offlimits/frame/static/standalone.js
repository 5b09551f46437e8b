/* The page of its own, in a notebook or as a file on a device: what the list is, search by name and position with the
 * verdict, everything that stands on no map, the whole list, the legend. It asks nobody; the device's clock judges. */
(() => {
  "use strict";
  const { Offlimits } = window;
  const { element, cards } = Offlimits;
  const { say, day, isolated, button } = cards;
  const HOUSES_ZOOM = 15, FINGER_PX = 12, LEAST_M = 10, NEAR_ZOOM = 17, MOST = 12, HASH_SHOWN = 16, AGAIN_MS = 10000;

  const folding = (className, title, isOpen, ...children) => {
    const box = element("details", className);
    box.open = isOpen;
    box.append(element("summary", "", title), ...children);
    return box;
  };

  const listOf = (className, items) => {
    const list = element("ul", className);
    list.append(...items);
    return list;
  };

  // ---- what the list is -------------------------------------------------------------------------------------------------------

  const factList = (facts) => {
    const list = element("dl", "facts");
    for (const [heading, text] of facts) list.append(element("dt", "", heading), isolated("dd", "", text));
    return list;
  };

  const fileFacts = (facts) => {
    const box = folding("about", say("about"), false, factList(facts)), [, hash] = facts.find(([name]) => name === "SHA-256") ?? [];
    if (hash) box.firstChild.append(element("small", "", hash.slice(0, HASH_SHOWN)));
    return box;
  };

  /* Now, and again while the page stays open: what it says is to hold now. */
  const inTime = (act) => {
    act();
    setInterval(act, AGAIN_MS);
  };

  const heading = (about, isPart, facts) => {
    const box = element("header", "heading"), edition = element("p", "edition");
    const over = element("p", "expired", say("expired", { date: day(about.expires_at) }));
    const told = [say("edition", { number: about.number }), say("issued", { date: day(about.issued_at) }), say("expires", { date: day(about.expires_at) })];
    edition.append(...told.map((text) => element("span", "", text)));
    if (about.demonstration) box.append(element("p", "demo", say("demonstration")));
    box.append(isolated("h1", "", about.mission_name || about.mission), edition);
    inTime(() => new Date(about.expires_at) <= new Date() && edition.after(over));
    if (isPart) box.append(element("p", "expired", say("part")));
    if (say("unreviewed")) box.append(element("p", "unreviewed", say("unreviewed")));
    box.append(element("p", "precaution", say("precaution")));
    if (facts.length) box.append(fileFacts(facts));
    return box;
  };

  const legend = () => {
    const kinds = [["premises", "off_limits"], ["premises", "part_only", true], ["area", "area"], ["category_rule", "category_rule"], ["caution", "caution"], ["facility", "facility"]];
    return folding("legend", say("legend"), false, listOf("", kinds.map(([kind, key, part]) => {
      const item = element("li");
      item.append(Offlimits.sign(kind, part), element("span", "", say(key)));
      return item;
    })));
  };

  const whole = (entry, open) => {
    const { properties } = entry, item = cards.line(entry, open), more = element("div", "more");
    more.append(cards.tag(properties.restriction), ...cards.otherNames(properties), ...cards.limitsOf(properties));
    item.append(more);
    return item;
  };

  const isUnmapped = ({ geometry, properties }) => !geometry || properties.subject === "category_rule";

  const lists = (features, open) => {
    const unmapped = features.filter(isUnmapped), made = [];
    const hint = element("p", "hint", say("unmapped_hint"));
    if (unmapped.length) made.push(folding("unmapped", `${say("unmapped")} (${unmapped.length})`, true, hint, listOf("", unmapped.map((entry) => cards.line(entry, open)))));
    made.push(folding("all", `${say("all")} (${features.length})`, false, listOf("", features.map((entry) => whole(entry, open)))));
    return made;
  };

  // ---- asking -------------------------------------------------------------------------------------------------------------------

  const degrees = ({ lat, lon, uncertainty_m: metres }) => `${lat.toFixed(5)}, ${lon.toFixed(5)} ± ${Math.round(metres)} m`;

  /* Shows answers in `shown`; each question keeps what the reader has said before. */
  const asker = (edition, shown) => {
    const venues = [...new Set(edition.features.filter(({ properties }) => properties.subject === "category_rule").map(({ properties }) => properties.category))];
    let standing = null; // the question whose card is shown, and what was said
    const told = ({ verdict, stale, reasons }) => [verdict, stale, ...reasons.map(({ code }) => code)].join();
    const close = () => {
      standing = null;
      shown.replaceChildren();
      Offlimits.clear();
      Offlimits.here(null);
    };
    const ask = (question) => {
      const judged = Offlimits.judge(edition, question), said = told(judged), where = question.lat === undefined ? "" : degrees(question);
      const choose = (entry) => ask({ ...question, entry_id: entry.id });
      const made = cards.card(judged, { venue: question.venue, where }, { close, choose, venues, tell: (venue) => ask({ ...question, venue }) });
      standing = { question, said };
      shown.replaceChildren(made);
      made.querySelector("h2").focus({ preventScroll: true });
      made.scrollIntoView({ block: "nearest" });
    };
    const at = (place, look) => {
      Offlimits.clear();
      Offlimits.here({ lat: place.lat, lon: place.lon, accuracy_m: place.uncertainty_m });
      if (look) Offlimits.look({ lat: place.lat, lon: place.lon, zoom: NEAR_ZOOM });
      ask(place);
    };
    const note = (...lines) => {
      standing = null;
      shown.replaceChildren(cards.note(...lines));
    };
    inTime(() => standing && told(Offlimits.judge(edition, standing.question)) !== standing.said && ask(standing.question));
    return { ask, at, note, close };
  };

  /* What a finger on the map means: a place as unsure as the finger is thick, where houses can be told apart. */
  const touched = (map, { lat, lon }, asking) => {
    if (map.getZoom() < HOUSES_ZOOM) return asking.note(say("zoom_in"));
    const metres = (40075017 * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** map.getZoom());
    return asking.at({ lat, lon, uncertainty_m: Math.max(LEAST_M, Math.ceil(FINGER_PX * metres)) }, false);
  };

  const listening = (map, asking, open) => {
    document.addEventListener("offlimits:pick", ({ detail }) => open(detail.entry));
    document.addEventListener("offlimits:clicked", ({ detail }) => touched(map, detail, asking));
    document.addEventListener("offlimits:located", ({ detail }) => asking.at({ lat: detail.lat, lon: detail.lon, uncertainty_m: Math.max(LEAST_M, detail.accuracy_m) }, false));
    document.addEventListener("offlimits:failed", ({ detail }) => detail.what === "position" && asking.note(say("no_position"), say("position_remedy")));
    document.addEventListener("keydown", ({ key }) => key === "Escape" && asking.close());
  };

  const locateButton = (asking) => button("locate", () => {
    asking.note(say("locating"));
    Offlimits.locate();
  }, say("check_here"));

  // ---- the search box -------------------------------------------------------------------------------------------------------------

  const nothing = (text, number, isPart) => {
    const item = element("li", "nothing"), none = isPart ? say("found_none_part", { text }) : say("found_none", { text, number });
    item.append(isolated("span", "", none), " ", element("span", "hint", say("found_none_remedy")));
    return item;
  };

  const positionHit = (text, place, act) => {
    const item = element("li"), label = element("span", "words");
    label.append(isolated("b", "", say("check_position", { text })), isolated("small", "", degrees(place)));
    item.append(button("hit", act, label));
    return item;
  };

  const misread = () => {
    const item = element("li", "nothing");
    item.append(element("span", "", say("not_understood")), " ", element("span", "hint", say("notations")));
    return item;
  };

  const searchBox = (edition, { isPart }, asking, open) => {
    const { match_score: matches } = Offlimits.nameTables.search;
    const find = Offlimits.finder(edition.features), field = element("input", "search"), results = element("ul", "results");
    Object.assign(field, { type: "search", placeholder: say("search"), autocomplete: "off", spellcheck: false, maxLength: 200 });
    field.setAttribute("aria-label", say("search"));
    results.setAttribute("aria-live", "polite");
    const empty = () => results.replaceChildren();
    const found = (text) => {
      const place = Offlimits.position(text), names = (find(text, MOST) ?? []).filter(({ score }) => !place || score >= matches);
      const items = names.map(({ entry, name, score }) => cards.line(entry, (one) => (empty(), open(one)), [name === entry.properties.name ? "" : name, score < matches ? say("similar") : ""].filter(Boolean).join(" · ")));
      if (place) items.unshift(positionHit(text, place, () => (empty(), asking.at(place, true))));
      if (items.length) return items;
      return [Offlimits.looksLikePosition(text) ? misread() : nothing(text, edition.offlimits.number, isPart)];
    };
    field.addEventListener("input", () => results.replaceChildren(...(field.value.trim() ? found(field.value.trim()) : [])));
    field.addEventListener("focus", () => find.prepare(), { once: true });
    field.addEventListener("keydown", (event) => event.key === "Enter" && results.querySelector("button")?.click());
    return [field, results];
  };

  // ---- the page -----------------------------------------------------------------------------------------------------------------------

  /* On paper everything that is folded away is read, too. */
  const unfoldForPaper = (panel) => window.addEventListener("beforeprint", () => {
    for (const box of panel.querySelectorAll("details")) box.open = true;
  });

  const build = (map, edition, options) => {
    const about = edition.offlimits, { facts, isPart } = options;
    cards.tell({ ...options, about });
    const panel = element("main", "offlimits-panel"), shown = element("section", "shown");
    shown.setAttribute("aria-label", say("answer"));
    shown.setAttribute("aria-live", "polite");
    const asking = asker(edition, shown);
    const open = (entry) => {
      Offlimits.show(entry.id);
      asking.ask({ entry_id: entry.id });
    };
    panel.append(heading(about, isPart, facts), ...searchBox(edition, options, asking, open), locateButton(asking), shown, ...lists(edition.features, open));
    if ((about.contacts || []).length) panel.append(folding("whom", say("contacts"), true, cards.contactList(about.contacts)));
    panel.append(legend());
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    document.body.prepend(panel);
    listening(map, asking, open);
    unfoldForPaper(panel);
  };

  Offlimits.searchPage = (map, { url, ...options }) => Offlimits.load(url).then((edition) => build(map, edition, options));
})();
