/* The streets that lie on this device: whole archives in IndexedDB, each with the area that it covers. It is public map
 * data, and nothing of a list or a person is kept with it.
 *
 * @typedef {{id: string, source: string, title: string, bbox: [number, number, number, number], bytes: number, kept_at: string}} Kept
 *   source: address of the street map it was cut from; bbox: west, south, east, north in degrees */

const NAME = "offlimits-streets", AREAS = "areas", ARCHIVES = "archives";

/** @returns {Promise<IDBDatabase>} */
const opened = () => new Promise((done, failed) => {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore(AREAS, { keyPath: "id" });
    asked.result.createObjectStore(ARCHIVES);
  };
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});

/** Runs `work` on both stores; gives what its request gave, once everything is on the disk. */
const transact = async (mode, work) => {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const running = database.transaction([AREAS, ARCHIVES], mode);
      const asked = work(running.objectStore(AREAS), running.objectStore(ARCHIVES));
      running.oncomplete = () => done(asked?.result);
      running.onabort = running.onerror = () => failed(running.error);
    });
  } finally {
    database.close();
  }
};

/** Newest first. @returns {Promise<Kept[]>} */
export const all = async () => (await transact("readonly", (areas) => areas.getAll())).sort((a, b) => (a.kept_at < b.kept_at ? 1 : -1));

/** @param {Kept} area @param {Blob} archive */
export const keep = (area, archive) => transact("readwrite", (areas, archives) => {
  areas.put(area);
  archives.put(archive, area.id);
});

/** @param {string} id @returns {Promise<Blob | undefined>} */
export const archiveOf = (id) => transact("readonly", (_, archives) => archives.get(id));

/** @param {string} id */
export const remove = (id) => transact("readwrite", (areas, archives) => {
  areas.delete(id);
  archives.delete(id);
});
