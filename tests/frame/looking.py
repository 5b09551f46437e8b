"""Looking elsewhere on a map, and waiting until it stands: by what the map does, not by a time that it may take."""

from playwright.sync_api import Page

# Words and lesser signs take their places a moment after the map moved, and again when more is known of the place, as
# once a tile of streets is there. It stands once they took them, no tile is awaited (of what lies beyond a file none
# comes, so not for ever) and nothing asked for it again within their moment of 120 ms.
_STANDS = """([lat, lon, zoom]) => new Promise((stands) => {
    const words = Offlimits.words, place = words._place, begun = performance.now();
    let still;
    const awaited = () => document.querySelector('.leaflet-tile:not(.leaflet-tile-loaded)') !== null;
    const ask = () => {
        if (awaited() && performance.now() - begun < 5000) {
            still = setTimeout(ask, 50);
            return;
        }
        delete words._place;
        stands();
    };
    words._place = function () {
        place.call(this);
        clearTimeout(still);
        still = setTimeout(ask, 200);
    };
    if (lat === null) words.soon();
    else Offlimits.look({lat, lon, zoom});
})"""


def look(page: Page, lat: float, lon: float, zoom: int) -> None:
    page.evaluate(_STANDS, [lat, lon, zoom])


def stand(page: Page) -> None:
    """Where it is."""
    page.evaluate(_STANDS, [None, None, None])
