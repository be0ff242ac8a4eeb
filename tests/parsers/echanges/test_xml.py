"""The XML form: what is read as the fixed form is, what each step refuses, and how it is told."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from itertools import count
from random import Random

import polars as pl
import pytest

from parsers.echanges import pieces_xml, xml
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.ecriture_xml import write_xml
from parsers.echanges.lecteur import CONFORME, ILLISIBLE, NON_CONFORME, LectureEchange
from parsers.echanges.valeurs_xml import format_zone, list_elements, parse_zone
from parsers.echanges.xml import peek_entete, read_xml
from parsers.echanges.zones import REFUS, colonne_of
from parsers.messages import described
from specs.echanges import ESPACE, read_genres
from tests.efforts import GRAINES
from tests.parsers.echanges.fabrique import DEMANDE, LIGNES, compose, read, sample, told
from tests.parsers.echanges.mutants import iter_mutants, join_groups, list_groups

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
Alter = Callable[[str], str]


def document(genre: str) -> str:
    """A right file in XML."""
    return write_xml(compose(genre, LIGNES[genre])).decode()


ARI = document("ARI")


def control(texte: str | bytes, genre: str = "ARI") -> LectureEchange:
    """What the controls say of a document."""
    octets = texte.encode() if isinstance(texte, str) else texte
    return read(genre, octets, f"{genre}_T_0001234_20260101000000_0001.xml")


def replaced(avant: str, apres: str, nombre: int = 1) -> str:
    """The ARI with something else in the place of what it has."""
    assert avant in ARI
    return ARI.replace(avant, apres, nombre)


@pytest.mark.parametrize("genre", LIGNES)
def test_both_forms_of_a_file_are_read_alike(genre: str) -> None:
    """Lines and values of a right file are those of its fixed form."""
    fixe, xml = read(genre, sample(genre)), control(document(genre), genre)
    assert (fixe.verdict, xml.verdict, xml.forme) == (CONFORME, CONFORME, "xml")
    assert xml.lignes.equals(fixe.lignes)
    for code, frame in fixe.valeurs.items():
        assert xml.valeurs[code].drop("filler", strict=False).equals(frame)


ADMIS: dict[str, Alter] = {
    "marque": lambda t: "\ufeff" + t,
    "prefixe": lambda t: (
        t.replace("</", "</e:")
        .replace("<", "<e:")
        .replace("<e:/e:", "</e:")
        .replace("<e:?", "<?")
        .replace("xmlns=", "xmlns:e=")
    ),
    "commentaire": lambda t: t.replace("65.25", "65<!-- euros -->.25").replace(
        "<entete>", "<!-- <mode>R</mode> --><entete>"
    ),
    "instruction": lambda t: t.replace("<depot", "<?xml-stylesheet href='a'?><depot").replace(
        "DURAND", "DUR<?a b?>AND"
    ),
    "cdata": lambda t: t.replace("DURAND", "<![CDATA[DURAND]]>"),
    "schemaLocation": lambda t: t.replace(
        "<depot", f'<depot {XSI} xsi:schemaLocation="{ESPACE} ari.xsd"'
    ),
    "blancs": lambda t: t.replace("><", ">\n\t <").replace("DURAND", " \n DURAND\t"),
    "nombres": lambda t: (
        t.replace("65.25", "+0065.2500")
        .replace("<lost>3.00", "<lost> 3 ")
        .replace("14.5000", "14.5")
        .replace("<n_workers>1<", "<n_workers>01.0<")
    ),
    "caracteres": lambda t: t.replace("DURAND", "DUR&#65;ND"),
    "sans_declaration": lambda t: t.split("\n", 1)[1],
    "declaration": lambda t: t.replace("UTF-8", "utf-8"),
}


@pytest.mark.parametrize("alter", ADMIS.values(), ids=ADMIS)
def test_what_changes_nothing(alter: Alter) -> None:
    """Writings of the same document: the same values, without an anomaly (X-16 to X-18)."""
    autre = alter(ARI)
    assert autre != ARI
    lecture, modele = control(autre), control(ARI)
    assert lecture.anomalies.is_empty()
    assert all(modele.valeurs[code].equals(frame) for code, frame in lecture.valeurs.items())


def test_compressed() -> None:
    """One gzip member, told by the name."""
    nom = "ARI_T_0001234_20260101000000_0001.xml.gz"
    assert read("ARI", gzip.compress(ARI.encode()), nom).verdict == CONFORME


PROFOND = "<a><b><c><d/></c></b></a>"
ILLISIBLES: dict[str, tuple[str | bytes, str, str]] = {
    "utf16": (ARI.encode("utf-16"), "F004", "xml"),
    "latin1": (ARI.replace("DURAND", "DURÂND").encode("latin-1"), "F004", "xml"),
    "declare": (ARI.replace("UTF-8", "ISO-8859-1"), "F004", "xml"),
    "dtd": (replaced("<depot", "<!DOCTYPE depot><depot"), "F012", "dtd"),
    "externe": (replaced("<depot", '<!DOCTYPE depot SYSTEM "file:///x"><depot'), "F012", "dtd"),
    "rires": (
        replaced("<depot", '<!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><depot').replace(
            "DURAND", "&b;"
        ),
        "F012",
        "dtd",
    ),
    "entite": (replaced("DURAND", "DUR&nbsp;AND"), "F012", "entite"),
    "entite_attribut": (replaced("<jour>", "<jour a='&x;'>"), "F012", "entite"),
    "profondeur": (replaced("<mode>T", f"<mode>{PROFOND}"), "F012", "profondeur"),
    "profondeur_inconnue": (
        replaced("<arret>", f"<x><y>{PROFOND}</y></x><arret>"),
        "F012",
        "profondeur",
    ),
    "profondeur_puis_coupe": (
        replaced("<mode>T", f"<mode>{PROFOND}").replace("</depot>", ""),
        "F012",
        "profondeur",
    ),
    "puits": (replaced("<arret>", "<a>" * 100_000), "F012", "profondeur"),
    "texte": (replaced("RD 604", "x" * 11_000_000), "F012", "bornes"),
    "coupe": (ARI[:-10], "F010", "xml"),
    "croise": (replaced("</mode>", "</mod>"), "F010", "xml"),
    "prefixe_inconnu": (replaced("<mode>", "<e:mode>"), "F010", "xml"),
    "commande": (replaced("DURAND", "DUR\x1aAND"), "F010", "xml"),
    "suite": (ARI + "<a/>", "F010", "xml"),
    "blanc_devant": ("\n" + ARI, "F010", "xml"),
}


@pytest.mark.parametrize(("texte", "code", "variante"), ILLISIBLES.values(), ids=ILLISIBLES)
def test_what_can_not_be_read(texte: str | bytes, code: str, variante: str) -> None:
    """Steps 2 and 3: the first fault alone, of the whole file (X-17)."""
    lecture = control(texte)
    assert lecture.verdict == ILLISIBLE
    trouvees = lecture.anomalies.select("code", "variante", "ligne").rows()
    assert trouvees == [(code, variante, 0)]


def test_a_namespace_that_is_no_address_is_refused() -> None:
    """Its brace stops no reader."""
    assert control(replaced(ESPACE, "u}rn:x")).verdict == ILLISIBLE


STRUCTURES: dict[str, tuple[str, list[tuple[str, int, str | None]]]] = {
    "sans_espace": (replaced(f' xmlns="{ESPACE}"', ""), [("espace", 1, "00")]),
    "autre_espace": (replaced(ESPACE, "urn:x"), [("espace", 1, "00")]),
    "racine": (ARI.replace("depot", "depots"), [("element", 1, "00")]),
    "attribut_racine": (replaced("<depot", "<depot mode='T'"), [("attribut", 1, "00")]),
    "attribut": (replaced("<jour>", "<jour rang='1'>"), [("attribut", 5, "32")]),
    "attribut_champ": (replaced("<mode>", "<mode a='1'>"), [("attribut", 1, "00")]),
    "nil_enregistrement": (
        replaced("<jour>", f"<jour {XSI} xsi:nil='true'>"),
        [("attribut", 5, "32")],
    ),
    "texte": (replaced("<jour>", "<jour>texte"), [("texte", 5, "32")]),
    "texte_entre": (replaced("</arret>", "</arret>texte"), [("texte", 2, "30")]),
    "texte_racine": (replaced("<entete>", "texte<entete>"), [("texte", 1, "00")]),
    "inconnu": (replaced("<cause>", "<raison>X</raison><cause>"), [("element", 2, "30")]),
    "ordre": (
        replaced("<mode>T</mode>", "").replace("</siren>", "</siren><mode>T</mode>"),
        [("element", 1, "00")],
    ),
    "double": (replaced("<mode>T</mode>", "<mode>T</mode><mode>T</mode>"), [("element", 1, "00")]),
    "autre_prefixe": (replaced("<cause>", "<cause xmlns='urn:x'>"), [("element", 2, "30")]),
    "dans_un_champ": (replaced("DURAND", "<a/>"), [("element", 4, "31")]),
    "profondeur_six": (replaced("DURAND", "<a><b><c/></b></a>"), [("element", 4, "31")]),
    "lien": (replaced("<jour>", "<jour><decl_id>D1</decl_id>"), [("element", 5, "32")]),
    "champ_apres_porte": (
        replaced("</jour></salarie>", "</jour><certified>O</certified></salarie>"),
        [("element", 4, "31")],
    ),
    "porte_a_la_racine": (replaced("<controle>", "<jour/><controle>"), [("element", 7, None)]),
    "porte_ailleurs": (replaced("</arret>", "<jour/></arret>"), [("element", 2, "30")]),
    "autre_genre": (replaced("<controle>", "<demande/><controle>"), [("element", 7, None)]),
    "entete_absent": (
        ARI[: ARI.index("<entete>")] + ARI[ARI.index("<arret>") :],
        [("entete", 1, "00")],
    ),
    "entete_deux_fois": (replaced("<controle>", "<entete/><controle>"), [("element", 7, "00")]),
    "controle_absent": (ARI[: ARI.index("<controle>")] + "</depot>", [("controle", 7, "99")]),
    "controle_deux_fois": (replaced("</depot>", "<controle/></depot>"), [("apres", 8, "99")]),
    "apres": (replaced("</depot>", "<jour/></depot>"), [("apres", 8, None)]),
    "deux_fautes": (
        replaced("<jour>", "<jour a='1'>", 2),
        [("attribut", 5, "32"), ("attribut", 6, "32")],
    ),
}


@pytest.mark.parametrize(("texte", "trouvees"), STRUCTURES.values(), ids=STRUCTURES)
def test_what_is_out_of_place(texte: str, trouvees: list[tuple[str, int, str | None]]) -> None:
    """Step 4: F010 on each record at fault, nothing of the later steps (X-17)."""
    lecture = control(texte)
    assert lecture.verdict == NON_CONFORME
    assert set(lecture.anomalies["code"]) == {"F010"}
    assert lecture.anomalies.select("variante", "ligne", "bloc").rows() == trouvees


def test_the_namespace_is_named() -> None:
    """RE-12: who forgot the namespace is told which one is expected."""
    messages = described(control(replaced(f' xmlns="{ESPACE}"', "")).anomalies, None)["message"]
    assert ESPACE in messages.item()


@pytest.mark.parametrize(
    ("avant", "apres", "verdict", "attendu"),
    [
        (' kind="ARI"', "", ILLISIBLE, ("F010", 1, None)),
        ('kind="ARI"', 'kind="XXX"', ILLISIBLE, ("F015", 1, "KIND")),
        ('kind="ARI"', 'kind="DMC"', NON_CONFORME, ("F002", 1, "KIND")),
        (' version="0100"', "", NON_CONFORME, ("F014", 1, "VERSION")),
        ('version="0100"', 'version="0200"', NON_CONFORME, ("F014", 1, "VERSION")),
        ("<mode>T</mode>", "", NON_CONFORME, ("F013", 1, "MODE")),
        ("<mode>T</mode>", "<mode/>", NON_CONFORME, ("F013", 1, "MODE")),
        ("<sum_1>65.25", "<sum_1>65,25", NON_CONFORME, ("F013", 7, "SUM_1")),
        ("<sum_1>65.25", "<sum_1>65.26", NON_CONFORME, ("F005", 7, "SUM_1")),
    ],
)
def test_the_envelope(
    avant: str, apres: str, verdict: str, attendu: tuple[str, int, str | None]
) -> None:
    """Attributes of the root, header and trailer are judged as those of the fixed form (X-14)."""
    lecture = control(replaced(avant, apres))
    assert lecture.verdict == verdict
    assert attendu in told(lecture)


def test_a_value_is_told_as_it_is_written() -> None:
    """A total that differs is told in euros, as the file writes it."""
    anomalies = control(replaced("<sum_1>65.25", "<sum_1>65.26")).anomalies
    assert anomalies.select("valeur", "attendu").rows() == [("65.26", "65.25")]


@pytest.mark.parametrize(
    "element",
    ["<replaced></replaced>", "<replaced/>", "<replaced> </replaced>", "<replaced>0,5</replaced>"]
    + [f"<replaced {XSI} xsi:nil='true'>{v}</replaced>" for v in ("", "0.00")],
)
def test_a_field_without_value_refuses_its_line(element: str) -> None:
    """RE-13: an element that is there holds a value; told on the day, the employee is refused."""
    lecture = control(replaced("<waiting>", element + "<waiting>"))
    assert told(lecture) == [("F013", 5, "REPLACED")]
    assert not lecture.refuse
    assert lecture.lignes["refusee"].to_list() == [True]


def test_a_link_at_fault_is_told_once() -> None:
    """A key that the days repeat is told on the record that writes it."""
    assert told(control(replaced("<matricule>M001", f"<matricule>{'M' * 16}"))) == [
        ("F013", 4, "MATRICULE")
    ]


@pytest.mark.parametrize(
    "salaires",
    [["1145.78", "1115.47", "3668.78"], ["639.34", "639.34", "639.34", "639.33", "182.66"]],
)
def test_sums_are_those_of_whole_numbers(salaires: list[str]) -> None:
    """RE-14: cents add up exactly, whatever floats would say."""
    demandes = [
        (
            "20",
            DEMANDE | {"req_id": f"R{n}", "matricule": f"M{n}", "avg_wage": int(s[:-3] + s[-2:])},
        )
        for n, s in enumerate(salaires)
    ]
    texte = write_xml(compose("DMC", demandes)).decode()
    assert f"<sum_1>{sum(int(s.replace('.', '')) for s in salaires) / 100:.2f}<" in texte
    assert control(texte, "DMC").verdict == CONFORME


NOMBRES = {
    "-3.75": "0000000375-", " 0012.5 ": "0000001250+", "+7": "0000000700+", "0": "0000000000+",
    ".5": "0000000050+", "7.": "0000000700+", "7.1000": "0000000710+", "99999999.99": "9999999999+",
}  # fmt: skip
NON_NOMBRES = (
    "12,5", "-0", "-0.00", "7.101", "1e3", "", " ", ".", "+", "--1", "1 0", "０", "100000000.00",
    "1_0", "0x1", "NaN", "INF", "0000000375-",
)  # fmt: skip


def zones(genre: str, code: str, champ: str, textes: list[str]) -> list[str | None]:
    """What texts of an element become."""
    decrit = read_genres()[genre].enregistrements[code].champ(champ)
    frame = pl.DataFrame({colonne_of(decrit): textes, "unit": ["CT"] * len(textes)})
    return frame.select(parse_zone(decrit)).to_series().to_list()


def test_numbers_are_read_by_value() -> None:
    """X-18: what is a value of the field, and what is not and is kept as written."""
    assert zones("CERT", "10", "GROSS", list(NOMBRES)) == list(NOMBRES.values())
    assert zones("CERT", "10", "GROSS", list(NON_NOMBRES)) == [REFUS + n for n in NON_NOMBRES]
    assert zones("CERT", "10", "MONTHS", ["-1.00", "999.99"]) == [REFUS + "-1.00", "99999"]


AUTRES: dict[tuple[str, str, str], tuple[dict[str, str], list[str]]] = {
    ("CERT", "10", "BIRTH"): (
        {" 1985-01-31 ": "19850131"},
        ["19850131", "1985-1-31", "1985-01-31Z"],
    ),
    ("TDP", "45", "MONTH"): ({"2026-03": "202603"}, ["202603", "2026-03-01", "03-2026"]),
    ("ARI", "30", "STOP_TIME"): ({"07:30": "0730"}, ["0730", "7:30", "07:30:00"]),
    ("ARI", "00", "CREATED"): (
        {"2026-01-16T10:00:00": "20260116100000"},
        ["2026-01-16T10:00:00Z", "2026-01-16"],
    ),
    ("CERT", "10", "NIR_KEY"): ({"07": "07", "7": "7", "007": "007"}, [""]),
    ("CERT", "10", "SIRET"): ({"99909001200017": "99909001200017", "1": "1"}, [" "]),
    ("CERT", "10", "FIRST_NAME"): (
        {"é" * 20: "é" * 20, "œ" * 10: "œ" * 10},
        ["x" * 21, "œ" * 11, "a\tb", "a\x85b"],
    ),
    ("CERT", "10", "CHILDREN"): ({"2": "02", "002": "02", "2.0": "02"}, ["2.5", "100", "-1"]),
    ("DEC", "61", "RATE_PPM"): ({"210000": "0210000"}, ["0.21", "21 %"]),
    ("CERT", "10", "RATE"): ({"14.5": "0145000"}, ["14.50001"]),
}


@pytest.mark.parametrize(("lieu", "cas"), AUTRES.items(), ids=[lieu[2] for lieu in AUTRES])
def test_other_values(lieu: tuple[str, str, str], cas: tuple[dict[str, str], list[str]]) -> None:
    """Dates, months and hours in their ISO writing; codes and digits as written, whatever width."""
    bonnes, mauvaises = cas
    assert zones(*lieu, list(bonnes)) == list(bonnes.values())
    assert zones(*lieu, mauvaises) == [REFUS + m for m in mauvaises]


def test_a_zone_that_is_not_of_its_form_has_no_writing() -> None:
    """Only what is right is written: a wrong zone would be read as another value."""
    brut = read_genres()["CERT"].enregistrements["10"].champ("GROSS")
    fausses = ["000000012000", "0000000000-", "12", "  0000001200+", REFUS + "12"]
    frame = pl.DataFrame({"gross": fausses})
    assert frame.select(format_zone(brut)).to_series().to_list() == [None] * len(fausses)


def test_letters_beyond_the_fixed_form_are_kept() -> None:
    """Ł and œ are letters of XML; only the conversion to the fixed form refuses the first."""
    lecture = control(document("RIB").replace("DURAND PAUL", "WAŁĘSA Cœur"), "RIB")
    assert lecture.verdict == CONFORME
    assert lecture.valeurs["40"]["holder"].item() == "WAŁĘSA Cœur"


def test_what_an_unreadable_file_still_tells() -> None:
    """Cut short, a document is answered under the reference of its header."""
    lecture = control(ARI[: ARI.index("<controle>")])
    assert (lecture.verdict, lecture.genre, lecture.mode) == (ILLISIBLE, "ARI", "T")
    assert lecture.entete["file_id"] == "ARI-2026-0001"


def test_too_many_records_or_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no conforming file has is refused while it is read, not kept."""
    monkeypatch.setattr(xml, "ENREGISTREMENTS_MAX", 9)
    monkeypatch.setattr(pieces_xml, "BALISES_MAX", 100)
    debut, fin = ARI[: ARI.index("<arret>")], ARI[ARI.index("<controle>") :]
    for elements in ("<arret/>" * 9, "<x/>" * 9, "<arret>" + "<x/>" * 90 + "</arret>"):
        lecture = read_xml(0, (debut + elements + fin).encode())
        assert lecture.fichier is None
        assert lecture.anomalies.select("code", "variante").rows() == [("F012", "bornes")]


@pytest.mark.parametrize("genre", LIGNES)
def test_both_forms_are_told_the_same_faults(genre: str) -> None:
    """Every mutant that XML can write: the same codes, on the same records and fields."""
    numeros = count()
    tous = [m for groupe in list_groups(genre) for m in iter_mutants(groupe, numeros)]
    mutants = [
        m for m in tous if m.faute and not is_link(genre, m.records[m.faute[0]][0], m.faute[1])
    ]
    fichier, rangs = join_groups(mutants)
    perdus = {r for code, f in fichier.enregistrements.items() for r in unwritten(genre, code, f)}
    restent = [m for m, places in zip(mutants, rangs, strict=True) if not perdus & {*places}]
    assert len(restent) > len(tous) // 3
    fichier, _ = join_groups(restent)
    fixe, xml = read(genre, write_fixe(fichier)), control(write_xml(fichier), genre)
    assert told_of_elements(genre, xml) == told_of_elements(genre, fixe)


def unwritten(genre: str, code: str, frame: pl.DataFrame) -> pl.Series:
    """Records with a zone that XML has no writing for."""
    champs = list_elements(read_genres()[genre].enregistrements[code])
    colonnes = [colonne_of(c) for c in champs]
    textes = frame.select(format_zone(c) for c in champs)
    perdues = [textes[nom].is_null() & frame[nom].is_not_null() for nom in colonnes]
    perdues += [frame[nom].str.starts_with(" ") for nom in colonnes]  # XML leaves it out
    perdues = [masque.alias(str(rang)) for rang, masque in enumerate(perdues)]
    remplies = frame["filler"].is_not_null()
    return frame["rang"].filter(
        pl.DataFrame(perdues).select(pl.any_horizontal(pl.all())).to_series() | remplies
    )


def told_of_elements(genre: str, lecture: LectureEchange) -> list[tuple[str, int, str]]:
    """What is told of the fields that XML writes."""
    lignes = lecture.anomalies.select("code", "ligne", "bloc", "rubrique").iter_rows()
    return [(code, rang, nom) for code, rang, bloc, nom in lignes if not is_link(genre, bloc, nom)]


def is_link(genre: str, bloc: str, champ: str) -> bool:
    """Whether XML leaves a field out, since it repeats the holder's."""
    return champ in read_genres()[genre].enregistrements[bloc].liens


@pytest.mark.parametrize("graine", range(GRAINES))
def test_no_byte_makes_the_reader_fail(graine: int) -> None:
    """Bytes changed, taken out or written twice anywhere: an answer, whatever they make of it."""
    hasard = Random(graine)  # noqa: S311 - mutations, not secrets
    octets = ARI.encode()
    for _ in range(100):
        abime = bytearray(octets)
        for _ in range(hasard.randint(1, 4)):
            debut = hasard.randrange(len(abime))
            fin = min(debut + hasard.choice((1, 1, 1, 30)), len(abime))
            geste = hasard.randrange(3)
            morceau = bytes(abime[debut:fin])
            abime[debut:fin] = (bytes([hasard.randrange(256)]), b"", morceau * 2)[geste]
        lecture = read_xml(0, bytes(abime))
        assert lecture.fichier is not None or len(lecture.anomalies) == 1


@pytest.mark.parametrize("codage", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "place",
    [
        "<depot{}>&e;</depot>",
        "<depot{}><entete>&e;</entete></depot>",
        "<depot{}><entete><mode>&e;</mode></entete></depot>",
        "<depot{}><entete><mode>T<a>&e;</a></mode></entete>&e;</depot>",
    ],
)
def test_a_header_is_peeked_at_whatever_its_entities(place: str, codage: str) -> None:
    """The receipt looks at files that nothing has checked yet: an entity stops nothing."""
    racine = place.format(f' xmlns="{ESPACE}" kind="DMC" version="0100"')
    for defini in ('"x"', 'SYSTEM "file:///etc/passwd"'):
        octets = f"<!DOCTYPE depot [<!ENTITY e {defini}>]>{racine}".encode(codage)
        assert "mode" not in peek_entete(octets) or "root" not in peek_entete(octets)["mode"]
