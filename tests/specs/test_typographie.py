"""French typography of the documents: what each format prints."""

from __future__ import annotations

from datetime import date

import pytest

from specs.typographie import (
    bind_signs,
    breakable,
    clip,
    format_compte,
    format_date,
    format_decimal,
    format_duree,
    format_entier,
    format_euros,
    format_instant,
    format_instant_court,
    format_jours,
    format_mois,
    format_montant,
    format_octets,
    format_periode,
    format_siren,
    format_taux,
    printable,
)


@pytest.mark.parametrize(
    ("centimes", "attendu"),
    [
        (283500, "2 835,00 €"),
        (-2520, "−25,20 €"),
        (0, "0,00 €"),
        (5, "0,05 €"),
        (123456789012, "1 234 567 890,12 €"),
    ],
)
def test_euros(centimes: int, attendu: str) -> None:
    """Centimes are written in euros with narrow no-break spaces and a true minus sign."""
    assert format_euros(centimes) == attendu.replace(" ", "\u202f")


@pytest.mark.parametrize(
    ("centimes", "attendu"), [(283500, "2835,00"), (-2520, "-25,20"), (-7, "-0,07")]
)
def test_decimal(centimes: int, attendu: str) -> None:
    """Spreadsheet amounts have a decimal comma, no space and an ASCII minus sign."""
    assert format_decimal(centimes) == attendu


@pytest.mark.parametrize(
    ("ppm", "attendu"),
    [(210000, "21 %"), (202000, "20,20 %"), (7450, "0,745 %"), (1, "0,0001 %"), (1100, "0,11 %")],
)
def test_taux(ppm: int, attendu: str) -> None:
    """Rates show no decimal when they have none, two at least otherwise, and never round."""
    assert format_taux(ppm) == attendu.replace(" ", "\u202f")


@pytest.mark.parametrize(
    ("centimes", "attendu"), [(-2_520, "−25,20"), (-123_456_789, "−1 234 567,89")]
)
def test_montant(centimes: int, attendu: str) -> None:
    """An amount of a table bears no unit."""
    assert format_montant(centimes) == attendu.replace(" ", "\u202f")


def test_instants_courts() -> None:
    """Instants of tables are read at the clock of Paris."""
    assert format_instant_court("2026-03-31T20:05:00Z") == "31/03/2026 à 22:05"
    assert format_instant_court("2026-12-31T23:05:00+00:00") == "01/01/2027 à 00:05"


def test_negative_rate_and_text_that_is_no_month() -> None:
    """A rate may be negative; what is no month comes back as it is."""
    assert format_taux(-5_000) == "−0,50\u202f%"
    assert format_mois("2026-13") == "2026-13"


def test_mois_et_dates() -> None:
    """Months and dates are in words, and the first of a month is « 1er »."""
    assert format_mois("2026-03") == "mars 2026"
    assert format_date(date(2026, 4, 25)) == "25 avril 2026"
    assert format_date(date(2026, 8, 1)) == "1er août 2026"


@pytest.mark.parametrize(
    "instant", ["2026-04-03T22:04:11Z", "2026-04-03T22:04:11+00:00", "2026-04-03T22:04:11"]
)
def test_instant(instant: str) -> None:
    """An instant in UTC is printed in Paris time, the next day when it must be."""
    assert format_instant(instant) == "4 avril 2026 à 0\u202fh\u202f04"


@pytest.mark.parametrize(
    ("octets", "attendu"),
    [(0, "0 octet"), (2, "2 octets"), (1536, "1,5 Ko"), (5 << 20, "5,0 Mo"), (3 << 30, "3,0 Go")],
)
def test_octets(octets: int, attendu: str) -> None:
    """Sizes are printed in the unit that reads best."""
    assert format_octets(octets).replace("\u202f", " ").replace("\u00a0", " ") == attendu


def test_comptes() -> None:
    """Counts take their plural from two on."""
    assert format_compte(1, "anomalie bloquante") == "1\u00a0anomalie bloquante"
    assert format_compte(1200, "anomalie bloquante") == "1\u202f200\u00a0anomalies bloquantes"
    assert format_entier(-1200) == "−1\u202f200"


def test_siren() -> None:
    """SIREN and SIRET are grouped; a malformed one is printed as it came."""
    assert format_siren("123456782").replace("\u202f", " ") == "123 456 782"
    assert format_siren("12345678200010").replace("\u202f", " ") == "123 456 782 00010"
    assert format_siren("12A") == "12A"


def test_periodes_et_durees() -> None:
    """A month or a year is said once; minutes when they are whole."""
    dits = [
        ((2025, 8, 4), (2025, 8, 23), "du 4 au 23 août 2025"),
        ((2025, 7, 28), (2025, 8, 1), "du 28 juillet au 1er août 2025"),
        ((2025, 12, 22), (2026, 1, 3), "du 22 décembre 2025 au 3 janvier 2026"),
        ((2025, 8, 4), (2025, 8, 4), "le 4 août 2025"),
    ]
    for debut, fin, attendu in dits:
        assert format_periode(date(*debut), date(*fin)) == attendu
    durees = {700: "7 h", 750: "7 h 30", 705: "7 h 03", 733: "7,33 h", 0: "0 h"}
    for centiemes, attendu in durees.items():
        assert format_duree(centiemes).replace("\u202f", " ") == attendu
    assert [format_jours(n) for n in (1700, 120, -100)] == [
        "17\u00a0jours",
        "1,20\u00a0jour",
        "\u22121\u00a0jour",
    ]


def test_bind_signs() -> None:
    """No line begins by a sign, nor ends by an opening quote."""
    lie = "ainsi\u00a0: «\u00a0pourquoi\u00a0?\u00a0», 2\u00a0\u00d7 3"
    assert bind_signs("ainsi : « pourquoi ? », 2 \u00d7 3") == lie


def test_printable() -> None:
    """Control characters, direction overrides and lone surrogates never reach a document."""
    assert printable("a\r\nb\x00c\u202ed\udc80\uffff") == "a b\ufffdc\ufffdd\ufffd\ufffd"


def test_clip() -> None:
    """A long value is cut with an ellipsis, a short one is left alone."""
    assert clip("abcdef", 6) == "abcdef"
    assert clip("x" * 1_000_000, 6) == "xxxxxx…"


def test_breakable() -> None:
    """Only long words get places to break, and removing those gives the text back."""
    assert breakable("un nom-ordinaire de_fichier.dsn") == "un nom-ordinaire de_fichier.dsn"
    long = "DSN_" + "a1" * 40 + ".dsn"
    assert breakable(long).replace("\u200b", "") == long
    assert max(map(len, breakable(long).split("\u200b"))) <= 24
