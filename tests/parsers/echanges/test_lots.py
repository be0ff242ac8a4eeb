"""Files read together are told what each is told alone, whatever the others hold."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parsers.echanges import lots
from parsers.echanges.composition import ValeurHorsZone
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.ecriture_xml import write_xml
from parsers.echanges.lecteur import Lectures, read_alone
from parsers.echanges.lots import DepotLu, read_echanges
from parsers.echanges.zones import Fichier
from specs.echanges import CONTROLE, ENTETE, LONGUEUR, read_enveloppe
from tests.parsers.echanges.fabrique import LIGNES, RECU_LE, compose, sample
from tests.parsers.echanges.mutants import iter_mutants, join_groups, list_groups

MUTANTS = 20  # of each kind, spread over all of them
ENTETES = ("SIREN", "CREATED", "MODE", "FILE_ID", "OPERATION", "FILLER", "CONVENTION")


def generate(genre: str) -> Iterator[tuple[str, bytes]]:
    """Right files, mutants, wrong headers, totals and bytes; the same keys come in many of them."""
    justes = list_groups(genre)
    mutants = [m for groupe in justes for m in iter_mutants(groupe, count())]
    for groupe in [*justes, *mutants[:: max(1, len(mutants) // MUTANTS)]]:
        fichier, _ = join_groups([groupe])
        yield from write(genre, fichier)
    juste = sample(genre)
    yield name(genre), juste
    for champ in ENTETES:
        place = read_enveloppe(ENTETE).champ(champ).tranche
        yield name(genre), juste[: place.start] + b"9" + juste[place.start + 1 :]
    place = read_enveloppe(CONTROLE).champ("SUM_1").tranche
    fin = len(juste) - LONGUEUR - 1 + place.start
    yield name(genre), juste[:fin] + b"9" + juste[fin + 1 :]
    yield name(genre, mode="R"), juste
    yield name(genre).lower(), juste
    yield f"{name(genre)}.gz", gzip.compress(juste)
    lignes = juste.split(b"\n")
    yield name(genre), b"\n".join([lignes[0], *lignes[-2:]])
    yield name(genre), b"\n".join([lignes[0], *reversed(lignes[1:-2]), *lignes[-2:]])
    yield name(genre), juste.replace(b"\n", b"\r\n")
    yield name(genre), juste + juste
    yield name(genre), juste[:-1]
    yield name(genre), juste.replace(b" ", b"\x01", 1)
    yield name(genre), b""
    for operation in ("A", "R"):
        entete = {"operation": operation, "replaces": "AUTRE"}
        yield from write(genre, compose(genre, LIGNES[genre], **entete))
    en_xml = write_xml(compose(genre, LIGNES[genre]))
    yield name(genre, "xml"), en_xml.replace(b"<siren>", b'<siren a="1">', 1)
    yield name(genre, "xml"), en_xml.replace(b"</entete>", b"", 1)
    yield name(genre, "xml"), en_xml.replace(b"<software>", b"<software>\xc5\x93", 1)


def name(genre: str, suffixe: str = "txt", mode: str = "T") -> str:
    """The name of a file."""
    return f"{genre}_{mode}_0001234_20260101000000_0001.{suffixe}"


def write(genre: str, fichier: Fichier) -> Iterator[tuple[str, bytes]]:
    """A file in each form that can hold it."""
    yield name(genre), write_fixe(fichier)
    try:
        yield name(genre, "xml"), write_xml(fichier)
    except ValeurHorsZone:
        return


def said_of(lectures: Lectures, numero: int) -> list[object]:
    """What is said of one file."""
    siennes = {code: f.filter(fichier=numero) for code, f in lectures.valeurs.items()}
    (dit,) = [d for d in lectures.dits if d.numero == numero]
    lues = {} if dit.refuse else siennes
    return [
        dit,
        lectures.anomalies.filter(fichier=numero),
        lectures.lignes.filter(fichier=numero),
        *(lues[code] for code in sorted(lues)),
    ]


@pytest.mark.parametrize("genre", LIGNES)
def test_lus_ensemble_comme_seuls(genre: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind of fault, side by side; some bundles are full before the last file."""
    monkeypatch.setattr(lots, "FICHIERS", 50)
    depots = [
        DepotLu(3 * rang + 1, nom, octets, RECU_LE + timedelta(days=rang % 3))
        for rang, (nom, octets) in enumerate(generate(genre))
    ]
    obtenues = [*read_echanges(depots)]
    assert len(obtenues) < len(depots) / 2
    ensemble = {dit.numero: lues for lues in obtenues for dit in lues.dits}
    assert ensemble.keys() == {depot.numero for depot in depots}
    for depot in depots:
        seul = read_alone(depot.numero, depot.nom, depot.octets, depot.recu_le)
        attendus, lus = (said_of(lu, depot.numero) for lu in (seul, ensemble[depot.numero]))
        assert len(attendus) == len(lus)
        for attendu, lu in zip(attendus, lus, strict=True):
            if isinstance(attendu, pl.DataFrame):
                assert isinstance(lu, pl.DataFrame)
                assert_frame_equal(attendu, lu)
            else:
                assert attendu == lu
