"""What the child that reads geodata may use, and what GDAL is told before it is loaded there."""

from collections.abc import Mapping
from types import MappingProxyType

from geo_offlimits.formats.apart import Bounds
from geo_offlimits.formats.files import LIMITS

_ANSWER_BYTES = 128 * 2**20
# Longer than it may compute: a busy machine is no fault of the file.
_WAITS = 6


def bounds(memory_bytes: int = LIMITS.geodata_bytes, cpu_s: int = LIMITS.geodata_seconds) -> Bounds:
    return Bounds(memory_bytes=memory_bytes, cpu_s=cpu_s, wait_s=_WAITS * cpu_s, answer_bytes=_ANSWER_BYTES)


# Drivers that GDAL must not even know of; one is named in each opening besides.
ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "OGR_SKIP": (
            "OGR_VRT,VRT,CSV,DXF,DGN,S57,GML,GMLAS,KML,LIBKML,GPX,WFS,OAPIF,CSW,HTTP,OpenFileGDB,ESRIJSON,TopoJSON,"
            "GeoJSON,GeoJSONSeq,SQLite,MapInfo File,OGR_GMT,PGDUMP,PostgreSQL,MySQL,ODBC,Memory,PDF,XLSX,ODS,MVT"
        ),
        "GDAL_SKIP": "VRT,WMS,WMTS,WCS,HTTP",
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "PROJ_NETWORK": "OFF",
    }
)
