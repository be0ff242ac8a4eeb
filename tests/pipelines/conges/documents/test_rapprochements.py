"""Payslips, DSN and certificates side by side: each difference has a name and a remedy."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from parsers.bulletins import parse_bulletins
from pipelines.conges.documents.rapprochements import (
    CAUSES,
    CAUSES_CERTIFICAT,
    BulletinsRefuses,
    Rapprochement,
    compose_rapprochement,
    compose_rapprochement_tableaux,
)
from pipelines.conges.regles import rapprochements
from pipelines.editique.dossiers import Dossier
from pipelines.editique.valeurs import Entreprise
from specs.contrats import read_contrat, schema_polars

SIREN = "800000010"
Ligne = dict[str, Any]
BASE = {
    "siren": SIREN, "salarie": "P1", "code_base": "20", "statut": "RETENUE", "source": "DSN",
    "quantite": 200_000,
}  # fmt: skip
CERTIFICAT = {
    "siren": SIREN, "salarie": "P1", "exercice": 2026, "en_vigueur": True, "completude": 100,
    "brut_centimes": 400_000,
}  # fmt: skip
PERSONNES = pl.DataFrame(
    {"siren": [SIREN], "salarie": ["P1"], "surname": ["VOYAGEUR"], "first_name": ["BASILE"]}
)
ENTETE = b"matricule;mois;base\n"
AVRIL_MAI = b"M1;2025-04;2000\nM1;2025-05;2000\n"


def frame(table: str, lignes: list[Ligne]) -> pl.DataFrame:
    """Rows of a table, what is not told being nothing."""
    schema = schema_polars(read_contrat(table))
    return pl.DataFrame([{nom: li.get(nom) for nom in schema} for li in lignes], schema)


def month(mois: str, **change: Any) -> Ligne:
    """A base of a month."""
    return BASE | {"mois_rattachement": mois, "mois_appel": mois} | change


def compose(
    bulletins: bytes, bases: list[Ligne], dits: tuple[str, ...], **certificat: Any
) -> Rapprochement:
    """Both sheets of a company of one employee, whom the DSN of `dits` declare."""
    tables = {
        "bases": frame("bases", bases),
        "contrats": frame(
            "contrats", [{"siren": SIREN, "salarie": "P1", "mois": mois} for mois in dits]
        ),
        "certificats": frame("certificats", [CERTIFICAT | certificat]),
        "salaries": frame("salaries", [{"siren": SIREN, "salarie": "P1", "matricule": "M1"}]),
    }
    entreprise = Entreprise("A80001", SIREN, "ROUTES EXEMPLE")
    dossier = Dossier(entreprise, tables, pl.DataFrame(), date(2026, 4, 20), 7)
    return compose_rapprochement(dossier, 2026, parse_bulletins(ENTETE + bulletins), PERSONNES)


def causes(r: Rapprochement) -> list[object]:
    """The cause of each month, in words."""
    return [mois["cause"] for mois in r.mois]


def test_what_agrees_has_no_cause() -> None:
    """Three columns alike, month by month and over the year; the employee is named."""
    r = compose(AVRIL_MAI, [month("2025-04"), month("2025-05")], ("2025-04", "2025-05"))
    assert causes(r) == [None, None]
    (salarie,) = r.salaries
    assert (salarie["nom"], salarie["bulletin"], salarie["dsn"], salarie["certificat"]) == (
        "VOYAGEUR", 400_000, 400_000, 400_000,
    )  # fmt: skip
    assert (salarie["ecart"], salarie["cause"]) == (0, None)


@pytest.mark.parametrize(
    ("bases", "dits", "attendues"),
    [
        ([month("2025-04")], ("2025-04",), [None, "SANS_DSN"]),
        ([month("2025-04")], ("2025-04", "2025-05"), [None, "BASE_ABSENTE"]),
        (
            [month("2025-04"), month("2025-05", statut="ECARTEE")],
            ("2025-04", "2025-05"),
            [None, "BASE_ECARTEE"],
        ),
        (
            [month("2025-04", quantite=250_000), month("2025-05", quantite=150_000)],
            ("2025-04", "2025-05"),
            ["MOIS_VOISIN", "MOIS_VOISIN"],
        ),
        (
            [month("2025-04"), month("2025-05", quantite=190_000)],
            ("2025-04", "2025-05"),
            [None, "MONTANTS"],
        ),
        (
            [month("2025-04"), month("2025-05"), month("2025-06")],
            ("2025-04", "2025-05", "2025-06"),
            [None, None, "BULLETIN_ABSENT"],
        ),
    ],
)
def test_each_difference_of_a_month_is_named(
    bases: list[Ligne], dits: tuple[str, ...], attendues: list[str | None]
) -> None:
    """The first cause that fits, and what to do."""
    r = compose(AVRIL_MAI, bases, dits)
    assert causes(r) == [CAUSES[c][0] if c else None for c in attendues]
    assert [m["remede"] for m in r.mois] == [CAUSES[c][1] if c else None for c in attendues]


def test_a_regularisation_is_written_as_a_dsn_writes_it() -> None:
    """The difference, attached to its month."""
    r = compose(AVRIL_MAI, [month("2025-04"), month("2025-05", quantite=190_005)],
                ("2025-04", "2025-05"))  # fmt: skip
    assert r.mois[1]["bloc"] == (
        "S21.G00.78.001,'20' ; S21.G00.78.002,'01052025' ; S21.G00.78.003,'31052025'"
        " ; S21.G00.78.004,'99.95'"
    )
    assert r.mois[0]["bloc"] is None


@pytest.mark.parametrize(
    ("certificat", "cause"),
    [
        ({"brut_centimes": 500_000}, "CERTIFICAT_RECU"),
        ({"brut_centimes": 100_000}, "MONTANTS"),
        ({"mois_manquants": "2025-06", "completude": 66}, "MOIS_MANQUANTS"),
        ({"exercice": 2025}, "SANS_CERTIFICAT"),
        ({"en_vigueur": False}, "SANS_CERTIFICAT"),
    ],
)
def test_a_certificate_that_differs_is_named(certificat: Ligne, cause: str) -> None:
    """Without payslips: the DSN and the certificate alone."""
    r = compose(b"", [month("2025-04"), month("2025-05")], ("2025-04", "2025-05"), **certificat)
    (salarie,) = r.salaries
    assert salarie["cause"] == CAUSES_CERTIFICAT[cause]
    assert causes(r) == [None, None]
    assert salarie["bulletin"] is None


def test_a_number_of_nobody_refuses_the_file() -> None:
    """Named, so that it can be put right; a wrong line too."""
    with pytest.raises(BulletinsRefuses, match="M9"):
        compose(b"M9;2025-04;1", [], ())
    with pytest.raises(BulletinsRefuses, match="ligne 2"):
        compose(b"M1;avril;1", [], ())


def test_every_cause_has_its_words() -> None:
    """Those of the rule are those of the document; the tables are composed."""
    assert set(CAUSES) == set(rapprochements.CAUSES)
    assert set(CAUSES_CERTIFICAT) == set(rapprochements.CAUSES_CERTIFICAT)
    tableaux = compose_rapprochement_tableaux(compose(AVRIL_MAI, [month("2025-04")], ("2025-04",)))
    assert [len(t.lignes) for t in tableaux.tableaux] == [2, 1]
