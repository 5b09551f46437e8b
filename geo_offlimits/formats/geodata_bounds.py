"""What the child that reads geodata may use, and what GDAL is told before it is loaded there."""

from collections.abc import Mapping
from types import MappingProxyType

from geo_offlimits.formats.apart import Bounds

BOUNDS = Bounds(memory_bytes=512 * 2**20, cpu_s=5, wait_s=30, answer_bytes=128 * 2**20)
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
