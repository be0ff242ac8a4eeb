"""Typed frames: what a block becomes, and how blocks find their parents."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from parsers.dsn.lecteur import read_dsn
from parsers.dsn.lots import Envoi
from specs.dsn import VERSIONS, read_norme


def test_types_of_columns(message: Any, lire: Any) -> None:
    """Dates are dates, amounts are centimes, hours are hundredths, the rest is text."""
    blocs = lire(message.octets()).blocs
    base = blocs["S21.G00.78"].row(0, named=True)
    assert base["S21.G00.78.002"] == date(2026, 3, 1)
    assert base["S21.G00.78.004"] == 245_000
    contrat = blocs["S21.G00.40"].row(0, named=True)
    assert (contrat["S21.G00.40.012"], contrat["S21.G00.40.009"]) == (15_167, "00001")
    assert blocs["S20.G00.05"]["S20.G00.05.004"].to_list() == [1]


@pytest.mark.parametrize(
    ("valeur", "centimes"),
    [("-120.00", -12_000), ("-0.05", -5), ("0.00", 0), ("007.10", 710), ("12.3", None)],
)
def test_amounts_are_signed_centimes(
    valeur: str, centimes: int | None, message: Any, lire: Any
) -> None:
    """An amount is an integer of centimes; what can't be read is null and has its anomaly."""
    lecture = lire(message.avec("S21.G00.78.004", valeur).octets())
    assert lecture.blocs["S21.G00.78"]["S21.G00.78.004"].to_list() == [centimes]
    assert (lecture.codes == []) == (centimes is not None)


def test_unreadable_date_is_null(message: Any, lire: Any) -> None:
    """A date out of the calendar is null in the frame."""
    lecture = lire(message.avec("S21.G00.78.002", "30022026").octets())
    assert lecture.blocs["S21.G00.78"]["S21.G00.78.002"].to_list() == [None]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_rubric_has_its_column(version: str, message: Any, lire: Any) -> None:
    """A frame has a column for each rubric of its block in the version, met or not."""
    norme = read_norme(version)
    for nom, frame in lire(message.en_version(version).octets()).blocs.items():
        rubriques = norme.rubriques.filter(pl.col("rubrique").str.starts_with(nom))["rubrique"]
        assert set(rubriques) <= set(frame.columns)


def test_parents(message: Any, individu: str, lire: Any) -> None:
    """`parent` is the occurrence of the block that an occurrence hangs from."""
    blocs = lire(message.suivi(individu).octets()).blocs
    assert blocs["S10.G00.00"]["parent"].to_list() == [None]
    assert blocs["S21.G00.30"]["parent"].to_list() == [1, 1]
    assert blocs["S21.G00.40"]["parent"].to_list() == [1, 2]
    assert blocs["S21.G00.78"]["parent"].to_list() == [1, 2]


def test_ranks(message: Any, declaration: str, individu: str, lire: Any) -> None:
    """Individuals are numbered in their declaration, declarations in their file."""
    blocs = lire(message.suivi(individu).suivi(declaration).suivi(individu).octets()).blocs
    individus = blocs["S21.G00.30"]
    assert individus["rang_declaration"].to_list() == [1, 1, 2, 2]
    assert individus["rang_individu"].to_list() == [1, 2, 1, 2]
    assert individus["occurrence"].to_list() == [1, 2, 3, 4]
    assert blocs["S21.G00.11"]["rang_individu"].to_list() == [None, None]
    assert blocs["S21.G00.78"]["rang_individu"].to_list() == [1, 2, 1, 2]


def test_lines(message: Any, individu: str, lire: Any) -> None:
    """`ligne` is the first line of the occurrence in its file."""
    deux = message.suivi(individu)
    attendues = [i for i, li in enumerate(deux.lignes, 1) if li.startswith("S21.G00.78.001,")]
    assert lire(deux.octets()).blocs["S21.G00.78"]["ligne"].to_list() == attendues


def test_nature_of_the_declaration(message: Any, lire: Any) -> None:
    """`usage` is the key of the usage tables that applies to the declaration."""
    blocs = lire(message.octets()).blocs
    assert blocs["S21.G00.78"]["usage"].to_list() == ["01"]
    neant = lire(message.avec("S20.G00.05.002", "02").octets()).blocs
    assert neant["S20.G00.05"]["usage"].to_list() == ["01_sans_individu"]


def test_several_files_in_a_batch(message: Any, individu: str, lire: Any) -> None:
    """Files read together keep their own numbers, lines and occurrences."""
    lecture = lire(message.octets(), message.suivi(individu).octets(), b"", message.octets())
    individus = lecture.blocs["S21.G00.30"]
    assert individus["fichier"].to_list() == [0, 1, 1, 3]
    assert individus["occurrence"].to_list() == [1, 1, 2, 1]
    assert lecture.anomalies.select("fichier", "code").rows() == [(2, "F020")]


def test_pieces_tell_their_files(message: Any) -> None:
    """A piece tells its lines, file by file, and the files that end with it."""
    octets = message.octets()
    [morceau] = read_dsn([Envoi(7, octets), Envoi(9, octets)], "P26V01")
    lignes = len(message.lignes) + 2
    assert morceau.lignes_par_fichier == {7: lignes, 9: lignes}
    assert morceau.finis == (7, 9)


def test_misplaced_blocks_have_no_row(message: Any, lire: Any) -> None:
    """The rubrics of a block that may not stand where it is are not read."""
    egare = message.avant("S21.G00.51.001", "S21.G00.62.001,'31032026'")
    assert "S21.G00.62" not in lire(egare.octets()).blocs


def test_unknown_version_is_an_error() -> None:
    """Reading with a version without a dictionary is an error of the caller."""
    with pytest.raises(KeyError):
        list(read_dsn([Envoi(0, b"x")], "P99V01"))
