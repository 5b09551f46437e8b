/* The search box: a name as it stands on the sign, or a position in any notation. Nothing typed leaves in an address. */
import { find as foundBy, prepareNames } from "./answers.js";
import { Refusal } from "./ask.js";
import { icon, make, named, place, said } from "./card.js";
import { page, say, whyNot } from "./say.js";

const PAUSE_MS = 220;

const hit = (sign, className, ...words) => {
  const made = make("button", `hit ${className}`, sign, make("span", "", ...words));
  made.type = "button";
  return made;
};

/* The line of one entry, with its sign, names and place; `note` says what its sign alone does not. */
export const entryHit = (about, choose, found = about.name, note = "") => {
  const { Offlimits } = window;
  const sign = Offlimits ? Offlimits.sign(Offlimits.signOf(about), about.part) : icon("listed");
  const made = hit(sign, "", ...named("b", about), found === about.name ? null : said("small", "", found), place(about), note ? make("small", "why-not", note) : null);
  made.addEventListener("click", choose);
  return make("li", "", made);
};

/* Makes the form live. acts: {entries() -> Promise of Map id -> properties, choose(entry_id), check(text), typing(),
 * remedy(refusal) -> a link}. Gives {tell(text)}, which puts a text into the box that is no question. */
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

  const act = (does) => () => {
    shut();
    does();
  };

  const positionHit = (text) => {
    const made = hit(icon("locate"), "", said("b", "", say("check_position", { text })));
    made.addEventListener("click", act(() => acts.check(text)));
    return make("li", "", made);
  };

  const matchHit = (match, about = match) => {
    const note = [match.restriction === "caution" && say("caution"), match.why_not && whyNot(match.why_not)];
    return entryHit(about, act(() => acts.choose(match.entry_id)), match.matched, note.filter(Boolean).join(" · "));
  };

  /* Nobody may take it for "not on the list" where no list could tell, or where the list is empty. */
  const doubts = ({ verdict, reasons }) =>
    reasons.filter(({ code }) => verdict === "cannot_tell" || code === "empty_edition").map(({ text }) => make("span", "hint", ` ${text}`));

  const present = (text, answer, entries) => {
    const { matches, position, edition, headline } = answer;
    // The numbers of a position are those of houses, too: only a name that fits well stands beside it.
    const named = position ? matches.filter((match) => match.is_match) : matches;
    const items = named.map((match) => matchHit(match, entries.get(match.entry_id)));
    if (position) items.unshift(positionHit(text));
    const several = named.length === 1 ? say("found_one") : say("found_several", { count: named.length });
    const none = edition ? say("found_none", { text, number: edition.number }) : headline;
    if (position) show(items, say("check_position", { text }));
    else if (items.length) show(items, several, ...doubts(answer));
    else show([], none, " ", make("span", "hint", say("found_none_remedy")), ...doubts(answer));
    return position && !named.length;
  };

  /* Whether `text` is a position and nothing else; undefined once another question has been asked. */
  const find = async (text) => {
    running?.abort();
    const { signal } = (running = new AbortController());
    try {
      const question = { mission: page.mission, name: text, personnel: page.personnel, limit: 8 };
      const [answer, entries] = await Promise.all([foundBy(question), acts.entries()]);
      return signal.aborted ? undefined : present(text, answer, entries);
    } catch (reason) {
      if (reason.name === "AbortError") return undefined;
      if (!(reason instanceof Refusal)) throw reason;
      show([], reason.detail ?? say(reason.kind), " ", acts.remedy(reason) ?? "");
      return undefined;
    }
  };

  field.addEventListener("input", () => {
    acts.typing();
    shut();
    const text = field.value.trim();
    list.replaceChildren();
    if (text.length > 1) timer = setTimeout(find, PAUSE_MS, text);
  });
  field.addEventListener("focus", () => prepareNames().catch(() => {}), { once: true }); // who asks is told
  field.addEventListener("focus", () => list.childElementCount && field.value && (box.hidden = false));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    clearTimeout(timer);
    if (!text) return;
    if (await find(text)) act(() => acts.check(text))();
    else list.querySelector("button")?.focus();
  });
  form.addEventListener("keydown", (event) => {
    const { key } = event;
    const stops = [field, ...list.querySelectorAll("button")], at = stops.indexOf(document.activeElement);
    if (key === "Escape" && !box.hidden) {
      event.stopPropagation(); // the card below stays: it answers this box
      shut();
      field.focus();
    }
    if (box.hidden || (key !== "ArrowDown" && key !== "ArrowUp")) return;
    event.preventDefault();
    stops[Math.max(0, Math.min(stops.length - 1, at + (key === "ArrowDown" ? 1 : -1)))].focus();
  });
  document.addEventListener("pointerdown", ({ target }) => form.contains(target) || (box.hidden = true));
  form.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !form.contains(relatedTarget) && (box.hidden = true));
  return {
    tell: (text) => {
      shut();
      list.replaceChildren();
      field.value = text;
    },
  };
};
