"""The cases of accounts: every answer to every option, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.cas.champs import CasInvalide, Champs
from pipelines.cas.domaines import list_domaines
from pipelines.cas.lecture import read_cas
from pipelines.comptabilite.cas.execution import run
from pipelines.metiers import METIERS
from specs.fichiers import read_yaml
from specs.options import read_options

DOMAINES = list_domaines(METIERS)
CAS = [
    c
    for f in sorted((Path(__file__).parent / "comptes").glob("*.yaml"))
    for c in read_cas(f, DOMAINES)
]


@pytest.mark.parametrize("nom", sorted(read_yaml("specs.options", "comptabilite")))
def test_each_other_answer_to_an_option_has_a_case(nom: str) -> None:
    """What the fund could choose otherwise is computed, not only described."""
    option = read_options()[nom]
    essayees = {c.entrees.valeurs.get("options", {}).get(nom) for c in CAS}
    assert set(option.choix) - {option.defaut} <= essayees


@pytest.mark.parametrize(
    ("entrees", "message"),
    [
        ({"appel": []}, "inconnu ici"),
        ({"options": {"couleur": "bleu"}}, "inconnu ici"),
        ({"options": {"ordre_imputation": "hasard"}}, "réponses possibles : principal_d_abord"),
        ({"appels": [{"appel": "A"}]}, "« exigible » : absent"),
        ({"reglements": [{"date": date(2026, 5, 1)}]}, "« montant » : absent"),
        ({"decisions": [{"nature": "OUBLI", "effet": date(2026, 5, 1)}]}, "natures possibles"),
    ],
)
def test_a_case_that_cannot_be_read_names_the_field(
    entrees: dict[str, object], message: str
) -> None:
    """A misspelt field is an error in French, never ignored."""
    with pytest.raises(CasInvalide, match=message):
        run(Champs("cas X", entrees), date(2026, 6, 1))
