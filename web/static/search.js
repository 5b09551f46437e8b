/* The search box: a name as it stands on the sign, or a position in any notation. Nothing typed leaves in an address. */
import { ask } from "./ask.js";
import { icon, make, place, said } from "./card.js";
import { page, say, whyNot } from "./say.js";

const FORMS = [
  /^geo:/i,
  /^[a-z][a-z0-9+.-]*:\/\//i, // a link of a map
  /^[-+]?\d{1,3}(\.\d+)?\s*°?\s*[NS]?\s*[,;\s]\s*[-+]?\d{1,3}(\.\d+)?\s*°?\s*[EWO]?$/i, // decimal degrees
  /^[NSEW]?\s*\d{1,3}\s*°/i, // degrees, minutes, seconds
  /^\d{1,2}\s?[C-X]\s?[A-Z]{2}(\s?\d)*$/i, // MGRS
  /^\d{1,2}\s?[C-X]\s+\d{5,7}/i, // UTM
  /^[2-9CFGHJMPQRVWX]{4,8}\+[2-9CFGHJMPQRVWX]{0,3}/i, // Plus code
];
const PAUSE_MS = 220;

export const looksLikePosition = (text) => FORMS.some((form) => form.test(text.trim()));

const hit = (sign, className, ...words) => {
  const made = make("button", `hit ${className}`, sign, make("span", "", ...words));
  made.type = "button";
  return made;
};

/* The line of one entry, with its sign, names and place; `note` says what its sign alone does not. */
export const entryHit = (about, choose, found = about.name, note = "") => {
  const { Offlimits } = window;
  const sign = Offlimits ? Offlimits.sign(Offlimits.signOf(about), about.part) : icon("listed");
  const label = said("b", "", about.name);
  const made = hit(sign, "", label, found === about.name ? null : said("small", "", found), place(about), note ? make("small", "why-not", note) : null);
  made.addEventListener("click", choose);
  return make("li", "", made);
};

/* Makes the form live. acts: {entries() -> Promise of Map id -> properties, choose(entry_id), check(text), refuse(refusal)} */
export const startSearch = (form, acts) => {
  const field = form.querySelector("input[type=search]"), box = form.querySelector("#results");
  const status = box.querySelector("p"), list = box.querySelector("ul");
  let timer = 0, running = null;

  const shut = () => {
    running?.abort();
    clearTimeout(timer);
    box.hidden = true;
  };

  const show = (items, text, ...more) => {
    list.replaceChildren(...items);
    status.className = items.length && !more.length ? "only-heard" : "nothing";
    status.replaceChildren(text, ...more);
    box.hidden = false;
  };

  const offerPosition = (text) => {
    const made = hit(icon("locate"), "", said("b", "", say("check_position", { text })));
    made.addEventListener("click", () => {
      shut();
      acts.check(text);
    });
    show([make("li", "", made)], "");
  };

  const choose = (id) => () => {
    shut();
    acts.choose(id);
  };

  const matchHit = (match, about = match) => {
    const note = [match.restriction === "caution" && say("caution"), match.why_not && whyNot(match.why_not)];
    return entryHit(about, choose(match.entry_id), match.matched, note.filter(Boolean).join(" · "));
  };

  /* Nobody may take it for "not on the list" where no list could tell, or where the list is empty. */
  const doubts = ({ verdict, reasons }) =>
    reasons.filter(({ code }) => verdict === "cannot_tell" || code === "empty_edition").map(({ text }) => make("span", "hint", ` ${text}`));

  const find = async (text) => {
    running?.abort();
    running = new AbortController();
    try {
      const [answer, entries] = await Promise.all([ask(page.find_url, { mission: page.mission, name: text, personnel: page.personnel, limit: 8 }, running.signal), acts.entries()]);
      const items = answer.matches.map((match) => matchHit(match, entries.get(match.entry_id)));
      const several = items.length === 1 ? say("found_one") : say("found_several", { count: items.length });
      const none = answer.edition ? say("found_none", { text, number: answer.edition.number }) : answer.headline;
      if (items.length) show(items, several, ...doubts(answer));
      else show([], none, " ", make("span", "hint", say("found_none_remedy")), ...doubts(answer));
    } catch (reason) {
      if (reason.name !== "AbortError") acts.refuse(reason);
    }
  };

  const look = () => {
    const text = field.value.trim();
    if (text.length < 2) shut();
    else if (looksLikePosition(text)) offerPosition(text);
    else find(text);
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  field.addEventListener("focus", () => list.childElementCount && field.value && (box.hidden = false));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    const text = field.value.trim();
    if (looksLikePosition(text)) {
      shut();
      acts.check(text);
    } else if (text) {
      await find(text);
      list.querySelector("button")?.focus();
    }
  });
  form.addEventListener("keydown", (event) => {
    const { key } = event;
    const stops = [field, ...list.querySelectorAll("button")], at = stops.indexOf(document.activeElement);
    if (key === "Escape") {
      shut();
      field.focus();
    }
    if (key !== "ArrowDown" && key !== "ArrowUp") return;
    event.preventDefault();
    stops[Math.max(0, Math.min(stops.length - 1, at + (key === "ArrowDown" ? 1 : -1)))].focus();
  });
  document.addEventListener("pointerdown", ({ target }) => form.contains(target) || (box.hidden = true));
};
