"""One module a noun of the interface. A view parses, calls one service and renders."""

from web.assets import assets
from web.views.accounts import accounts
from web.views.acknowledge import acknowledge
from web.views.acknowledgement_api import acknowledgement_api
from web.views.acknowledgements import acknowledgements
from web.views.api import api
from web.views.attachments import attachments
from web.views.batch import batch
from web.views.briefing import briefing
from web.views.campaigns import campaigns
from web.views.changes import changes
from web.views.compare import compare
from web.views.completion import completion
from web.views.device import device
from web.views.devices import devices
from web.views.drift import drift
from web.views.editions import editions
from web.views.erasures import erasures
from web.views.evidence import evidence
from web.views.facilities import facilities
from web.views.factors import factors
from web.views.flags import flags
from web.views.health import health
from web.views.imports import imports
from web.views.letters import letters
from web.views.list import list_pages
from web.views.login import login
from web.views.lookup import lookup
from web.views.ogc import ogc
from web.views.oidc import oidc
from web.views.partners import partners
from web.views.partners_api import partners_api
from web.views.patrol import patrol
from web.views.people import people
from web.views.person import person_pages
from web.views.publish import publish
from web.views.receipts import receipt_pages
from web.views.recovery import recovery
from web.views.register import register
from web.views.service import service_pages
from web.views.sessions import sessions
from web.views.sheets import sheets
from web.views.step_up import step_up_pages
from web.views.tiles import tiles
from web.views.tokens import tokens

BLUEPRINTS = (
    assets,
    health,
    login,
    lookup,
    device,
    list_pages,
    receipt_pages,
    flags,
    editions,
    patrol,
    acknowledge,
    acknowledgements,
    register,
    changes,
    attachments,
    batch,
    imports,
    partners,
    publish,
    facilities,
    devices,
    compare,
    drift,
    letters,
    campaigns,
    sheets,
    completion,
    briefing,
    service_pages,
    evidence,
    tiles,
    sessions,
    tokens,
    step_up_pages,
    factors,
    recovery,
    people,
    accounts,
    erasures,
    person_pages,
    oidc,
    ogc,
    api,
    acknowledgement_api,
    partners_api,
)
