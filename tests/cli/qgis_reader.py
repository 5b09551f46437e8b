"""Run by QGIS's own Python: reads one collection as its OAPIF provider does, and prints what it found as JSON.

python3 qgis_reader.py ADDRESS TOKEN COLLECTION
"""

import json
import sys
from typing import Any

from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer

NEAR = (-16.5, -32.0, -16.2, -31.0)


def told(feature: Any) -> list[str | None]:
    place = feature.geometry()
    return [feature["name"], None if place.isNull() else place.asWkt(9)]


def main(address: str, token: str, collection: str) -> None:
    QgsApplication.setPrefixPath("/usr", True)  # noqa: FBT003  (C++ knows no keywords)
    application = QgsApplication([], False)  # noqa: FBT003
    application.initQgis()
    uri = f"url='{address}' typename='{collection}' username='device' password='{token}' pagesize='25'"
    layer = QgsVectorLayer(uri, collection, "OAPIF")
    request = QgsFeatureRequest().setFilterRect(QgsRectangle(*NEAR))
    found = {
        "valid": layer.isValid(),
        "count": layer.featureCount(),
        "features": {one["id"]: told(one) for one in layer.getFeatures()},
        "near": [one["id"] for one in layer.getFeatures(request)],
    }
    sys.stdout.write(json.dumps(found))
    del layer
    application.exitQgis()


if __name__ == "__main__":
    main(*sys.argv[1:])
