"""From one form to the other and back: nothing is lost, nothing is added."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from parsers.echanges.composition import (
    compose_blocs,
    compose_ensemble,
    compose_rows,
    gather_rows,
)
from parsers.echanges.ecriture import write_fixe, write_fixes
from parsers.echanges.ecriture_xml import write_xml, write_xmls
from parsers.echanges.fixe import read_fixe
from parsers.echanges.xml import read_xml
from parsers.echanges.zones import PIECE, Fichier, LectureZones
from specs.echanges import read_genres
from tests.parsers.echanges.fabrique import LIGNES, sample
from tests.parsers.echanges.strategies import (
    FICHIERS,
    GENRES,
    PHASES,
    Contenu,
    contents,
    files,
)


def read(lecture: LectureZones) -> Fichier:
    """What was read without a fault."""
    assert lecture.anomalies.is_empty(), lecture.anomalies.to_dicts()
    assert lecture.fichier is not None
    return lecture.fichier


def canonical(octets: bytes) -> bytes:
    """The XML in canonical form, white space between elements left out."""
    document = etree.fromstring(octets, etree.XMLParser(remove_blank_text=True))
    return etree.tostring(document, method="c14n")


@pytest.mark.parametrize("genre", GENRES)
def test_from_the_fixed_form_to_xml_and_back(genre: str) -> None:
    """Whatever a file of a kind holds, both forms give back the same bytes and the same zones."""

    @settings(max_examples=FICHIERS, phases=PHASES)
    @given(files(read_genres()[genre]))
    def check(fichier: Fichier) -> None:
        octets = write_fixe(fichier)
        lu = read(read_fixe(0, octets))
        ecrit = write_xml(lu)
        relu = read(read_xml(0, ecrit))
        assert write_fixe(relu) == octets
        assert canonical(write_xml(read(read_fixe(0, write_fixe(relu))))) == canonical(ecrit)
        assert relu.nombre == lu.nombre
        for code, frame in lu.enregistrements.items():
            assert relu.enregistrements[code].equals(frame)

    check()


def assemble(genre: str, contenus: list[Contenu]) -> dict[str, pl.DataFrame]:
    """Their records by code, each file ranked from 0."""
    details: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for piece, (_, lignes) in enumerate(contenus):
        for code, frame in gather_rows(genre, lignes).items():
            details[code].append(frame.with_columns(pl.lit(piece, pl.UInt32).alias(PIECE)))
    return {code: pl.concat(frames, how="diagonal") for code, frames in details.items()}


@pytest.mark.parametrize("genre", GENRES)
def test_files_written_together_are_what_each_is_alone(genre: str) -> None:
    """Whatever they hold, in both forms; one without a record among them."""

    @settings(max_examples=FICHIERS // 2, phases=PHASES)
    @given(st.lists(contents(read_genres()[genre]), min_size=1, max_size=4))
    def check(contenus: list[Contenu]) -> None:
        tous = [*contenus, (contenus[0][0], [])]
        entetes = [entete for entete, _ in tous]
        ensemble = compose_ensemble(genre, tous)
        blocs = compose_blocs(genre, entetes, assemble(genre, tous))
        seuls = [compose_rows(genre, *contenu) for contenu in tous]
        assert write_fixes(ensemble) == [write_fixe(fichier) for fichier in seuls]
        assert write_xmls(ensemble) == [write_xml(fichier) for fichier in seuls]
        assert (write_fixes(blocs), write_xmls(blocs)) == (
            write_fixes(ensemble),
            write_xmls(ensemble),
        )

    check()


@pytest.mark.parametrize("genre", LIGNES)
def test_a_sample_goes_there_and_back(genre: str) -> None:
    """The right files of the controls too."""
    octets = sample(genre)
    assert write_fixe(read(read_xml(0, write_xml(read(read_fixe(0, octets)))))) == octets
