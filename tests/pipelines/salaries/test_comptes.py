"""Bank accounts of employees: whose they are, who holds them, which days they serve."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.salaries.regles.comptes import (
    CONFIRMES,
    LIGNES,
    PAIEMENTS,
    SITUES,
    Comptes,
    compute_comptes,
)
from pipelines.salaries.regles.reconnus import CONNUS, find_salaries
from pipelines.salaries.regles.reconnus import LIGNES as DEMANDES
from pipelines.salaries.regles.titulaires import is_titulaire

SIREN = "800000010"
JOUR = date(2026, 9, 1)
OCTOBRE = date(2026, 10, 1)
LIGNE = {
    "siren": SIREN,
    "rang": 2,
    "salarie": "S1",
    "compte": "A",
    "iban_masque": "FR76…0189",
    "action": "N",
    "effective": JOUR,
    "conforme": True,
}


def ligne(depot: int, **autres: Any) -> dict[str, Any]:
    """A line, received in the order of its deposits."""
    return LIGNE | {"depot": f"D{depot}", "recu_le": f"2026-08-{depot + 10}"} | autres


def ranged(
    *lignes: dict[str, Any],
    paiements: tuple[tuple[str, str, date], ...] = (),
    confirmes: tuple[tuple[str, str, int], ...] = (),
    situes: tuple[tuple[str, int, date], ...] = (),
) -> Comptes:
    """Accounts of these lines."""
    return compute_comptes(
        pl.DataFrame([{nom: dite.get(nom) for nom in LIGNES} for dite in lignes], LIGNES),
        pl.DataFrame(paiements, PAIEMENTS, orient="row"),
        pl.DataFrame(confirmes, CONFIRMES, orient="row"),
        pl.DataFrame(situes, SITUES, orient="row"),
    )


def days(comptes: Comptes) -> list[tuple[Any, ...]]:
    """First and last day of each account, and what it is."""
    return comptes.comptes.select("compte", "debut", "fin", "etat").rows()


def told(comptes: Comptes) -> list[tuple[str, str, str]]:
    """Deposit, code, severity of what is said."""
    return comptes.constats.select("depot", "code", "severite").rows()


def test_an_account_serves_until_the_next_one() -> None:
    """Whatever the order of arrival; the latest accepted counts for one day (X-12)."""
    a, b = ligne(1), ligne(2, compte="B", effective=OCTOBRE)
    attendu = [
        ("A", JOUR, OCTOBRE - timedelta(days=1), "VALABLE"),
        ("B", OCTOBRE, None, "VALABLE"),
    ]
    assert days(ranged(a, b)) == attendu
    tard = ligne(3, effective=JOUR)
    assert days(ranged(tard, b)) == attendu[::-1]
    meme = ligne(2, compte="B")
    assert days(ranged(a, meme)) == [("A", JOUR, None, "REMPLACE"), ("B", JOUR, None, "VALABLE")]
    autre = ligne(2, compte="B", salarie="S2")
    assert days(ranged(a, autre)) == [("A", JOUR, None, "VALABLE"), ("B", JOUR, None, "VALABLE")]


def test_an_account_is_withdrawn() -> None:
    """From its date; before its first day it never serves; none told later, nor another one."""
    a = ligne(1)
    retrait = ligne(2, action="S", effective=OCTOBRE)
    veille = OCTOBRE - timedelta(days=1)
    assert days(ranged(a, retrait)) == [("A", JOUR, veille, "VALABLE")]
    assert days(ranged(a, retrait | {"effective": JOUR})) == [("A", JOUR, None, "RETIRE")]
    encore = ligne(3, effective=JOUR)
    assert days(ranged(a, retrait, encore))[1] == ("A", JOUR, None, "VALABLE")
    b = ligne(2, compte="B")
    assert days(ranged(a, b, retrait | {"depot": "D3"}))[1] == ("B", JOUR, None, "VALABLE")


@pytest.mark.parametrize(
    ("avant", "codes"),
    [
        ([], ["RB-005"]),
        ([ligne(1)], []),
        ([ligne(1, compte="B")], ["RB-005"]),
        ([ligne(1, salarie="S2")], ["RB-005"]),
        ([ligne(4)], ["RB-005"]),
    ],
)
def test_the_withdrawal_of_an_unknown_account_is_refused(
    avant: list[dict[str, Any]], codes: list[str]
) -> None:
    """Of that employee, and told before."""
    assert [c for _, c, _ in told(ranged(*avant, ligne(3, action="S")))] == codes


@pytest.mark.parametrize(
    ("paiement", "debut"),
    [
        (("S1", "B", JOUR), date(2026, 9, 2)),
        (("S1", "B", OCTOBRE), date(2026, 10, 2)),
        (("S1", "B", date(2026, 8, 31)), JOUR),
        (("S1", "A", OCTOBRE), JOUR),
        (("S2", "B", OCTOBRE), JOUR),
    ],
)
def test_an_account_serves_after_what_another_was_paid(
    paiement: tuple[str, str, date], debut: date
) -> None:
    """RB-003: moved to the day after the last payment on another account, which is told."""
    comptes = ranged(ligne(1), paiements=(paiement,))
    assert comptes.comptes["debut"].to_list() == [debut]
    constats = [] if debut == JOUR else [("D1", "RB-003", "reserve")]
    assert told(comptes) == constats
    assert comptes.constats["date"].to_list() == [debut] * len(constats)


@pytest.mark.parametrize("situe", [JOUR, date(2026, 9, 5)])
def test_what_is_paid_later_moves_no_account(situe: date) -> None:
    """An account of a former night keeps its first day, and what was said of it (L-43)."""
    paiement = ("S1", "B", OCTOBRE)
    comptes = ranged(ligne(1), paiements=(paiement,), situes=(("D1", 2, situe),))
    assert comptes.comptes["debut"].to_list() == [situe]
    assert [code for _, code, _ in told(comptes)] == (["RB-003"] if situe > JOUR else [])


def test_a_holder_of_another_name_waits_for_an_officer() -> None:
    """RB-004: the account is kept; confirmed, it is as any other, in a later file too."""
    autre = ligne(1, conforme=False)
    attend = ranged(autre)
    assert days(attend) == [("A", JOUR, None, "A_CONFIRMER")]
    assert told(attend) == [("D1", "RB-004", "reserve")]
    encore = ligne(2, conforme=False, effective=OCTOBRE)
    confirme = ranged(autre, encore, confirmes=(("S1", "A", 7),))
    assert set(confirme.comptes["etat"]) == {"VALABLE"}
    assert confirme.comptes["decision"].to_list() == [7, 7]
    assert told(confirme) == []
    assert told(ranged(autre, confirmes=(("S1", "B", 7), ("S2", "A", 8)))) == told(attend)


LIGNES_ALEATOIRES = st.lists(
    st.builds(
        ligne,
        st.integers(1, 9),
        salarie=st.sampled_from(["S1", "S2"]),
        compte=st.sampled_from(["A", "B", "C"]),
        action=st.sampled_from(["N", "N", "S"]),
        effective=st.sampled_from([JOUR, JOUR + timedelta(days=1), OCTOBRE]),
        conforme=st.booleans(),
    ),
    max_size=7,
    unique_by=lambda dite: dite["depot"],
)


@given(LIGNES_ALEATOIRES, st.randoms())
def test_one_account_serves_a_day(lignes: list[dict[str, Any]], hasard: Any) -> None:
    """At most, of an employee; each new account has a row; the order of the rows is indifferent."""
    comptes = ranged(*lignes)
    hasard.shuffle(melees := list(lignes))
    assert ranged(*melees).comptes.equals(comptes.comptes)
    assert comptes.comptes.height == sum(dite["action"] == "N" for dite in lignes)
    servent = comptes.comptes.filter(pl.col("etat").is_in(["VALABLE", "A_CONFIRMER"]))
    for salarie in ("S1", "S2"):
        siens = servent.filter(salarie=salarie).select("debut", "fin").sort("debut").rows()
        assert all(fin is None or debut <= fin for debut, fin in siens)
        assert all(fin is not None and fin < suivant for (_, fin), (suivant, _) in pairwise(siens))


@pytest.mark.parametrize(
    ("titulaire", "connu", "dit"),
    [
        ("DURAND PAUL", ("Durand", None, "Paul"), True),
        ("M. Paul DURAND", ("DURAND", None, "PAUL"), True),
        ("M OU MME DURAND PAUL ET ANNE", ("DURAND", None, "PAUL, JEAN"), True),
        ("ELODIE PETIT", ("DURAND", "PETIT", "ÉLODIE"), True),
        ("JEROME O CONNOR", ("O'CONNOR", None, "JÉRÔME"), True),
        ("OCONNOR JEROME", ("O'CONNOR", None, "JÉRÔME"), True),
        ("LE-GALL YANN", ("LE GALL", None, "YANN"), True),
        ("JEAN PAUL DE LA TOUR", ("DE LA TOUR", None, "JEAN-PAUL MARIE"), True),
        ("LŒTITIA CŒUR", ("COEUR", None, "LOETITIA"), True),
        ("DURAND", ("DURAND", None, "PAUL"), False),
        ("DURAND PAULINE", ("DURAND", None, "PAUL"), False),
        ("DURANDEAU PAUL", ("DURAND", None, "PAUL"), False),
        ("DUPONT PAUL", ("DURAND", "PETIT", "PAUL"), False),
        ("DURAND PAUL", ("DURAND", None, None), False),
        ("DURAND PAUL", (None, None, "PAUL"), False),
        ("???", ("--", None, "PAUL"), False),
    ],
)
def test_the_holder_bears_the_name_of_the_employee(
    titulaire: str,
    connu: tuple[str | None, str | None, str | None],
    dit: bool,
) -> None:
    """On letters alone, whole words, in any order; surname of birth or usual, and first name."""
    assert is_titulaire(titulaire, [connu]) is dit
    assert is_titulaire(titulaire, [("AUTRE", None, "NOM"), connu]) is dit
    assert not is_titulaire(titulaire, [])


DEMANDE = {"depot": "D1", "rang": 2, "siren": SIREN, "salarie": "P", "matricule": "M1"} | {
    "par_nir": False,
    "naissance": "1985-06-14",
    "nom": "O'CONNOR",
}
CONNU = {"siren": SIREN, "salarie": "S1", "matricule": "M1", "par_dsn": True} | {
    "naissance": "1985-06-14",
    "nom": "Oconnor",
}
AUTRE = CONNU | {"salarie": "S2", "nom": "DURAND"}
AILLEURS = {"siren": "999000011"}


@pytest.mark.parametrize(
    ("demande", "connus", "trouve"),
    [
        ({}, [CONNU], ("S1", None)),
        ({}, [CONNU | {"nom": "AUTRE"}], ("S1", None)),  # alone, the number names him
        ({}, [CONNU, AUTRE], ("S1", None)),
        ({}, [CONNU | {"nom": "X", "nom_usage": "O CONNOR"}, AUTRE], ("S1", None)),
        ({"nom": "PETIT"}, [CONNU, AUTRE], (None, "matricule")),
        ({}, [CONNU, CONNU | {"salarie": "S3"}], (None, "matricule")),
        ({}, [CONNU, CONNU | {"premier": 1}], ("S1", None)),
        ({}, [], (None, "inconnu")),
        ({}, [CONNU | AILLEURS], (None, "inconnu")),
        ({}, [CONNU | {"par_dsn": False}], ("S1", None)),
        ({}, [CONNU, AUTRE | {"par_dsn": False}], ("S1", None)),
        ({"par_nir": True, "salarie": "S1"}, [CONNU | AILLEURS], ("S1", None)),
        ({"par_nir": True, "salarie": "S9"}, [CONNU], (None, "inconnu")),
        ({"par_nir": True, "salarie": "S1"}, [CONNU | {"par_dsn": False}], ("S1", None)),
        # Several numbers of one employee are one, as the links of the company say it.
        ({}, [CONNU, CONNU | {"salarie": "S3", "designe": "S1"}], ("S1", None)),
        ({"par_nir": True, "salarie": "S1"}, [CONNU | {"designe": "S9"}], ("S9", None)),
        (
            {"par_nir": True, "salarie": "S1"},
            [CONNU | {"designe": "S9"}, CONNU | AILLEURS],
            ("S9", None),
        ),
        (
            {"par_nir": True, "salarie": "S1", "siren": "732829320"},
            [CONNU | {"designe": "S9"}, CONNU | AILLEURS],
            (None, "matricule"),
        ),
        (
            {"par_nir": True, "salarie": "S1"},
            [CONNU | AILLEURS | {"par_dsn": False}],
            (None, "inconnu"),
        ),
    ],
)
def test_whom_a_line_is_about(
    demande: dict[str, Any], connus: list[dict[str, Any]], trouve: tuple[str | None, str | None]
) -> None:
    """The NIR, else the number of the employer; a DSN of anyone, a certificate of the company."""
    identites = [
        {nom: connu.get(nom) for nom in CONNUS}
        | {"designe": connu.get("designe", connu["salarie"])}
        for connu in connus
    ]
    trouves = find_salaries(
        pl.DataFrame([DEMANDE | demande], DEMANDES), pl.DataFrame(identites, CONNUS)
    )
    assert trouves.rows() == [("D1", 2, *trouve)]
