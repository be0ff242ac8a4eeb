"""`caisse salarie lien`: whoever gives it says whom, and why; nobody is guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from specs.contrats import read_contrat, schema_polars
from warehouse.acces.salaries import DONNE, enter
from warehouse.audit import read_objets
from warehouse.publications import publish

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse

SIREN, LUI, AUTRE = "800000010", "f" * 32, "a" * 32
POURQUOI = ("--auteur", "A. Martin", "--motif", "demande au guichet")


@pytest.fixture
def connus(caisse: Caisse) -> Caisse:
    """A fund that published two employees of a company, and one number that both bear elsewhere."""
    commun = {"part": 0, "numero": "NIR", "premier_mois": "2026-01", "dernier_mois": "2026-03"}
    lignes = [
        commun | {"siren": siren, "salarie": salarie, "matricule": matricule}
        for siren, salarie, matricule in (
            (SIREN, LUI, "M1"), (SIREN, AUTRE, "M2"),
            ("999090012", LUI, "M9"), ("999090012", AUTRE, "M9"),
        )
    ]  # fmt: skip
    frame = pl.DataFrame(lignes, schema=schema_polars(read_contrat("salaries")))
    versions = {"salaries": caisse.maison.lac.write("salaries", frame, None)}
    with caisse.maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=date(2026, 4, 5),
            versions=versions,
            empreinte="0" * 64,
            publie_le="2026-04-05T20:00:00Z",
            remises=[],
        )
    return caisse


def test_a_link_and_a_code_are_given_to_one_employee(
    connus: Caisse, ask: Callable[..., Result]
) -> None:
    """By his number in a company or by his pseudonym; the code opens the link."""
    for designe in (("--adherent", "A80001", "--matricule", "M1"), ("--salarie", LUI)):
        donne = ask(connus, "salarie", "lien", *designe, *POURQUOI)
        assert donne.exit_code == 0, donne.stderr
        adresse, code = donne.stdout.splitlines()
        assert LUI not in donne.stdout
        jeton = adresse.partition("/lien/")[2]
        with connus.maison.moteur.begin() as connexion:
            chiffres = code.partition(" : ")[2]
            assert enter(connexion, jeton, chiffres, datetime.now(UTC)) is not None
            assert read_objets(connexion, DONNE)[-1] == f"salarié {LUI}"


@pytest.mark.parametrize(
    ("designe", "raison"),
    [
        ((), "Dire qui"),
        (("--adherent", "A80001"), "Dire qui"),
        (("--adherent", "A80001", "--matricule", "M7"), "Aucun salarié publié"),
        (("--adherent", "999090012", "--matricule", "M9"), "Plusieurs salariés"),
        (("--adherent", "INCONNU", "--matricule", "M1"), "Adhérent inconnu"),
        (("--salarie", "0" * 32), "Aucun salarié publié"),
    ],
)
def test_nobody_is_guessed(
    connus: Caisse, ask: Callable[..., Result], designe: tuple[str, ...], raison: str
) -> None:
    """Who is not said, not known or not alone is refused; nothing is journalled."""
    refuse = ask(connus, "salarie", "lien", *designe, *POURQUOI)
    assert refuse.exit_code == 1
    assert raison in refuse.stderr
    with connus.maison.moteur.connect() as connexion:
        assert read_objets(connexion, DONNE) == []
