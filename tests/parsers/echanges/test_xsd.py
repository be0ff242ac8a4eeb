"""The schema of each kind: what conforms is valid, what it can say of a fault is refused."""

from __future__ import annotations

from copy import deepcopy
from itertools import count

import pytest
from lxml import etree

from parsers.echanges.ecriture_xml import write_xml
from parsers.echanges.xsd import build_xsd, compile_xsd
from parsers.flux_xml import Element
from specs.echanges import ESPACE, read_genres
from tests.parsers.echanges.fabrique import LIGNES, compose
from tests.parsers.echanges.mutants import iter_variants, join_groups, list_groups
from tests.parsers.echanges.strategies import GENRES
from tests.parsers.echanges.test_xml import ADMIS, ARI

ELEMENT = f"{{{ESPACE}}}"
EXEMPLE_PUBLIE = """<?xml version="1.0" encoding="UTF-8"?>
<depot xmlns="urn:proposed:caisse:echanges:1" kind="ARI" version="0100">
  <entete><mode>T</mode><convention>0001234</convention><siren>999090012</siren>
    <file_id>ARI-2026-0001</file_id><created>2026-01-16T10:00:00</created><operation>N</operation>
    <software>demo 1.0</software></entete>
  <arret><decl_id>D1</decl_id><stop_no>01</stop_no><siret>99909001200017</siret>
    <site_id>CH-77-014</site_id><site_name>RD 604</site_name><site_insee>77288</site_insee>
    <site_dept>77</site_dept><work_cat>G</work_cat><cause>GE</cause><work_nature>VOIR</work_nature>
    <stop_date>2026-01-13</stop_date><stop_time>07:30</stop_time>
    <resume_date>2026-01-13</resume_date><resume_time>10:30</resume_time>
    <public_contract>O</public_contract><cse_consulted>X</cse_consulted>
    <n_workers>1</n_workers></arret>
  <arret><decl_id>D1</decl_id><stop_no>02</stop_no><siret>99909001200017</siret>
    <site_id>CH-77-014</site_id><site_name>RD 604</site_name><site_insee>77288</site_insee>
    <site_dept>77</site_dept><work_cat>G</work_cat><cause>GE</cause><work_nature>VOIR</work_nature>
    <stop_date>2026-01-15</stop_date><stop_time>12:30</stop_time>
    <resume_date>2026-01-16</resume_date><resume_time>07:30</resume_time>
    <public_contract>O</public_contract><cse_consulted>X</cse_consulted>
    <n_workers>1</n_workers></arret>
  <salarie><decl_id>D1</decl_id><matricule>M001</matricule><surname>DURAND</surname>
    <first_name>PAUL</first_name><birth>1985-01-01</birth><category>O</category>
    <hire_date>2015-03-02</hire_date><rate>14.5000</rate><ij_before>0</ij_before>
    <hours_2m>296.00</hours_2m><indemnity>65.25</indemnity><csg_crds>4.29</csg_crds>
    <certified>O</certified>
    <jour><stop_no>01</stop_no><date>2026-01-13</date><schedule>7.00</schedule><lost>3.00</lost>
      <waiting>1.00</waiting><indemnified>2.00</indemnified></jour>
    <jour><stop_no>02</stop_no><date>2026-01-15</date><schedule>7.00</schedule><lost>4.00</lost>
      <waiting>0.00</waiting><indemnified>4.00</indemnified></jour></salarie>
  <controle><n_records>7</n_records><n_detail>5</n_detail><n_emp>1</n_emp><sum_1>65.25</sum_1>
    <sum_2>4.29</sum_2><sum_hours>7.00</sum_hours></controle>
</depot>
"""


def parse(texte: str | bytes) -> Element:
    """The root of a document."""
    return etree.fromstring(texte.encode() if isinstance(texte, str) else texte)


def sample(genre: str) -> Element:
    """A right file of a kind."""
    return parse(write_xml(compose(genre, LIGNES[genre])))


def test_the_published_sample_is_valid() -> None:
    """The sample of the specification (6.4), and the writer finds it again."""
    assert compile_xsd("ARI").validate(parse(EXEMPLE_PUBLIE))
    ecrit = etree.tostring(parse(ARI), method="c14n")
    blancs = etree.XMLParser(remove_blank_text=True)
    publie = etree.tostring(etree.fromstring(EXEMPLE_PUBLIE.encode(), blancs), method="c14n")
    assert ecrit.replace(b">\n<", b"><") == publie


@pytest.mark.parametrize("genre", LIGNES)
def test_what_conforms_is_valid(genre: str) -> None:
    """Free fields blank or not, every code of the lists, values at their bounds."""
    numeros = count()
    groupes = [v for groupe in list_groups(genre) for v in iter_variants(groupe, numeros)]
    fichier, _ = join_groups(groupes)
    schema = compile_xsd(genre)
    assert schema.validate(parse(write_xml(fichier))), schema.error_log


@pytest.mark.parametrize("alter", ADMIS.values(), ids=ADMIS)
def test_other_writings_are_valid(alter: object) -> None:
    """Blanks, prefixes, further zeros: what the reader accepts, the schema does too."""
    assert callable(alter)
    schema = compile_xsd("ARI")
    assert schema.validate(parse(alter(ARI).removeprefix("\ufeff"))), schema.error_log


@pytest.mark.parametrize("genre", LIGNES)
def test_what_a_schema_refuses(genre: str) -> None:
    """Of each element: absent though required, twice, empty, of another form, with an attribute.

    Of the root: another kind, another version, another namespace.
    """
    schema, modele = compile_xsd(genre), sample(genre)
    feuilles = [n for n, e in enumerate(modele.iter()) if not len(e)]
    requis = {
        c.nom.lower() for e in read_genres()[genre].enregistrements.values() for c in e.champs
        if c.presence == "O"
    }  # fmt: skip
    for rang in feuilles:
        for geste in (_remove, _double, _empty, _fill, _mark):
            document = deepcopy(modele)
            element = list(document.iter())[rang]
            geste(element)
            nom = element.tag.removeprefix(ELEMENT)
            assert schema.validate(document) == (geste is _remove and nom not in requis), (
                geste,
                nom,
            )
    for avant, apres in (('kind="', 'kind="X'), ('"0100"', '"0200"'), (ESPACE, "urn:x")):
        texte = etree.tostring(modele, encoding="unicode")
        assert not schema.validate(parse(texte.replace(avant, apres, 1)))


def _remove(element: Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _double(element: Element) -> None:
    autre = parse(etree.tostring(element))
    element.addnext(autre)


def _empty(element: Element) -> None:
    element.text = None


def _fill(element: Element) -> None:
    element.text = "?" * 400


def _mark(element: Element) -> None:
    element.set("a", "1")


@pytest.mark.parametrize(
    ("champ", "valeurs"),
    [
        ("indemnity", ["65,25", "65.251", "6.5e1", "-0", "-0.00", "100000000.00", "1 0", "INF"]),
        ("rate", ["-1", "14.50001", "1000.0000"]),
        ("n_workers", ["1.5", "-1", "100000"]),
        ("birth", ["19850101", "1985-02-30", "1985-01-01Z", "85-01-01"]),
        ("stop_time", ["0730", "7:30", "07:30:00"]),
        ("created", ["2026-01-16T10:00:00Z", "2026-01-16", "20260116100000"]),
        ("stop_no", ["1", "001", "A1"]),
        ("siret", ["9990900120001", "9990900120001A"]),
        ("cause", ["ge", "TEMPETE"]),
        ("surname", ["Durand", "D" * 31]),
        ("file_id", ["ARI 2026", "é"]),
    ],
)
def test_a_value_that_is_not_of_its_form(champ: str, valeurs: list[str]) -> None:
    """What X-18 and the formats exclude; the same values are told F013 or F015 by the controls."""
    schema = compile_xsd("ARI")
    for valeur in valeurs:
        document = parse(ARI)
        element = document.find(f".//{ELEMENT}{champ}")
        assert element is not None
        element.text = valeur
        assert not schema.validate(document), valeur


@pytest.mark.parametrize("genre", GENRES)
def test_each_kind_has_a_schema(genre: str) -> None:
    """Its fields are told in French, in the order of the description."""
    schema = parse(build_xsd(genre))
    titres = schema.iter("{http://www.w3.org/2001/XMLSchema}documentation")
    assert all(titre.text for titre in titres)
    assert compile_xsd(genre) is not None
