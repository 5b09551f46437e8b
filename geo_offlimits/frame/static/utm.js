/* The grid of UTM in both directions, and a place written as MGRS, with the digits that the server writes.
 *
 * Krüger's series in the third flattening, to its sixth power: under a millimetre in a zone and the next beside it.
 *
 *   Offlimits.utm.fromGrid(zone, north, easting, northing) -> [lat, lon]
 *   Offlimits.utm.toGrid(zone, north, lat, lon)            -> [easting, northing]
 *   Offlimits.utm.zoneOf(lat, lon), .bandOf(lat)           the grid zone, as 32 and "V"; null near the poles
 *   Offlimits.utm.squareOf(zone, easting, northing)        the letters of a square of 100 km
 *   Offlimits.mgrs(lat, lon, unsure_m)                     "34T EN 13113 23071"; null near the poles, which have no UTM */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const RAD = Math.PI / 180, N = 1 / (2 * 298.257223563 - 1), SCALE = 0.9996, FALSE_EAST_M = 500000, FALSE_NORTH_M = 10000000;
  const RECTIFIED_M = (6378137 / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64 + N ** 6 / 256), E2 = (4 * N) / (1 + N) ** 2, E = Math.sqrt(E2);
  const ALPHA = [
    N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4 - (127 / 288) * N ** 5 + (7891 / 37800) * N ** 6,
    (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4 + (281 / 630) * N ** 5 - (1983433 / 1935360) * N ** 6,
    (61 / 240) * N ** 3 - (103 / 140) * N ** 4 + (15061 / 26880) * N ** 5 + (167603 / 181440) * N ** 6,
    (49561 / 161280) * N ** 4 - (179 / 168) * N ** 5 + (6601661 / 7257600) * N ** 6,
    (34729 / 80640) * N ** 5 - (3418889 / 1995840) * N ** 6,
    (212378941 / 319334400) * N ** 6,
  ];
  const BETA = [
    N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3 - (1 / 360) * N ** 4 - (81 / 512) * N ** 5 + (96199 / 604800) * N ** 6,
    (1 / 48) * N ** 2 + (1 / 15) * N ** 3 - (437 / 1440) * N ** 4 + (46 / 105) * N ** 5 - (1118711 / 3870720) * N ** 6,
    (17 / 480) * N ** 3 - (37 / 840) * N ** 4 - (209 / 4480) * N ** 5 + (5569 / 90720) * N ** 6,
    (4397 / 161280) * N ** 4 - (11 / 504) * N ** 5 - (830251 / 7257600) * N ** 6,
    (4583 / 161280) * N ** 5 - (108847 / 3991680) * N ** 6,
    (20648693 / 638668800) * N ** 6,
  ];

  // ---- the projection ------------------------------------------------------------------------------------------------

  const latitudeOf = (conformal) => {
    const wanted = Math.tan(conformal);
    let tau = wanted;
    for (let turn = 0; turn < 6; turn += 1) {
      const sigma = Math.sinh(E * Math.atanh((E * tau) / Math.hypot(1, tau)));
      const here = tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau), step = ((wanted - here) / Math.hypot(1, here)) * ((1 + (1 - E2) * tau * tau) / ((1 - E2) * Math.hypot(1, tau)));
      tau += step;
      if (Math.abs(step) < 1e-13) break;
    }
    return Math.atan(tau) / RAD;
  };

  const turned = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;

  const fromGrid = (zone, north, easting, northing) => {
    const xi = (northing - (north ? 0 : FALSE_NORTH_M)) / (SCALE * RECTIFIED_M), eta = (easting - FALSE_EAST_M) / (SCALE * RECTIFIED_M);
    const x = BETA.reduce((sum, b, i) => sum - b * Math.sin(2 * (i + 1) * xi) * Math.cosh(2 * (i + 1) * eta), xi);
    const y = BETA.reduce((sum, b, i) => sum - b * Math.cos(2 * (i + 1) * xi) * Math.sinh(2 * (i + 1) * eta), eta);
    return [latitudeOf(Math.asin(Math.sin(x) / Math.cosh(y))), turned(Math.atan2(Math.sinh(y), Math.cos(x)) / RAD + 6 * zone - 183)];
  };

  const toGrid = (zone, north, lat, lon) => {
    const sin = Math.sin(lat * RAD), off = turned(lon - (6 * zone - 183)) * RAD;
    const t = Math.sinh(Math.atanh(sin) - E * Math.atanh(E * sin));
    const x = Math.atan2(t, Math.cos(off)), y = Math.atanh(Math.sin(off) / Math.hypot(1, t));
    const xi = ALPHA.reduce((sum, a, i) => sum + a * Math.sin(2 * (i + 1) * x) * Math.cosh(2 * (i + 1) * y), x);
    const eta = ALPHA.reduce((sum, a, i) => sum + a * Math.cos(2 * (i + 1) * x) * Math.sinh(2 * (i + 1) * y), y);
    return [FALSE_EAST_M + SCALE * RECTIFIED_M * eta, (north ? 0 : FALSE_NORTH_M) + SCALE * RECTIFIED_M * xi];
  };

  // ---- zones, bands and squares ----------------------------------------------------------------------------------------

  const BANDS = "CDEFGHJKLMNPQRSTUVWX", COLUMNS = ["STUVWXYZ", "ABCDEFGH", "JKLMNPQR"], ROWS = "ABCDEFGHJKLMNPQRSTUV", SQUARE_M = 100000;
  const SOUTHMOST = -80, NORTHMOST = 84, EDGE_DEG = 1e-5; // what lies a metre beyond is still written, as by the server

  const bandOf = (lat) => (lat < SOUTHMOST - EDGE_DEG || lat >= NORTHMOST + EDGE_DEG ? null : BANDS[Math.min(19, Math.max(0, Math.floor((lat - SOUTHMOST) / 8)))]);

  /* Svalbard has four zones instead of seven, and 32V reaches over half of 31V to the coast of Norway. */
  const zoneOf = (lat, lon) => {
    const at = turned(lon), band = bandOf(lat);
    if (band === "V" && at >= 3 && at < 12) return 32;
    if (band === "X" && at >= 0 && at < 42) return at < 9 ? 31 : at < 21 ? 33 : at < 33 ? 35 : 37;
    return Math.floor((at + 180) / 6) + 1;
  };

  const squareOf = (zone, easting, northing) => {
    const row = Math.floor(northing / SQUARE_M) + (zone % 2 ? 0 : 5);
    return (COLUMNS[zone % 3][Math.floor(easting / SQUARE_M) - 1] ?? "") + ROWS[((row % 20) + 20) % 20];
  };

  // ---- a place in words --------------------------------------------------------------------------------------------------

  const SURE_M = 10, MOST_DIGITS = 5, HALF_NORTH_DEG = 4.6e-6, HALF_EAST_DEG = 9.2e-6, ROUNDING_M = 0.0005;

  /* As on the server: what is known to 10 m is written to a metre; else the last digit is worth less than what is not known. */
  const digitsOf = (unsure_m) => {
    if (unsure_m <= SURE_M) return MOST_DIGITS;
    return [0, 1, 2, 3, 4, 5].find((digits) => SQUARE_M / 10 ** digits < unsure_m) ?? MOST_DIGITS;
  };

  /* Half a metre before the equator, and before Norway's zone, a place is written in the zone that begins there. */
  const settled = (lat, lon) => {
    const at = lat > -HALF_NORTH_DEG && lat < 0 ? 0 : lat, gap = 3 - lon, beforeNorway = at + HALF_NORTH_DEG >= 56 && at < 64;
    return [at, beforeNorway && gap > 0 && gap < HALF_EAST_DEG ? 3 : lon];
  };

  const mgrs = (given, along, unsure_m = 0) => {
    const [lat, lon] = settled(given, turned(along)), band = bandOf(lat), zone = zoneOf(lat, lon);
    if (!band) return null;
    const [easting, northing] = toGrid(zone, lat >= 0, lat, lon).map((metres) => metres + ROUNDING_M), digits = digitsOf(unsure_m);
    const part = (metres) => String(Math.floor(metres % SQUARE_M)).padStart(MOST_DIGITS, "0").slice(0, digits);
    return `${String(zone).padStart(2, "0")}${band} ${squareOf(zone, easting, northing)} ${part(easting)} ${part(northing)}`.trim();
  };

  Object.assign(Offlimits, { mgrs, utm: { fromGrid, toGrid, zoneOf, bandOf, squareOf, BANDS, COLUMNS, ROWS } });
})();
