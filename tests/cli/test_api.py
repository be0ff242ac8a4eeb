"""`caisse api jeton`: given once, kept by its fingerprint, listed, taken away, signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from warehouse.acces.jetons import PREFIXE, find_jeton, touch_jeton
from warehouse.audit import read_objets
from warehouse.registre import YAML
from warehouse.tables_acces import JETONS

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse

BONS = Path(__file__).parents[2] / "sample_files" / "bons"
SIGNE = ("--auteur", "A. Martin", "--motif", "essai")
CREER = ("api", "jeton", "creer", "A80001-ADM", "--usage", "paie", *SIGNE)
Ask = Callable[..., "Result"]


@pytest.fixture
def inscrite(caisse: Caisse) -> Caisse:
    """A fund of two companies and their users."""
    caisse.learn((BONS / "registre.yaml").read_bytes(), YAML)
    return caisse


def test_a_token_is_shown_once_then_taken_away(inscrite: Caisse, ask: Ask) -> None:
    """What is kept opens nothing; what was given does until it is withdrawn, or its term."""
    portees = ("--portee", "lecture:conges", "--portee", "depot", "--adherent", "A80001")
    jeton = ask(inscrite, *CREER, *portees, "--jours", "30").stdout.strip()
    assert jeton.startswith(PREFIXE)
    maintenant = datetime.now(UTC)
    with inscrite.maison.moteur.begin() as connexion:
        garde = connexion.execute(select(JETONS)).one()
        assert jeton not in map(str, garde)
        lu = find_jeton(connexion, jeton, maintenant)
        assert lu is not None
        assert (lu.portees, lu.siren) == (("lecture:conges", "depot"), "800000010")
        assert find_jeton(connexion, jeton, maintenant.replace(year=maintenant.year + 1)) is None
        assert find_jeton(connexion, garde.empreinte, maintenant) is None
        touch_jeton(connexion, lu.numero, maintenant)
    liste = ask(inscrite, "api", "jeton", "liste").stdout
    assert "1  A80001-ADM, SIREN 800000010 : lecture:conges depot" in liste
    assert f"dernier appel : {maintenant:%d/%m/%Y}"[:-4] in liste
    assert ask(inscrite, "api", "jeton", "retirer", "1", *SIGNE).exit_code == 0
    assert ask(inscrite, "api", "jeton", "retirer", "1", *SIGNE).exit_code == 1
    assert "retiré le" in ask(inscrite, "api", "jeton", "liste").stdout
    with inscrite.maison.moteur.connect() as connexion:
        assert find_jeton(connexion, jeton, maintenant) is None
        assert read_objets(connexion, "jeton de l'API") == [
            "jeton 1, A80001-ADM : lecture:conges depot"
        ]
        assert read_objets(connexion, "retrait d'un jeton de l'API") == ["jeton 1"]


@pytest.mark.parametrize(
    ("options", "code", "dit"),
    [
        (("--portee", "ecriture"), 2, "lecture:conges"),
        (("--portee", "lecture", "--jours", "4000"), 2, "366 jours au plus"),
        (("--portee", "lecture", "--adherent", "999090012"), 1, "999090012"),
    ],
)
def test_a_token_that_would_open_nothing_is_refused(
    inscrite: Caisse, ask: Ask, options: tuple[str, ...], code: int, dit: str
) -> None:
    """A scope that there is not, a life too long, a company that its user does not read."""
    refus = ask(inscrite, *CREER, *options)
    assert refus.exit_code == code
    assert dit in " ".join(refus.stderr.split())
    assert ask(inscrite, "api", "jeton", "liste").stdout == ""
