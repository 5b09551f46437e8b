"""The keys by which partners sign their editions: an administrator enters each, having compared its fingerprint.

A key counts for its partner alone. One that was withdrawn recognises nothing from then on and never comes back; what
was recognised by it before stays as it is, and its key is told beside it.
"""

from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.mission import unfit_code
from geo_offlimits.domain.partners import PartnerKey
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, RefusedError, Sentence
from geo_offlimits.services.act import Act


def enter(act: Act, partner: str, pem: bytes) -> PublicKey:
    """Editions of this partner that the key signs are recognised from now on.

    Raises InputError for what is no Ed25519 key in PEM, RefusedError where it is here or was withdrawn, or where the
    partner is a mission of this store.
    """
    act.require(Action.MANAGE_KEYS, None)
    partner = partner.strip().upper()
    texts.refuse(unfit_code("partner", partner))
    if act.tx.missions.get(partner):
        raise RefusedError(
            Sentence(
                "{partner} is a mission of this store: its editions are verified by its own keys.", partner=partner
            )
        )
    key = PublicKey.from_pem(pem)
    if any((one.partner, one.fingerprint) == (partner, key.fingerprint) for one in act.tx.partners.all_keys()):
        raise RefusedError(
            Sentence("The key {key} of {partner} is here already, or was withdrawn.", key=key.key_id, partner=partner)
        )
    new = PartnerKey(
        partner=partner, fingerprint=key.fingerprint, pem=key.pem, person_id=act.person_id, recorded_at=act.now
    )
    act.tx.partners.add_key(new)
    act.record(AuditTag.PARTNER_KEY_ENTERED, subject=partner, fingerprint=key.fingerprint)
    return key


def withdraw(act: Act, partner: str, key_id: str) -> PublicKey:
    """Nothing more is recognised by this key. Raises AbsentError."""
    act.require(Action.MANAGE_KEYS, None)
    for one in act.tx.partners.all_keys():
        key = PublicKey.from_pem(one.pem)
        if one.partner == partner.strip().upper() and key.key_id == key_id and not one.withdrawn_by:
            act.tx.partners.withdraw_key(one, act.person_id, act.now)
            act.record(AuditTag.PARTNER_KEY_WITHDRAWN, subject=one.partner, fingerprint=one.fingerprint)
            return key
    raise AbsentError(Sentence("There is no key {key} of {partner} here that counts.", key=key_id, partner=partner))


def entered(act: Act) -> tuple[tuple[PartnerKey, PublicKey], ...]:
    """Every key that was entered, those that were withdrawn too."""
    act.require(Action.MANAGE_KEYS, None, to_look=True)
    return tuple((one, PublicKey.from_pem(one.pem)) for one in act.tx.partners.all_keys())


def trusted(act: Act, mission: str, partner: str) -> tuple[PublicKey, ...]:
    """By which keys an edition of the partner is verified; of a mission of this very store, the store's own."""
    act.require(Action.PROPOSE, mission)
    known = [one for one in act.tx.partners.all_keys() if one.partner == partner and not one.withdrawn_by]
    own = act.keyring.public_keys() if act.tx.missions.get(partner) else ()
    return (*own, *(PublicKey.from_pem(one.pem) for one in known))
