"""Words the world is written with: names, places, goods. No real person's data."""

import unicodedata
from itertools import product

import pyarrow as pa


def _words(text: str, separator: str | None = None) -> list[str]:
    """The words of a text."""
    return text.split(separator)


COUNTRIES = ("GB", "US", "DE", "FR")
COUNTRY_NAMES = ("United Kingdom", "United States", "Germany", "France")
COUNTRY_SPELLINGS = ("UK", "USA", "Deutschland", "france")
CURRENCIES = ("GBP", "USD", "EUR", "CAD", "AUD", "CHF", "SEK", "JPY")
UNITS_PER_POUND = (1.0, 1.27, 1.17, 1.72, 1.93, 1.12, 13.4, 190.0)
"""Price level of each currency: roughly what a pound buys."""

_FEMALE_EN = _words(
    "Olivia Amelia Isla Ava Ivy Freya Lily Florence Mia Willow Rosie Sophia Isabella Grace Daisy "
    "Poppy Emily Ella Evelyn Phoebe Sienna Charlotte Harper Evie Alice Ruby Matilda Emma Jessica "
    "Sarah Hannah Megan Chloë Lauren Rebecca Rachel Laura Katherine Elizabeth Margaret Susan "
    "Deborah Christine Patricia Jennifer Linda Barbara Karen Nancy Michelle Amanda Stephanie "
    "Nicole Samantha Heather Zoë Renée Priya Aisha Fatima"
)
_MALE_EN = _words(
    "Oliver George Noah Arthur Harry Leo Muhammad Jack Oscar Theodore Freddie Henry Archie Alfie "
    "Charlie Thomas James William Joshua Alexander Edward Isaac Lucas Daniel Joseph Samuel Max "
    "Benjamin Adam Robert Michael David Richard Christopher Matthew Anthony Mark Steven Paul "
    "Andrew Kenneth Kevin Brian Timothy Ronald Jason Jeffrey Ryan Jacob Gary Nicholas Eric "
    "Jonathan Stephen Larry Justin Seán José Rafael Dmitri"
)
_FEMALE_DE = _words(
    "Anna Lena Hanna Lea Marie Sophie Leonie Johanna Klara Frieda Greta Mathilda Ida Paula Luisa "
    "Käthe Jürgina Sabine Petra Monika Ursula Renate Karin Brigitte Helga Gisela Ingrid Andrea "
    "Claudia Birgit Heike Kerstin Silke Katrin Jana Bärbel Zeynep Elif Hülya Ayşe"
)
_MALE_DE = _words(
    "Paul Jonas Finn Leon Ben Elias Luis Felix Henri Emil Anton Karl Moritz Jakob Peter Wolfgang "
    "Klaus Jürgen Günther Dieter Manfred Uwe Stefan Andreas Torsten Bernd Frank Ralf Jörg Björn "
    "Sören Matthias Sebastian Florian Tobias Mehmet Mustafa Emre Götz Käspar"
)
_FEMALE_FR = _words(
    "Jade Louise Ambre Alba Chloé Léa Manon Camille Inès Zoé Éléonore Hélène Élise Margaux "
    "Juliette Agathe Céline Aurélie Stéphanie Nathalie Isabelle Sylvie Catherine Françoise "
    "Monique Valérie Véronique Sandrine Delphine Amélie Noémie Maëlys Océane Yasmine Anaïs Rose "
    "Apolline Clémence Solène Geneviève"
)
_MALE_FR = _words(
    "Gabriel Raphaël Louis Arthur Jules Adam Maël Hugo Nathan Lucas Théo Étienne Rémi Benoît "
    "François Frédéric Jérôme Sébastien Stéphane Grégoire Mathieu Antoine Baptiste Clément "
    "Olivier Philippe Pascal Thierry Didier Gérard Gaël Loïc Yann Karim Mehdi Bastien Cédric "
    "Aurélien Édouard Célestin"
)
FIRST_NAME_POOLS = (
    (_FEMALE_EN, _MALE_EN), (_FEMALE_EN, _MALE_EN), (_FEMALE_DE, _MALE_DE), (_FEMALE_FR, _MALE_FR),
)  # fmt: skip
"""By country code: names of women, of men. No name is in both pools of a country."""
NICKNAMES = {
    "Katherine": "Katie", "Elizabeth": "Liz", "Margaret": "Maggie", "Rebecca": "Becky",
    "Jennifer": "Jenny",
    "Samantha": "Sammie", "Susan": "Sue", "Deborah": "Debbie", "Patricia": "Trish",
    "William": "Bill",
    "Robert": "Bob", "Michael": "Mike", "Richard": "Rick", "Christopher": "Chris",
    "Matthew": "Matt",
    "Anthony": "Tony", "Thomas": "Tom", "James": "Jim", "Benjamin": "Benny", "Daniel": "Dan",
    "Edward": "Ted",
    "Nicholas": "Nick", "Sebastian": "Basti", "Johanna": "Hanni", "Sébastien": "Seb",
    "Frédéric": "Fred",
}  # fmt: skip

_SURNAMES_EN = _words(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans "
    "Walker White Roberts Green Hall Thomas Clarke Jackson Wood Harris Edwards Turner Martin "
    "Cooper Hill Ward Hughes Moore Clark King Harrison Lewis Baker Lee Morris Khan Scott Watson "
    "Davis Parker James Bennett Young Phillips Richardson Mitchell Bailey Carter Cook Singh Shaw "
    "Bell Collins Morgan Kelly Miller Cox Hussain Marshall Simpson Price Anderson Adams Wilkinson "
    "Begum Ali O'Neill O'Connor McDonald MacLeod Fitzgerald"
)
_EN_HEADS = _words(
    "Ash Black Brad Brook Burn Clay Cold Corn Cross Dal East Fair Farn Gold Green Had Hart Haw "
    "Hazel Hol Ken Kirk Lang Long Mars Mid Nor North Oak Old Pem Red Rock Ros Ryd Sher Stan Sut "
    "Thorn Wal War West Whit Win Wood Wyn"
)
_EN_TAILS = _words(
    "bourne bridge by cote croft den field ford ham hurst ley low more shaw stead ton well wick "
    "wood worth"
)
_SURNAMES_DE = _words(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch "
    "Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann "
    "Lange Schmitt Werner Krause Lehmann Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs "
    "Peters Lang Scholz Möller Weiß Jung Hahn Yılmaz Kaya Demir"
)
_DE_HEADS = _words(
    "Alt Berg Birken Blumen Brück Dorn Eichen Eisen Falken Feld Gold Grün Hagen Hoch Holz Kirch "
    "Klee Linden Lauter Moos Neu Ober Rosen Rot Sand Stein Sommer Tannen Unter Wald Weiden Winter"
)
_DE_TAILS = _words(
    "bach baum berg bauer brandt feld hauer hausen hoff mann meier müller reuter stein thal"
)
_SURNAMES_FR = _words(
    "Martin Bernard Dubois Durand Robert Richard Petit Moreau Laurent Simon Michel Lefèvre Leroy "
    "Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent "
    "Muller Faure André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier "
    "Garcia Perrin Robin Clément Morin Henry Roussel Mathieu Gautier Benali Diallo Traoré N'Diaye "
    "D'Arras"
)
_FR_HEADS = _words(
    "Beau Belle Bois Bon Chante Clair Font Grand Haute Mal Mont Neu Roche Saint Val Vieux Ville "
    "Blanche"
)
_FR_TAILS = _words(
    "bourg champ clerc court fort garde lieu loup marie mont pierre pré puy rive val voisin"
)


def _family(common: list[str], heads: list[str], tails: list[str]) -> list[str]:
    made = [head + tail for tail, head in product(tails, heads)]
    return common + [name for name in made if name not in common]


SURNAME_POOLS = tuple(
    _family(*parts)
    for parts in (
        (_SURNAMES_EN, _EN_HEADS, _EN_TAILS),
        (_SURNAMES_EN, _EN_HEADS, _EN_TAILS),
        (_SURNAMES_DE, _DE_HEADS, _DE_TAILS),
        (_SURNAMES_FR, _FR_HEADS, _FR_TAILS),
    )
)

# City, state or region as systems write it, postcode area.
# fmt: off
CITIES = (
    (
        ("London", "LND", "SW"), ("Leeds", "WYK", "LS"), ("Manchester", "MAN", "M"),
        ("Bristol", "BST", "BS"),
        ("Sheffield", "SHF", "S"), ("Liverpool", "LIV", "L"), ("Norwich", "NFK", "NR"),
        ("Exeter", "DEV", "EX"),
        ("York", "YOR", "YO"), ("Cardiff", "CRF", "CF"), ("Swansea", "SWA", "SA"),
        ("Edinburgh", "EDH", "EH"),
        ("Glasgow", "GLG", "G"), ("Inverness", "HLD", "IV"), ("Belfast", "BFS", "BT"),
        ("St Albans", "HRT", "AL"),
    ),
    (
        ("New York", "NY", "100"), ("Boston", "MA", "021"), ("Chicago", "IL", "606"),
        ("Houston", "TX", "770"),
        ("Phoenix", "AZ", "850"), ("Denver", "CO", "802"), ("Seattle", "WA", "981"),
        ("Portland", "OR", "972"),
        ("Atlanta", "GA", "303"), ("Miami", "FL", "331"), ("Columbus", "OH", "432"),
        ("Nashville", "TN", "372"),
        ("San Diego", "CA", "921"), ("St. Louis", "MO", "631"), ("Minneapolis", "MN", "554"),
    ),
    (
        ("Berlin", "BE", "10"), ("Hamburg", "HH", "20"), ("München", "BY", "80"),
        ("Köln", "NW", "50"),
        ("Frankfurt am Main", "HE", "60"), ("Stuttgart", "BW", "70"), ("Düsseldorf", "NW", "40"),
        ("Leipzig", "SN", "04"), ("Dresden", "SN", "01"), ("Nürnberg", "BY", "90"),
        ("Würzburg", "BY", "97"),
        ("Lübeck", "SH", "23"), ("Göttingen", "NI", "37"),
    ),
    (
        ("Paris", "IDF", "75"), ("Lyon", "ARA", "69"), ("Marseille", "PAC", "13"),
        ("Toulouse", "OCC", "31"),
        ("Nice", "PAC", "06"), ("Nantes", "PDL", "44"), ("Montpellier", "OCC", "34"),
        ("Strasbourg", "GES", "67"),
        ("Bordeaux", "NAQ", "33"), ("Lille", "HDF", "59"), ("Rennes", "BRE", "35"),
        ("Saint-Étienne", "ARA", "42"),
        ("Besançon", "BFC", "25"),
    ),
)  # fmt: skip

_EN_STREETS = _words(
    "Acorn Alder Almond Apple Ash Bay Beech Birch Bramble Bridge Brook Cedar Chapel Cherry "
    "Chestnut Church Clover Copse Crescent Dale Elder Elm Fern Field Forest Garden Garnet Gate "
    "Grange Green Grove Harbour Hawthorn Hazel Heath High Hill Holly Ivy Juniper King's Lake "
    "Larch Laurel Lavender Lilac Lime Linden Magnolia Maple Market Meadow Mill Mulberry North Oak "
    "Orchard Park Pear Pine Plum Poplar Primrose Priory Queen's Quarry Ridge River Rose Rowan "
    "Sage School Sorrel South Spring Spruce Station Stone Summer Sycamore Thistle Union Valley "
    "Victoria Violet Walnut West Willow Windmill Winter Wood Yew"
)
_EN_KINDS = (
    ("Street", "St"),
    ("Road", "Rd"),
    ("Avenue", "Ave"),
    ("Lane", "Ln"),
    ("Close", "Cl"),
    ("Drive", "Dr"),
)
_DE_STREETS = _words(
    "Ahorn Amsel Apfel Bahnhof Berg Birken Blumen Brunnen Buchen Drossel Eichen Erlen Eschen Feld "
    "Finken Fichten Flieder Garten Goethe Haupt Hasel Heide Hof Kastanien Kiefern Kirch Lerchen "
    "Linden Lilien Markt Mühlen Nelken Park Pappel Post Quellen Rosen Schiller Schloss Schul "
    "Schwalben See Sonnen Tal Tannen Ulmen Veilchen Wald Weiden Wiesen Ziegel"
)
_DE_KINDS = (("straße", "str."), ("weg", "weg"), ("allee", "allee"), ("gasse", "gasse"))
_FR_STREETS = _words(
    "des Acacias;des Bleuets;de la Gare;des Chênes;du Château;des Cerisiers;de l'Église;de la "
    "Fontaine;des Frênes;des Glycines;du Jardin;des Jonquilles;du Lavoir;des Lilas;de la "
    "Mairie;des Marronniers;du Moulin;des Noyers;des Ormes;des Peupliers;de la Paix;du Port;des "
    "Prés;des Rosiers;de la Rivière;des Roses;du Soleil;des Tilleuls;des Vignes;de la Vallée;du "
    "Verger;des Violettes",
    ";",
)
_FR_KINDS = (
    ("rue", "r."),
    ("avenue", "av."),
    ("boulevard", "bd"),
    ("chemin", "ch."),
    ("place", "pl."),
)


def _streets(abbreviated: int) -> tuple[list[str], ...]:
    english = [f"{name} {kind[abbreviated]}" for name, kind in product(_EN_STREETS, _EN_KINDS)]
    german = [name + kind[abbreviated] for name, kind in product(_DE_STREETS, _DE_KINDS)]
    french = [f"{kind[abbreviated]} {name}" for name, kind in product(_FR_STREETS, _FR_KINDS)]
    return english, english, german, french


STREET_POOLS = _streets(0)
SHORT_STREET_POOLS = _streets(1)

PERSONAL_DOMAINS = (
    "home.example", "ourmail.example", "day.example", "mail.example", "inbox.example",
    "post.example", "web.example",
    "letters.example", "courriel.example", "brief.example",
)  # fmt: skip
COMPANY_HEADS = _words(
    "Amber Anchor Arbour Beacon Bluebell Bramley Cobalt Compass Copper Crestline Delta Driftwood "
    "Ember Evergreen Falcon Fjord Granite Harbour Heron Indigo Juniper Keystone Lakeside Lantern "
    "Lighthouse Lumen Maple Meridian Millstone Nimbus Northgate Orchard Osprey Pebble Pinnacle "
    "Quartz Redwood Rivet Saffron Silverline Summit Tandem Tern Upland Vertex Waypoint Wren "
    "Zephyr"
)
COMPANY_TAILS = _words(
    "Analytics Bakery Brewing Builders Care Catering Clinics Consulting Devices Energy "
    "Engineering Foods Freight Gardens Insurance Interiors Labs Learning Logistics Media Motors "
    "Networks Optics Packaging Partners Pharma Plastics Print Properties Robotics Security "
    "Software Supplies Systems Textiles Tools Travel Works"
)
COMPANY_FORMS = ("Ltd", "Inc.", "GmbH", "SARL")
INDUSTRIES = (
    "Retail", "Manufacturing", "Healthcare", "Technology", "Hospitality", "Education", "Finance",
    "Logistics", "Energy",
)  # fmt: skip
STAFF = (
    "Nadia Brandt", "Tom Ashworth", "Inès Carpentier", "Owen Pritchard", "Leila Haddad",
    "Marcus Feldmann", "Grace Okafor", "Henrik Sommer", "Julie Marchand", "Ravi Menon",
    "Claire O'Brien", "Daniel Whitby",
)  # fmt: skip
"""Who looks after accounts."""

# Category, its subcategories, what things are called.
_GOODS = (
    ("Home", ("Candles", "Kitchen", "Bedding"),
    ("Candle", "Mug", "Lantern", "Cushion", "Tea Towel", "Bowl")),
    ("Garden", ("Tools", "Pots", "Seeds"),
    ("Planter", "Trowel", "Bird Feeder", "Watering Can", "Hose")),
    ("Toys", ("Games", "Plush", "Puzzles"), ("Bear", "Puzzle", "Kite", "Board Game", "Robot")),
    ("Fashion", ("Women", "Men", "Kids"), ("Scarf", "Jumper", "Boots", "Raincoat", "Shirt")),
    ("Electronics", ("Audio", "Computing", "Smart Home"),
    ("Speaker", "Headphones", "Lamp", "Charger", "Keyboard")),
    ("Beauty", ("Skin", "Hair", "Bath"), ("Soap", "Balm", "Shampoo", "Bath Salts")),
)  # fmt: skip
_ADJECTIVES = (
    "Classic",
    "Vintage",
    "Cosy",
    "Mini",
    "Grand",
    "Nordic",
    "Striped",
    "Recycled",
    "Midnight",
    "Sunny",
)
BRANDS = (
    "Hearth & Co",
    "Fernhill",
    "Ölmühle",
    "Petit Nuage",
    "Brightside",
    "Old Pier",
    "Kestrel",
    "Nine Acres",
)
PRODUCTS = tuple(
    (f"{adjective} {thing}", category, kinds[(number + place) % len(kinds)])
    for category, kinds, things in _GOODS
    for number, adjective in enumerate(_ADJECTIVES)
    for place, thing in enumerate(things)
)
"""Name, category, subcategory."""


def folded(word: str) -> str:
    """Lower case ASCII letters only, as an address or a login would have it."""
    for letter, plain in (("ß", "ss"), ("ı", "i"), ("ş", "s"), ("ø", "o")):
        word = word.replace(letter, plain)
    ascii_word = unicodedata.normalize("NFKD", word.lower()).encode("ascii", "ignore").decode()
    return "".join(letter for letter in ascii_word if letter.isalnum())


def plain(word: str) -> str:
    """The word without accents, as an old system stores it."""
    for letter, written in (("ß", "ss"), ("ı", "i"), ("ş", "s"), ("Ş", "S")):
        word = word.replace(letter, written)
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()


class Pools:
    """Several lists of words laid end to end, so that one code says list and word."""

    def __init__(self, pools: tuple[list[str], ...]) -> None:
        self.sizes = [len(pool) for pool in pools]
        self.starts = [sum(self.sizes[:place]) for place in range(len(pools))]
        words = [word for pool in pools for word in pool]
        self.words = pa.array(words, pa.string())
        self.plain = pa.array([plain(word) for word in words], pa.string())
        self.folded = pa.array([folded(word) for word in words], pa.string())
        self.nicknames = pa.array([NICKNAMES.get(word, word) for word in words], pa.string())


FIRST_NAMES = Pools(tuple(list(pool) for pair in FIRST_NAME_POOLS for pool in pair))
"""Pool number: country code * 2 + (1 for men)."""
SURNAMES = Pools(SURNAME_POOLS)
STREETS = Pools(STREET_POOLS)
SHORT_STREETS = Pools(SHORT_STREET_POOLS)
