/* Finds the few among many short texts that share most pieces of two and three letters with one asked for: the server's
 * `lookup/names/grams.py` again. Shares are of four bytes there, and so they are here. */
(() => {
  "use strict";
  const Offlimits = (window.Offlimits ??= {});
  const LETTERS = 27, PAIRS = LETTERS ** 2, PIECES = PAIRS + LETTERS ** 3, EDGE = 96, single = Math.fround;

  /** Places of the `most` largest values, all at least `least`, in their order; of equal ones the first.
   * @param {ArrayLike<number>} values @param {number} most @param {number} least @returns {number[]} */
  const largest = (values, most, least) => {
    const bar = single(least), places = [];
    for (let at = 0; at < values.length; at += 1) if (values[at] >= bar) places.push(at);
    if (places.length <= most) return places;
    const last = Float32Array.from(places, (at) => values[at]).sort().at(-most); // numbers sort themselves, quickly
    let equals = most - places.filter((at) => values[at] > last).length;
    return places.filter((at) => values[at] > last || (values[at] === last && (equals -= 1) >= 0));
  };

  /** Who carries each number: owners of number n stand from starts[n] to starts[n + 1].
   * @param {(put: (number: number, owner: number) => void) => void} each : tells every pair, the same twice
   * @param {number} count : of numbers */
  const sorted = (each, count) => {
    const starts = new Int32Array(count + 1);
    each((number) => (starts[number + 1] += 1));
    for (let at = 0; at < count; at += 1) starts[at + 1] += starts[at];
    const owners = new Int32Array(starts[count]), free = starts.slice();
    each((number, owner) => (owners[free[number]++] = owner));
    return { starts, owners };
  };

  /** Every piece of a text of the letters a to z as a number. */
  const eachPiece = (text, hasPairs, put) => {
    const at = (i) => (i < 0 || i >= text.length ? 0 : text.charCodeAt(i) - EDGE);
    for (let i = 0; i < text.length; i += 1) put(PAIRS + (at(i - 1) * LETTERS + at(i)) * LETTERS + at(i + 1));
    if (hasPairs && text) for (let i = -1; i < text.length; i += 1) put(at(i) * LETTERS + at(i + 1));
  };

  class Grams {
    /** @param {string[]} texts @param {boolean} hasPairs : pieces of two letters as well, for texts of a word */
    constructor(texts, hasPairs = true) {
      this.hasPairs = hasPairs;
      this.sizes = new Int32Array(texts.length);
      const { starts, owners } = sorted((put) => texts.forEach((text, owner) => eachPiece(text, hasPairs, (piece) => put(piece, owner))), PIECES);
      Object.assign(this, { starts, owners });
      for (const owner of owners) this.sizes[owner] += 1;
    }

    /** Places of at most `most` texts that share at least the part `least` (0 to 1) of their pieces with `text`. */
    near(text, most, least) {
      const asked = [];
      eachPiece(text, this.hasPairs, (piece) => asked.push(piece));
      if (!asked.length || !this.sizes.length) return [];
      const alike = new Float32Array(this.sizes.length);
      for (const piece of asked) for (let i = this.starts[piece]; i < this.starts[piece + 1]; i += 1) alike[this.owners[i]] += 1;
      for (let at = 0; at < alike.length; at += 1) alike[at] /= this.sizes[at] + asked.length;
      return largest(alike, most, least / 2);
    }
  }

  Offlimits.nameGrams = { Grams, largest, sorted };
})();
