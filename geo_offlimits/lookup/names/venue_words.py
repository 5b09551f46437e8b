"""Words that do not tell one venue from another, in the languages of missions, and words with a shorter writing.

They stand here as people write them, phrases between semicolons; `folding` brings them to Latin letters, so that a
Serbian word need not stand here in Cyrillic, too. A phrase counts as a whole: "night" tells a name, "night club" does
not.
"""

# The kind of venue.
KINDS = """
bar; pub; club; klub; klubi; clube; klabu; lounge; lounge bar; snack; snack bar; grill; inn; hotel; hostel; motel;
lodge; tavern; nightclub; night club; nite club; strip club; gentlemens club; disco; disko; discotheque; diskotek;
diskoteka; discoteca; dancing; cabaret; kabare; karaoke; casino; kazino; gazino; gaming club; restaurant; restorant;
restoran; ristorante; restaurante; trattoria; pizzeria; picerija; cafe; caffe; kafe; kafic; kafana; kafeneja;
kafeteria; cafeteria; coffee; coffee shop; coffee bar; coffee house; canteen; kantina; cantina; bistro; bistrot;
brasserie; buvette; buffet; bife; bodega; taberna; taverna; taverne; meson; cave; maquis; nganda; auberge; gasthaus;
gasthof; guest house; guesthouse; guest rooms; pension; pansiyon; hostal; residence; boutique; massage;
massage parlour; massage parlor; massage salon; massage centre; massage center; masazh; masazhi; masaza; masaj;
salon masazhi; sallon masazhi; salon masaze; masajes; spa; sauna; hamam; hammam; wellness; salon; sallon; studio;
parlour; parlor; saloon; center; centre; qendra; centar; complex; kompleks; resort; camp; terrasse; kiosque; kiosk;
boîte; boîte de nuit; club privé; noćni klub; noćni bar; krčma; gostionica; prenoćište; konak; splav; klubi i natës;
klub nate; lokali; lokal; bujtina; hani; birraria; gece kulübü; gece kulubu; meyhane; birahane; birahanesi;
kahvehane; kahvehanesi; kahve; lokanta; lokantası; pavyon; otel; oteli; çay evi; club nocturno; sala de fiestas;
peña; chiringuito; sala; baa; hoteli; mgahawa; nyumba ya wageni; klabu ya usiku; karczma; cârciuma; klub nocny;
ночной клуб; гостиница; отель; готель; ресторан; μπαρ; παμπ; κλαμπ; νυχτερινό κέντρο; nychterino kentro;
νυχτερινό κλαμπ; ξενοδοχείο; xenodoxeio; ταβέρνα; εστιατόριο; καφενείο; καφετέρια; καφέ; καζίνο; μασάζ; σάουνα;
ντίσκο; ντισκοτέκ; λόουντζ; بار; فندق; أوتيل; مقهى; مقهي; maqha; قهوة; كافيه; كافيتريا; مطعم; نادي; nadi; نادي ليلي;
ملهى; ملهى ليلي; كازينو; ديسكو; مساج; مركز مساج; صالون; استراحة; نزل; شيشة; shisha; chicha; funduq; בר; מלון; malon;
מועדון; מועדון לילה; קפה; בית קפה; מסעדה; קזינו; ბარი; კაფე; სასტუმრო; რესტორანი; კლუბი; ቡና ቤት; bunabet; ሆቴል;
ምግብ ቤት; ባር; ክለብ
"""

# Words that only link others.
LINKS = """
a; an; the; of; at; in; on; by; and; n; no; nr; number; numéro; s; le; la; les; l; d; de; du; des; au; aux; et;
chez; che; en; sur; sous; un; une; qu; el; los; las; del; al; y; e; o; don; da; do; dos; das; di; della; il; lo; i;
u; na; pri; kod; te; tek; në; dhe; se; të; der; die; das; zum; zur; und; im; am; ve; ile; ya; wa; za; cha; και; το;
τα; η; οι; των; του; της; twn; και; ال; و; er; es; ech; ash; as; ar; ad
"""

NUMBERS = {
    1: "one une uno jedan jedna nje ena bir",
    2: "two deux dos dva dve dy dyo δύο iki zwei due mbili mibale اثنان إثنين",
    3: "three trois tres tri tre treis τρεις τρία üç drei tatu misato ثلاثة ثلاث thalathat thalatha",
    4: "four quatre cuatro quattro četiri katër tessera τέσσερα dört vier nne minei أربعة",
    5: "five cinq cinco cinque pet pesë pente πέντε beş fünf tano mitano خمسة",
    6: "six seis sei šest gjashtë exi έξι altı sechs sita motoba ستة",
    7: "seven sept siete sette sedam shtatë epta επτά εφτά yedi sieben saba nsambo سبعة",
    8: "eight huit ocho otto osam tetë okto οκτώ οχτώ sekiz acht nane mwambe ثمانية",
    9: "nine neuf nueve nove devet nëntë ennia εννέα εννιά dokuz neun tisa libwa تسعة",
    10: "ten dix diez deset dhjetë deka δέκα on zehn kumi zomi عشرة",
    11: "eleven onze once jedanaest",
    12: "twelve douze doce dvanaest",
    20: "twenty vingt veinte dvadeset njëzet yirmi",
    30: "thirty trente treinta trideset tridhjetë otuz",
    40: "forty quarante cuarenta četrdeset dyzet kırk",
    50: "fifty cinquante cincuenta pedeset pesëdhjetë elli",
    100: "hundred cent cien sto qind njëqind yüz",
}
# The tenth is not ten: "Tenth Bell" and "Ten Bells" are two venues.
ORDINALS = {
    1: "first premier première 1st 1er 1re 1ère",
    2: "second deuxième seconde 2nd 2d 2de 2nde 2e 2ème 2ième",
    3: "third troisième 3rd 3d 3e 3ème 3ième",
    4: "fourth quatrième 4th 4e 4ème 4ième",
    5: "fifth cinquième 5th 5e 5ème 5ième",
    6: "sixth sixième 6th 6e 6ème 6ième",
    7: "seventh septième 7th 7e 7ème 7ième",
    8: "eighth huitième 8th 8e 8ème 8ième",
    9: "ninth neuvième 9th 9e 9ème 9ième",
    10: "tenth dixième 10th 10e 10ème 10ième",
    11: "eleventh onzième 11th 11e 11ème 11ième",
    12: "twelfth douzième 12th 12e 12ème 12ième",
}
ROMAN = {2: "ii", 3: "iii", 4: "iv", 6: "vi", 7: "vii", 8: "viii", 9: "ix"}

# Each line: one word, then what is written for it.
WRITTEN_SHORT = """
saint st snt san santa sv sveti sveta shën shna agios ayios agia ayia ag αγ άγιος αγία
international intl internat
boulevard blvd bulevar bulevardi
avenue av ave
street str
mount mt mont monte
grand gd grande
brothers bros
"""
