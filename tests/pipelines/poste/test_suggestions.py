"""Clues about a movement that nobody was found for, and about a SIRET that nobody knows."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.declarations.regles.suggestions import compute_suggestions
from pipelines.reglements.regles.candidats import CANDIDATS_MAX, compute_candidats

ADHERENTS = pl.DataFrame(
    {
        "numero_adherent": ["A00001", "A00002", "A00003"],
        "siren": ["100000001", "100000002", "100000003"],
        "raison_sociale": ["Routes du Nordet", "Ponts du Sud", "Routes du Norois"],
    }
)
CREANCES = pl.DataFrame(
    {
        "appel": ["C1-202603-01", "C1-202604-01", "C2-202603-01"],
        "siren": ["100000001", "100000001", "100000002"],
        "reste_centimes": [10_000, 5_000, 15_000],
    }
)


def movement(montant: int, **mots: str | None) -> pl.DataFrame:
    """A movement that waits."""
    textes = {"reference": None, "bout_en_bout": None, "nom_masque": None} | mots
    schema = dict.fromkeys(textes, pl.String)
    return pl.DataFrame([textes], schema=schema).with_columns(
        mouvement=pl.lit("D1-1"), montant_centimes=pl.lit(montant, pl.Int64)
    )


def suspects(mouvement: pl.DataFrame) -> list[tuple[str, str | None, str, int | None]]:
    """Member, call, clue, what is left."""
    candidats = compute_candidats(mouvement, ADHERENTS, CREANCES)
    return candidats.select("adherent", "appel", "indice", "reste_centimes").rows()


def test_the_amount_of_a_call_or_of_an_account_is_a_clue() -> None:
    """Exactly what is left of a call; exactly what a company owes, its calls put together."""
    assert suspects(movement(5_000)) == [("A00001", "C1-202604-01", "appel_du_montant", 5_000)]
    assert suspects(movement(15_000)) == [
        ("A00002", "C2-202603-01", "appel_du_montant", 15_000),
        ("A00001", None, "dette_du_montant", 15_000),
        ("A00002", None, "dette_du_montant", 15_000),
    ]
    assert suspects(movement(14_999)) == []
    assert suspects(movement(-5_000)) == []


def test_a_number_in_the_text_is_the_strongest_clue() -> None:
    """Whatever blanks and case; before the amount; the rest that the company owes is told."""
    cite = movement(5_000, reference="solde a 000-02", bout_en_bout="siren 100 000 003")
    assert suspects(cite) == [
        ("A00002", None, "numero", 15_000),
        ("A00003", None, "numero", None),
        ("A00001", "C1-202604-01", "appel_du_montant", 5_000),
    ]


def test_the_letters_of_the_name_are_a_clue() -> None:
    """The bank's masked name is that of each company whose name is masked so."""
    assert suspects(movement(1, nom_masque="ROU… D… NOR…")) == [
        ("A00001", None, "nom", 15_000),
        ("A00003", None, "nom", None),
    ]


def test_a_movement_has_few_candidates() -> None:
    """A hundred companies that owe the same are not a choice."""
    creances = pl.DataFrame(
        {
            "appel": [f"C1-2026{n:03}-01" for n in range(100)],
            "siren": ["100000001"] * 100,
            "reste_centimes": [700] * 100,
        }
    )
    assert compute_candidats(movement(700), ADHERENTS, creances).height == CANDIDATS_MAX


def test_the_likeliest_centre_of_an_unknown_siret_comes_first() -> None:
    """Most establishments, then the nearest NIC; a company of one centre has no other."""
    centres = pl.DataFrame(
        {
            "cdg": ["CA", "CB", "CC", "CX"],
            "siren": ["100000001"] * 3 + ["100000002"],
            "libelle": ["Nord", None, "Sud", None],
        }
    )
    etablissements = pl.DataFrame(
        {
            "cdg": ["CA", "CB", "CB"],
            "siret": ["10000000100010", "10000000100028", "10000000100093"],
            "debut": [date(2020, 1, 1)] * 3,
        }
    )
    inconnus = pl.DataFrame(
        {
            "siren": ["100000001", "100000002", "100000009"],
            "siret": ["10000000100036", "10000000200018", "10000000900019"],
        }
    )
    dites = compute_suggestions(inconnus, centres, etablissements)
    assert dites.select("siret", "cdg", "centres", "etablissements", "voisin").rows() == [
        ("10000000100036", "CB", 3, 2, "10000000100028"),
        ("10000000100036", "CA", 3, 1, "10000000100010"),
        ("10000000100036", "CC", 3, 0, None),
        ("10000000200018", "CX", 1, 0, None),
    ]
