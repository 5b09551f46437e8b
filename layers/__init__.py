"""The geographic layers this product ships, as files: `manifest.toml` describes each of them.

Nothing is computed here. `geo_offlimits.delivery.shipped` reads the files and holds them to the manifest;
`scripts/build_layers.py` makes them anew from their sources.
"""
