"""The signs and words that stand beside coordinates, in the languages of the missions, each as one plain sign.

N S E W are the four sides; O is east in German (Ost), west in French, Spanish and Italian (Ouest, Oeste, Ovest).
"""

import unicodedata

LAT, LON = "lat", "lon"
SIDES, MARKS = "NSEWO", "°'\""
_WORDS = {
    "N": "n north northern nord norte norden settentrione veri sever север сев с северная северный вн شمال شمالا kuzey"
    " kaskazini βορεια βορειο 北纬 北緯 北 nlat sgs сгш сш latn",
    "S": "s south southern sud sur sul suden jug юг южная ю југ جنوب جنوبا guney kusini νοτια νοτιο 南纬 南緯 南 slat"
    " jgs јгш юш lats",
    "E": "e е east eastern est este leste ost osten lindje istok исток восток восточная в вд شرق شرقا dogu mashariki"
    " ανατολικα ανατολικο 东经 東經 东 東 elon elong igd игд lone longe",
    "W": "w west western ouest oeste ovest vest westen perendim zapad запад западная з зд غرب غربا bati magharibi"
    " δυτικα δυτικο 西经 西經 西 wlon wlong zgd згд lonw longw",
    "O": "o о",
    LAT: "lat lati latitude latitud latitudine latitudo breite breitengrad gjeresia sirina geografskasirina широта шир"
    " ширина enlem πλατος γεωγραφικοπλατος latitudo خطالعرض العرض عرض 纬度 緯度",
    LON: "lon long lng longitude longitud longitudine lange langengrad gjatesia duzina geografskaduzina долгота долг"
    " дужина boylam μηκος γεωγραφικομηκος خطالطول الطول طول 经度 經度",
    "°": "deg degs degree degrees grad grade gradi grados graus degre degres d shkalle stepen stepeni град градус"
    " градуса градусов степен درجة derece μοιρες",
    "'": "min mins minute minutes minuto minutos minuti minuten minuta мин минута минуты минут دقيقة dakika λεπτα",
    '"': "sec secs second seconds segundo segundos seconde secondes secondi sekunde sekunden sekunda сек секунда"
    " секунды секунд ثانية saniye δευτερολεπτα",
    ";": "and et und y и и and dhe ve na και و",
}


def bare(word: str) -> str:
    """A word in small letters without accents, dots and blanks, as the table has it."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part) and part not in ". ")


_MEANT = {bare(word): meant for meant, words in _WORDS.items() for word in words.split()}


def meant_by(word: str) -> str | None:
    """The plain sign of a word or letter: a side, `lat`, `lon`, a mark, `;` for "and"; None for any other word."""
    return _MEANT.get(bare(word))
