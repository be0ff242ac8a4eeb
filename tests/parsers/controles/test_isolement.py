"""Files read together, or messages of one file: each gets what it gets alone."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from parsers.controles.larges import wide_of
from pipelines.verification import verify_fichiers
from sample_files.generateur.fautes import FAUTES
from specs.dsn import VERSIONS

# The tests are no package: the reader of excerpts is a module beside this one.
_spec = importlib.util.spec_from_file_location("extraits", Path(__file__).with_name("extraits.py"))
extraits = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("extraits", extraits)
_spec.loader.exec_module(extraits)

EXEMPLES = Path(__file__).parents[3] / "sample_files"
LARGES = {c.identifiant for v in VERSIONS for cs in wide_of(v).values() for c in cs}
LOT = b"S05.G51.00.001,'V01R02'\nS05.G51.00.002,'LOT0001'\nS06.G51.00.001,'DSNOK'\n"
FIN_LOT = b"S96.G51.00.001,'FINSL'\nS95.G51.00.001,'LOT0001'\n"
GROUPEES = ("CST-01", "CST-02")  # told once a file, with a count
# One excerpt in ten, with those of the controls that look at a whole declaration or message.
CHOISIS = [e for i, e in enumerate(extraits.read_extraits()) if e.controle in LARGES or i % 10 == 0]

tranquille = settings(max_examples=10, suppress_health_check=list(HealthCheck))


@cache
def messages() -> tuple[bytes, ...]:
    """Messages, conforming or not: excerpts, and a generated one spoilt in every way."""
    lignes = (EXEMPLES / "bons" / "mensuelle_normale.dsn").read_text("latin-1").splitlines()
    gates = [faute(list(lignes), "\n").octets for faute in FAUTES.values()]
    return (*(e.octets() for e in CHOISIS), *gates)


@cache
def fichiers() -> tuple[bytes, ...]:
    """The messages, and every sample file."""
    return (*messages(), *(f.read_bytes() for f in sorted(EXEMPLES.glob("*/*.dsn"))))


def found(octets: bytes, *parmi: bytes) -> pl.DataFrame:
    """Anomalies of a file read after others, in the order of its report."""
    lecture = verify_fichiers(enumerate((*parmi, octets)))
    return lecture.anomalies.filter(fichier=len(parmi)).drop("fichier")


@cache
def found_alone(rang: int) -> pl.DataFrame:
    """Anomalies of one of `fichiers`, read alone."""
    return found(fichiers()[rang])


@tranquille
@given(choix=st.lists(st.integers(0, 10_000), min_size=2, max_size=8))
def test_a_file_among_others_gets_what_it_gets_alone(choix: list[int]) -> None:
    """Whatever the neighbours and their order: same anomalies, places and words."""
    rangs = [c % len(fichiers()) for c in choix]
    lecture = verify_fichiers(enumerate(fichiers()[rang] for rang in rangs))
    for numero, rang in enumerate(rangs):
        vues = lecture.anomalies.filter(fichier=numero).drop("fichier")
        assert_frame_equal(vues, found_alone(rang))


def whole() -> list[int]:
    """Ranks of the messages that a batch can hold: with a head, and a footer that ends them."""
    return [
        rang
        for rang, octets in enumerate(messages())
        if octets.startswith(b"S10.G00.00.001,")
        and octets.splitlines()[-1].startswith(b"S90.G00.90.002,")
        and octets.isascii()
    ]


@tranquille
@given(choix=st.lists(st.integers(0, 10_000), min_size=2, max_size=6))
def test_a_message_of_a_batch_gets_what_it_gets_alone(choix: list[int]) -> None:
    """What is judged on a message is judged on this one, at the lines of the file."""
    rangs = [whole()[c % len(whole())] for c in choix]
    envois = [messages()[rang] for rang in rangs]
    vues = found(LOT + b"".join(envois) + FIN_LOT)
    attendues, avant = [], LOT.count(b"\n")
    for rang, octets in zip(rangs, envois, strict=True):
        attendues.append(found_alone(rang).with_columns(pl.col("ligne") + avant))
        avant += octets.count(b"\n")
    assert told(vues) == told(pl.concat(attendues))


def told(anomalies: pl.DataFrame) -> list[tuple[object, ...]]:
    """What is said of each place, without the ranks, which go on from a message to the next."""
    lieux = anomalies.filter(~pl.col("code").is_in(GROUPEES))
    colonnes = ("ligne", "code", "rubrique", "valeur", "nombre", "message")
    return sorted(lieux.select(colonnes).rows(), key=str)


@pytest.mark.parametrize(("premier", "second"), [("01", "02"), ("02", "01")])
def test_the_kind_of_sending_is_that_of_each_message(premier: str, second: str) -> None:
    """A message with employees and one without, in one file: only a wrong kind is told."""
    neant = (EXEMPLES / "bons" / "neant_absence_rattachement.dsn").read_bytes()
    plein = (EXEMPLES / "bons" / "mensuelle_normale.dsn").read_bytes()
    envois = [
        octets.replace(avant, b"S10.G00.00.008,'" + genre.encode() + b"'")
        for octets, avant, genre in (
            (plein, b"S10.G00.00.008,'01'", premier),
            (neant, b"S10.G00.00.008,'02'", second),
        )
    ]
    codes = found(LOT + b"".join(envois) + FIN_LOT)["code"].to_list()
    assert codes == ([] if premier == "01" else ["S10.G00.00.008/CCH-11"] * 2)
