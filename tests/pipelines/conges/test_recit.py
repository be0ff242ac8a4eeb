"""What `caisse simuler` tells of requests and payments."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.cas.domaines import list_domaines, run_cas
from pipelines.cas.lecture import read_cas
from pipelines.metiers import METIERS

CAS = Path(__file__).parents[2] / "cas/conges/paiement_nets.yaml"
DOMAINES = list_domaines(METIERS)


@pytest.mark.parametrize(
    ("identifiant", "phrases"),
    [
        (
            "EX-C-112",
            ("Demande R1, 11", "vieillesse plafonnée", "3,2", "1\u202f145,78"),
        ),
        ("EX-C-125", ("9 mois payés sur 12", "D3141-31")),
        ("L-37-MEME-ANNEE", ("annule le décompte D00000001-2-261",)),
        ("VALEUR-ABSENTE", ("PLAFOND_SECURITE_SOCIALE",)),
    ],
)
def test_each_amount_is_told_with_its_reason(identifiant: str, phrases: tuple[str, ...]) -> None:
    """Days, gross, each withholding with its base and rate, net; what it waits for."""
    (cas,) = (c for c in read_cas(CAS, DOMAINES) if c.id == identifiant)
    texte = "\n".join(run_cas(cas, DOMAINES).explication)
    manquent = [p for p in phrases if p not in texte]
    assert manquent == [], texte
