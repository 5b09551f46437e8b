/* What calendar and clock show on a wall in a time zone. Pages load it before their
 * modules, the page of its own carries it.
 *
 * `Temporal` (TC39) tells it in a twentieth of the time that the first `Intl.DateTimeFormat` of a browser takes, which is
 * a tenth of a second on a slow phone: before the list is open, and before the first answer. Where a browser has no
 * `Temporal`, `Intl` tells the same. */
(() => {
  "use strict";
  const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  /** @type {Intl.DateTimeFormatOptions} */
  const PARTS = { weekday: "short", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" };
  const formats = new Map();

  const formatOf = (timeZone) => {
    if (!formats.has(timeZone)) formats.set(timeZone, new Intl.DateTimeFormat("en-US", { timeZone, calendar: "gregory", numberingSystem: "latn", ...PARTS }));
    return formats.get(timeZone);
  };

  const byTemporal = (at, timeZone) => {
    const { year, month, day, dayOfWeek: weekday, hour, minute, second } = globalThis.Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
    return { year, month, day, weekday, hour, minute, second };
  };

  const byIntl = (at, timeZone) => {
    const { weekday, ...parts } = Object.fromEntries(formatOf(timeZone).formatToParts(at).map(({ type, value }) => [type, value]));
    const numbers = ["year", "month", "day", "hour", "minute", "second"].map((name) => [name, Number(parts[name])]);
    return { ...Object.fromEntries(numbers), weekday: WEEKDAYS.indexOf(weekday) + 1 };
  };

  /**
   * @param {number} at milliseconds since 1970
   * @param {string} timeZone IANA
   * @returns {{year: number, month: number, day: number, weekday: number, hour: number, minute: number, second: number}} 1 is Monday
   * @throws {RangeError} of a zone that the browser does not know, and of what is no time
   */
  globalThis.offlimitsWall = (at, timeZone) => (globalThis.Temporal ? byTemporal : byIntl)(Math.floor(at), timeZone);
})();
