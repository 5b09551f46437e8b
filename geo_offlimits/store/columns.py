"""Column types that mean the same on SQLite and on PostgreSQL with PostGIS."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from geo_offlimits.domain.instants import utc

WGS84_SRID = 4326


class Utc(TypeDecorator[datetime]):
    """A moment in UTC to the microsecond. Raises InputError for a naive datetime.

    On SQLite it is ISO 8601 text of one length, so that text order is time order.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        moment = utc(value)
        return moment.isoformat(timespec="microseconds")[:-6] + "Z" if dialect.name == "sqlite" else moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        # Straight to the value: a mission's history has moments by the hundred thousand.
        del coltype
        return _from_text if dialect.name == "sqlite" else _from_moment


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _from_moment(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class Geometry(UserDefinedType[BaseGeometry]):
    """A shapely geometry in WGS 84 longitude/latitude: a WKB blob on SQLite, a PostGIS column (EWKB) on PostgreSQL."""

    cache_ok = True

    def get_col_spec(self, **_facts: Any) -> str:
        return f"geometry(Geometry,{WGS84_SRID})"

    def bind_processor(self, dialect: Dialect) -> Callable[[BaseGeometry | None], str | bytes | None]:
        return _to_blob if dialect.name == "sqlite" else _to_ewkb

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | bytes | None], BaseGeometry | None]:
        del dialect, coltype
        return _to_geometry


@compiles(Geometry, "sqlite")
def _blob_column(_type: Geometry, _compiler: Any, **_facts: Any) -> str:
    return "BLOB"


def _to_blob(value: BaseGeometry | None) -> bytes | None:
    return None if value is None else shapely.to_wkb(value, byte_order=1)


def _to_ewkb(value: BaseGeometry | None) -> str | None:
    if value is None:
        return None
    return shapely.to_wkb(shapely.set_srid(value, WGS84_SRID), hex=True, include_srid=True, byte_order=1)


def _to_geometry(value: str | bytes | None) -> BaseGeometry | None:
    # The reference system is the column's, not the value's: what comes out equals what went in.
    return None if value is None else shapely.set_srid(shapely.from_wkb(value), 0)


def geometries(values: Sequence[str | bytes | None]) -> list[BaseGeometry | None]:
    """What a column of Geometry holds, as it lies there, made at once: many times quicker than each by itself."""
    return list(shapely.set_srid(shapely.from_wkb(values), 0))
