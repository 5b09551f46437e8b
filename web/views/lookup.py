"""The look-up page `/` and the script that builds its map.

`lookup.html` gets, besides what `web.rendering` lists:

- `parts`       PageParts of the frame: `parts.stylesheets`, `parts.html`, `parts.scripts` (in this order on the page)
- `map_script`  address of the script that builds the map; comes after `parts.scripts`
- `edition`     the edition's header (`number`, `sha256`, `issued_at`, `expires_at`), or None when nothing is published
- `stale`       whether that edition has expired
- `edition_url` where the page fetches the edition itself
- `check_url`, `find_url`   the API, POST with `X-CSRF-Token`; bodies and answers as in the interface
- `venues`, `categories`    tuples of VenueKind and PersonnelCategory
- `outstanding` number of the edition that this person still has to acknowledge, or None
- `credit`      line of the map's sources; `note`: statement on boundaries and names
"""
