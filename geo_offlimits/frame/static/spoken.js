/* How a language writes days, numbers, distances, ages, lists and hours, from the forms that the server gives
 * (geo_offlimits/lookup/spoken.py): browsers hold fewer languages than we speak, and would write their user's instead.
 * Pages load it before their modules, the page of its own carries it: it is the same text in both, and as the server writes. */
(() => {
  "use strict";
  // As the server counts: 6 days are "6 days ago", 6.1 days "1 week ago"; nothing is finer than a minute.
  const AGES = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const NEARLY = 0.85, KILOMETRE_M = 1000, DAYS_A_WEEK = 7;

  const joined = (shape, first, second) => shape.replace(/\{([01])\}/g, (_, at) => (at === "0" ? first : second));

  /* Days of the week, 1 is Monday, as runs of neighbours: [[1, 1], [5, 6]]. */
  const runs = (days) => {
    const found = [];
    for (const day of [...days].sort((one, other) => one - other)) {
      const last = found.at(-1);
      if (last && last[1] === day - 1) last[1] = day;
      else found.push([day, day]);
    }
    return found;
  };

  /**
   * @param {Record<string, any>} forms of one language
   * @param {string} language BCP 47, for its plurals
   */
  globalThis.offlimitsSpoken = (forms, language) => {
    const plural = new Intl.PluralRules([language, "en"]);

    /* To one decimal. */
    const number = (value) => {
      const [whole, part] = String(Math.round(value * 10) / 10).split(".");
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, forms.group);
      return part ? grouped + forms.decimal + part : grouped;
    };

    const distance = (metres) => {
      const isNear = metres < KILOMETRE_M;
      return (isNear ? forms.metres : forms.kilometres).replace("{number}", number(isNear ? Math.round(metres) : metres / KILOMETRE_M));
    };

    /* The day of an instant in a time zone. A date is a date everywhere. */
    const day = (instant, timeZone = "UTC") => {
      const zone = instant.length > "2026-03-31".length ? timeZone : "UTC";
      const part = globalThis.offlimitsWall(Date.parse(instant), zone);
      return forms.day.replace(/MMM|d|y/g, (token) => ({ MMM: forms.months[part.month - 1], d: part.day, y: part.year })[token]);
    };

    const age = (instant) => {
      const seconds = (new Date(instant) - Date.now()) / 1000;
      const [name, length] = AGES.find(([, length]) => Math.abs(seconds) >= NEARLY * length) ?? AGES.at(-1);
      const count = Math.max(1, Math.round(Math.abs(seconds) / length)), shapes = forms.ages[name][seconds > 0 ? "future" : "past"];
      return (shapes[plural.select(count)] ?? shapes.other).replace("{0}", number(count));
    };

    /* Parts of one thing, as a street and its town, with the reader's comma where they are in their script. */
    const beside = (texts) => {
      const told = texts.filter(Boolean), isOfReader = forms.comma !== ", " && /\p{Script=Arabic}/u.test(told.join(""));
      return told.join(isOfReader ? forms.comma : ", ");
    };

    /* Several things of one kind. */
    const listed = (texts) => {
      if (texts.length < 2) return texts.join("");
      if (texts.length === 2) return joined(forms.list[2], ...texts);
      const [first, ...rest] = texts, last = rest.pop();
      let made = joined(forms.list.end, rest.pop(), last);
      while (rest.length) made = joined(forms.list.middle, rest.pop(), made);
      return joined(forms.list.start, first, made);
    };

    const weekdays = (days) => {
      if (days.length === DAYS_A_WEEK) return forms.every_day;
      const name = (number) => forms.weekdays[number - 1];
      return beside(runs(days).map(([first, last]) => (first === last ? name(first) : `${name(first)}–${name(last)}`)));
    };

    /* A weekly schedule: "Fri–Sat 22:00–04:00". Its time zone is named where it is not the list's. */
    const hours = ({ weekly, tz }, timeZone) => {
      const spans = weekly.map(({ days, from, to }) => `${weekdays(days)} ${from === to ? forms.all_day : `${from}–${to}`}`);
      return spans.join("; ") + (tz && timeZone && tz !== timeZone ? ` (${tz})` : "");
    };

    return { number, distance, day, age, beside, listed, hours };
  };
})();
