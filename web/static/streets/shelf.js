/* Gives the map the tiles that lie on this device: Offlimits.keptStreets, which the layer of streets asks first. */
import { all, archiveOf } from "./store.js";

/** @type {{area: import("./store.js").Kept, archive: Promise<any>}[]} */
let shelf = [];

const lonOf = (x, z) => (x / 2 ** z) * 360 - 180;
const latOf = (y, z) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;

/** Whether a tile lies at least partly in an area. */
const touches = ([west, south, east, north], z, x, y) =>
  lonOf(x, z) < east && lonOf(x + 1, z) > west && latOf(y + 1, z) < north && latOf(y, z) > south;

/** A PMTiles archive in the renderer's own reader, out of a Blob: it reads the pieces that it needs. */
const archiveIn = (area, blob) => {
  const { constructor: PMTiles } = new window.protomapsL.PmtilesSource("kept.pmtiles", true).p;
  return new PMTiles({
    getKey: () => area.id,
    getBytes: async (offset, length) => ({ data: await blob.slice(offset, offset + length).arrayBuffer() }),
  });
};

/** @returns {Promise<ArrayBuffer | undefined>} the tile, unpacked, or undefined where none lies here */
const tile = async (z, x, y) => {
  for (const one of shelf) {
    if (!touches(one.area.bbox, z, x, y)) continue;
    one.archive ??= archiveOf(one.area.id).then((blob) => blob && archiveIn(one.area, blob));
    const found = await (await one.archive)?.getZxy(z, x, y);
    if (found) return found.data;
  }
  return undefined;
};

/* Pictures, or shapes to be drawn? What was kept last says so for all, as told at the head of its archive (PMTiles 3). */
const TYPE_AT = 99, DEEPEST_AT = 101, SHAPES = 1, HEAD_BYTES = 127;
const kindOf = async ({ id }) => {
  const head = new Uint8Array(await (await archiveOf(id)).slice(0, HEAD_BYTES).arrayBuffer());
  return { isRaster: head[TYPE_AT] !== SHAPES, maxZoom: head[DEEPEST_AT] };
};

/** Reads anew what lies here, after something was kept or removed. @returns {Promise<import("./store.js").Kept[]>} */
export const refresh = async () => {
  const areas = await all();
  shelf = areas.map((area) => ({ area, archive: undefined }));
  window.Offlimits.keptStreets = areas.length ? { tile, ...(await kindOf(areas[0])) } : null;
  return areas;
};
