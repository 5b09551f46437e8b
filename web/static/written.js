/* A position in every notation, as finely as it is known: as geo_offlimits/lookup/writing.py writes it, which a test
 * holds this to. Where UTM ends, near the poles, MGRS and UTM are left out. The grid is the frame's (utm.js). */

const UNKNOWN_M = 10, METRES_A_DEGREE = 111700;

/* So many decimals of a unit that the last is worth less than what is not known; `most` where it is sure to 10 m. */
const places = (most, unit_m, unsure_m) => {
  if (unsure_m <= UNKNOWN_M) return most;
  for (let count = 0; count < most; count += 1) if (unit_m * 10 ** -count < unsure_m) return count;
  return most;
};

const rounded = (degrees, digits) => {
  const text = degrees.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
};

const decimal = (degrees, unsure_m) => rounded(degrees, places(6, METRES_A_DEGREE, unsure_m));

const sexagesimal = (degrees, units, digits) => {
  const scale = 10 ** digits, count = Math.round(Math.abs(degrees) * units * scale), rest = count % (units * scale);
  return [Math.floor(count / (units * scale)), Math.floor(rest / (60 * scale)), (rest % (60 * scale)) / scale];
};

const padded = (value, digits) => value.toFixed(digits).padStart(digits ? digits + 3 : 2, "0");

const dm = (degrees, letters, unsure_m) => {
  const digits = places(4, METRES_A_DEGREE / 60, unsure_m), [whole, , minutes] = sexagesimal(degrees, 60, digits);
  return `${padded(whole, 0)}°${padded(minutes, digits)}′${letters[Number(degrees < 0)]}`;
};

const dms = (degrees, letters, unsure_m) => {
  if (unsure_m > METRES_A_DEGREE / 60) return dm(degrees, letters, unsure_m);
  const digits = places(2, METRES_A_DEGREE / 3600, unsure_m), [whole, minutes, seconds] = sexagesimal(degrees, 3600, digits);
  return `${padded(whole, 0)}°${padded(minutes, 0)}′${padded(seconds, digits)}″${letters[Number(degrees < 0)]}`;
};

const utm = (lat, lon) => {
  const { zoneOf, toGrid } = window.Offlimits.utm, zone = zoneOf(lat, lon), [easting, northing] = toGrid(zone, lat >= 0, lat, lon);
  return `${zone} ${lat < 0 ? "south" : "north"} ${easting.toFixed(0).padStart(6, "0")} ${northing.toFixed(0).padStart(7, "0")}`;
};

// ---- Plus codes --------------------------------------------------------------------------------------------------------------

const PLUS = "23456789CFGHJMPQRVWX", LENGTHS = [12, 11, 10, 8, 6, 4], CELLS_DEG = [1 / 200000, 1 / 40000, 1 / 8000, 1 / 400, 1 / 20, 1];
const PAIRS = 5, FINE = 5, LAT_STEP = 8000 * 5 ** FINE, LON_STEP = 8000 * 4 ** FINE;

const plusCode = (lat, lon, unsure_m) => {
  const fit = LENGTHS.filter((_, i) => CELLS_DEG[i] * METRES_A_DEGREE < unsure_m), length = unsure_m > UNKNOWN_M && fit.length ? fit.at(-1) : 12;
  let up = Math.min(Math.floor(Number(((lat + 90) * LAT_STEP).toFixed(3))), 180 * LAT_STEP - 1);
  let across = Math.floor(Number(((lon + 180) * LON_STEP).toFixed(3))) % (360 * LON_STEP), code = "";
  for (let i = 0; i < FINE; i += 1) {
    code = PLUS[(up % 5) * 4 + (across % 4)] + code;
    [up, across] = [Math.floor(up / 5), Math.floor(across / 4)];
  }
  for (let i = 0; i < PAIRS; i += 1) {
    code = PLUS[up % 20] + PLUS[across % 20] + code;
    [up, across] = [Math.floor(up / 20), Math.floor(across / 20)];
  }
  const kept = code.slice(0, Math.min(length, 8)).padEnd(8, "0");
  return `${kept}+${length > 8 ? code.slice(8, length) : ""}`;
};

/** @param {{lat: number, lon: number, uncertainty_m: number}} position @returns {Record<string, string>} */
export const notations = ({ lat, lon, uncertainty_m: unsure_m }) => {
  const known = {
    decimal: `${decimal(lat, unsure_m)}, ${decimal(lon, unsure_m)}`,
    dms: `${dms(lat, "NS", unsure_m)} ${dms(lon, "EW", unsure_m)}`,
    dm: `${dm(lat, "NS", unsure_m)} ${dm(lon, "EW", unsure_m)}`,
  };
  const mgrs = window.Offlimits.mgrs(lat, lon, unsure_m);
  if (mgrs !== null) Object.assign(known, { mgrs, utm: utm(lat, lon) });
  const stated = unsure_m > UNKNOWN_M ? `;u=${Math.ceil(unsure_m)}` : "";
  return { ...known, plus: plusCode(lat, lon, unsure_m), geo: `geo:${rounded(lat, 6)},${rounded(lon, 6)}${stated}` };
};
