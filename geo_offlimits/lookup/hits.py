"""Pairs of a position and what is near it, in the order in which they are told."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_offlimits.lookup.geodesy import Array
from geo_offlimits.lookup.tiles import Whole

_LEAST_DISTANCE_BITS = 16


@dataclass(frozen=True)
class Hits:
    """Pairs of position and footprint, sorted by position, distance, then footprint; all arrays of shape (k,)."""

    position: npt.NDArray[np.int64]
    entry: npt.NDArray[np.int64]
    distance_m: Array


def in_order(position: Whole, entry: Whole, metres: Array, radius_m: float) -> Hits:
    """By position, then distance, then footprint."""
    order = _nearly_in_order(position, metres, radius_m)
    at, gaps = position[order], metres[order]
    unsure = np.flatnonzero((at[1:] == at[:-1]) & (gaps[1:] <= gaps[:-1]))
    if len(unsure):
        again = np.flatnonzero(np.isin(at, at[unsure]))
        part = order[again]
        order[again] = part[np.lexsort((entry[part], metres[part], position[part]))]
    return Hits(position[order], entry[order], metres[order])


def _nearly_in_order(position: Whole, metres: Array, radius_m: float) -> Whole:
    """The order of position and distance, where distances differ by more than the bits left for them can tell.

    Position, distance and place packed into one whole number are sorted several times quicker than by two keys.
    """
    place_bits = len(position).bit_length()
    distance_bits = 62 - place_bits - int(position.max(initial=0)).bit_length()
    if distance_bits < _LEAST_DISTANCE_BITS:
        return np.lexsort((metres, position))
    rounded = (metres * (((1 << distance_bits) - 1) / radius_m)).astype(np.int64)
    packed = position << distance_bits
    packed |= rounded
    packed <<= place_bits
    packed |= np.arange(len(position))
    packed.sort()
    packed &= (1 << place_bits) - 1
    return packed
