"""One employee under several numbers: rules told one by one, then against a slow reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.liens import linked
from pipelines.salaries.regles.identites import compute_identites
from pipelines.salaries.regles.liens import DECIDES, compute_liens
from pipelines.salaries.regles.rapprochements import compute_rapprochements
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import read_contrat, schema_polars
from specs.options import Choix
from tests.pipelines.salaries.reference import Decision, Declaration, Individu, Reference

UN, AUTRE = "800000010", "999090012"
SAVOIR = read_connaissances()
SCHEMA = schema_polars(read_contrat("identites_mensuelles"))
JOUR = date(2026, 1, 1)


def write_rows(declarations: Sequence[Declaration]) -> pl.DataFrame:
    """Contract `identites_mensuelles`: a deposit a declaration, in this order."""
    lignes: list[dict[str, Any]] = []
    for rang, declaration in enumerate(declarations, 1):
        for place, individu in enumerate(declaration.individus, 1):
            lieu = {
                "part": 0, "mois": declaration.mois, "siren": declaration.siren,
                "depot": f"D{rang:08}", "rang_declaration": 1, "rang_individu": place,
            }  # fmt: skip
            lignes.append(
                lieu
                | {
                    "ligne": place * 100,
                    "salarie": individu.identifiant,
                    "temporaire": individu.ntt,
                    "certifie": individu.certifie,
                    "matricule": individu.matricule,
                    "etat_civil": individu.nom,
                    "etat_civil_usage": individu.usage,
                }
            )
            for numero, (ancien, nom) in enumerate(individu.anciens, 1):
                ligne = {"ligne": place * 100 + numero, "changement": JOUR, "salarie": ancien}
                lignes.append(lieu | ligne | {"etat_civil": nom})
    return pl.DataFrame(lignes, SCHEMA)


def links(
    declarations: Sequence[Declaration],
    *decisions: Decision,
    savoir: Connaissances = SAVOIR,
    melange: int | None = None,
) -> pl.DataFrame:
    """Contract `liens_salaries`; `melange`: rows come in another order."""
    lues = write_rows(declarations)
    if melange is not None:
        lues = lues.sample(fraction=1, shuffle=True, seed=melange)
    decides = pl.DataFrame(decisions, DECIDES, orient="row")
    return compute_liens(compute_rapprochements(lues), compute_identites(lues), decides, savoir)


def told(liens: pl.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """By company and identifier: (employee, state)."""
    colonnes = liens.select("siren", "identifiant", "salarie", "etat")
    return {(siren, numero): (qui, etat) for siren, numero, qui, etat in colonnes.iter_rows()}


def of(siren: str, mois: str, *individus: Individu) -> Declaration:
    """A declaration."""
    return Declaration(siren, mois, individus)


ANA = Individu(None, "T1", matricule="M1", nom="SILVA")
ANA_NIR = replace(ANA, nir="N1")
PAUL = Individu("N2", matricule="M2", nom="PAUL")


def test_nothing_is_linked_when_nothing_is_told() -> None:
    """Employees with one number each have no link, and rows stay as they are, to the byte."""
    liens = links([of(UN, "2026-01", ANA, PAUL), of(AUTRE, "2026-01", PAUL)])
    assert liens.is_empty()
    lignes = pl.DataFrame({"siren": [UN], "salarie": ["N2"], "quantite": [1]})
    assert linked(lignes, liens).equals(lignes)


@pytest.mark.parametrize(
    "ensuite",
    [
        ANA_NIR,
        replace(ANA_NIR, ntt=None),
        replace(ANA_NIR, ntt=None, matricule=None, anciens=(("N9", None),)),
    ],
    ids=["les deux numéros", "même matricule", "rien de commun"],
)
def test_the_nir_takes_the_place_of_the_temporary_number(ensuite: Individu) -> None:
    """By both numbers on an individual, or by its number in the company, birth and surname."""
    suite = [of(UN, "2026-01", ANA), of(UN, "2026-02", ensuite)]
    lie = ensuite.matricule is not None
    assert told(links(suite)).get((UN, "T1")) == (("N1", "LIE") if lie else None)


def test_a_temporary_number_that_comes_last_is_nobody_else() -> None:
    """The same number in the company under a NIR, then without: nothing says that they are one."""
    suite = [of(UN, "2026-02", ANA), of(UN, "2026-01", replace(ANA_NIR, ntt=None))]
    assert links(suite).is_empty()


def test_two_individuals_of_one_declaration_are_two_employees() -> None:
    """Whatever is told of their numbers, they stand alone until a decision."""
    deux = of(UN, "2026-01", ANA, replace(ANA_NIR, ntt=None))
    assert told(links([deux])) == {(UN, "T1"): ("T1", "MEME_DECLARATION")}
    decide = Decision(1, None, "T1", "N1")
    assert told(links([deux], decide)) == {(UN, "T1"): ("N1", "LIE")}


def test_a_number_that_leads_to_two_employees_stands_alone() -> None:
    """A temporary number given again to another employee: nothing says whose month is whose."""
    suite = [of(UN, "2026-01", ANA_NIR), of(UN, "2026-02", replace(ANA_NIR, nir="N3"))]
    assert told(links(suite)) == {(UN, "T1"): ("T1", "PLUSIEURS")}


def test_a_former_nir_is_followed_as_far_as_it_goes() -> None:
    """Block 31 names the former NIR; another change, or the certified identity, goes on."""
    suite = [
        of(UN, "2026-01", ANA),
        of(UN, "2026-02", ANA_NIR),
        of(UN, "2026-03", replace(ANA_NIR, ntt=None, nir="N3", anciens=(("N1", None),))),
        of(UN, "2026-04", replace(ANA_NIR, ntt=None, nir="N3", certifie="N4")),
    ]
    assert told(links(suite)) == {(UN, n): ("N4", "LIE") for n in ("T1", "N1", "N3")}


def test_a_change_holds_where_the_same_person_was_declared() -> None:
    """The former NIR may be that of another employee elsewhere: birth and surname tell."""
    corrige = replace(PAUL, nir="N3", anciens=(("N2", None),))
    ailleurs = of(AUTRE, "2026-01", PAUL)
    suite = [of(UN, "2026-01", PAUL), of(UN, "2026-02", corrige)]
    assert told(links([*suite, ailleurs])) == {
        (UN, "N2"): ("N3", "LIE"),
        (AUTRE, "N2"): ("N3", "LIE"),
    }
    ali = of(AUTRE, "2026-01", replace(PAUL, nom="ALI"))
    assert told(links([*suite, ali])) == {(UN, "N2"): ("N3", "LIE")}
    marie = of(AUTRE, "2026-01", replace(PAUL, nom="MARTIN"))
    renomme = replace(corrige, anciens=(("N2", "MARTIN"),))
    assert told(links([suite[0], of(UN, "2026-02", renomme), marie]))[AUTRE, "N2"][0] == "N3"


def test_changes_that_go_round_lead_nowhere() -> None:
    """Back and forth: each stands alone until a decision."""
    suite = [
        of(UN, "2026-01", replace(PAUL, nir="N3", anciens=(("N2", None),))),
        of(UN, "2026-02", replace(PAUL, nir="N2", anciens=(("N3", None),))),
    ]
    assert told(links(suite)) == {
        (UN, "N2"): ("N2", "CIRCULAIRE"),
        (UN, "N3"): ("N3", "CIRCULAIRE"),
    }


def test_the_last_decision_wins() -> None:
    """A merge of a company holds for it alone; a separation takes back what was told."""
    suite = [of(UN, "2026-01", ANA_NIR, PAUL), of(AUTRE, "2026-01", PAUL)]
    fusion, ici = Decision(1, None, "N2", "N1"), Decision(2, AUTRE, "N2", None)
    assert told(links(suite, fusion)) == {
        (UN, "T1"): ("N1", "LIE"), (UN, "N2"): ("N1", "LIE"), (AUTRE, "N2"): ("N1", "LIE"),
    }  # fmt: skip
    assert told(links(suite, fusion, ici))[AUTRE, "N2"] == ("N2", "SEPARE")
    assert told(links(suite, ici._replace(numero=0), fusion))[AUTRE, "N2"] == ("N1", "LIE")
    assert told(links(suite, Decision(1, UN, "T1", None))) == {(UN, "T1"): ("T1", "SEPARE")}


@pytest.mark.parametrize(
    ("option", "choix", "restent"),
    [
        ("passage_au_nir", "aucun", {(UN, "N2"), (AUTRE, "N2"), (UN, "N4")}),
        ("changement_de_nir", "entreprise", {(UN, "T1"), (UN, "N2"), (UN, "N4")}),
        ("changement_de_nir", "decision", {(UN, "T1"), (UN, "N4")}),
        ("nir_certifie", "ignore", {(UN, "T1"), (UN, "N2"), (AUTRE, "N2")}),
    ],
)
def test_the_fund_may_choose_otherwise(
    option: str, choix: str, restent: set[tuple[str, str]]
) -> None:
    """Each option takes back the links that it is about, and no other."""
    suite = [
        of(UN, "2026-01", ANA, PAUL),
        of(AUTRE, "2026-01", PAUL),
        of(UN, "2026-02", replace(ANA_NIR, ntt=None)),
        of(UN, "2026-02", replace(PAUL, nir="N3", anciens=(("N2", None),))),
        of(UN, "2026-02", Individu("N4", nom="ZOE", certifie="N5")),
    ]
    autre = replace(
        SAVOIR.options[option], valeurs=(Choix(date(2000, 1, 1), choix, "essai", None),)
    )
    options = MappingProxyType(dict(SAVOIR.options) | {option: autre})
    assert set(told(links(suite, savoir=replace(SAVOIR, options=options)))) == restent


NIRS, NOMS = st.sampled_from(["N1", "N2", "N3", "N4"]), st.sampled_from(["A", "B", None])
INDIVIDUS = st.builds(
    lambda nir, ntt, **reste: Individu(nir, ntt if nir else ntt or "T1", **reste),
    st.none() | NIRS,
    st.none() | st.sampled_from(["T1", "T2"]),
    certifie=st.none() | st.none() | NIRS,
    matricule=st.sampled_from(["M1", "M2", None]),
    nom=NOMS,
    usage=st.none() | NOMS,
    anciens=st.lists(st.tuples(NIRS, NOMS), max_size=1).map(tuple),
)
DECLARATIONS = st.builds(
    Declaration,
    st.sampled_from([UN, AUTRE]),
    st.sampled_from(["2026-01", "2026-02", "2026-03"]),
    st.lists(INDIVIDUS, min_size=1, max_size=3, unique_by=lambda i: i.identifiant).map(tuple),
)
DECISIONS = st.lists(
    st.tuples(
        st.sampled_from([UN, AUTRE, None]),
        st.sampled_from(["N1", "N2", "T1"]),
        st.sampled_from(["N3", "N4", None]),
    ),
    max_size=2,
).map(lambda d: [Decision(n, *reste) for n, reste in enumerate(d, 1)])


@settings(max_examples=80)
@given(
    declarations=st.lists(DECLARATIONS, min_size=1, max_size=5),
    decisions=DECISIONS,
    melange=st.integers(0, 9),
)
def test_links_are_those_of_a_slow_reading_in_any_order(
    declarations: list[Declaration], decisions: list[Decision], melange: int
) -> None:
    """Whatever is declared and decided, whatever the order in which it came."""
    liens = links(declarations, *decisions)
    assert told(liens) == Reference(declarations, decisions).designate()
    retournees = links([*reversed(declarations)], *decisions, melange=melange)
    assert retournees.equals(liens)
