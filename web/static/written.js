/* A position in every notation, as finely as it is known: as geo_offlimits/lookup/writing.py writes it, which a test
 * holds this to. Where UTM ends, near the poles, MGRS and UTM are left out. */

const UNKNOWN_M = 10, METRES_A_DEGREE = 111700, RAD = Math.PI / 180;

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

// ---- the grid of UTM: Krüger's series in the third flattening ------------------------------------------------------------

const N = 1 / (2 * 298.257223563 - 1), SCALE = 0.9996, RECTIFIED_M = (6378137 / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
  (61 / 240) * N ** 3 - (103 / 140) * N ** 4,
  (49561 / 161280) * N ** 4,
];
const BANDS = "CDEFGHJKLMNPQRSTUVWXX", COLUMNS = ["STUVWXYZ", "ABCDEFGH", "JKLMNPQR"], ROWS = "ABCDEFGHJKLMNPQRSTUV";
const SOUTHMOST = -80, NORTHMOST = 84, NORWAY = { south: 56, north: 64, west: 3, east: 12 }, SVALBARD = [[9, 31], [21, 33], [33, 35], [42, 37]];

const zoneOf = (lat, lon) => {
  if (lat >= NORWAY.south && lat < NORWAY.north && lon >= NORWAY.west && lon < NORWAY.east) return 32;
  if (lat >= 72 && lon >= 0 && lon < 42) return SVALBARD.find(([east]) => lon < east)[1];
  return (Math.floor((lon + 180) / 6) % 60) + 1;
};

const toGrid = (zone, lat, lon) => {
  const eccentricity = (2 * Math.sqrt(N)) / (1 + N), sin = Math.sin(lat * RAD);
  const t = Math.sinh(Math.atanh(sin) - eccentricity * Math.atanh(eccentricity * sin)), east = (((lon - (6 * zone - 183) + 540) % 360) - 180) * RAD;
  const xi = Math.atan2(t, Math.cos(east)), eta = Math.asinh(Math.sin(east) / Math.hypot(t, Math.cos(east)));
  const across = ALPHA.reduce((sum, a, i) => sum + a * Math.cos(2 * (i + 1) * xi) * Math.sinh(2 * (i + 1) * eta), eta);
  const up = ALPHA.reduce((sum, a, i) => sum + a * Math.sin(2 * (i + 1) * xi) * Math.cosh(2 * (i + 1) * eta), xi);
  return [500000 + SCALE * RECTIFIED_M * across, (lat < 0 ? 10000000 : 0) + SCALE * RECTIFIED_M * up];
};

const EXACT_M = 1e-6; // a whole metre stays one, whatever the last bits of a sum

const five = (value) => String(value % 100000).padStart(5, "0");

const mgrs = (zone, lat, [easting, northing], unsure_m) => {
  const east = Math.floor(easting + EXACT_M), north = Math.floor(northing + EXACT_M), digits = places(5, 100000, unsure_m);
  const column = COLUMNS[zone % 3][Math.floor(east / 100000) - 1], row = ROWS[(Math.floor(north / 100000) + (zone % 2 ? 0 : 5)) % 20];
  const head = `${String(zone).padStart(2, "0")}${BANDS[Math.floor((lat + 80) / 8)]} ${column}${row}`;
  return `${head} ${five(east).slice(0, digits)} ${five(north).slice(0, digits)}`.trim();
};

const utm = (zone, lat, [easting, northing]) =>
  `${zone} ${lat < 0 ? "south" : "north"} ${easting.toFixed(0).padStart(6, "0")} ${northing.toFixed(0).padStart(7, "0")}`;

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
  if (lat >= SOUTHMOST && lat < NORTHMOST) {
    const zone = zoneOf(lat, lon), grid = toGrid(zone, lat, lon);
    Object.assign(known, { mgrs: mgrs(zone, lat, grid, unsure_m), utm: utm(zone, lat, grid) });
  }
  const stated = unsure_m > UNKNOWN_M ? `;u=${Math.ceil(unsure_m)}` : "";
  return { ...known, plus: plusCode(lat, lon, unsure_m), geo: `geo:${rounded(lat, 6)},${rounded(lon, 6)}${stated}` };
};
