"""The position in links of map programs: from the link alone. Codes and links as the programs themselves give them."""

import pytest
from geographiclib.geodesic import Geodesic

from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.lookup.coordinates import AmbiguousPositionError, parse_position

GOOGLE = "https://www.google.com/maps"


def off_m(position: Position, lat: float, lon: float) -> float:
    return float(Geodesic.WGS84.Inverse(position.lat, position.lon, lat, lon)["s12"])


@pytest.mark.parametrize(
    ("link", "lat", "lon"),
    [
        ("https://www.openstreetmap.org/?mlat=42.66123&mlon=21.16123#map=17/42.5/21.5", 42.66123, 21.16123),
        ("https://www.openstreetmap.org/search?query=42.66123%2C21.16123#map=5/0/0", 42.66123, 21.16123),
        ("https://osm.org/go/0BOdUtpMh-?m=", 48.85837, 2.29448),
        (f"{GOOGLE}/place/Bar/@44.519,25.748,11z/data=!3m5!8m2!3d44.4490541!4d26.08884!16s", 44.4490541, 26.08884),
        (f"{GOOGLE}/place/52.492611,+13.431726/@52.4929,13.4317,17z/data=!4m4!3m3!8m2?force=pwa", 52.492611, 13.431726),
        (f"{GOOGLE}/place/42%C2%B039'36.0%22N+21%C2%B009'36.0%22E/@42.6,21.1,17z", 42.66, 21.16),
        (f"{GOOGLE}/search/48.85840,2.29450", 48.8584, 2.2945),
        (f"{GOOGLE}/search/?api=1&query=47.5951518%2C-122.3316393&query_place_id=ChIJ", 47.5951518, -122.3316393),
        (f"{GOOGLE}?foo=bar&q=48.857832%2C2.295226&spam", 48.857832, 2.295226),
        (f"{GOOGLE}/dir//42.66123,21.16123/@42.6,21.1,12z", 42.66123, 21.16123),
        (f"{GOOGLE}/dir/?api=1&destination=42.66123,21.16123&origin=My+Location", 42.66123, 21.16123),
        (f"{GOOGLE}/@?api=1&map_action=pano&viewpoint=48.857832%2C2.295226", 48.857832, 2.295226),
        ("https://maps.google.com/?q=loc:42.66123,21.16123+(Bar)", 42.66123, 21.16123),
        ("https://maps.google.co.uk/maps?z=16&q=Mezza9%401.3067198,103.83282", 1.3067198, 103.83282),
        ("maps.google.com/maps?q=42.66123,21.16123", 42.66123, 21.16123),
        ("comgooglemaps://?q=42.66123,21.16123", 42.66123, 21.16123),
        ("https://maps.apple.com/?ll=42.66123,21.16123&q=Bar", 42.66123, 21.16123),
        ("https://maps.apple.com/place?coordinate=42.66123,21.16123&name=Bar", 42.66123, 21.16123),
        ("https://maps.apple.com/?daddr=42.66123,21.16123", 42.66123, 21.16123),
        ("https://www.bing.com/maps?cp=42.5~21.5&lvl=12&sp=point.42.66123_21.16123_Bar", 42.66123, 21.16123),
        ("https://bing.com/maps/default.aspx?rtp=~pos.42.66123_21.16123&rtop=0~1~0", 42.66123, 21.16123),
        ("https://www.waze.com/ul?ll=40.75889500%2C-73.98513100&navigate=yes&zoom=17", 40.758895, -73.985131),
        ("https://www.waze.com/live-map/directions?to=ll.50.087206%2C14.407775", 50.087206, 14.407775),
        ("https://waze.com/ul/hu2fhzy57j", 50.087206, 14.407775),
        ("https://waze.com/ul/hu2fk8zezt", 50.052273, 14.452407),
        ("waze://?ll=42.66123,21.16123", 42.66123, 21.16123),
        ("https://share.here.com/l/51.8772465,14.3453293,Lets%20meet%20here?z=10", 51.8772465, 14.3453293),
        ("https://share.here.com/r/mylocation/51.8772465,14.3453293", 51.8772465, 14.3453293),
        ("https://wego.here.com/directions/mix//Bar:51.8772465,14.3453293?map=1,2,3", 51.8772465, 14.3453293),
        ("https://omaps.app/B4srhdHVVt/Name", 64.5234, 12.1234),
        ("om://BaF6F6F6F6/Name", -20.0, 20.0),
        ("ge0://Byqqqqqqqq", 45.0, 0.0),
        ("https://omaps.app/42.66123,21.16123/Bar", 42.66123, 21.16123),
        ("om://map?v=1&ll=42.66123,21.16123&n=Bar", 42.66123, 21.16123),
        ("https://osmand.net/map/?pin=52.491143,7.116394#9/52.3924/6.3116", 52.491143, 7.116394),
        ("https://osmand.net/go?lat=42.66123&lon=21.16123&z=17", 42.66123, 21.16123),
    ],
)  # fmt: skip
def test_a_link_that_marks_a_place_is_that_place(link: str, lat: float, lon: float) -> None:
    position = parse_position(link)
    assert off_m(position, lat, lon) < 20
    assert off_m(position, lat, lon) <= position.uncertainty_m < 20


@pytest.mark.parametrize(
    ("link", "half_a_screen_m"),
    [
        ("https://www.openstreetmap.org/#map=17/42.66123/21.16123", 263),
        ("https://www.openstreetmap.org/node/123#map=19/42.66123/21.16123", 66),
        ("https://osm.org/?lat=42.66123&lon=21.16123", 1_000),
        (f"{GOOGLE}/@42.66123,21.16123,17z", 263),
        (f"{GOOGLE}/place/Some+Bar/@42.66123,21.16123,17z/data=!3m1!4b1", 263),
        (f"{GOOGLE}/@42.66123,21.16123,500m/data=!3m1!1e3", 250),
        (f"{GOOGLE}/@42.66123,21.16123,3a,75y,90t/data=!3m6", 30),
        ("https://maps.google.com/maps?ll=42.66123,21.16123&z=17", 263),
        ("https://www.bing.com/maps?cp=42.66123~21.16123&lvl=17", 263),
        ("https://wego.here.com/?map=42.66123,21.16123,17,normal", 263),
        ("https://osmand.net/map#17/42.66123/21.16123", 263),
        ("https://embed.waze.com/iframe?zoom=17&lat=42.66123&lon=21.16123", 263),
    ],
)
def test_a_link_that_shows_a_view_leaves_half_a_screen_open(link: str, half_a_screen_m: float) -> None:
    position = parse_position(link)
    assert off_m(position, 42.66123, 21.16123) < 0.01
    assert position.uncertainty_m == pytest.approx(half_a_screen_m, rel=0.01)
    assert parse_position(link, uncertainty_m=20).uncertainty_m == 20


def test_a_short_code_of_openstreetmap_without_marker_is_a_view() -> None:
    position = parse_position("https://osm.org/go/0EEQjE--")
    assert off_m(position, 51.5110, 0.0550) < position.uncertainty_m
    assert position.uncertainty_m > 30_000  # zoom 9
    assert parse_position("https://osm.org/go/as3I3GpG@-?m").lat == parse_position("osm.org/go/as3I3GpG~-?m").lat


@pytest.mark.parametrize(
    ("link", "readings"),
    [
        (f"{GOOGLE}/dir/40.71280,-74.00600/34.05220,-118.24370", [(40.7128, -74.006), (34.0522, -118.2437)]),
        (f"{GOOGLE}/dir/?origin=40.7128,-74.0060&destination=34.05,-118.24", [(34.05, -118.24), (40.7128, -74.006)]),
        (f"{GOOGLE}/place/42.66,21.16/data=!3d42.76!4d21.16", [(42.76, 21.16), (42.66, 21.16)]),
        ("https://share.here.com/r/52.5,13.3/52.6,13.4", [(52.5, 13.3), (52.6, 13.4)]),
        ("https://wego.here.com/directions/mix/A:52.5,13.3/B:52.6,13.4?map=1,2,3", [(52.5, 13.3), (52.6, 13.4)]),
        ("https://www.openstreetmap.org/directions?route=52.5,13.3;52.6,13.4#map=5/1/2", [(52.5, 13.3), (52.6, 13.4)]),
        ("om://map?v=1&ll=52.5,13.3&n=A&ll=52.6,13.4&n=B", [(52.5, 13.3), (52.6, 13.4)]),
        ("https://osmand.net/map/?start=52.23621,5.11&finish=52.41,4.85", [(52.41, 4.85), (52.23621, 5.11)]),
        ("geo:42.66,21.16?q=42.76,21.16(Bar)", [(42.76, 21.16), (42.66, 21.16)]),
    ],
)  # fmt: skip
def test_a_link_with_several_places_is_asked_about_with_all(link: str, readings: list[tuple[float, float]]) -> None:
    with pytest.raises(AmbiguousPositionError) as refusal:
        parse_position(link)
    assert [(one.lat, one.lon) for one in refusal.value.readings] == readings


@pytest.mark.parametrize(
    ("link", "fact"),
    [
        ("https://maps.app.goo.gl/2ZjYqkBPrcgeVoJS6", "short link, which holds no position"),
        ("https://goo.gl/maps/foo", "short link"),
        ("goo.gl/maps/foo", "short link"),
        ("https://maps.apple/p/7E-Brjrk_THN14", "short link"),
        ("https://example.org/?q=42.66,21.16", "no map that is known"),
        ("https://www.google.com@example.org/maps?q=42.66,21.16", "no map that is known"),
        ("https://google.com.example.org/maps?q=42.66,21.16", "no map that is known"),
        ("https://www.google.cn/maps?q=42.66,21.16", "no map that is known"),
        ("ftp://www.google.com/maps/@52.5067296,13.2599309,6z", "no map that is known"),
        ("http://[bad/maps", "is not a link"),
        (f"{GOOGLE}/place/Some+Bar/data=12345", "holds no position"),
        (f"{GOOGLE}/search/restaurants+near+me", "holds no position"),
        (f"{GOOGLE}?q=95.5,200.1", "holds no position"),
        ("https://waze.com/ul?q=66%20Acacia%20Avenue", "holds no position"),
        ("https://maps.apple.com/?q=Bar&sll=42.66,21.16", "holds no position"),
        ("https://omaps.app/Byqqqqqqq", "holds no position"),
        ("https://osm.org/go/a*b", "holds no position"),
        (f"{GOOGLE}/dir/42.66,21.16/Some+Hotel", "in words"),
        (f"{GOOGLE}/dir/?api=1&origin=42.66,21.16&destination=Some+Hotel", "in words"),
        (f"{GOOGLE}/dir/?api=1&origin=42.66,21.16", "in words"),
        ("https://www.openstreetmap.org/directions?from=42.66,21.16&to=Some+Hotel#map=5/1/2", "in words"),
        ("https://wego.here.com/directions/mix/Some+Hotel?map=42.66,21.16,17", "in words"),
        ("https://www.bing.com/maps?rtp=pos.42.66_21.16~adr.Some+Hotel", "in words"),
        ("https://maps.google.com/?q=42.66,21.16&x=" + "y" * 2_000, "more than 2000"),
    ],
)
def test_a_link_that_holds_no_position_is_refused_with_what_to_do(link: str, fact: str) -> None:
    with pytest.raises(PositionError, match=fact) as refusal:
        parse_position(link)
    assert refusal.value.issues[0].remedy


@pytest.mark.parametrize(
    ("uri", "lat", "lon", "uncertainty_m"),
    [
        ("geo:42.66123,21.16123", 42.66123, 21.16123, 10),
        ("GEO:42.66,21.16,540;crs=wgs84;u=12", 42.66, 21.16, 12),
        ("geo:42.66,21.16;U=35;x=y", 42.66, 21.16, 35),
        ("geo:42.66123,21.16123?z=17", 42.66123, 21.16123, 10),
        ("geo:42.66123, 21.16123(Blue%20Bar)", 42.66123, 21.16123, 10),
        ("geo:0,0?q=42.66123,21.16123(Blue%20Bar)&z=14", 42.66123, 21.16123, 10),
        ("geo:?q=42.66123, 21.16123", 42.66123, 21.16123, 10),
        ("geo:0,0?q=34T%20EN%2013113%2023071", 42.66, 21.16, 10),
        ("geo:-18.9151863%2C-48.2871236?q=-18.9151863%2C-48.2871236", -18.9151863, -48.2871236, 10),
        ("geo:90,46;u=0", 90, 0, 0),
        ("geo:0.00000,-180.00000", 0, 180, 10),
    ],
)
def test_geo_uris(uri: str, lat: float, lon: float, uncertainty_m: float) -> None:
    position = parse_position(uri)
    assert off_m(position, lat, lon) < 1
    assert position.uncertainty_m == uncertainty_m


@pytest.mark.parametrize(
    ("uri", "fact"),
    [
        ("geo:42.66", "geo:latitude"),
        ("geo:42.66,east", "geo:latitude"),
        ("geo:", "geo:latitude"),
        ("geo:95,10", "latitude beyond 90: 95"),
        ("geo:10,195", "longitude beyond 180: 195"),
        ("geo:42.66,21.16;crs=nad27", "nad27"),
        ("geo:42.66,21.16;u=near", "uncertainty"),
        ("geo:42.66,21.16;u=-5", "uncertainty"),
        ("geo:42.66,21.16;u=5;u=6", "twice"),
        ("geo:0,0?q=Some+Bar", "searches for words"),
        ("geo:42.66,21.16?daddr=1,2", "query"),
    ],
)
def test_geo_uris_that_say_something_else_are_refused(uri: str, fact: str) -> None:
    with pytest.raises(PositionError, match=fact):
        parse_position(uri)
