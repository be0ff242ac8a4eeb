"""What a night computes again of a company, and writes, is what its new files touch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from deltalake import DeltaTable

from bench.nuit_intemperies import (
    ETAPES,
    know_companies,
    pseudonym,
    publish_night,
    run_step,
    write_contracts,
    write_files,
)
from pipelines.intemperies import comparaisons, etapes, exploitation
from pipelines.intemperies.lecture import read_envois
from pipelines.nuit.partage import share_again
from pipelines.nuit.reserves.tenues import hold_entreprises, restore_tenues
from specs.contrats import TRANCHE, columns_of, contrats
from tests.efforts import GRAINES
from tests.pipelines.anciennes import age
from tests.pipelines.intemperies.hivers import (
    ENTREPRISES,
    SIREN,
    Fichier,
    draw_fichier,
    list_contracts,
    write_lus,
)
from warehouse import petites
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from warehouse.maison import Maison

# A month apart, everything is computed again; else what is new.
NUITS = (*(date(2026, 2, jour) for jour in (10, 11, 13, 20)), date(2026, 3, 2))
TABLES = (
    "jours_a_compter", "jours_comptes", "indemnites_comptees", "arrets_intemperies",
    "lignes_intemperies", "jours_intemperies", "indemnites_intemperies",
    "remboursements_intemperies", "cumuls_intemperies", "constats_intemperies",
    "valeurs_intemperies",
)  # fmt: skip
TRANCHEES = [nom for nom in TABLES if TRANCHE in contrats()[nom].partition]
DIX_MILLE = 10_000
MEMOIRES = ("jours_signes", "tranches_signees", "tranches_comptees")


@pytest.fixture(autouse=True)
def hold_nobody() -> Iterator[None]:
    """What fails is said: no company is held for it."""

    def fail(*arguments: Any) -> None:
        raise arguments[-1]

    with pytest.MonkeyPatch.context() as correctif:
        correctif.setattr("pipelines.nuit.execution._hold", fail)
        yield


@pytest.fixture
def open_house(
    neuve: Path, open_caisse: Callable[[Reglages], Caisse], tmp_path: Path
) -> Callable[[int], Caisse]:
    """Maker of a fund of so many shards: three companies that share their employees."""

    def make(nombre_parts: int) -> Caisse:
        dossier = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        shutil.copytree(neuve, dossier)
        caisse = open_caisse(Reglages(dossier=dossier, nombre_parts=nombre_parts))
        know_companies(caisse.maison, ENTREPRISES)
        write_contracts(caisse.maison, list_contracts().with_columns(salarie=pseudonym()))
        return caisse

    return make


def pass_night(caisse: Caisse, jour: date, fichiers: list[Fichier]) -> None:
    """The three steps once these files came, then the publication."""
    if fichiers:
        write_files(caisse.maison, write_lus(fichiers), pl.lit(value=True))
    for etape in ETAPES:
        run_step(caisse.maison, etape, jour)
    lac = caisse.maison.lac  # what the exchange business publishes of what is said
    constats = lac.read("constats_intemperies").select(columns_of("constats_echange")).collect()
    lac.write("constats_echange", constats, None)
    publish_night(caisse.maison, jour)


def read_all(caisse: Caisse) -> dict[str, pl.DataFrame]:
    """Every table of the steps, by key."""
    lues = {nom: caisse.maison.lac.read(nom).collect() for nom in TABLES}
    return {nom: frame.sort(contrats()[nom].cle) for nom, frame in lues.items()}


def draw_nights(graine: int) -> list[tuple[date, list[Fichier]]]:
    """What comes each night of a winter; nothing, one night."""
    hasard = Random(graine)  # noqa: S311 - the same winters each run
    connus: list[Fichier] = []
    nuits = []
    for jour in NUITS:
        nombre = hasard.randint(12, 16) if not connus else hasard.randint(0, 2)
        venus = [
            draw_fichier(hasard, len(connus) + rang, jour - timedelta(1), connus)
            for rang in range(nombre)
        ]
        connus += venus
        nuits.append((jour, venus))
    return nuits


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every company is computed again, whole."""
    lue = etapes.read_exploitees

    def read(maison: Maison, releve: exploitation.Releve, comptes: pl.DataFrame) -> object:
        exploitees = lue(maison, releve, comptes)
        return replace(
            exploitees,
            perimees=frozenset(exploitees.attendues["siren"]),
            envois=read_envois(maison, releve.part),
            suivies=exploitees.suivies.clear(),
        )

    monkeypatch.setattr(etapes, "read_exploitees", read)


@pytest.mark.parametrize("graine", range(GRAINES))
def test_a_part_computed_again_gives_what_the_whole_does(
    open_house: Callable[[int], Caisse], monkeypatch: pytest.MonkeyPatch, graine: int
) -> None:
    """Row for row, night after night, in every table; and declarations were left as they were."""
    caisse, autre = (open_house(2) for _ in range(2))
    nuits, vues, gardees = draw_nights(graine), [], 0
    trouvees = etapes.find_touchees

    def find(*arguments: object) -> object:
        nonlocal gardees
        touchees = trouvees(*arguments)  # type: ignore[arg-type]
        siens = arguments[2].filter(pl.col("siren").is_in(touchees.partielles))  # type: ignore[attr-defined]
        gardees += siens.height - len(touchees.depots)
        return touchees

    with monkeypatch.context() as compte:
        compte.setattr(etapes, "find_touchees", find)
        for jour, venus in nuits:
            pass_night(caisse, jour, venus)
            vues.append(read_all(caisse))
    assert gardees > 0
    assert not any(frame.is_empty() for frame in vues[-1].values())
    dits = vues[-1]["constats_intemperies"]["code"].to_list()
    assert comparaisons.COMPARAISON in dits
    forget(monkeypatch)
    for (jour, venus), vue in zip(nuits, vues, strict=True):
        pass_night(autre, jour, venus)
        for nom, attendue in read_all(autre).items():
            assert vue[nom].equals(attendue), (jour, nom)


def write_one(numero: int, entreprise: int, recu: date) -> Fichier:
    """A file of four days of one employee, in time."""
    debut, heures = recu - timedelta(10), {f"P{entreprise}": (700,) * 4}
    return Fichier(numero, entreprise, f"R{numero}", f"CH-{numero}", debut, heures, recu)


def count_written(caisse: Caisse, tranches: int) -> dict[str, tuple[int, int]]:
    """Files put in place of others by a night that receives one, and their rows, by table.

    Behind it, a winter a year ago: a file a company in each of so many slices of deposits.
    """
    avant = [
        write_one(tranche * DIX_MILLE + rang, rang, date(2025, 2, 3) + timedelta(7 * tranche))
        for tranche in range(tranches)
        for rang in range(ENTREPRISES)
    ]
    pass_night(caisse, date(2026, 2, 10), avant)
    connus = {nom: list_files(caisse, nom) for nom in TRANCHEES}
    pass_night(caisse, date(2026, 2, 11), [write_one(9 * DIX_MILLE, 0, date(2026, 2, 10))])
    ecrits = {nom: list_files(caisse, nom).items() - connus[nom].items() for nom in TRANCHEES}
    return {nom: (len(siens), sum(n for _, n in siens)) for nom, siens in ecrits.items()}


def test_a_home_from_before_slices_goes_on(
    open_house: Callable[[int], Caisse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tables are cut again; its next nights are those of a home that always had slices."""
    vieille, jeune = (open_house(2) for _ in range(2))
    nuits = draw_nights(0)
    with monkeypatch.context() as avant:
        avant.setattr(exploitation, "version_code", lambda: "avant")
        pass_night(vieille, *nuits[0])
    pass_night(jeune, *nuits[0])
    vieille = replace(vieille, maison=age(vieille.maison, TABLES, MEMOIRES))
    for maison in (vieille.maison, jeune.maison):
        publish_night(maison, nuits[0][0])
    share_again(vieille.maison)
    assert all(vieille.maison.lac.is_partitioned(nom) for nom in TABLES)
    for maison in (vieille.maison, jeune.maison):
        hold_entreprises(maison, nuits[0][0], "essai", {str(SIREN): ValueError("essai")})
        restore_tenues(maison, nuits[0][0])
    for jour, venus in nuits[1:]:
        pass_night(vieille, jour, venus)
        pass_night(jeune, jour, venus)
        for nom, attendue in read_all(jeune).items():
            assert read_all(vieille)[nom].equals(attendue), (jour, nom)


def list_files(caisse: Caisse, table: str) -> dict[str, int]:
    """Files of a table as it stands, and their rows."""
    actions = pl.DataFrame(
        DeltaTable(str(caisse.maison.lac.dossier / table)).get_add_actions(flatten=True)
    )
    return dict(actions.select("path", "num_records").iter_rows())


def test_a_night_writes_no_more_for_what_came_before(open_house: Callable[[int], Caisse]) -> None:
    """Four slices of the past cost what one does: as many files, as many rows."""
    jeune, vieille = (open_house(1) for _ in range(2))
    comptes = count_written(jeune, 1)
    assert comptes == count_written(vieille, 4)
    assert all(fichiers == 1 for fichiers, _ in comptes.values())


def test_a_night_without_file_reads_no_day(
    open_house: Callable[[int], Caisse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The days to count and those counted are emptied: the three steps do without them."""
    monkeypatch.setattr(petites, "PETITE_OCTETS", -1)  # no table is small enough to be kept
    caisse = open_house(2)
    lac = caisse.maison.lac
    for jour in NUITS[:2]:  # the second settles what the first has published
        pass_night(caisse, jour, [write_one(0, 0, date(2026, 2, 9))] if jour == NUITS[0] else [])
    perdus = [
        lac.dossier / table / chemin
        for table in ("jours_a_compter", "jours_comptes")
        for chemin in lac.list_files(table)["path"]
    ]
    assert perdus
    for fichier in perdus:
        fichier.write_bytes(b"")
    avant = {nom: lac.version(nom) for nom in TABLES}
    for etape in ETAPES:
        run_step(caisse.maison, etape, NUITS[2])
    assert avant == {nom: lac.version(nom) for nom in TABLES}
