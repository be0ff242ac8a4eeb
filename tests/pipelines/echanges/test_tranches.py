"""The lines of exchange files are ranged and told again where something is new, slice by slice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import update

from bench.compteurs import FICHIERS, VERSIONS, count
from bench.nuit_intemperies import publish_night
from bench.nuit_lignes import (
    draw_envoi,
    draw_lignes,
    pass_night,
    write_constats,
    write_files,
)
from pipelines.controle.etapes import plan_lots
from pipelines.nuit import tranches
from pipelines.nuit.partage import share_again
from pipelines.nuit.reserves.tenues import hold_entreprises, restore_tenues
from specs.contrats import contrats, tables_of
from tests.efforts import GRAINES
from tests.pipelines.anciennes import age
from warehouse import petites
from warehouse.tables_sql import DEPOTS

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from warehouse.envois import Envoi
    from warehouse.maison import Maison

JOUR, NUITS = date(2026, 2, 10), 8
TABLES = ("lignes_en_vigueur", "lignes_echange", "constats_echange", "valeurs_echange")
MEMOIRES = ("tranches_rangees", "tranches_jugees")
PAS = 3_000  # deposits from one file to the next: three or four in a slice
SIRENS, GENRES, CLES = ("800000000", "800000001"), ("DMC", "DMC", "CERT", "RIB"), ("K1", "K2", "K3")
LUES = ("lignes_lues", *tables_of("constats"), *tables_of("valeurs"))
PASSES = [replace(draw_envoi(PAS * rang), siren=f"8000001{rang:02}") for rang in range(12)]
DITS = ("", "", "bloquante", "reserve", "signal")


@dataclass
class Monde:
    """What comes to a fund, drawn once and told to any home.

    `dits`: what a business says of lines, nothing at times; `ecartes`: deposits set aside.
    """

    hasard: Random
    connus: list[Envoi] = field(default_factory=list)
    lignes: pl.DataFrame = field(default_factory=lambda: draw_lignes([]))
    dits: dict[tuple[str, str, int], str] = field(default_factory=dict)
    ecartes: set[str] = field(default_factory=set)

    def draw_files(self) -> tuple[list[Envoi], pl.DataFrame]:
        """Those that come on a day; what is said of the lines, what is set aside, changes too."""
        venus = [self._draw_file() for _ in range(self.hasard.randint(0, 5))]
        lignes = pl.concat([draw_lignes([]), *map(self._draw_lines, venus)])
        self.lignes = pl.concat([self.lignes, lignes])
        toutes = list(self.lignes.select("siren", "depot", "rang").iter_rows())
        for ligne in self.hasard.sample(toutes, len(toutes) // 5):
            self.dits[ligne] = self.hasard.choice(DITS)
        self.ecartes ^= {e.depot for e in self.hasard.sample(self.connus, len(self.connus) // 12)}
        return venus, lignes

    def _draw_file(self) -> Envoi:
        envoi = replace(
            draw_envoi(PAS * len(self.connus)),
            siren=self.hasard.choice(SIRENS),
            genre=self.hasard.choice(GENRES),
        )
        pris = {(connu.siren, connu.genre, connu.remplace) for connu in self.connus}
        libres = [
            connu.file_id
            for connu in self.connus
            if (connu.siren, connu.genre) == (envoi.siren, envoi.genre)
            and connu.operation != "A"
            and (connu.siren, connu.genre, connu.file_id) not in pris
        ]
        if libres and self.hasard.random() < 1 / 2:
            operation, remplace = self.hasard.choice("RRA"), self.hasard.choice(libres)
            envoi = replace(envoi, operation=operation, remplace=remplace)
        self.connus.append(envoi)
        return envoi

    def _draw_lines(self, envoi: Envoi) -> pl.DataFrame:
        nombre = 0 if envoi.operation == "A" else self.hasard.randint(1, 3)
        cles = pl.Series(self.hasard.choices(CLES, k=nombre), dtype=pl.String)
        refusee = pl.Series([self.hasard.random() < 1 / 9 for _ in cles], dtype=pl.Boolean)
        return draw_lignes([envoi]).head(nombre).with_columns(cle=cles, refusee=refusee)


def live(
    maison: Maison, monde: Monde, venus: list[Envoi], lignes: pl.DataFrame, jour: date, tenue: str
) -> dict[str, pl.DataFrame]:
    """A night of a home, which holds a company (or none): what it publishes."""
    write_files(maison, venus, lignes)
    dits = [(*ligne, severite) for ligne, severite in monde.dits.items() if severite]
    noms = ["siren", "depot", "rang", "severite"]
    write_constats(maison, pl.DataFrame(dits, noms, orient="row"))
    with maison.moteur.begin() as connexion:
        connexion.execute(update(DEPOTS).values(etat="INTEGRE"))
        ecartes = update(DEPOTS).where(DEPOTS.c.depot.in_(monde.ecartes))
        connexion.execute(ecartes.values(etat="MIS_A_L_ECART"))
    if tenue:
        hold_entreprises(maison, jour, "essai", {tenue: ValueError("essai")})
    pass_night(maison, jour)
    restore_tenues(maison, jour)
    publish_night(maison, jour)
    return {nom: maison.lac.read(nom).collect().sort(contrats()[nom].cle) for nom in TABLES}


@pytest.mark.parametrize("graine", range(GRAINES))
def test_a_slice_told_again_gives_what_the_whole_does(
    make_caisse: Callable[..., Caisse], monkeypatch: pytest.MonkeyPatch, graine: int
) -> None:
    """Night after night, row for row, whatever comes, goes, is held or is said otherwise."""
    suivie, refaite = (make_caisse(nombre_parts=1).maison for _ in range(2))
    monde, vus = Monde(Random(graine)), Counter[str]()  # noqa: S311 - the same nights each run
    for rang in range(NUITS):
        jour, (venus, lignes) = JOUR + timedelta(rang), monde.draw_files()
        tenue = monde.hasard.choice((SIRENS[0], "", "", ""))
        avant = set(suivie.lac.list_files("lignes_echange")["path"])
        vue = live(suivie, monde, venus, lignes, jour, tenue)
        vus["gardés"] += len(avant & set(suivie.lac.list_files("lignes_echange")["path"]))
        with monkeypatch.context() as oubli:
            oubli.setattr(tranches, "version_code", lambda rang=rang: f"nuit {rang}")
            attendue = live(refaite, monde, venus, lignes, jour, tenue)
        for nom in TABLES:
            assert vue[nom].equals(attendue[nom]), (rang, nom)
        vus.update([*vue["lignes_echange"]["verdict"], *vue["constats_echange"]["code"]])
    assert vus["gardés"] > 0
    assert vus["REFUSEE"] > 0
    assert vus["REMPLACEE"] + vus["ANNULEE"] > 0
    assert vus["D114"] + vus["CG-001"] > 0


def lose_files(maison: Maison, tables: tuple[str, ...], depuis: str) -> int:
    """Empty the files of the slices and lots before a deposit: a night that reads one fails."""
    perdus = 0
    for table in tables:
        fichiers = maison.lac.list_files(table)
        vieux = pl.col("lot" if "lot" in fichiers.columns else "tranche") < depuis
        for chemin in fichiers.filter(vieux)["path"]:
            (maison.lac.dossier / table / chemin).write_bytes(b"")
            perdus += 1
    return perdus


@pytest.fixture
def vieille(make_caisse: Callable[..., Caisse], monkeypatch: pytest.MonkeyPatch) -> Maison:
    """A home whose past, but the last slices, can't be read any more: a file a company."""
    monkeypatch.setattr(petites, "PETITE_OCTETS", -1)  # no table is small enough to be kept
    maison = make_caisse(nombre_parts=1).maison
    for envoi in PASSES:
        write_files(maison, [envoi], draw_lignes([envoi]))
    pass_night(maison)
    publish_night(maison, JOUR)
    with maison.moteur.begin() as connexion:
        connexion.execute(update(DEPOTS).values(etat="INTEGRE"))
    assert lose_files(maison, (*TABLES, *LUES), "D0003") > len(TABLES)
    return maison


def receive(maison: Maison, **autres: str) -> dict[str, int]:
    """A file comes, of a company that sent none, or as told: files of each table that are new."""
    envoi = replace(draw_envoi(PAS * 14), **{"siren": "800000900", **autres})
    write_files(maison, [envoi], draw_lignes([envoi]))
    avant = {nom: set(maison.lac.list_files(nom)["path"]) for nom in TABLES}
    pass_night(maison)
    return {nom: len({*maison.lac.list_files(nom)["path"]} - avant[nom]) for nom in TABLES}


def test_a_night_without_file_reads_and_writes_nothing(vieille: Maison) -> None:
    """Neither what is ranged, told, said by businesses, nor the lots that were controlled."""
    with count(vieille) as comptes:
        pass_night(vieille)
        assert plan_lots(vieille) == []
    assert (comptes[VERSIONS], comptes[FICHIERS]) == (0, 0)


def test_a_night_reads_and_writes_the_slice_of_what_comes(vieille: Maison) -> None:
    """A file that has nothing to do with the past: one slice of its lines, that of tonight."""
    assert receive(vieille) == dict.fromkeys(TABLES, 0) | {
        "lignes_en_vigueur": 1, "lignes_echange": 1,
    }  # fmt: skip


def test_what_replaces_touches_the_slice_of_what_is_replaced(vieille: Maison) -> None:
    """Two slices are ranged and told again: the one of each file; no other is read."""
    ancien = PASSES[-1]
    nouveau = {"siren": ancien.siren, "operation": "R", "remplace": ancien.file_id}
    assert receive(vieille, **nouveau) == dict.fromkeys(TABLES, 0) | {
        "lignes_en_vigueur": 2, "lignes_echange": 2,
    }  # fmt: skip


def test_a_home_from_before_slices_goes_on(make_caisse: Callable[..., Caisse]) -> None:
    """Its tables are cut again; its nights give what those of a home that had slices do."""
    suivie, ancienne = (make_caisse(nombre_parts=2).maison for _ in range(2))
    monde = Monde(Random(7))  # noqa: S311 - the same nights each run
    for rang in range(5):
        jour, (venus, lignes) = JOUR + timedelta(rang), monde.draw_files()
        attendue = live(suivie, monde, venus, lignes, jour, "")
        if rang == 2:
            ancienne = age(ancienne, (*TABLES, *LUES[1:]), MEMOIRES)
            publish_night(ancienne, JOUR)
            share_again(ancienne)
        vue = live(ancienne, monde, venus, lignes, jour, "")
        assert all(ancienne.lac.is_partitioned(nom) for nom in TABLES)
        for nom in TABLES:
            assert vue[nom].equals(attendue[nom]), (rang, nom)
