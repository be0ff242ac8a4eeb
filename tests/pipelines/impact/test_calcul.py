"""Other dated values, tried on a fund that published: who would gain and lose what."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import specs
from tests.conftest import SOIR

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from tests.conftest import Caisse

BAREME = Path("baremes") / "cotisations.yaml"
ACTUEL, AUTRE = "valeur: 210000", "valeur: 220000"
LENDEMAIN = str((SOIR + timedelta(days=1)).date())


def write_valeurs(dossier: Path) -> Path:
    """The scale of contributions, with a rate of a point more."""
    entier = (Path(specs.__file__).parent / BAREME).read_text("utf-8")
    assert ACTUEL in entier
    (dossier / BAREME.parent).mkdir(parents=True)
    (dossier / BAREME).write_text(entier.replace(ACTUEL, AUTRE), "utf-8")
    return dossier


def test_a_rate_of_a_point_more_is_shown_and_not_kept(
    appelee: Caisse, ask: Callable[..., Result], tmp_path: Path
) -> None:
    """The company would be called a point of its bases more; the fund is as it was."""
    avant = appelee.published()
    valeurs = write_valeurs(tmp_path / "essai")
    demande = ("impact", "--specs", str(valeurs), "--date-arrete", LENDEMAIN)
    dit = ask(appelee, *demande)
    assert dit.exit_code == 0, dit.output
    base = appelee.read("lignes_appel").filter(cotisation="CP")["base_centimes"].sum()
    assert base % 100 == 0
    euros = f"{base // 10_000},{base // 100 % 100:02} €"
    texte = dit.stdout.replace("\u202f", " ").replace("\xa0", " ")
    assert f"montant appelé : 0,00 € -> {euros} ({euros})" in texte
    assert appelee.published() == avant
    assert "Rien ne changerait." in ask(appelee, *demande, "--periode", "2025-01").stdout


def test_files_that_are_none_of_specs_are_refused(
    appelee: Caisse, ask: Callable[..., Result], tmp_path: Path
) -> None:
    """A name that specs does not have, a value that the engine refuses, an empty folder."""
    assert "aucun fichier de specs" in ask(appelee, "impact", "--specs", str(tmp_path)).stderr
    (tmp_path / "inconnu.yaml").write_text("a: 1")
    refus = ask(appelee, "impact", "--specs", str(tmp_path))
    assert (refus.exit_code, "« inconnu.yaml »" in refus.stderr) == (2, True)
    valeurs = write_valeurs(tmp_path / "essai")
    (valeurs / BAREME).write_text("[", "utf-8")
    refus = ask(appelee, "impact", "--specs", str(valeurs), "--date-arrete", LENDEMAIN)
    assert (refus.exit_code, "ces valeurs sont refusées" in refus.stderr) == (2, True)
