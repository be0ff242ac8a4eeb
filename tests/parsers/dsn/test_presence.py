"""Blocks and rubrics that must, may or must not stand in a declaration."""

from typing import Any

import pytest

NEANT = ("S21.G00.30", "S21.G00.40", "S21.G00.71", "S21.G00.50", "S21.G00.51", "S21.G00.78")


def without_individuals(message: Any, type_: str) -> Any:
    """The declaration with no individual, under another type."""
    for bloc in NEANT:
        message = message.sans(bloc)
    return message.avec("S20.G00.05.002", type_)


def test_absent_block(message: Any, lire: Any) -> None:
    """A mandatory block that is absent is CST-02 at the line of its parent."""
    anomalie = lire(message.sans("S21.G00.71").octets()).seule()
    assert (anomalie["code"], anomalie["variante"]) == ("CST-02", "absent")
    assert anomalie["bloc"] == "S21.G00.71"
    assert anomalie["ligne"] == message.rang("S21.G00.40.001") + 1
    assert (anomalie["rang_declaration"], anomalie["rang_individu"]) == (1, 1)


def test_absence_is_told_for_each_parent(message: Any, individu: str, lire: Any) -> None:
    """Each parent that lacks a mandatory block has its anomaly."""
    sans = "".join(li for li in individu.splitlines(keepends=True) if "G00.71." not in li)
    lecture = lire(message.suivi(sans).suivi(individu).suivi(sans).octets())
    assert lecture.anomalies["rang_individu"].to_list() == [2, 4]


def test_too_many_individuals(message: Any, individu: str, lire: Any) -> None:
    """A declaration of a stop concerns one individual."""
    arret = message.avec("S20.G00.05.001", "04").suivi(individu)
    anomalies = lire(arret.octets()).anomalies
    [trop] = anomalies.filter(variante="cardinalite").rows(named=True)
    assert (trop["bloc"], trop["valeur"]) == ("S21.G00.30", "2")
    assert trop["attendu"] == "de 1 à 1"
    assert trop["ligne"] == arret.rang("S21.G00.11.001") + 1


def test_block_forbidden_for_the_nature(message: Any, lire: Any) -> None:
    """A block that the nature does not admit is one CST-02 a declaration, with the nature."""
    preavis = message.avec("S20.G00.05.001", "04")
    interdits = lire(preavis.octets()).anomalies.filter(variante="interdit")
    assert interdits["bloc"].to_list() == ["S21.G00.71", "S21.G00.50", "S21.G00.51", "S21.G00.78"]
    assert set(interdits["valeur"]) == {"04"}


@pytest.mark.parametrize("type_", ["02", "05"])
def test_declaration_without_individual(type_: str, message: Any, lire: Any) -> None:
    """Types 02 and 05 need no individual."""
    assert lire(without_individuals(message, type_).octets()).codes == []


@pytest.mark.parametrize("type_", ["02", "05"])
def test_declaration_without_individual_admits_none(type_: str, message: Any, lire: Any) -> None:
    """Types 02 and 05 admit no individual, nor anything under it."""
    lecture = lire(message.avec("S20.G00.05.002", type_).octets())
    assert [(c, b) for c, _, b in lecture.codes] == [("CST-02", bloc) for bloc in NEANT]


@pytest.mark.parametrize(
    "rubrique", ["S10.G00.00.001", "S20.G00.05.005", "S21.G00.30.002", "S21.G00.78.002"]
)
def test_absent_rubric(rubrique: str, message: Any, lire: Any) -> None:
    """A mandatory rubric that is absent is CST-03 at the first line of its block."""
    lecture = lire(message.sans(rubrique).octets())
    assert [(c, r) for c, _, r in lecture.codes] == [("CST-03", rubrique)]
    assert lecture.codes[0][1] == message.sans(rubrique).rang(rubrique[:10]) + 1


def test_forbidden_rubric(message: Any, lire: Any) -> None:
    """A rubric that the nature forbids is CST-04 at its line."""
    interdite = message.apres("S20.G00.05.005", "S20.G00.05.006,'020320261'")
    assert lire(interdite.octets()).codes == [
        ("CST-04", interdite.rang("S20.G00.05.006") + 1, "S20.G00.05.006")
    ]


def test_place_of_an_anomaly(message: Any, declaration: str, individu: str, lire: Any) -> None:
    """An anomaly tells the declaration, and the individual in it."""
    fautif = individu.replace("S21.G00.30.013,'01'\n", "")
    lecture = lire(message.suivi(declaration).suivi(individu).suivi(fautif).octets())
    anomalie = lecture.seule()
    assert (anomalie["rang_declaration"], anomalie["rang_individu"]) == (2, 3)
    assert anomalie["occurrence"] == 4
