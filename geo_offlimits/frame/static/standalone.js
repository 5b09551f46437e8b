/* The page of its own that a notebook shows: what edition this is, search, a card for one entry, the legend.
 * Everything of the list is set as text. */
(() => {
  "use strict";
  const { Offlimits } = window;
  const { element } = Offlimits;
  const MOST = 12;

  /* Case, accents and spacing do not matter: "cafe" finds "Café". */
  const folded = (text) => String(text ?? "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

  const namesOf = ({ properties }) => [properties.name, ...(properties.names || []).map(({ text }) => text)];

  const searched = (entry) => [...namesOf(entry), entry.properties.address, entry.properties.locality].map(folded).join(" | ");

  const isolated = (tag, className, text) => {
    const made = element(tag, className, text);
    made.dir = "auto";
    return made;
  };

  const button = (className, ...children) => {
    const made = element("button", className);
    made.type = "button";
    made.append(...children);
    return made;
  };

  const date = (instant) => new Date(instant).toISOString().slice(0, 10);

  // ---- parts of the page ------------------------------------------------------------------------------------------------

  const heading = ({ mission, mission_name, number, issued_at, expires_at }) => {
    const { labels } = Offlimits;
    const box = element("header", "heading");
    const stale = new Date(expires_at) <= new Date();
    const edition = element("p", "edition");
    for (const text of [`${labels.edition} ${number}`, `${labels.issued} ${date(issued_at)}`, `${labels.expires} ${date(expires_at)}`]) {
      edition.append(element("span", "", text));
    }
    box.append(isolated("h1", "", mission_name || mission), edition);
    if (stale) box.append(element("p", "expired", labels.expired));
    box.append(element("p", "precaution", labels.precaution));
    return box;
  };

  const placeText = ({ address, locality, sector, part }) => {
    const storey = part && [part.text, part.floor, part.entrance].filter(Boolean).join(", ");
    return [storey, address, locality, sector].filter(Boolean).join(" · ");
  };

  const hit = (entry, open) => {
    const { properties } = entry;
    const words = element("span", "words");
    words.append(isolated("b", "", properties.name), isolated("small", "", placeText(properties)));
    const made = button("hit", Offlimits.sign(Offlimits.signOf(properties), properties.part), words);
    made.addEventListener("click", () => open(entry));
    const item = element("li");
    item.append(made);
    return item;
  };

  const contacts = (list) => {
    const box = element("dl", "contacts");
    for (const { name, phone, email, hours } of list || []) {
      box.append(isolated("dt", "", name), isolated("dd", "", [phone, email, hours].filter(Boolean).join(" · ")));
    }
    return box;
  };

  const card = (entry, about, close) => {
    const { labels } = Offlimits, { properties } = entry;
    const box = element("article", `card ${properties.restriction}`);
    const head = element("h2", "verdict");
    const shut = button("shut", element("span", "", "×"));
    shut.setAttribute("aria-label", labels.close);
    shut.addEventListener("click", close);
    head.append(Offlimits.sign(Offlimits.signOf(properties), properties.part), element("span", "", labels[properties.restriction]), shut);
    const others = namesOf(entry).slice(1).filter((name) => name !== properties.name);
    const lines = [placeText(properties), others.join(" · "), properties.directive, `${labels.edition} ${about.number} · ${date(about.issued_at)}`];
    box.append(head, isolated("h3", "", properties.name), ...lines.filter(Boolean).map((line) => isolated("p", "", line)));
    box.append(element("p", "precaution", labels.precaution));
    if ((about.contacts || []).length) box.append(element("h4", "", labels.contacts), contacts(about.contacts));
    return box;
  };

  const legend = () => {
    const { labels } = Offlimits;
    const box = element("details", "legend"), list = element("ul");
    box.append(element("summary", "", labels.legend), list);
    const kinds = [["premises", "off_limits"], ["area", "area"], ["category_rule", "category_rule"], ["caution", "caution"], ["facility", "facility"]];
    for (const [kind, word] of kinds) {
      const item = element("li");
      item.append(Offlimits.sign(kind), element("span", "", labels[word]));
      list.append(item);
    }
    const item = element("li");
    item.append(Offlimits.sign("premises", true), element("span", "", labels.part));
    list.append(item);
    return box;
  };

  const unmappedList = (entries, open) => {
    const box = element("details", "unmapped"), list = element("ul");
    box.append(element("summary", "", `${Offlimits.labels.unmapped}: ${entries.length}`), list);
    list.append(...entries.map((entry) => hit(entry, open)));
    return box;
  };

  // ---- the page -----------------------------------------------------------------------------------------------------------

  const build = (map, edition) => {
    const { labels } = Offlimits;
    const panel = element("section", "offlimits-panel"), shown = element("div", "shown"), results = element("ul", "results");
    const close = () => {
      shown.replaceChildren();
      Offlimits.clear();
    };
    const describe = (entry) => shown.replaceChildren(card(entry, edition.offlimits, close));
    const open = (entry) => {
      results.replaceChildren();
      describe(entry);
      Offlimits.show(entry.id);
    };
    const field = element("input", "search");
    Object.assign(field, { type: "search", placeholder: labels.search, autocomplete: "off" });
    field.setAttribute("aria-label", labels.search);
    const index = edition.features.map((entry) => [searched(entry), entry]);
    field.addEventListener("input", () => {
      const wanted = folded(field.value);
      const found = wanted ? index.filter(([text]) => text.includes(wanted)).slice(0, MOST).map(([, entry]) => hit(entry, open)) : [];
      results.replaceChildren(...(wanted && !found.length ? [element("li", "nothing", labels.nothing_found)] : found));
    });
    results.setAttribute("aria-live", "polite");
    const unmapped = edition.features.filter(({ geometry, properties }) => !geometry || properties.subject === "category_rule");
    panel.append(heading(edition.offlimits), field, results, shown);
    if (unmapped.length) panel.append(unmappedList(unmapped, open));
    panel.append(legend());
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    document.body.append(panel);
    document.addEventListener("offlimits:pick", ({ detail }) => describe(detail.entry));
    document.addEventListener("keydown", ({ key }) => key === "Escape" && close());
  };

  Offlimits.searchPage = (map, { url, labels }) => {
    Object.assign(Offlimits.labels, labels);
    return Offlimits.load(url).then((edition) => build(map, edition));
  };
})();
