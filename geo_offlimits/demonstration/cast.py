"""The invented people of the demonstration mission: nine accounts to sign in with, and the staff of six units."""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice

from anyascii import anyascii

from geo_offlimits.demonstration.island import MISSION
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import SECOND_FACTOR, Person, PersonnelCategory, Role
from geo_offlimits.services import people

DOMAIN = "demo.example"
_SECRET_BYTES = 20

HEADQUARTERS = "Headquarters"
MILITARY = "Military Component"
POLICE = "Police Component"
CIVIL = "Civil Affairs"
SUPPORT = "Mission Support"
CONTRACTED = "Contracted Services"

_CATEGORY = {
    HEADQUARTERS: PersonnelCategory.CIVILIAN,
    MILITARY: PersonnelCategory.MILITARY,
    POLICE: PersonnelCategory.POLICE,
    CIVIL: PersonnelCategory.CIVILIAN,
    SUPPORT: PersonnelCategory.CIVILIAN,
    CONTRACTED: PersonnelCategory.CONTRACTOR,
}
# Where each unit serves: its people in turn, so that none is so few in a sector that nothing is told of them.
_SECTORS = {
    HEADQUARTERS: ("East",),  # in the capital
    MILITARY: ("North", "South"),
    POLICE: ("East", "South"),
    CIVIL: ("North",),
    SUPPORT: ("East",),
    CONTRACTED: ("East", "North"),
}
# How many of the staff below each unit has, in the order in which they are named.
_STRENGTH = ((HEADQUARTERS, 8), (MILITARY, 29), (POLICE, 22), (CIVIL, 14), (SUPPORT, 19), (CONTRACTED, 20))
_EVERY_SO_MANY = 28
_DEPARTING = frozenset({"D-1006", "D-1041", "D-1077"})


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody to sign in as. `purpose` is the line printed beside the address."""

    role: Role
    name: str
    unit: str
    category: PersonnelCategory
    purpose: str

    @property
    def email(self) -> str:
        return f"{self.role.value}@{DOMAIN}"

    def secret(self, passphrase: str) -> str | None:
        """Of its app (Base32), made of the demonstration's passphrase; None where no second factor is needed."""
        if self.role not in SECOND_FACTOR:
            return None
        made = hmac.digest(passphrase.encode(), self.email.encode(), hashlib.sha256)
        return b32encode(made[:_SECRET_BYTES]).decode()

    @property
    def number(self) -> str:
        return f"D-{100 + list(Role).index(self.role)}"


def _account(role: Role, name: str, unit: str, purpose: str) -> Account:
    return Account(role=role, name=name, unit=unit, category=_CATEGORY[unit], purpose=purpose)


ACCOUNTS = (
    _account(Role.STAFF, "Ilse Marendaal", CIVIL, "staff: looks up, acknowledges"),
    _account(Role.OFFICER, "Teodor Vancic", HEADQUARTERS, "officer: proposes listings and lifts"),
    _account(Role.HEAD, "Amaru Quillay", HEADQUARTERS, "head of mission: decides, publishes"),
    _account(Role.DEPUTY, "Solvei Brandrud", HEADQUARTERS, "deputy: the second signature"),
    _account(Role.PATROL, "Kwabena Osei-Tutrah", POLICE, "patrol: takes the list along"),
    _account(Role.MANAGER, "Pilar Ondarreta", SUPPORT, "manager: distributes, sees who has acknowledged"),
    _account(Role.CONDUCT, "Nandini Warrelle", HEADQUARTERS, "conduct officer: reads earlier editions"),
    _account(Role.AUDITOR, "Hugo Lindqvarn", HEADQUARTERS, "auditor: verifies the audit log"),
    _account(Role.ADMIN, "Meklit Tessaye", SUPPORT, "administrator: people and the mission"),
)

# Language and eight names of each culture. The people are invented.
_NAMES = """
fr: Amelie Marchebois, Bastien Lorvain, Corinne Tessandier, Didier Quimper-Daz, Elodie Aubrac, Fabrice Valmonde,
  Gisele Perrichet, Hadrien Rouvignac
en: Kofi Ansahene, Abena Boatengwa, Yaw Darkoso, Efua Fosuhene, Kwesi Gyamera, Akosua Mensahwo, Nana Opokuro,
  Adjoa Sarpomaa
en: Rahul Deshmalia, Ananya Iyengara, Vikram Kulkarnia, Meera Mehrotan, Sanjay Nairuvan, Kavita Patwardha, Arjun
  Raghunath, Lakshmi Suriyan
en: Lucia Carrazabal, Mateo Dominguera, Ximena Escalantes, Joaquin Fuentealta, Paloma Ibarrola, Andres
  Montesedo, Renata Quintanal, Emilio Villalvar
en: Anders Aldergaard, Birgit Bjerkenes, Kjell Dalsveen, Liv Fjellanger, Magnus Grindstad, Ragnhild Havrevold,
  Sigurd Mossehaug, Tuva Solbrekken
en: Yusuf Al-Barrani, Layla Ben-Zahrouf, Karim El-Makhlad, Samira Haddadine, Tariq Jaberoui, Huda Nasserine,
  Faisal Qassemi, Noor Tazerout
en: Wei Changru, Mei Duanli, Jun Gongsuo, Xia Huangpei, Ming Jiangto, Lan Luoshan, Bo Ouyangle, Yan Zhuheng
en: Dragana Bogdanac, Milos Cvetanic, Jelena Durakovac, Nikola Jovanoski, Vesna Lazarevan, Stefan Milutinac,
  Ivana Obradan, Petar Stankovan
en: Oksana Boyarets, Bohdan Chumakiv, Iryna Dovzhenets, Taras Hryshkiv, Halyna Kovalenets, Ostap Lysenchuk,
  Daryna Palamaryk, Mykola Sydorets
en: Aiko Arisugano, Haruto Fujimaki-Ro, Emi Hoshizato, Kenji Kuramoto-E, Naomi Minazuki, Ren Shirogawa, Sakura
  Tachibaro, Takumi Yukimori
en: Tendai Chikowari, Chipo Dzvairo, Farai Gutumba, Rudo Hovemari, Tapiwa Makonira, Nyasha Murehwano, Kudzai
  Nyamandi, Tatenda Zvinavane
en: Leilani Fakatavi, Tavita Hopoatela, Sione Kaufonua, Mele Latuheru, Viliami Manumalo, Ana Palelei, Sefo
  Taumoefe, Losa Vaipulono
en: Conall Ardmorrow, Aisling Ballintry, Fergus Carrickan, Niamh Drumlever, Eoghan Glenavane, Sorcha Kilmoran,
  Padraig Rathenny, Grainne Tullaroe
fr: Aminata Bakayoro, Ousmane Camarade, Fatou Diabakha, Mamadou Fofanira, Mariam Konatela, Ibrahima Sangarel,
  Awa Toureba, Seydou Wagueny
"""


def staff(joined_at: datetime) -> Iterator[Person]:
    """112 people of six units, cultures mixed in each; the last twenty are contractors without an e-mail address."""
    posts = [(unit, sector) for unit, strength in _STRENGTH for sector in islice(cycle(_SECTORS[unit]), strength)]
    for place, ((name, language), (unit, sector)) in enumerate(zip(_mixed(), posts, strict=True)):
        contracted = unit == CONTRACTED
        yield people.new(
            number=f"{'C' if contracted else 'D'}-{1001 + place}",
            name=name,
            unit=unit,
            sector=sector,
            category=_CATEGORY[unit],
            mission=MISSION,
            email=None if contracted else address(name),
            language=language,
            service=Period(start=joined_at),
        )


def is_newcomer(place: int) -> bool:
    """Whether the person named at that place joins in the middle of the story."""
    return place % _EVERY_SO_MANY == _EVERY_SO_MANY - 1


def is_departing(number: str) -> bool:
    return number in _DEPARTING


def _mixed() -> Iterator[tuple[str, str]]:
    """Names with language, one culture after the other, so that every unit is mixed."""
    cultures = [(line[:2], line[3:].split(",")) for line in _NAMES.replace("\n  ", " ").strip().splitlines()]
    for names in zip(*(names for _, names in cultures), strict=True):
        yield from ((name.strip(), language) for name, (language, _) in zip(names, cultures, strict=True))


def address(name: str) -> str:
    plain = re.sub(r"[^a-z]+", ".", anyascii(name).casefold()).strip(".")
    return f"{plain}@{DOMAIN}"


def person_of(account: Account, joined_at: datetime) -> Person:
    return people.new(
        number=account.number,
        name=account.name,
        unit=account.unit,
        sector=_SECTORS[account.unit][0],
        category=account.category,
        mission=MISSION,
        email=account.email,
        service=Period(start=joined_at),
    )
