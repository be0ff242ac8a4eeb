"""What the payroll of a company is told of a month: its employees by name, each in its centre."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.conges.documents.regularisations import read_regularisations
from specs.contrats import read_contrat, schema_polars

if TYPE_CHECKING:
    from tests.conftest import Caisse

SIREN, AUTRE = "800000010", "999090012"
PAUL, ZOE = "a" * 64, "b" * 64
AVANT = "c" * 64  # the number that Zoé had before her NIR
ZEROS = {"centimes": 0, "entier": 0, "centiemes": 0, "texte": "-", "booleen": False}


def plant(caisse: Caisse, table: str, *rangees: dict[str, Any]) -> None:
    """Rows of a table of the lake; a column that a row does not tell is empty, or nought."""
    contrat = read_contrat(table)
    vides = {
        colonne.nom: None if colonne.nul else ZEROS.get(colonne.type)
        for colonne in contrat.colonnes
    }
    lignes = pl.DataFrame([vides | rangee for rangee in rangees], schema_polars(contrat))
    caisse.maison.lac.write(table, lignes, None)


def plant_paiements(caisse: Caisse, *paiements: tuple[str, str, str, date]) -> None:
    """Statements: number, company, employee, day; ten euros each, three withheld."""
    quand = {"debut": date(2026, 3, 2), "fin": date(2026, 3, 3), "date_arrete": date(2026, 2, 1)}
    sommes = {"brut_centimes": 1_000, "net_centimes": 700, "csg_centimes": 200}
    plant(
        caisse,
        "decomptes",
        *(
            {"decompte": d, "siren": siren, "salarie": qui, "matricule": f"M-{d}", "exercice": 2025}
            | {"nature": "CP", "motif": "PAIEMENT", "methode": "A", "mode_retraite": "E"}
            | {"date_paiement": jour, "jours_centiemes": 200}
            | quand
            | sommes
            for d, siren, qui, jour in paiements
        ),
    )
    plant(
        caisse,
        "lignes_decompte",
        *(
            {"decompte": d, "salarie": qui, "rang": 1, "code": "VPLA", "montant_centimes": 100}
            for d, _, qui, _ in paiements
        ),
    )


def plant_identites(caisse: Caisse) -> None:
    """A real DSN that names both, one under her former number; a test one that lies."""
    lue = {"siren": SIREN, "conforme": True}
    plant(
        caisse,
        "declarations_lues",
        lue | {"lot": "L", "depot": "D1", "rang_declaration": 1, "essai": False},
        lue | {"lot": "L", "depot": "D2", "rang_declaration": 1, "essai": True},
    )
    dite = {"lot": "L", "depot": "D1", "siren": SIREN, "rang_declaration": 1}
    paul = dite | {"ligne": 9, "salarie": PAUL, "nir": "185052A004012", "naissance": "1985-05-01"}
    plant(
        caisse,
        "identites_lues",
        paul | {"nom": "DURAND", "nom_usage": "Petit", "prenoms": "PAUL HENRI JEAN MARIE LOUIS"},
        dite
        | {
            "ligne": 20,
            "salarie": AVANT,
            "nom": "NOËL",
            "prenoms": "ZOÉ",
            "naissance": "1990-00-00",
        },
        paul | {"depot": "D2", "nom": "ESSAI", "prenoms": "PAUL"},
    )
    lien = {"siren": SIREN, "identifiant": AVANT, "salarie": ZOE, "etat": "LIE"}
    plant(caisse, "liens_salaries", lien)


def test_each_payment_of_the_month_is_told(caisse: Caisse) -> None:
    """Names are the last real ones, centres those of certificates, else the company's first."""
    plant_paiements(
        caisse,
        ("D3", SIREN, ZOE, date(2026, 3, 31)),
        ("D1", SIREN, PAUL, date(2026, 3, 2)),
        ("D2", SIREN, PAUL, date(2026, 4, 1)),
        ("D4", AUTRE, PAUL, date(2026, 3, 2)),
    )
    plant_identites(caisse)
    certificat = {"certificat": "C1", "salarie": PAUL, "siren": SIREN, "nature": "FIN"}
    quand = {"debut": date(2024, 4, 1), "fin": date(2025, 3, 31), "unite": "M"}
    plant(
        caisse,
        "certificats",
        certificat | quand | {"cdg": "C8", "exercice": 2025},
        certificat | quand | {"certificat": "C2", "cdg": "C9", "exercice": 2026},
    )
    mois = pl.DataFrame({"siren": [SIREN], "mois": ["2026-03"]})
    lues = read_regularisations(caisse.maison, mois, None)
    assert lues.select("origin_id", "cdg", "mois", "matricule").rows() == [
        ("D1", "C8", "2026-03", "M-D1"),
        ("D3", "C8000101", "2026-03", "M-D3"),
    ]
    assert lues.select("gross", "social", "net").rows() == [(1_000, 100, 700)] * 2
    assert lues.select("nir", "nir_key", "surname", "first_name", "birth").rows() == [
        ("185052A004012", "70", "PETIT", "PAUL HENRI JEAN MARI", date(1985, 5, 1)),
        (None, None, "NOËL", "ZOÉ", None),
    ]
