/* Reads a position as people write it, where there is no server to ask: decimal degrees, degrees with minutes and
 * seconds, MGRS, UTM with a band, full Plus codes, geo: URIs. The server reads more; what is read here is read as there,
 * and as unsure, which the shared test vectors hold; everything else is not understood. Nothing is guessed. Comes after
 * utm.js, which has the grid.
 *
 *   Offlimits.position(text) -> {lat, lon, uncertainty_m}, or null */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const UNKNOWN_M = 10, MOST_M = 100000, METRES_A_DEGREE = 111700, RAD = Math.PI / 180;

  const isOnEarth = (lat, lon) => Math.abs(lat) <= 90 && Math.abs(lon) <= 180;

  /* Half the diagonal of a cell of degrees, never too small. */
  const halfDiagonal = (lat, high, wide) => {
    const nearest = Math.max(0, Math.abs(lat) - high / 2);
    return Math.hypot(high * METRES_A_DEGREE, wide * METRES_A_DEGREE * Math.cos(nearest * RAD)) / 2;
  };

  const placed = (lat, lon, open_m) => (isOnEarth(lat, lon) ? { lat, lon, uncertainty_m: Math.max(UNKNOWN_M, Math.min(open_m, MOST_M)) } : null);

  const decimalsOf = (text) => (text.split(".")[1] ?? "").length;

  // ---- MGRS and UTM ----------------------------------------------------------------------------------------------------------

  const { fromGrid, BANDS, COLUMNS, ROWS } = Offlimits.utm, SCALE = 0.9996;
  const SQUARE_M = 100000, CYCLE_M = 2000000, HALF_ZONE_DEG = 3, WIDE_HALF_ZONE_DEG = 9;

  /* Squares whose letters are a word beside degrees as well: 52 deg 76. */
  const WORDS = new Set(["DEG", "EST", "JGS", "JUG", "LAT", "LNG", "SEC", "SGS", "SUD", "SUR", "UND"]);

  const isInZone = (zone, band, [lat, lon], slack) => {
    const south = -80 + 8 * BANDS.indexOf(band), north = band === "X" ? 84 : south + 8;
    const off = Math.abs(((lon - (6 * zone - 183) + 540) % 360) - 180), wide = "VX".includes(band) ? WIDE_HALF_ZONE_DEG : HALF_ZONE_DEG;
    return lat >= south - slack && lat <= north + slack && off <= wide + slack / Math.max(Math.cos(lat * RAD), 0.1);
  };

  const fromMgrs = (text) => {
    const found = /^(\d{1,2})\s*([C-HJ-NP-X])\s*([A-HJ-NP-Z])([A-HJ-NP-V])\s*(\d*)(?:\s+(\d+))?$/.exec(text);
    if (!found || WORDS.has(found[2] + found[3] + found[4])) return null;
    const [, zoneText, band, column, row, first, second] = found, zone = Number(zoneText), digits = first + (second ?? "");
    if (zone < 1 || zone > 60 || digits.length % 2 || digits.length > 10 || (second && second.length !== first.length)) return null;
    const across = COLUMNS[zone % 3].indexOf(column), half = digits.length / 2, cell_m = SQUARE_M / 10 ** half;
    if (across < 0 || !digits) return null; // a square alone is 100 km wide, and its letters may be a name
    const up = (ROWS.indexOf(row) - (zone % 2 ? 0 : 5) + 20) % 20;
    const easting = (across + 1) * SQUARE_M + Number(digits.slice(0, half)) * cell_m + cell_m / 2;
    const northing = up * SQUARE_M + Number(digits.slice(half)) * cell_m + cell_m / 2;
    const cycles = [0, 1, 2, 3, 4].map((turn) => fromGrid(zone, band >= "N", easting, northing + turn * CYCLE_M));
    const inside = cycles.filter((place) => isInZone(zone, band, place, 0.01 + cell_m / METRES_A_DEGREE));
    return inside.length === 1 ? placed(...inside[0], (cell_m * Math.SQRT1_2) / SCALE) : null;
  };

  /* N and S can be a hemisphere or a band: that is asked about, so it is not read here. */
  const fromUtm = (text) => {
    const found = /^(\d{1,2})\s*([C-HJ-MP-RT-X])[\s,;]+(\d{6}(?:\.\d+)?)\s*(?:M?\s*E)?[\s,;]+(\d{1,8}(?:\.\d+)?)\s*(?:M?\s*N)?$/.exec(text);
    if (!found) return null;
    const zone = Number(found[1]), place = fromGrid(zone, found[2] >= "N", Number(found[3]), Number(found[4]));
    return zone >= 1 && zone <= 60 && isInZone(zone, found[2], place, 0.01) ? placed(...place, 0) : null;
  };

  // ---- Plus codes, geo: URIs ---------------------------------------------------------------------------------------------------

  const PLUS = "23456789CFGHJMPQRVWX";

  const fromPlusCode = (text) => {
    const found = /^([23456789C][23456789CFGHJMPQRV][23456789CFGHJMPQRVWX]{6})\+((?:[23456789CFGHJMPQRVWX]{2,7})?)$/.exec(text);
    if (!found) return null;
    const digits = [...(found[1] + found[2])].map((one) => PLUS.indexOf(one));
    let lat = -90, lon = -180, high = 400, wide = 400;
    digits.slice(0, 10).forEach((digit, i) => {
      if (i % 2) lon += digit * (wide /= 20);
      else lat += digit * (high /= 20);
    });
    for (const digit of digits.slice(10)) {
      lat += Math.floor(digit / 4) * (high /= 5);
      lon += (digit % 4) * (wide /= 4);
    }
    lat = Math.min(lat, 90 - high);
    return placed(lat + high / 2, lon + wide / 2, halfDiagonal(lat + high / 2, high, wide));
  };

  const fromGeo = (text) => {
    const found = /^geo:(-?\d{1,12}(?:\.\d{1,20})?),(-?\d{1,12}(?:\.\d{1,20})?)(?:,-?\d{1,12}(?:\.\d{1,20})?)?((?:;[a-z0-9-]+(?:=[a-z0-9.-]*)?)*)$/i.exec(text);
    if (!found) return null;
    const [, lat, lon, given] = found, told = given.toLowerCase().split(";").filter(Boolean).map((one) => one.split("="));
    const facts = Object.fromEntries(told), step = 10 ** -Math.max(decimalsOf(lat), decimalsOf(lon));
    if (Object.keys(facts).length < told.length || (facts.crs ?? "wgs84") !== "wgs84") return null;
    const place = placed(Number(lat), Number(lon), halfDiagonal(Number(lat), step, step));
    if (!place || facts.u === undefined) return place;
    const stated_m = /^\d{1,12}(?:\.\d{1,20})?$/.test(facts.u) ? Number(facts.u) : Infinity;
    return stated_m <= MOST_M ? { ...place, uncertainty_m: stated_m } : null;
  };

  // ---- degrees -------------------------------------------------------------------------------------------------------------------

  const NUMBER = String.raw`(\d{1,3}(?:[.,]\d{1,12})?)`, REST = String.raw`(\d{1,2}(?:[.,]\d{1,12})?)`;
  const ANGLE = String.raw`${NUMBER}(?:\s*°|(?=\s|[NSEW]|$))(?:\s*${REST}(?:\s*'|(?=\s|[NSEW]|$))(?:\s*${REST}(?:\s*"|(?=\s|[NSEW]|$)))?)?`;
  const AFTER = new RegExp(String.raw`^${ANGLE}\s*([NSEW])[\s,;/]*${ANGLE}\s*([NSEW])$`);
  const BEFORE = new RegExp(String.raw`^([NSEW])\s*${ANGLE}[\s,;/]*([NSEW])\s*${ANGLE}$`);
  const MARKED = new RegExp(String.raw`^(\d{1,3})°\s*(\d{1,2})'\s*(?:${REST}"\s*)?[\s,;/]*(\d{1,3})°\s*(\d{1,2})'\s*(?:${REST}"\s*)?$`);
  const DECIMAL = /^([-+]?\d{1,3}\.\d{1,15})(?:\s*[,;]\s*|\s+)([-+]?\d{1,3}\.\d{1,15})$/;

  const angle = (texts, side) => {
    const words = texts.filter((text) => text !== undefined).map((text) => text.replace(",", ".")), numbers = words.map(Number);
    if (words.slice(0, -1).some((word) => word.includes(".")) || numbers.slice(1).some((number) => number >= 60)) return null;
    const degrees = numbers.reduce((sum, number, power) => sum + number / 60 ** power, 0);
    const step = 60 ** (1 - words.length) * 10 ** -decimalsOf(words.at(-1));
    return { degrees: "SW".includes(side) && side ? -degrees : degrees, step, parts: words.length, isLat: "NS".includes(side) };
  };

  const pair = (one, other) => {
    if (!one || !other || one.isLat === other.isLat || one.parts !== other.parts) return null;
    const [lat, lon] = one.isLat ? [one, other] : [other, one], step = Math.min(lat.step, lon.step);
    return placed(lat.degrees, lon.degrees, halfDiagonal(lat.degrees, step, step));
  };

  const fromDegrees = (text) => {
    const capitals = text.toUpperCase(), after = AFTER.exec(capitals), before = BEFORE.exec(capitals), marked = MARKED.exec(text), plain = DECIMAL.exec(text);
    if (plain) {
      const [lat, lon] = plain.slice(1), step = 10 ** -Math.max(decimalsOf(lat), decimalsOf(lon));
      return placed(Number(lat), Number(lon), halfDiagonal(Number(lat), step, step));
    }
    if (after) return pair(angle(after.slice(1, 4), after[4]), angle(after.slice(5, 8), after[8]));
    if (before) return pair(angle(before.slice(2, 5), before[1]), angle(before.slice(6, 9), before[5]));
    return marked ? pair(angle(marked.slice(1, 4), "N"), angle(marked.slice(4, 7), "E")) : null;
  };

  // ---- the text ---------------------------------------------------------------------------------------------------------------------

  const SIGNS = [[/[º˚∘⁰]/g, "°"], [/[′’‘ʹ´`ʼ]/g, "'"], [/[″“”ʺ„]|''/g, '"'], [/[−–—‒]/g, "-"], [/[，،]/g, ","], [/；/g, ";"]];

  const plainOf = (text) => {
    let plain = text;
    for (const [signs, sign] of SIGNS) plain = plain.replace(signs, sign);
    return plain.normalize("NFKC").replace(/\s+/g, " ").trim().replace(/[.,;]+$/, "");
  };

  const position = (text) => {
    if (text.length > 200 || /[\u202d\u202e]/.test(text)) return null;
    if (/^geo:/i.test(text.trim())) return fromGeo(text.trim());
    const plain = plainOf(text), capitals = plain.toUpperCase();
    return fromPlusCode(capitals) ?? fromUtm(capitals) ?? fromMgrs(capitals) ?? fromDegrees(plain);
  };

  /* Whether a text that is not understood was meant as a position: digits and signs, and no word. */
  const looksLikePosition = (text) => /\d.*(?:\D\d|[°+])|[°+].*\d/.test(text) && !/\p{L}{3,}/u.test(text);

  Object.assign(Offlimits, { position, looksLikePosition });
})();
