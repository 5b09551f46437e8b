"""What people bring to the services in `test_checks`: lists, papers and things, each small and whole."""

from shapely.geometry import Point

from geo_offlimits.domain.acknowledgement import AcknowledgementState, Channel
from geo_offlimits.domain.mission import Facility
from geo_offlimits.formats.kinds import Kind
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.formats.streaming import Stream
from geo_offlimits.services import entering, personnel
from geo_offlimits.services.partner_signed import SignedFile
from geo_offlimits.services.transcribing import Received
from tests.web.isle import START

STAFF = personnel.read_list(("people.csv", b"number,name,unit,category\n9,Nine,Harbour,civilian\n"))
KFOR = Received(partner="KFOR", reference="1", received=START.date())
LIST = read_rows(("list.csv", b"name,lat,lon\nFar Bar,10.1,-30\n"), {})
SIGNED = SignedFile(name="rock.geojson", mission="ROCK", number=1, content=b"", envelope=None, is_whole=True)
GYM = Facility(facility_id="F-2", name="Gym", kind="gym", geometry=Point(-30.3, 10.2))
ORALLY = entering.Entry(number=2, channel=Channel.ORAL, state=AcknowledgementState.ACKNOWLEDGED, language="dyu")
NO_ROWS = Stream(columns=("name",), mapping={}, notes=(), items=iter(()), kind=Kind.CSV)
