/* When to warn somebody who walks: a pure decision over positions and what they are known to. See watch.js.
 *
 * 1. A warning begins where the person could be within `near_m` of an entry that bars: the distance less the accuracy.
 * 2. It ends only where they cannot be within 1.5 times that: at its edge it does not flicker.
 * 3. A position that is rougher than ROUGH_M begins no warning, for it would be about every street, and ends none. */

export const NEAR_M = 50, LEAVE = 1.5, ROUGH_M = 150;

/** @typedef {{id: string, distance_m: number}} Near
 * @param {ReadonlySet<string>} warned ids that are warned of already
 * @param {{accuracy_m: number, near: Near[]}} fix
 * @returns {{warned: Set<string>, entered: string[], left: string[], isRough: boolean}} */
export const decided = (warned, { accuracy_m: accuracy, near }, near_m = NEAR_M) => {
  const isRough = !(accuracy <= ROUGH_M); // NaN is rough
  if (isRough) return { warned: new Set(warned), entered: [], left: [], isRough };
  const known = new Map(near.map(({ id, distance_m }) => [id, distance_m - accuracy]));
  const stays = [...warned].filter((id) => known.has(id) && known.get(id) <= near_m * LEAVE);
  const entered = [...known].filter(([id, least_m]) => !warned.has(id) && least_m <= near_m).map(([id]) => id);
  return { warned: new Set([...stays, ...entered]), entered, left: [...warned].filter((id) => !stays.includes(id)), isRough };
};
