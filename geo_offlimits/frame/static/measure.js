/* Distances on WGS 84 in metres, and whether a place lies inside an outline.
 *
 * A distance is measured along the straight line through the Earth and bent to the ground by the curvature in its
 * direction: under 1 mm off to 100 km; what is further off is only "far". Edges are straight in longitude and latitude;
 * where that is not straight on the ground, near a pole, an edge is measured in pieces. */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const EQUATOR_M = 6378137, ECCENTRICITY_2 = 0.00669437999014132, RAD = Math.PI / 180, ON_EDGE_M = 0.001, STRAIGHT_M = 0.0005, MOST_PIECES = 20000;

  const ecef = (lat, lon) => {
    const sin = Math.sin(lat * RAD), normal = EQUATOR_M / Math.sqrt(1 - ECCENTRICITY_2 * sin * sin), flat = normal * Math.cos(lat * RAD);
    return [flat * Math.cos(lon * RAD), flat * Math.sin(lon * RAD), normal * (1 - ECCENTRICITY_2) * sin];
  };

  /* What turns [longitude, latitude] into metres east, north and up of a place. */
  const plane = (lat, lon) => {
    const [x0, y0, z0] = ecef(lat, lon), sinLat = Math.sin(lat * RAD), cosLat = Math.cos(lat * RAD), sinLon = Math.sin(lon * RAD), cosLon = Math.cos(lon * RAD);
    return ([toLon, toLat]) => {
      const [x, y, z] = ecef(toLat, toLon), dx = x - x0, dy = y - y0, dz = z - z0, out = cosLon * dx + sinLon * dy;
      return [cosLon * dy - sinLon * dx, cosLat * dz - sinLat * out, cosLat * out + sinLat * dz];
    };
  };

  let last = { turn: null };

  /* The plane of the place asked about last: ten thousand entries are measured from one place. */
  const planeAt = (lat, lon) => {
    if (last.lat !== lat || last.lon !== lon) last = { lat, lon, turn: plane(lat, lon) };
    return last.turn;
  };

  const length = (v) => Math.hypot(v[0], v[1], v[2]);

  /* Metres along the ground of a vector in the plane of a place at this latitude. */
  const ground = (lat, v) => {
    const chord = length(v), sin2 = Math.sin(lat * RAD) ** 2, normal = EQUATOR_M / Math.sqrt(1 - ECCENTRICITY_2 * sin2);
    const meridian = (1 - ECCENTRICITY_2 * sin2) / (1 - ECCENTRICITY_2), flat2 = v[0] * v[0] + v[1] * v[1] || 1;
    const bent = (((1 + (v[1] * v[1] / flat2) * (meridian - 1)) / normal) * chord) ** 2;
    return chord * (1 + bent / 24 + (3 * bent * bent) / 640);
  };

  const nearestOn = (a, b) => {
    const d = [b[0] - a[0], b[1] - a[1], b[2] - a[2]], square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    const t = square ? Math.min(1, Math.max(0, -(a[0] * d[0] + a[1] * d[1] + a[2] * d[2]) / square)) : 0;
    return [a[0] + t * d[0], a[1] + t * d[1], a[2] + t * d[2]];
  };

  const polygonsOf = ({ type, coordinates }) => (type === "Polygon" ? [coordinates] : type === "MultiPolygon" ? coordinates : []);

  /* A cut along the antimeridian and a side at a pole are no edges. */
  const isEdge = ([lon0, lat0], [lon1, lat1]) => !(lon0 === lon1 && Math.abs(lon0) === 180) && !(lat0 === lat1 && Math.abs(lat0) === 90);

  const crosses = (ring, lat, lon) => {
    let odd = false;
    for (let i = 1; i < ring.length; i += 1) {
      const [x0, y0] = ring[i - 1], [x1, y1] = ring[i];
      if (y0 > lat !== y1 > lat && lon < x0 + ((lat - y0) * (x1 - x0)) / (y1 - y0)) odd = !odd;
    }
    return odd;
  };

  const holdsPole = (polygon, lat) => polygon[0].some(([, one], i) => i > 0 && one === lat && polygon[0][i - 1][1] === lat);

  const holdsAt = (polygon, lat, lon) =>
    Math.abs(lat) === 90 ? holdsPole(polygon, lat) : crosses(polygon[0], lat, lon) && !polygon.slice(1).some((hole) => crosses(hole, lat, lon));

  /* At the antimeridian itself a place is just east and just west of it. */
  const meridians = (lon) => (Math.abs(lon) === 180 ? [180 - 1e-12 * 180, -180] : [lon]);

  /* Whether a place lies inside a polygon or several, not in their holes. */
  const inside = (geometry, lat, lon) => polygonsOf(geometry).some((polygon) => meridians(lon).some((at) => holdsAt(polygon, lat, at)));

  /* How many straight pieces follow an edge to a thousandth of a metre. */
  const piecesOf = ([lon0, lat0], [lon1, lat1]) => {
    const east = Math.abs(lon1 - lon0) * RAD, most = Math.max(Math.abs(lat0), Math.abs(lat1)), least = Math.min(Math.abs(lat0), Math.abs(lat1));
    const long_m = EQUATOR_M * Math.hypot(east * Math.cos(least * RAD), (lat1 - lat0) * RAD);
    const off_m = (long_m * east * Math.sin(most * RAD)) / 8;
    return Math.min(MOST_PIECES, Math.max(1, Math.ceil(Math.sqrt(off_m / STRAIGHT_M))));
  };

  const nearestOnEdge = (one, other, turn) => {
    const pieces = piecesOf(one, other);
    const spots = Array.from({ length: pieces + 1 }, (_, i) => turn([0, 1].map((axis) => one[axis] + ((other[axis] - one[axis]) * i) / pieces)));
    return nearer(spots.slice(1).map((spot, i) => nearestOn(spots[i], spot)));
  };

  const nearer = (vectors) => vectors.reduce((best, one) => (length(one) < length(best) ? one : best));

  const edgeVector = (geometry, turn) =>
    nearer(polygonsOf(geometry).flat().flatMap((ring) => ring.slice(1).flatMap((corner, i) => (isEdge(ring[i], corner) ? [nearestOnEdge(ring[i], corner, turn)] : []))));

  /* {distance_m (0 inside), depth_m (to the edge, null outside), bearing_deg (null inside)} of a footprint. */
  const measured = (geometry, lat, lon) => {
    const turn = planeAt(lat, lon), isPoint = geometry.type === "Point";
    const vector = isPoint ? turn(geometry.coordinates) : edgeVector(geometry, turn), far = ground(lat, vector);
    if (!isPoint && (far < ON_EDGE_M || inside(geometry, lat, lon))) return { distance_m: 0, depth_m: far, bearing_deg: null };
    return { distance_m: far, depth_m: null, bearing_deg: (Math.atan2(vector[0], vector[1]) / RAD + 360) % 360 };
  };

  Object.assign(Offlimits, { inside, measured });
})();
