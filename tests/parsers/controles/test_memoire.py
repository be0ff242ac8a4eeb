"""What reading a large message holds: some pieces, and what wide controls read, never the file."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl
import pytest

from parsers import anomalies
from parsers.controles.envoi import Coherence
from parsers.controles.larges import wide_values
from parsers.dsn import lecteur
from parsers.dsn.enveloppe import LIGNE_SANS_FIN, open_fichier
from parsers.dsn.lecteur import Morceau, read_dsn
from parsers.textes import detached
from pipelines.controle import dsn
from pipelines.controle.natures import CONFORME, list_extractions
from pipelines.metiers import METIERS
from pipelines.verification import verify_fichiers
from sample_files.generateur.gros import write_gros_fichier
from specs.octets import FENETRE

VERSION, INDIVIDU = "P26V01", "S21.G00.30"
TAILLE = 350_000  # bytes a piece: some sixty individuals
VIVANTS = 4  # being cut, being judged, given, held by who asked for it
PAR_INDIVIDU = 400  # bytes: a row of the individual and one of his contract, texts included


@dataclass
class Espion:
    """Bytes that remember the longest part that was asked of them."""

    octets: bytes
    longue: int = field(default=0, init=False)

    def __len__(self) -> int:
        """How many bytes."""
        return len(self.octets)

    def __getitem__(self, tranche: slice, /) -> bytes:
        """A part, whose length is noted."""
        lus = self.octets[tranche]
        self.longue = max(self.longue, len(lus))
        return lus


@pytest.fixture(scope="module")
def gros(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A conforming message of many pieces, larger than a window."""
    chemin = tmp_path_factory.mktemp("gros") / "m.dsn"
    write_gros_fichier(chemin, 200_000, VERSION)
    return chemin.read_bytes()


def held(frame: pl.DataFrame) -> int:
    """Bytes of the buffers that a frame keeps alive, whatever its rows see of them."""
    return sum(
        tampon.size
        for colonne in frame.to_arrow(compat_level=pl.CompatLevel.newest()).columns
        for morceau in colonne.chunks
        for tampon in morceau.buffers()
        if tampon is not None
    )


def read_by_pieces(octets: bytes) -> Iterator[Morceau]:
    """The pieces of a file, of `TAILLE`."""
    envois = (envoi for _, envoi in open_fichier(0, octets).envois)
    return read_dsn(envois, VERSION, TAILLE)


def test_a_file_is_asked_for_by_windows(gros: bytes) -> None:
    """No part is longer than a window, and the file says what it says in memory."""
    espion = Espion(gros)
    ouverture = open_fichier(0, espion)
    assert LIGNE_SANS_FIN <= espion.longue < FENETRE + 100 < len(gros)
    espion.longue = 0
    lignes = sum(m.lignes for m in read_dsn((e for _, e in ouverture.envois), VERSION, TAILLE))
    assert espion.longue <= TAILLE + 256
    assert lignes == gros.count(b"\n")
    [bilan] = verify_fichiers([(0, espion)]).bilans
    assert (bilan.verdict, bilan.lignes) == (CONFORME, lignes)


def test_pieces_do_not_pile_up(gros: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pieces a message has, the frames of a few are alive."""
    frames: list[weakref.ref[pl.DataFrame]] = []
    read_piece = lecteur._read_piece

    def watch(*arguments: Any) -> Any:
        lu, lignes = read_piece(*arguments)
        frames.append(weakref.ref(lu.blocs[INDIVIDU]))
        return lu, lignes

    monkeypatch.setattr(lecteur, "_read_piece", watch)
    vivants = []
    gc.freeze()  # what the other tests hold is not looked through at each piece
    for _ in read_by_pieces(gros):
        gc.collect()
        vivants.append(sum(frame() is not None for frame in frames))
    gc.unfreeze()
    assert len(vivants) > 3 * VIVANTS
    assert max(vivants) <= VIVANTS


def test_what_wide_controls_keep_is_bounded(gros: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few hundred bytes an individual; of blocks looked at for their values, one row a value."""
    gardes: list[tuple[int, int, int]] = []  # individuals, bytes, rows of values
    keep = Coherence._keep

    def watch(self: Coherence, *arguments: Any) -> None:
        keep(self, *arguments)
        lignes = {bloc: sum(map(len, frames)) for bloc, frames in self._blocs.items()}
        octets = sum(held(frame) for frames in self._blocs.values() for frame in frames)
        valeurs = sum(lignes.get(bloc, 0) for bloc in wide_values(VERSION))
        gardes.append((lignes[INDIVIDU], octets, valeurs))

    monkeypatch.setattr(Coherence, "_keep", watch)
    assert sum(m.lignes for m in read_by_pieces(gros)) == gros.count(b"\n")
    individus = gros.count(b"\nS21.G00.30.001,")
    (tot, debut, valeurs), (tard, fin, encore) = gardes[1], gardes[-1]
    assert tard == individus > 4 * tot
    assert fin - debut <= PAR_INDIVIDU * (tard - tot)
    assert valeurs == encore > 0


def test_an_anomaly_does_not_hold_its_piece(gros: bytes) -> None:
    """Its value is a copy: the text of the piece goes."""
    faux = gros.replace(b"S21.G00.30.006,'01011980'", b"S21.G00.30.006,'le trente et un fevrier'")
    tailles = [held(m.anomalies) / len(m.anomalies) for m in read_by_pieces(faux)]
    assert len(tailles) > 3 * VIVANTS
    assert max(tailles) < 1_000


def test_anomalies_beyond_the_bound_do_not_pile_up(
    gros: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are merged as they come, into the report that all of them together make."""
    maximum = 150
    for module in (anomalies, lecteur):
        monkeypatch.setattr(module, "MAXIMUM_CONSERVE", maximum)
    monkeypatch.setattr(dsn, "read_dsn", partial(read_dsn, taille=TAILLE))
    gardees: list[int] = []
    add = dsn._Contenu._add_anomalies

    def watch(self: dsn._Contenu, trouvees: pl.DataFrame) -> None:
        add(self, trouvees)
        gardees.append(sum(map(len, self.anomalies)))

    monkeypatch.setattr(dsn._Contenu, "_add_anomalies", watch)
    faux = gros.replace(b"S21.G00.30.006,'01011980'", b"S21.G00.30.006,'trente'")
    faux = faux.replace(b"S21.G00.40.014,'", b"perdue\nS21.G00.40.014,'x")
    lue = verify_fichiers([(0, faux)]).anomalies
    entiere = anomalies.merge(m.anomalies for m in read_by_pieces(faux))
    assert lue.select(entiere.columns).equals(entiere)
    assert lue["nombre"].sum() > 10 * maximum
    assert "F029" in lue["code"]
    assert max(gardees[3:]) <= maximum + 10


def test_detached_texts() -> None:
    """The same values, absent ones too, without the bytes around them."""
    texte = pl.DataFrame({"t": ["un texte plus long que douze octets " * 100] * 3 + [None]})
    vue = texte.with_columns(pl.col("t").str.head(20))
    assert held(vue) > 1_000 > held(detached(vue))
    assert detached(vue).equals(vue)


def test_what_is_kept_does_not_hold_its_piece(gros: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fund keeps of a file costs its own size."""
    tailles: dict[str, float] = {}
    add = dsn._Contenu.add

    def watch(self: dsn._Contenu, *arguments: Any) -> None:
        add(self, *arguments)
        for table, morceaux in self._tables.items():
            tailles[table] = max(held(m) / len(m) for m in morceaux if len(m))

    monkeypatch.setattr(dsn._Contenu, "add", watch)
    verify_fichiers([(0, gros)])
    assert len(tailles) == len(list_extractions(METIERS))
    assert max(tailles.values()) < 500
