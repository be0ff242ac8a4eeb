"""Whatever mixture of tests and reals a company drops, no row of a test is ever published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parsers.echanges.ecriture import write_fixe
from tests.conftest import BONS, SOIR
from tests.parsers.echanges.fabrique import (
    ARRET,
    BASE,
    COMPTE,
    DEMANDE,
    JOUR,
    RELEVE,
    SALARIE,
    compose,
)
from tests.pipelines.echanges.test_recit import assert_no_test

if TYPE_CHECKING:
    from tests.conftest import Caisse

BOITE, SIREN, SIRET = "A80001", "800000010", "80000001000010"
TDP = {"siret": SIRET, "month": "2026-03"}
RIB = COMPTE | {"matricule": "M0001", "surname": "O'CONNOR", "birth": date(1985, 6, 14)}
LIGNES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "TDP": [("45", RELEVE | TDP), ("46", BASE | TDP | {"base": 480_000})],
    "RIB": [("40", RIB)],
    "DMC": [("20", DEMANDE)],
    "ARI": [
        ("30", ARRET | {"siret": SIRET}),
        ("31", SALARIE | {"matricule": "M0001"}),
        ("32", JOUR | {"matricule": "M0001"}),
    ],
}
ENVOIS = st.lists(st.tuples(st.sampled_from([*LIGNES, "DSN"]), st.booleans()), max_size=6)
pytestmark = [pytest.mark.nuit, pytest.mark.recit]


@settings(max_examples=2)
@example(
    [("TDP", False), ("TDP", True), ("RIB", False), ("DSN", False), ("ARI", True), ("ARI", False)]
)
@given(ENVOIS)
def test_no_row_of_a_test_is_published(
    make_caisse: Callable[..., Caisse],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
    envois: list[tuple[str, bool]],
) -> None:
    """Each real line has its verdict, each test its report and nothing else."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    attendues = 0
    for rang, (genre, reel) in enumerate(envois):
        mode = "R" if reel else "T"
        if genre == "DSN":
            caisse.drop(BOITE, f"{rang}.dsn", as_real(normale) if reel else normale)
            continue
        tete = {"mode": mode, "convention": "0080001", "siren": SIREN, "file_id": f"F{rang}"}
        fichier = compose(genre, LIGNES[genre], created="20260404080000", **tete)
        nom = f"{genre}_{mode}_0080001_20260404080000_{rang:04}"
        caisse.drop(BOITE, f"{nom}.txt", write_fixe(fichier))
        attendues += reel
    caisse.pass_night(SOIR)
    assert_no_test(caisse)
    assert caisse.read("lignes_echange").height == attendues
    rapports = {nom.split("/")[-1] for nom in caisse.returned()}
    for rang, (genre, reel) in enumerate(envois):
        if genre != "DSN":
            assert f"CRM_{genre}_{'R' if reel else 'T'}_F{rang}.json" in rapports
