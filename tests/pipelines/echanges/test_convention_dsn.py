"""A DSN needs a convention when the fund says so, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.echanges import admission_dsn
from tests.conftest import SOIR

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Caisse

ADHERENT = "A80001"
CONVENTION = """
utilisateurs:
  - utilisateur: A80001-ADM
    siren: "800000010"
    nom: Paie
    courriel: p@exemple.invalid
    debut: 2020-01-01
conventions:
  - convention: "0080001"
    siren: "800000010"
    nature: ANET
    administrateur: A80001-ADM
    debut: {}
"""


@pytest.mark.parametrize(
    ("choix", "debut", "etat"),
    [
        ("non", None, "CONFORME"),
        ("oui", None, "NON_CONFORME"),
        ("oui", "2026-04-05", "CONFORME"),
        ("oui", "2026-04-06", "NON_CONFORME"),
    ],
)
def test_the_main_convention_is_asked_for_by_the_option(
    make_caisse: Callable[..., Caisse],
    normale: bytes,
    monkeypatch: pytest.MonkeyPatch,
    choix: str,
    debut: str | None,
    etat: str,
) -> None:
    """In force on the day of reception, or the file is refused with what to do."""
    caisse = make_caisse(nombre_parts=1)
    if debut:
        caisse.learn(CONVENTION.format(debut).encode(), "yaml")
    monkeypatch.setattr(admission_dsn, "option_at", lambda *_: choix)
    caisse.drop(ADHERENT, "essai.dsn", normale)
    caisse.receive(SOIR)
    caisse.run("controler", SOIR.date())
    assert caisse.journal()["essai.dsn"].etat == etat
    if etat == "NON_CONFORME":
        lues = caisse.maison.lac.read("anomalies_essai").collect()
        assert lues["code"].to_list() == ["F001"]
        assert "convention ANET" in lues["message"].item()
