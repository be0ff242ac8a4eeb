"""What codes mean for leave: each is of the norm, has one nature a day, and a default."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from specs import conges
from specs.conges import AUTRE, JAMAIS, ORDRE, TOUJOURS, read_codes, read_natures
from specs.dsn import VERSIONS, read_norme

LISTES = {"ARRET": "S21.G00.60.001", "SUSPENSION": "S21.G00.65.001"}


def codes_of(rubrique: str) -> set[str]:
    """Codes of a rubric, in any version of the norm."""
    codes: set[str] = set()
    for version in VERSIONS:
        norme = read_norme(version)
        (liste,) = norme.rubriques.filter(pl.col("rubrique") == rubrique)["liste"]
        codes.update(norme.codes_of(liste))
    return codes


def test_each_code_is_of_the_norm() -> None:
    """No code that a DSN could not bear."""
    for nature, rubrique in LISTES.items():
        dits = set(read_natures().filter(pl.col("nature") == nature)["motif_absence"])
        assert dits < codes_of(rubrique)
        assert read_codes().annulations[nature] in codes_of(rubrique) - dits
    fins = codes_of("S21.G00.62.002")
    assert {read_codes().annulation_fin, *read_codes().fins_sans_certificat} < fins


def test_a_code_has_one_nature_each_day() -> None:
    """Its intervals follow one another, from always to for ever."""
    for _, lignes in read_natures().sort("valable_du").group_by("nature", "motif_absence"):
        debuts, fins = lignes["valable_du"].to_list(), lignes["valable_au"].to_list()
        assert (debuts[0], fins[-1]) == (TOUJOURS, JAMAIS)
        assert [(suivant - fin).days for fin, suivant in zip(fins, debuts[1:], strict=False)] == [
            1
        ] * (len(debuts) - 1)


def test_a_code_whose_nature_changes_has_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its first day it is what any other code is; from another one on, something else."""
    source = {"titre": "essai"}
    natures = [
        {"nature": n, "debut": d, "arrets": ["20"], "suspensions": [], "source": source}
        for n, d in (("N", date(2027, 1, 1)), ("A", date(2028, 1, 1)))
    ]
    monkeypatch.setattr(conges, "_read", lambda: {"natures": natures})
    assert read_natures().select("ordre", "valable_du").rows() == [
        (ORDRE.index(AUTRE), TOUJOURS),
        (ORDRE.index("N"), date(2027, 1, 1)),
        (ORDRE.index("A"), date(2028, 1, 1)),
    ]
