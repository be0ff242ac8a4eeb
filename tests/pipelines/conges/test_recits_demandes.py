"""What became of a request, in plain words: refused, waiting, paid in part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.conges.recits.demande import tell_demande
from specs.contrats import read_contrat, schema_polars

DEMANDE = {
    "siren": "999090012", "demande": "R1", "salarie": "P1", "nature": "CP", "etat": "PAYEE",
    "motif": None, "debut": date(2025, 8, 4), "fin": date(2025, 8, 9),
    "reprise": date(2025, 8, 11), "jours_centiemes": 600,
}  # fmt: skip
DEPART = {"nature": "CO", "debut": None, "fin": None, "reprise": None}


@dataclass
class Lecteur:
    """A publication without a taking, of a company that the registry does not name."""

    def read(self, table: str, *_predicats: pl.Expr) -> pl.LazyFrame:
        """No row."""
        return pl.LazyFrame(schema=schema_polars(read_contrat(table)))

    def find(self, _table: str, _cle: str, _valeur: str) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    ("autres", "titre", "dite"),
    [
        ({"etat": "REFUSEE", "motif": "D103"}, "Pourquoi ?", "Il ne vous reste pas assez de jours"),
        ({"etat": "REFUSEE", "motif": "D105"}, "Pourquoi ?", "n’est pas recevable"),
        ({"etat": "EN_ATTENTE", "motif": "D101"}, "Pourquoi ?", "pas encore tout déclaré"),
        ({"etat": "EN_ATTENTE", "motif": "D112"}, "Pourquoi ?", "Donnez votre RIB"),
        ({"etat": "EN_ATTENTE", "motif": None}, "Pourquoi ?", "Il manque quelque chose"),
        ({"etat": "EN_ATTENTE", "motif": "D101", **DEPART}, "Pourquoi ?", "quittez la profession"),
        ({"etat": "PAYEE", "motif": "D113"}, "Ce qui manque", "le reste suivra"),
    ],
)
def test_a_request_says_what_it_waits_for(autres: dict[str, Any], titre: str, dite: str) -> None:
    """In words that its employee may act on; a refusal takes no day away."""
    lignes = list(tell_demande(Lecteur(), DEMANDE | autres))  # type: ignore[arg-type]
    texte = "\n".join(lignes)
    assert titre in lignes
    assert dite in texte
    assert ("ne vous fait perdre aucun jour" in texte) == (autres["etat"] == "REFUSEE")


def test_a_request_that_lacks_nothing_says_no_more() -> None:
    """Its dates, who asked for it, when work starts again."""
    lignes = list(tell_demande(Lecteur(), DEMANDE))  # type: ignore[arg-type]
    assert lignes[0] == "Congé payé, du 4 au 9 août 2025 : payée"
    assert "Ce qui manque" not in lignes
    assert "Retour au travail le 11 août 2025" in lignes[2]
