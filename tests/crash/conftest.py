"""What disturbed nights share: a home where everything is about to happen, and its quiet night."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.attestations.decisions import DEMANDE
from sample_files.generateur.banque import Ligne, write_releve
from tests.crash.depart import PARTS, Depart
from tests.reseau import compile_bibliotheque, preload
from warehouse.decisions import record_decision
from warehouse.registre import YAML
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT, APPEL = "A80001", "C8000101-202603-01"
NUIT, FAUTES = (Path(__file__).with_name(nom) for nom in ("une_nuit.py", "fautes.c"))
LENDEMAIN = datetime(2026, 4, 20, 20, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def joue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], int]]:
    """Player of a night in a process of its own, from what `une_nuit.py` takes; its return code."""
    disque = compile_bibliotheque(FAUTES, tmp_path_factory.mktemp("disque"))
    with subprocess.Popen(
        [sys.executable, str(NUIT)],
        env=os.environ | preload(disque),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nuits:

        def play(demande: str) -> int:
            assert nuits.stdin is not None
            assert nuits.stdout is not None
            print(demande, file=nuits.stdin, flush=True)
            return int(nuits.stdout.readline())

        yield play


@pytest.fixture(scope="session")
def avant(
    make_caisse: Callable[..., Caisse],
    open_caisse: Callable[[Reglages], Caisse],
    joue: Callable[[str], int],
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
    soir: datetime,
    mandat_automatique: bytes,
) -> Depart:
    """A home that called March, then: its replacement, a test, an unreadable file, a payment.

    The night to come debits what is due, and gives a certificate that was asked for.
    """
    caisse = make_caisse(nombre_parts=PARTS)
    caisse.learn(mandat_automatique, YAML)
    caisse.drop(ADHERENT, "a.dsn", as_real(normale))
    caisse.pass_night(soir)
    for boite, nom, octets in (
        (ADHERENT, "b.dsn", as_real(remplace)),
        (ADHERENT, "c.dsn", normale),
        (ADHERENT, "d.dsn", b"PK\x03\x04"),
        ("BANQUE", "e.xml", write_releve([Ligne(50_000, reference=APPEL)])),
    ):
        caisse.drop(boite, nom, octets)
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=DEMANDE,
            siren="800000010",
            date_effet=LENDEMAIN.date(),
            auteur="test",
            motif="test",
            instant="2026-04-20T10:00:00Z",
        )
    deja = frozenset(caisse.returned())
    return Depart(caisse.maison.reglages.dossier, LENDEMAIN, open_caisse, joue, deja)


@pytest.fixture(scope="session")
def temoin(avant: Depart, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed night publishes from that home, where it makes one of everything."""
    depart = avant.copy(tmp_path_factory.mktemp("temoin"))
    publie = depart.finish_night()
    caisse = depart.open()
    jour = depart.soir.date()
    assert caisse.read("prelevements")["date_emission"].to_list() == [jour]
    assert caisse.read("encaissements")["montant_centimes"].to_list() == [50_000]
    assert jour in caisse.read("attestations")["date_arrete"].to_list()
    return publie


@pytest.fixture
def depart(avant: Depart, tmp_path: Path) -> Depart:
    """A copy of that home, to disturb."""
    return avant.copy(tmp_path)
