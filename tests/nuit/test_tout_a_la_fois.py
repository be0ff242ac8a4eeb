"""Everything that ever stopped a night, in the boxes at once: healthy companies see none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from sample_files.generateur.portefeuille import (
    Parametres,
    generate_entreprises,
    generate_portefeuille,
)
from specs.periodes import Mois
from tests.registre import correct_row
from warehouse.registre import YAML
from warehouse.tables_registre import ADHERENTS, COMPTES_BANCAIRES

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.recit

SAMPLES = Path(__file__).parents[2] / "sample_files"
PARAMETRES = Parametres(
    adherents=3, salaries=18, mois=Mois.range(Mois(2026, 2), Mois(2026, 3)), graine=7, part_fautes=0
)
SAINES = list(generate_entreprises(PARAMETRES))
MALADE = "A80001"
# The nights that give the sick company a call and a debit, then the one where everything arrives.
AVANT = [datetime(2026, 4, jour, 20, 0, tzinfo=UTC) for jour in (5, 20)]
NUITS = [datetime(2026, 4, jour, 20, 0, tzinfo=UTC) for jour in (27, 28)]


def hostile_files(normale: bytes) -> Iterator[tuple[str, str, bytes]]:
    """(box, name, content) of what arrives last: every bad sample, every oddity of a bank."""
    for chemin in sorted(SAMPLES.glob("mauvais/*.dsn")):
        yield MALADE, f"z_{chemin.name}", chemin.read_bytes()
    for dossier in ("cas", "mauvais", "bons"):
        for chemin in sorted(SAMPLES.glob(f"banque/{dossier}/*.xml")):
            yield "BANQUE", f"z_{dossier}_{chemin.name}", chemin.read_bytes()
    lignes = normale.splitlines(keepends=True)
    for bloc in (b"S21.G00.06", b"S21.G00.11", b"S90.G00.90", b"S21.G00.30"):
        siennes = [ligne for ligne in lignes if ligne.startswith(bloc)]
        rang = lignes.index(siennes[-1]) + 1
        yield (
            MALADE,
            f"z_deux_{bloc.decode()}.dsn",
            b"".join([*lignes[:rang], *siennes, *lignes[rang:]]),
        )
        yield (
            MALADE,
            f"z_sans_{bloc.decode()}.dsn",
            b"".join(ligne for ligne in lignes if not ligne.startswith(bloc)),
        )
    milieu = len(lignes) // 2
    yield (
        MALADE,
        "z_fins_de_ligne.dsn",
        b"".join([*lignes[:milieu], b"\n" * 200_000, *lignes[milieu:]]),
    )
    yield MALADE, "z_retours_chariot.dsn", normale.replace(b"\r\n", b"\r").replace(b"\n", b"\r")
    yield MALADE, "z_zip.dsn", b"PK\x03\x04" + b"\0" * 100
    racine = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    fin = b"</BkToCstmrStmt></Document>"
    yield "BANQUE", "z_releves_vides.xml", racine + b"<Stmt/>" * 50_000 + fin


def spoil_registre(caisse: Caisse) -> None:
    """A holder in another alphabet, an address no bank takes: as they were before being checked."""
    with caisse.maison.moteur.begin() as connexion:
        cle = {"siren": "800000010"}
        titulaire = {"titulaire": "ΟΔΟΠΟΙΙΑ ΠΑΡΑΔΕΙΓΜΑ"}
        correct_row(connexion, COMPTES_BANCAIRES, cle, titulaire)
        correct_row(connexion, ADHERENTS, cle, {"code_postal": "6000"})


@pytest.fixture(scope="module")
def play(
    make_caisse: Callable[..., Caisse],
    mandat_automatique: bytes,
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> Callable[[bool], tuple[Caisse, list[Any]]]:
    """The nights, with what arrives last or without it; what each publishes of the healthy ones."""
    lignes = ["numero_adherent;siren;raison_sociale;cdg;siret;debut;fin"]
    lignes += [
        f"{e.numero_adherent};{e.siren};{e.raison_sociale};{lieu.cdg};{lieu.siret};2015-01-01;"
        for e in SAINES
        for lieu in e.etablissements
    ]

    def run(hostile: bool) -> tuple[Caisse, list[Any]]:
        caisse = make_caisse(registre="\n".join(lignes).encode(), nombre_parts=2)
        caisse.learn(mandat_automatique, YAML)
        caisse.drop(MALADE, "mars.dsn", as_real(normale))
        for soir in AVANT:
            caisse.pass_night(soir)
        for fichier in generate_portefeuille(PARAMETRES):
            caisse.drop(fichier.adherent, fichier.nom, fichier.octets)
        if hostile:
            spoil_registre(caisse)
            for boite, nom, octets in hostile_files(as_real(normale)):
                caisse.drop(boite, nom, octets)
        vues = []
        for soir in NUITS:
            caisse.pass_night(soir)
            vues.append((healthy_rows(caisse), healthy_files(caisse)))
        return caisse, vues

    return run


def healthy_rows(caisse: Caisse) -> Mapping[str, pl.DataFrame]:
    """Published rows of the healthy companies, by table."""
    adherents = [e.numero_adherent for e in SAINES]
    depots = caisse.read("depots").filter(pl.col("adherent").is_in(adherents))["depot"]
    cles = {
        "siren": [e.siren for e in SAINES],
        "adherent": adherents,
        "depot": depots.to_list(),
        "cdg": [lieu.cdg for e in SAINES for lieu in e.etablissements],
    }
    lues = {}
    for table in sorted(caisse.versions()):
        frame = caisse.read(table)
        cle = next((c for c in cles if c in frame.columns), None)
        if cle is not None:
            lues[table] = frame.filter(pl.col(cle).is_in(cles[cle])).drop("lot", strict=False)
    return lues


def healthy_files(caisse: Caisse) -> Mapping[str, bytes]:
    """Files of the `retour/` of the healthy companies."""
    saines = tuple(f"{e.numero_adherent}/" for e in SAINES)
    return {nom: octets for nom, octets in caisse.returned().items() if nom.startswith(saines)}


@pytest.mark.lent
def test_healthy_companies_are_published_as_if_nothing_else_had_come(
    play: Callable[[bool], tuple[Caisse, list[Any]]],
) -> None:
    """Two nights in a row: the same rows in every table, the same files to the byte."""
    _, sans = play(False)
    caisse, avec = play(True)
    for (lignes, fichiers), (attendues, attendus) in zip(avec, sans, strict=True):
        assert lignes.keys() >= attendues.keys()
        for table, frame in attendues.items():
            assert lignes[table].equals(frame), table
        assert fichiers == attendus
    assert sum(len(frame) for frame in avec[-1][0].values()) > 100
    etats = caisse.read("depots").filter(pl.col("nom").str.starts_with("z_"))["etat"]
    assert set(etats) <= {"NON_CONFORME", "ILLISIBLE", "INTEGRE", "DOUBLON", "REMPLACE"}
