"""What the columns of a list of premises are called, field by field, in the product's languages.

1. A heading stands here as it is written; `columns.normalised` takes case, accents, punctuation and brackets away.
2. Within a field the likelier heading comes first: where two columns could be one field, the earlier heading wins.
3. A heading belongs to one field. The Serbian `место` is a town and `од` a beginning; both are also words of others.
"""

from collections.abc import Mapping
from types import MappingProxyType

# field -> headings in English and French; Albanian; Serbian in Latin (Cyrillic is written out of it); Arabic.
HEADINGS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "name": (
            (
                "current name, premises, premises name, name of premises, establishment, establishment name, name of "
                "establishment, venue, venue name, name of venue, nom, nom actuel, etablissement, "
                "nom de l etablissement, denomination, raison sociale, title"
            ),
            "emri, emri i lokalit, emri i objektit, lokali, emertimi",
            "naziv, ime, naziv objekta, ime objekta, objekat, ime lokala, naziv lokala",
            "الاسم, اسم المنشأة, اسم المكان, المنشأة, اسم المحل",
        ),
        "sign": (
            "sign name, name on sign, on the sign, enseigne, nom sur l enseigne",
            "tabela, emri ne tabele",
            "natpis, ime na tabli, naziv na tabli",
            "اللافتة, الاسم على اللافتة",
        ),
        "other_names": (
            "aliases, alias, also known as, aka, a k a, other name, autres noms, autre nom, alias connus",
            "emra te tjere, emri tjeter, i njohur si",
            "drugi nazivi, drugo ime, poznat kao, drugi naziv",
            "أسماء أخرى, اسم آخر, معروف باسم",
        ),
        "former_names": (
            "former name, formerly, previous names, previous name, old name, anciens noms, ancien nom, anciennement",
            "emri i meparshem, emri i vjeter",
            "raniji naziv, staro ime, bivši naziv, raniji nazivi",
            "الاسم السابق, الأسماء السابقة",
        ),
        "latitude": (
            "lat, lat dd, gps lat, gps latitude, latitude dd, latitude wgs84, latitude wgs 84, latitude n, y",
            "gjeresia gjeografike, gjeresia",
            "geografska širina, g. širina, širina",
            "خط العرض, دائرة العرض, العرض",
        ),
        "longitude": (
            (
                "lon, lng, long, lon dd, long dd, gps lon, gps long, gps longitude, longitude dd, longitude wgs84, "
                "longitude wgs 84, lon wgs84, longitude e, x"
            ),
            "gjatesia gjeografike, gjatesia",
            "geografska dužina, g. dužina, dužina",
            "خط الطول, الطول",
        ),
        "position": (
            (
                "coordinates, coordinate, coords, gps coordinates, gps position, gps, mgrs, mgrs grid, grid reference, "
                "grid ref, grid, utm, plus code, location mgrs, lat long, lat lon, latitude longitude, coordonnees, "
                "coordonnees gps, carroyage, coordonnees mgrs"
            ),
            "koordinatat, koordinata",
            "koordinate, gps koordinate, koordinata",
            "الإحداثيات, احداثيات, إحداثيات الموقع",
        ),
        "uncertainty_m": (
            "uncertainty, accuracy m, accuracy, precision m, precision, incertitude m, incertitude",
            "pasiguria, saktesia",
            "odstupanje, tačnost, preciznost",
            "عدم اليقين, الدقة",
        ),
        "address": (
            "street address, street, adresse, rue",
            "adresa, rruga",
            "adresa, ulica, ulica i broj",
            "العنوان, الشارع",
        ),
        "locality": (
            "town, city, village, municipality, place, localite, ville, commune, town village, town city",
            "vendbanimi, qyteti, komuna, fshati",
            "naselje, grad, mesto, opština, selo",
            "المحلة, المدينة, البلدة, القرية",
        ),
        "sector": ("sector name, area of responsibility, aor, secteur, zone", "sektori", "sektor", "القطاع"),
        "floor": ("storey, level, etage", "kati", "sprat", "الطابق"),
        "entrance": ("entree", "hyrja", "ulaz", "المدخل"),
        "part": (
            "part of building, part of the building, partie du batiment, partie",
            "pjesa e nderteses",
            "deo zgrade",
            "جزء المبنى",
        ),
        "category": (
            (
                "kind, kind of venue, type of venue, venue kind, venue type, type, type of establishment, "
                "type of premises, categorie, type d etablissement, genre"
            ),
            "lloji i lokalit, lloji, kategoria",
            "vrsta objekta, vrsta, kategorija, tip objekta",
            "نوع المنشأة, النوع, الفئة",
        ),
        "subject": ("subject kind, kind of entry, objet, sujet", "", "", ""),
        "restriction": ("measure, mesure", "kufizimi, masa", "mera, ograničenje", "التقييد"),
        "basis": ("grounds, reason, motif, fondement", "arsyeja", "razlog, osnov", "السبب"),
        "authority": ("decided by, autorite, decide par", "autoriteti", "organ, odlučio", "السلطة"),
        "directive": (
            "directive reference, order, reference, ref, reference de la directive, ordre",
            "direktiva, referenca",
            "direktiva, naredba, broj naredbe",
            "التوجيه, المرجع",
        ),
        "hours": (
            (
                "opening hours, hours of operation, open, opening times, times, off limits hours, restricted hours, "
                "time, horaires, heures, heures d ouverture, horaire, horaires d ouverture"
            ),
            "orari, oraret, orari i punes",
            "časovi važenja, radno vreme, vreme",
            "الساعات, أوقات العمل, ساعات العمل",
        ),
        "since": (
            (
                "valid from, in force since, listed since, from, start, start date, date listed, date added, date, "
                "depuis, date d effet, du, a partir du, interdit depuis, interdit depuis le, depuis le"
            ),
            "që nga, nga data, data",
            "od, važi od, datum, od datuma",
            "منذ, من تاريخ, التاريخ",
        ),
        "until": (
            "valid to, valid until, to, end, end date, expires, jusqu au, au, fin",
            "deri më, deri",
            "do, važi do, do datuma",
            "حتى, إلى تاريخ",
        ),
        "review_by": (
            "review, review date, date de reexamen, reexamen, a reexaminer",
            "rishikimi",
            "preispitivanje",
            "",
        ),
        "applies_to": (
            "binds, who is bound, personnel, s applique a, personnel vise",
            "vlen për, personeli",
            "važi za, osoblje",
            "يسري على",
        ),
        "exceptions": ("exception, except", "përjashtimet", "izuzeci", "الاستثناءات"),
        "note": (
            "notes, remarks, remark, comments, comment, remarques, remarque, observations, commentaires, cmt",
            "shënime, shenim, vërejtje",
            "napomena, napomene, beleške, primedba",
            "ملاحظات, ملاحظة",
        ),
        # The id of an entry, as our own exports name it.
        "entry": ("entry id, inscription, designation id", "zëri, zë", "stavka", "البند, بند"),
    }
)
# Headings of `hours`, normalised, that tell when a place is open rather than when a listing binds.
OPENING = frozenset(
    {
        "opening hours", "opening times", "hours of operation", "open", "heures d ouverture", "horaires d ouverture",
        "orari i punes", "radno vreme", "радно време", "اوقات العمل", "ساعات العمل",
    }
)  # fmt: skip
_CYRILLIC = (
    ("lj", "љ"), ("nj", "њ"), ("dž", "џ"), ("a", "а"), ("b", "б"), ("c", "ц"), ("č", "ч"), ("ć", "ћ"), ("d", "д"),
    ("đ", "ђ"), ("e", "е"), ("f", "ф"), ("g", "г"), ("h", "х"), ("i", "и"), ("j", "ј"), ("k", "к"), ("l", "л"),
    ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("š", "ш"), ("t", "т"), ("u", "у"),
    ("v", "в"), ("z", "з"), ("ž", "ж"),
)  # fmt: skip


def usual(field: str) -> tuple[str, ...]:
    """The headings of a field, the likelier first: English and French before the others."""
    western, albanian, serbian, arabic = HEADINGS[field]
    told = (western, albanian, serbian, _in_cyrillic(serbian), arabic)
    return tuple(heading.strip() for words in told for heading in words.split(",") if heading.strip())


def _in_cyrillic(latin: str) -> str:
    for letters, letter in _CYRILLIC:
        latin = latin.replace(letters, letter)
    return latin
