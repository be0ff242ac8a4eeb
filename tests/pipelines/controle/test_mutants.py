"""Broken files of every kind through what the night writes: none stops it.

Whatever the reader lets through, `check_lot` must be able to write: every mutant gets a state, an
exact count of anomalies and a report, and the frames of its lot keep their contracts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from parsers.anomalies import BLOQUANTE, SIGNAL
from parsers.dsn import morceaux, structure
from pipelines.controle.etapes import check_lot, plan_lots
from pipelines.metiers import METIERS
from pipelines.verification import verify_fichiers
from sample_files.generateur.hasard import stream
from specs.caisse import read_caisse
from specs.dsn import read_norme
from tests.efforts import GRAINES
from warehouse.arrivees import Arrivee, record_depots
from warehouse.instants import format_instant
from warehouse.journal import read_depots

RACINE = Path(__file__).parents[3]
EXEMPLES, BASES = RACINE / "sample_files", RACINE / "tests/parsers/controles/bases"
PAR_LOT = 150
Lignes = list[bytes]
VALEURS = [
    *(b"", b" ", b"'", b"0", b"-1", b"A" * 300, b"9" * 25, b"-.00", b"9" * 15 + b".99", b"1e9"),
    *(b"00000000", b"01010000", b"29022025", b"31129999", b"99999999", b"01010001"),
    *(b"\0", b"\r", b"\xff", b"\x85", b"\xe9" * 40, b"P27V01", b"P99V01", b"01", b"99", b"<&>"),
]


@cache
def sources() -> tuple[bytes, ...]:
    """Every kind of file: declarations of each nature, batches, statements, good and bad."""
    dsn = [*EXEMPLES.glob("bons/*.dsn"), *EXEMPLES.glob("mauvais/*.dsn"), *BASES.glob("*.dsn")]
    banque = EXEMPLES.glob("banque/*/*.xml")
    entiers = [chemin.read_bytes() for chemin in sorted([*dsn, *banque])]
    messages = [chemin.read_bytes() for chemin in sorted(BASES.glob("*.dsn"))]
    # A batch of several messages, one of another version, as service offices send them.
    lot = b"".join([b"S05.G51.00.001,'1'\n", *messages, b"S95.G51.00.001,'1'\n"])
    mixte = lot.replace(b"P26V01", b"P25V01", 1)
    return (*entiers, lot, mixte)


def _span(rng: Random, lignes: Lignes) -> tuple[int, int]:
    debut = rng.randrange(len(lignes))
    return debut, min(len(lignes), debut + rng.choice((1, 1, 2, 5, 20)))


def drop(rng: Random, lignes: Lignes) -> Lignes:
    """Without some lines that follow one another."""
    debut, fin = _span(rng, lignes)
    return lignes[:debut] + lignes[fin:]


def repeat(rng: Random, lignes: Lignes) -> Lignes:
    """Some lines twice or many times, in their place."""
    debut, fin = _span(rng, lignes)
    return lignes[:debut] + lignes[debut:fin] * rng.choice((2, 2, 3, 50)) + lignes[fin:]


def swap(rng: Random, lignes: Lignes) -> Lignes:
    """Two lines exchanged."""
    i, j = rng.randrange(len(lignes)), rng.randrange(len(lignes))
    echangees = [*lignes]
    echangees[i], echangees[j] = lignes[j], lignes[i]
    return echangees


def move(rng: Random, lignes: Lignes) -> Lignes:
    """Some lines elsewhere."""
    debut, fin = _span(rng, lignes)
    reste = lignes[:debut] + lignes[fin:]
    ou = rng.randrange(len(reste) + 1)
    return reste[:ou] + lignes[debut:fin] + reste[ou:]


def move_block(rng: Random, lignes: Lignes) -> Lignes:
    """Every line of one block elsewhere, or nowhere."""
    bloc = rng.choice(lignes)[:10]
    reste = [ligne for ligne in lignes if ligne[:10] != bloc]
    ou = rng.randrange(len(reste) + 1)
    deplacees = [ligne for ligne in lignes if ligne[:10] == bloc] * rng.randrange(3)
    return reste[:ou] + deplacees + reste[ou:]


def repeat_block(rng: Random, lignes: Lignes) -> Lignes:
    """One block twice, with what stands below it until the same block."""
    debut = rng.randrange(len(lignes))
    fin = next(
        (i for i in range(debut + 1, len(lignes)) if lignes[i][:14] == lignes[debut][:14]),
        min(len(lignes), debut + 30),
    )
    return lignes[:fin] + lignes[debut:fin] + lignes[fin:]


def cut(rng: Random, lignes: Lignes) -> Lignes:
    """Only the beginning, perhaps in the middle of a line."""
    fin = rng.randrange(len(lignes))
    return [*lignes[:fin], lignes[fin][: rng.randrange(len(lignes[fin]) + 1)]]


def merge(rng: Random, lignes: Lignes) -> Lignes:
    """Followed by another file, or with another inside."""
    autre = rng.choice(sources()).split(b"\n")
    ou = rng.choice((len(lignes), rng.randrange(len(lignes))))
    return lignes[:ou] + autre + lignes[ou:]


def flip(rng: Random, lignes: Lignes) -> Lignes:
    """A few bytes changed."""
    octets = bytearray(b"\n".join(lignes))
    for _ in range(rng.choice((1, 3, 30)) if octets else 0):
        octets[rng.randrange(len(octets))] = rng.randrange(256)
    return bytes(octets).split(b"\n")


def set_value(rng: Random, lignes: Lignes) -> Lignes:
    """Another value in a line, or in every line of its rubric."""
    rang = rng.randrange(len(lignes))
    valeur = rng.choice(VALEURS)
    debut, separateur, fin = lignes[rang].partition(b"'" if b"'" in lignes[rang] else b">")
    autre = debut + separateur + valeur + (b"'" if separateur == b"'" else fin[fin.find(b"<") :])
    partout = rng.random() < 1 / 3
    return [
        autre if i == rang or (partout and ligne.startswith(debut + separateur)) else ligne
        for i, ligne in enumerate(lignes)
    ]


def insert_rubric(rng: Random, lignes: Lignes) -> Lignes:
    """Any rubric of the norm anywhere, from none to several lines of it."""
    rubrique = rng.choice(read_norme("P26V01").rubriques["rubrique"].to_list()).encode()
    ou = rng.randrange(len(lignes) + 1)
    ajout = b"%s,'%s'" % (rubrique, rng.choice(VALEURS))
    return lignes[:ou] + [ajout] * rng.choice((1, 1, 2)) + lignes[ou:]


def change_ends(rng: Random, lignes: Lignes) -> Lignes:
    """Other line ends: carriage returns, empty lines, none at all."""
    fin = rng.choice((b"\r", b"\r\n", b"\n\n", b"", b"\n\r"))
    return fin.join(lignes).split(b"\n")


MUTATIONS: tuple[Callable[[Random, Lignes], Lignes], ...] = (
    *(drop, repeat, swap, move, move_block, repeat_block, cut, merge, flip),
    *(set_value, set_value, insert_rubric, change_ends),
)


def mutants(graine: int, nombre: int = PAR_LOT) -> list[bytes]:
    """So many broken files, always the same for one seed."""
    rendus = []
    for rang in range(nombre):
        rng = stream(graine, rang)
        lignes = rng.choice(sources()).split(b"\n")
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            lignes = rng.choice(MUTATIONS)(rng, lignes) or [b""]
        rendus.append(b"\n".join(lignes))
    return rendus


def receive(maison: Any, fichiers: list[bytes], maintenant: Any) -> None:
    """Put files in the archive and the journal, in the boxes of a company and of the bank."""
    arrivees = [
        Arrivee(
            read_caisse().boite_banque if b"iso:std:iso" in octets else "C8000101",
            f"{rang}.dsn",
            maison.archive.write(octets),
            len(octets),
            format_instant(maintenant),
        )
        for rang, octets in enumerate(fichiers)
    ]
    with maison.moteur.begin() as connexion:
        record_depots(connexion, arrivees)


def assert_written(maison: Any) -> None:
    """Every deposit has a state and an exact count of its anomalies."""
    with maison.moteur.connect() as connexion:
        depots = [d for d in read_depots(connexion) if d.etat != "DOUBLON"]
    assert {d.etat for d in depots} <= {"CONFORME", "NON_CONFORME", "ILLISIBLE", "INTEGRE"}
    trouvees = pl.concat(
        [maison.lac.read(t).collect() for t in ("anomalies", "anomalies_essai")]
    ).group_by("depot", "severite")
    comptes = {(d, s): n for d, s, n in trouvees.agg(pl.col("nombre").sum()).iter_rows()}
    for depot in depots:
        assert comptes.get((depot.depot, BLOQUANTE), 0) == depot.anomalies_bloquantes
        assert comptes.get((depot.depot, SIGNAL), 0) == depot.anomalies_signalees
        assert (depot.etat in ("CONFORME", "INTEGRE")) == (not depot.anomalies_bloquantes)


@pytest.mark.parametrize("graine", range(GRAINES))
def test_no_mutant_stops_the_control(graine: int, caisse: Any, soir: Any) -> None:
    """Several hundred broken files, together in the lots of a night."""
    receive(caisse.maison, mutants(graine), soir)
    for lot in plan_lots(caisse.maison):
        check_lot(caisse.maison, lot, soir, METIERS)
    assert_written(caisse.maison)


def _base(nature: str = "01") -> Lignes:
    return (BASES / f"{nature}.dsn").read_bytes().splitlines(keepends=True)


def _counted(lignes: Lignes) -> bytes:
    """With the right footer."""
    declarations = sum(ligne.startswith(b"S20.G00.05.001,") for ligne in lignes)
    pied = b"S90.G00.90.001,'%d'\nS90.G00.90.002,'%d'\n" % (len(lignes) + 2, declarations)
    return b"".join(lignes) + pied


def _from(debut: bytes, fin: bytes | None = None) -> Lignes:
    """Lines of the base from the first that starts so, to the first that starts so."""
    lignes = _base()
    rangs = [next(i for i, li in enumerate(lignes) if li.startswith(b)) for b in (debut, fin) if b]
    return lignes[slice(*rangs)] if fin else lignes[rangs[0] :]


def _elsewhere(version: bytes) -> Lignes:
    """The header without its version, which the file tells in its second header."""
    lignes = [ligne for ligne in _base() if not ligne.startswith(b"S10.G00.00.006")]
    return [*lignes, b"S10.G00.00.001,'A'\n", b"S10.G00.00.006,'%s'\n" % version]


def _two_versions() -> bytes:
    """Two declarations of one version, the first without company, then one of another version."""
    sans = [ligne for ligne in _from(b"S20.G00.05") if not ligne.startswith(b"S21.G00.06")]
    premier = _counted([*_base(), *sans, *_from(b"S20.G00.05")])
    second = _counted([ligne.replace(b"P26V01", b"P27V01") for ligne in _base()])
    return b"S05.G51.00.001,'1'\n" + _counted([*_from(b"S10", b"S20"), *sans]) + premier + second


def _long_head(contacts: int = 3_000) -> bytes:
    """A declaration whose head has more lines than wait for the next piece."""
    contact = _from(b"S20.G00.07", b"S21.G00.06")
    return _counted([*_from(b"S10", b"S21.G00.06"), *contact * contacts, *_from(b"S21.G00.06")])


CASSES = {
    "deuxieme entreprise": lambda: _counted([*_base(), *_from(b"S21.G00.06")]),
    "deuxieme etablissement": lambda: _counted([*_base(), *_from(b"S21.G00.11")]),
    "entreprise repetee": lambda: _counted(
        [*_from(b"S10", b"S21.G00.11"), *_from(b"S21.G00.06", b"S21.G00.11"), *_from(b"S21.G00.11")]
    ),
    "lot sans envoi": lambda: b"S05.G51.00.001,'1'\nS95.G51.00.001,'1'\n",
    "version ailleurs": lambda: _counted(_elsewhere(b"P26V01")),
    "deux versions": _two_versions,
    "tete longue": _long_head,
    "annee nulle": lambda: b"".join(_base()).replace(b"'01032026'", b"'01030000'"),
    "caracteres de controle": lambda: _counted(
        [ligne.replace(b"'\n", b"\x01\x00\x1f'\n") for ligne in _base()]
    ).replace(b"P26V01\x01\x00\x1f", b"P26V01"),
    "montant hors de portee": lambda: b"".join(_base()).replace(b".00'", b"9" * 20 + b".00'"),
}


@pytest.mark.parametrize("nom", CASSES)
def test_what_once_stopped_a_night(nom: str, caisse: Any, soir: Any) -> None:
    """Each file that made the control raise is written as any other."""
    receive(caisse.maison, [CASSES[nom]()], soir)
    for lot in plan_lots(caisse.maison):
        check_lot(caisse.maison, lot, soir, METIERS)
    assert_written(caisse.maison)


def test_a_declaration_has_its_company_wherever_its_head_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However long the head is: the declaration once, and its bases under its SIREN."""
    monkeypatch.setattr(morceaux, "MORCEAU_LIGNES", 500)
    monkeypatch.setattr(structure, "ATTENTE_MAXIMALE", 100)
    lecture = verify_fichiers([(0, _long_head())])
    [declaration] = lecture.tables["declarations_lues"].rows(named=True)
    assert declaration["siren"] == "800000010"
    assert len(lecture.tables["bases_lues"]) > 0
