"""Controls of one value: empty, characters, length, number, date, pattern, list, keys, masking."""

from typing import Any

import pytest

from parsers.dsn.attentes import describe_forme, describe_liste
from parsers.dsn.valeurs import read_rubriques
from parsers.messages import described
from specs.dsn import VERSIONS

POSTE, MONTANT, DATE = "S21.G00.40.006", "S21.G00.78.004", "S21.G00.78.002"


@pytest.mark.parametrize(
    ("rubrique", "valeur", "code"),
    [
        (POSTE, "", "CST-06"),
        (MONTANT, "", "CST-06"),
        (DATE, "", "CST-06"),
        (POSTE, " MACON", "CSL-05"),
        (POSTE, "MACON ", "CSL-05"),
        (POSTE, "MACON#1", "CSL-05"),
        (POSTE, "A;B", "CSL-05"),
        (POSTE, "A\tB", "CSL-05"),
        (POSTE, "STRAßE", "CSL-05"),
        (POSTE, "A\x80B", "CSL-05"),
        (POSTE, "M" * 121, "CSL-01"),
        ("S21.G00.06.003", "4211", "CSL-01"),
        (MONTANT, "1 234.00", "CSL-02"),
        (MONTANT, "1234,00", "CSL-02"),
        (MONTANT, "+1.00", "CSL-02"),
        (MONTANT, "1234.5", "CSL-00"),
        (MONTANT, "1234", "CSL-00"),
        (MONTANT, "1234.567", "CSL-00"),
        (MONTANT, "--12.00", "CSL-00"),
        (DATE, "2026-3-1", "CSL-03"),
        (DATE, "0103202A", "CSL-03"),
        (DATE, "30022026", "CSL-04"),
        (DATE, "29022025", "CSL-04"),
        (DATE, "00032026", "CSL-04"),
        (DATE, "01010000", "CSL-04"),
        ("S20.G00.05.005", "02032026", "CSL-00"),
        ("S20.G00.05.003", "10", "CSL-00"),
        (POSTE, "--", "CSL-00"),
        ("S21.G00.40.002", "ZZ", "CSL-11"),
        ("S21.G00.78.001", "99", "CSL-11"),
    ],
)
def test_refused_value(rubrique: str, valeur: str, code: str, message: Any, lire: Any) -> None:
    """A value that breaks a rule is refused once, by the first control that it fails."""
    lecture = lire(message.avec(rubrique, valeur).octets())
    assert lecture.codes == [(code, message.rang(rubrique) + 1, rubrique)]


@pytest.mark.parametrize(
    ("rubrique", "valeur"),
    [
        (POSTE, 'CHEF D\'ÉQUIPE (1/2), ZONE "A" : 50 °C = @_`«»'),
        (MONTANT, "0.00"),
        (MONTANT, "-120.00"),
        (MONTANT, "0002450.00"),
        (DATE, "29022024"),
    ],
)
def test_accepted_value(rubrique: str, valeur: str, message: Any, lire: Any) -> None:
    """What the norm admits is never refused."""
    assert lire(message.avec(rubrique, valeur).octets()).codes == []


def test_list_names_its_codes(message: Any, lire: Any) -> None:
    """A code out of its list tells some of the codes of the version."""
    anomalie = lire(message.avec("S20.G00.05.008", "07").octets()).seule()
    assert (anomalie["variante"], anomalie["valeur"]) == ("liste", "07")
    assert anomalie["attendu"] == "l'un des codes 01, 02, 03"


@pytest.mark.parametrize(
    ("rubrique", "valeur", "dit"),
    [
        ("S21.G00.06.001", "80000001", "il faut 9 chiffres, il y en a 8."),
        ("S21.G00.06.003", "4211", "il faut 5 caractères, il y en a 4."),
        (POSTE, "M" * 79, None),
        (POSTE, " MACON", "pas d'espace au début, en position 1."),
        (POSTE, "MACON ", "pas d'espace à la fin, en position 6."),
        (POSTE, " MACON ", "pas d'espace, ni au début ni à la fin."),
        (POSTE, "MAÇON#1", "pas de « # », en position 6."),
        (POSTE, "A\tB", "pas de tabulation, en position 2."),
        (POSTE, "A\x80B", "pas de caractère de commande, en position 2."),
        (MONTANT, "1500.5", "il faut un nombre à deux décimales, comme 1234.56, dans les bornes"),
        ("S20.G00.05.008", "07", "il faut l'un des codes 01, 02, 03."),
    ],
)
def test_a_refusal_says_what_was_read_and_what_is_expected(
    rubrique: str, valeur: str, dit: str | None, message: Any, lire: Any
) -> None:
    """Lengths in figures, the place of a blank or of a forbidden character, the codes of a list."""
    lues = lire(message.avec(rubrique, valeur).octets())
    if dit is None:
        assert lues.codes == []
        return
    assert any(dit in message for message in described(lues.anomalies, "P26V01")["message"])


def test_a_long_list_says_where_it_is() -> None:
    """Its codes are not cut in the middle: how many, and where they are found."""
    codes = [f"{rang:03d}" for rang in range(165)]
    assert describe_liste(codes, "P26V01") == (
        "l'un des 165 codes que le cahier technique P26V01 donne à cette rubrique"
    )
    assert describe_liste(["01"], "P26V01") == "le code 01"


def test_every_pattern_of_the_norm_has_words() -> None:
    """No regular expression reaches a reader."""
    for version in VERSIONS:
        for rubrique in read_rubriques(version).values():
            if rubrique.ligne["motif"]:
                assert not set("[]\\^|*") & set(describe_forme(rubrique.ligne))


def test_list_belongs_to_the_version(message: Any, lire: Any) -> None:
    """A code of one version is refused by another (base 37 left after P24V01)."""
    code = message.avec("S21.G00.78.001", "37")
    assert lire(code.en_version("P24V01").octets()).codes == []
    assert lire(code.octets()).seule()["code"] == "CSL-11"


@pytest.mark.parametrize(
    ("rubrique", "valeur", "code", "variante"),
    [
        ("S10.G00.01.001", "800000029", "CSL-11", "siren"),
        ("S21.G00.06.002", "00011", "CSL-11", "siret"),
        ("S21.G00.11.001", "00011", "CSL-12", "siret"),
    ],
)
def test_keys_are_verified(
    rubrique: str, valeur: str, code: str, variante: str, message: Any, lire: Any
) -> None:
    """A SIREN or a SIRET whose key is wrong is refused."""
    anomalie = lire(message.avec(rubrique, valeur).octets()).seule()
    assert (anomalie["code"], anomalie["variante"]) == (code, variante)
    assert anomalie["rubrique"] == rubrique
    assert anomalie["ligne"] == message.rang(rubrique) + 1


def test_wrong_siren_is_told_alone(message: Any, lire: Any) -> None:
    """A wrong SIREN makes the SIRETs that it forms wrong as well: one cause, one anomaly."""
    lecture = lire(message.avec("S21.G00.06.001", "800000011").octets())
    assert [(c, r) for c, _, r in lecture.codes] == [("CSL-11", "S21.G00.06.001")]


@pytest.mark.parametrize("naissance", ["99991985", "99061985", "00061985", "29021984"])
def test_birth_date_may_be_partly_unknown(naissance: str, message: Any, lire: Any) -> None:
    """The day and the month of birth may be unknown."""
    assert lire(message.avec("S21.G00.30.006", naissance).octets()).codes == []


def test_birth_date_must_exist(message: Any, lire: Any) -> None:
    """A birth date out of the calendar is CSL-11, and is masked."""
    anomalie = lire(message.avec("S21.G00.30.006", "31021985").octets()).seule()
    assert (anomalie["code"], anomalie["variante"]) == ("CSL-11", "calendrier")
    assert anomalie["valeur"] == "********"


@pytest.mark.parametrize("jour", ["31022025", "01022025"])
def test_date_with_a_calendar_control_of_its_own(jour: str, message: Any, lire: Any) -> None:
    """Out of the calendar, it gets that control rather than CSL-04, once."""
    bons = ("S89.G00.89.001,'5'", "S89.G00.89.005,'" + jour + "'")
    codes = [
        c
        for c, _, r in lire(message.suivi("\n".join(bons)).octets()).codes
        if r == "S89.G00.89.005"
    ]
    assert codes == ([] if jour == "01022025" else ["CSL-11"])


@pytest.mark.parametrize(
    ("rubrique", "valeur"),
    [
        ("S21.G00.30.001", "1851369123101"),
        ("S21.G00.30.002", "DUPONT#"),
        ("S21.G00.30.004", "MARIE#"),
        ("S21.G00.30.006", "14061785"),
    ],
)
def test_personal_values_are_masked(rubrique: str, valeur: str, message: Any, lire: Any) -> None:
    """The value of a personal rubric never leaves the reader through an anomaly."""
    anomalie = lire(message.avec(rubrique, valeur).octets()).seule()
    assert anomalie["valeur"] == "*" * len(valeur)


@pytest.mark.parametrize(
    ("rubrique", "valeur"), [("S21.G00.78.002", "30022026"), ("S21.G00.40.002", "ZZ")]
)
def test_other_values_are_quoted(rubrique: str, valeur: str, message: Any, lire: Any) -> None:
    """The value of a rubric that is not personal is told as it is."""
    assert lire(message.avec(rubrique, valeur).octets()).seule()["valeur"] == valeur


def test_long_values_are_cut_in_anomalies(message: Any, lire: Any) -> None:
    """An anomaly never carries more than a readable part of a value."""
    lecture = lire(message.avec(POSTE, "M" * 200).octets())
    assert lecture.anomalies["valeur"].to_list() == ["M" * 80]
