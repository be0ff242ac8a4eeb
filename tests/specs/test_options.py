"""Options: named, dated, explained, and their page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from specs.options import OptionRefusee, option_at, read_options
from specs.options.page import render_page
from specs.periodes import Mois

RACINE = Path(__file__).parents[2]


def test_the_page_of_the_options_is_up_to_date() -> None:
    """docs/options.md is what the data says, to the byte."""
    assert (RACINE / "docs/options.md").read_text("utf-8") == render_page()


def test_the_module_prints_the_page() -> None:
    """`python -m specs.options` is how the page is made again."""
    sortie = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "specs.options"],
        cwd=RACINE,
        check=True,
        capture_output=True,
    )
    assert sortie.stdout.decode("utf-8") == render_page()


@pytest.mark.parametrize("nom", sorted(read_options()))
def test_an_option_is_answered_by_one_of_its_choices(nom: str) -> None:
    """Each answer is among the choices, applied by the engine, and holds from 2019 on."""
    option = read_options()[nom]
    assert len(option.choix) > 1
    assert set(option.a_venir) < set(option.choix)
    for choix in option.valeurs:
        assert choix.valeur in set(option.choix) - set(option.a_venir)
        assert choix.source_titre
    debuts = [choix.debut for choix in option.valeurs]
    assert debuts == sorted(set(debuts))
    assert option_at(nom, Mois(2019, 1)) in option.choix


def test_bases_are_not_rounded_to_the_euro() -> None:
    """The default of the fund is the centime (C-01)."""
    assert option_at("arrondi_assiette", Mois(2026, 3)) == "centime"


def test_an_unknown_option_or_date_is_refused() -> None:
    """Nothing is chosen by default for a name or a month that the data does not hold."""
    with pytest.raises(OptionRefusee, match="inconnue"):
        option_at("couleur", Mois(2026, 3))
    with pytest.raises(OptionRefusee, match="1999-12"):
        option_at("regle_exigibilite", Mois(1999, 12))
