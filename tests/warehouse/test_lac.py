"""The lake writes whole partitions under contract, atomically, and forgets no version."""

from __future__ import annotations

import hashlib
import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

from specs.contrats import ContratInconnu, contrats, read_contrat, schema_polars
from warehouse.apercu import LacApercu
from warehouse.coffre.trousseau import FERME
from warehouse.contrats import ContratRompu
from warehouse.lac import EcritureConcurrente, Lac
from warehouse.poignees import Poignees
from warehouse.points_arret import VARIABLE

APPELS = read_contrat("appels")
SCHEMA = schema_polars(APPELS)

ECRIRE = """
import sys
from pathlib import Path
import polars as pl
from warehouse.coffre.trousseau import FERME
from warehouse.lac import Lac
lac, frame = Lac(Path(sys.argv[1]), FERME), pl.read_parquet(sys.argv[2])
while True:
    frame = frame.with_columns(pl.col("montant_centimes") + 1)
    lac.write("appels", frame, {"part": 1})
    print("ecrit", flush=True)
"""


def _appels(part: int, nombre: int = 3, montant: int = 100) -> pl.DataFrame:
    lignes = [
        {
            "part": part,
            "appel": f"{part}-{rang:03d}",
            "adherent": "004217",
            "siren": "732829320",
            "cdg": "12345-01",
            "mois_appel": "2026-03",
            "rang": 1,
            "nature": "INITIAL",
            "groupe": None,
            "reference_paiement": f"{part}-{rang:03d}",
            "date_arrete": date(2026, 4, 30),
            "date_exigibilite": date(2026, 5, 15),
            "montant_centimes": montant,
        }
        for rang in range(nombre)
    ]
    return pl.DataFrame(lignes, schema=SCHEMA)


def _read(lac: Lac, version: int | None = None) -> pl.DataFrame:
    return lac.read("appels", version).collect().sort(APPELS.partition + APPELS.cle)


def _hashes(lac: Lac) -> list[str]:
    fichiers = sorted(DeltaTable(str(lac.dossier / "appels")).file_uris())
    return sorted(hashlib.sha256(Path(fichier).read_bytes()).hexdigest() for fichier in fichiers)


@pytest.fixture
def lac(tmp_path: Path) -> Lac:
    """A lake without any table."""
    return Lac(tmp_path / "lac", FERME)


def test_table_jamais_ecrite(lac: Lac) -> None:
    """A table that was never written has no row, no version, and the contract's columns."""
    assert_frame_equal(pl.DataFrame(schema=SCHEMA), _read(lac))
    assert lac.version("appels") is None


def test_table_inconnue(lac: Lac) -> None:
    """A table without a contract can be neither read nor written."""
    with pytest.raises(ContratInconnu):
        lac.read("../appels")
    with pytest.raises(ContratInconnu):
        lac.write("autres", _appels(1), None)


def test_ecrire_une_partition(lac: Lac) -> None:
    """Writing a partition replaces its rows and leaves the others."""
    lac.write("appels", _appels(1), {"part": 1})
    lac.write("appels", _appels(2), {"part": 2})
    lac.write("appels", _appels(1, nombre=1, montant=7), {"part": 1})
    assert_frame_equal(pl.concat([_appels(1, 1, 7), _appels(2)]), _read(lac))


def test_relire_une_version(lac: Lac) -> None:
    """Each version stays readable as it was, with the contract's columns, order and types."""
    versions = [
        lac.write("appels", _appels(1, montant=montant), {"part": 1}) for montant in range(12)
    ]
    assert versions == sorted(set(versions))
    assert lac.version("appels") == versions[-1]
    for montant, version in enumerate(versions):
        assert_frame_equal(_appels(1, montant=montant), _read(lac, version))


def test_ecrit_sur_le_disque(lac: Lac, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a version is made of survives a power cut once it is written, its folders too."""
    surs: set[Path] = set()
    monkeypatch.setattr("warehouse.commits.sync_fichier", surs.add)
    monkeypatch.setattr("warehouse.commits.sync_dossier", surs.add)
    for montant in range(11):  # the tenth sums the table up
        lac.write("appels", _appels(1, montant=montant), {"part": 1})
    ecrits = {lac.dossier, *lac.dossier.rglob("*")} - {lac.dossier / ".creation"}  # a lock
    assert surs == ecrits


def test_versions_gardees(lac: Lac) -> None:
    """Versions survive the checkpoints of Delta, which forget old ones by default."""
    premiere = lac.write("appels", _appels(1), {"part": 1})
    for montant in range(25):
        lac.write("appels", _appels(1, 1, montant), {"part": 1})
    assert list((lac.dossier / "appels" / "_delta_log").glob("*.checkpoint.parquet"))
    assert_frame_equal(_appels(1), _read(lac, premiere))
    configuration = DeltaTable(str(lac.dossier / "appels")).metadata().configuration
    assert configuration["delta.enableExpiredLogCleanup"] == "false"


def test_partition_videe(lac: Lac) -> None:
    """A partition rewritten with no row becomes empty; the others stay."""
    lac.write("appels", _appels(1), {"part": 1})
    lac.write("appels", _appels(2), {"part": 2})
    lac.write("appels", _appels(1).clear(), {"part": 1})
    assert_frame_equal(_appels(2), _read(lac))


def test_rien_par_rien(lac: Lac) -> None:
    """No row in place of none makes the table when there is none, and no version after."""
    vide = _appels(1).clear()
    assert lac.write("appels", vide, {"part": 1}) == lac.version("appels")
    version = lac.write("appels", _appels(2), {"part": 2})
    assert lac.write("appels", vide, {"part": 1}) == version
    assert lac.write("appels", vide, None) > version
    assert lac.write("appels", vide, None) == lac.version("appels") == version + 1
    assert lac.read("appels").collect().is_empty()


def test_the_same_by_the_same(lac: Lac) -> None:
    """The same rows, in whatever order, are no new version; one that differs is."""
    lac.write("appels", _appels(2), {"part": 2})
    version = lac.write("appels", _appels(1), {"part": 1})
    assert lac.write("appels", _appels(1).reverse(), {"part": 1}) == version
    assert lac.write("appels", pl.concat([_appels(1), _appels(2)]), None) == version
    assert lac.write("appels", _appels(1, montant=7), {"part": 1}) == version + 1
    assert _read(lac).filter(part=1)["montant_centimes"].unique().to_list() == [7]


def test_table_entiere(lac: Lac) -> None:
    """Writing without a partition replaces the whole table, also by nothing."""
    lac.write("appels", pl.concat([_appels(2), _appels(1)]), None)
    assert_frame_equal(pl.concat([_appels(1), _appels(2)]), _read(lac))
    lac.write("appels", _appels(3), None)
    assert_frame_equal(_appels(3), _read(lac))
    lac.write("appels", _appels(3).clear(), None)
    assert_frame_equal(pl.DataFrame(schema=SCHEMA), _read(lac))


def test_what_another_writer_does_is_seen(lac: Lac) -> None:
    """A handle that was kept follows the commits of others; a past version stays what it was."""
    autre = Lac(lac.dossier, FERME)
    lac.write("appels", _appels(1), {"part": 1})
    assert_frame_equal(_read(lac), _read(autre))
    avant, version = _read(autre), lac.version("appels")
    lac.write("appels", _appels(1, montant=7), {"part": 1})
    assert _read(autre)["montant_centimes"].unique().to_list() == [7]
    assert_frame_equal(_read(autre, version), avant)
    assert autre.version("appels") == lac.version("appels")


def test_table_sans_partition(lac: Lac) -> None:
    """A table whose contract has no partition is written and read whole."""
    schema = schema_polars(read_contrat("depots"))
    lac.write("depots", pl.DataFrame(schema=schema), None)
    assert lac.read("depots").collect_schema() == schema


def test_partition_de_texte(lac: Lac) -> None:
    """A partition named by a text is found again, whatever the text."""
    contrat = read_contrat("anomalies")
    textes = ("lot d'essai", "2026/03 = 'x' OR 1=1", "été")
    for lot in textes:
        lac.write("anomalies", _anomalie(lot, 1), {"lot": lot})
    lac.write("anomalies", _anomalie(textes[1], 2), {"lot": textes[1]})
    lues = lac.read("anomalies").collect().sort(contrat.partition)
    assert dict(lues.select("lot", "rang").iter_rows()) == dict(zip(textes, (1, 2, 1), strict=True))


def _anomalie(lot: str, rang: int) -> pl.DataFrame:
    textes = ("code", "severite", "message", "remede")
    ligne = {"lot": lot, "depot": f"D-{lot}", "rang": rang, "nombre": 1}
    ligne |= dict.fromkeys(textes, "x") | {"severite": "signal"}
    return pl.DataFrame([ligne], schema=schema_polars(read_contrat("anomalies")))


def test_memes_octets(tmp_path: Path) -> None:
    """The same rows in any order give files of the same bytes."""
    frame = _appels(1, 500)
    lacs = [Lac(tmp_path / nom, FERME) for nom in ("a", "b")]
    lacs[0].write("appels", frame, {"part": 1})
    lacs[1].write("appels", frame.sample(fraction=1, shuffle=True, seed=3), {"part": 1})
    assert _hashes(lacs[0]) == _hashes(lacs[1])


@pytest.mark.parametrize("remplace", [{"part": 2}, {"siren": "732829320"}, {}])
def test_hors_de_la_partition(lac: Lac, remplace: dict[str, str | int]) -> None:
    """Rows of another partition, or another partition column, are refused; nothing is written."""
    with pytest.raises(ContratRompu):
        lac.write("appels", _appels(1), remplace)
    assert lac.version("appels") is None


def test_contrat_rompu(lac: Lac) -> None:
    """A frame that breaks its contract is refused and nothing is written."""
    version = lac.write("appels", _appels(1), {"part": 1})
    with pytest.raises(ContratRompu):
        lac.write("appels", pl.concat([_appels(1), _appels(1)]), {"part": 1})
    assert lac.version("appels") == version


def _write_part(dossier: Path, part: int) -> list[int]:
    lac = Lac(dossier, FERME)
    return [lac.write("appels", _appels(part, 3, m), {"part": part}) for m in range(15)]


def test_parts_simultanees(lac: Lac) -> None:
    """Processes that write their own shards at once, from the first writing on, all succeed."""
    contexte = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=contexte) as executeur:
        versions = list(executeur.map(_write_part, [lac.dossier] * 2, [1, 2]))
    assert_frame_equal(pl.concat([_appels(1, 3, 14), _appels(2, 3, 14)]), _read(lac))
    assert len({version for ecrites in versions for version in ecrites}) == 30


def _write_empty(dossier: Path, part: int, table: str) -> None:
    vide = pl.DataFrame(schema=schema_polars(read_contrat(table)))
    Lac(dossier, FERME).write(table, vide, {"part": part})


def test_creations_simultanees(lac: Lac) -> None:
    """Processes whose first writings make the same tables at once all succeed."""
    tables = [nom for nom, contrat in contrats().items() if contrat.partition == ("part",)]
    ecritures = [(lac.dossier, part, table) for table in tables for part in (1, 2, 3)]
    contexte = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=contexte) as executeur:
        list(executeur.map(_write_empty, *zip(*ecritures, strict=True)))
    assert {table for table in tables if lac.version(table) is None} == set()


def take(lac: Lac) -> DeltaTable:
    """The handle of another writer of `appels`."""
    ouverte = Poignees(lac.dossier).take("appels")
    assert ouverte is not None
    return ouverte


def test_ce_qui_est_lu_ne_bouge_pas(lac: Lac, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows asked before a writing are those of then, even read from the files."""
    monkeypatch.setattr("warehouse.petites.PETITE_OCTETS", -1)
    lac.write("appels", _appels(1), {"part": 1})
    lues = lac.read("appels")  # by the handle that wrote
    lac.write("appels", _appels(2), {"part": 2})
    lac.write("appels", _appels(1, 1), {"part": 1})
    assert_frame_equal(lues.collect().sort(APPELS.cle), _appels(1))
    assert_frame_equal(_read(lac), pl.concat([_appels(1, 1), _appels(2)]))


def test_une_poignee_ecrit_ou_lit(lac: Lac) -> None:
    """One that has written serves who reads next, and never writes again; a taken one is alone."""
    lac.write("appels", _appels(1), {"part": 1})
    poignees = Poignees(lac.dossier)
    premiere, seconde = poignees.take("appels"), poignees.take("appels")
    assert premiere is not None is not seconde
    assert premiere is not seconde
    poignees.give_back("appels", premiere)
    assert poignees.read("appels", 0) is premiere
    assert poignees.take("appels") is not premiere
    assert poignees.take("paiements") is None


def test_une_vue_ne_rouvre_rien(lac: Lac) -> None:
    """What the lake below has opened and read serves the view, whose rows stay its own."""
    lac.write("appels", _appels(1), {"part": 1})
    lues = _read(lac)
    vue = LacApercu.over(lac)
    assert vue.poignees.read("appels", None) is lac.poignees.read("appels", None)
    vue.write("appels", _appels(1, 1), {"part": 1})
    assert_frame_equal(_read(vue), _appels(1, 1))
    assert_frame_equal(_read(lac), lues)
    lac.write("appels", _appels(2), {"part": 2})
    assert_frame_equal(_read(vue), pl.concat([_appels(1, 1), _appels(2)]))


def test_une_table_vient_avec_ses_lignes(lac: Lac) -> None:
    """One commit makes a table and its rows: a writer killed on the way leaves none."""
    assert lac.write("appels", _appels(1), {"part": 1}) == 0
    assert lac.read("appels", 0).collect().height == _appels(1).height


def test_version_rendue(lac: Lac) -> None:
    """The version returned holds what was written, when another shard was written meanwhile."""
    lac.write("appels", _appels(1), {"part": 1})
    ouverte = take(lac)
    lac.write("appels", _appels(2), {"part": 2})
    from warehouse.lac import _overwrite

    _overwrite(ouverte, APPELS, _appels(3), {"part": 3})
    assert_frame_equal(
        pl.concat([_appels(1), _appels(2), _appels(3)]), _read(lac, ouverte.version())
    )


def test_meme_part_simultanee(lac: Lac) -> None:
    """A writer whose partition was rewritten since it opened the table is refused."""
    from warehouse.lac import _overwrite

    lac.write("appels", _appels(1), {"part": 1})
    ouverte = take(lac)
    lac.write("appels", _appels(1, 1), {"part": 1})
    with pytest.raises(EcritureConcurrente):
        _overwrite(ouverte, APPELS, _appels(1, 2), {"part": 1})
    assert_frame_equal(_appels(1, 1), _read(lac))


def test_colonne_ajoutee(lac: Lac, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a contract gains a column, old versions read with it empty, new ones are written."""
    from dataclasses import replace

    import warehouse.lac

    ancien = replace(APPELS, colonnes=APPELS.colonnes[:2] + APPELS.colonnes[3:])
    with monkeypatch.context() as avant:
        avant.setattr(warehouse.lac, "read_contrat", lambda _: ancien)
        version = lac.write("appels", _appels(1).drop("adherent"), {"part": 1})
    lac.write("appels", _appels(2), {"part": 2})
    vide = pl.lit(None, pl.String).alias("adherent")
    assert_frame_equal(_appels(1).with_columns(vide), _read(lac, version))
    attendu = pl.concat([_appels(1).with_columns(vide), _appels(2)])
    assert_frame_equal(attendu, _read(lac))


def test_ecrivain_tue(lac: Lac, tmp_path: Path) -> None:
    """A writer killed at any moment leaves a whole version, and the next one writes."""
    lac.write("appels", _appels(1, 20_000, 1), {"part": 1})
    _appels(1, 20_000, 2).write_parquet(tmp_path / "frame.parquet")
    commande = [sys.executable, "-c", ECRIRE, str(lac.dossier), str(tmp_path / "frame.parquet")]
    for tour in range(6):
        with subprocess.Popen(commande, stdout=subprocess.PIPE) as ecrivain:
            assert ecrivain.stdout is not None
            for _ in range(tour + 1):
                ecrivain.stdout.readline()
            ecrivain.kill()
        assert _read(lac).height == 20_000
    lac.write("appels", _appels(1, 2), {"part": 1})
    assert_frame_equal(_appels(1, 2), _read(lac))


def test_point_d_arret(lac: Lac, tmp_path: Path) -> None:
    """A writer that dies just before writing changes nothing."""
    version = lac.write("appels", _appels(1), {"part": 1})
    _appels(1, 9).write_parquet(tmp_path / "frame.parquet")
    commande = [sys.executable, "-c", ECRIRE, str(lac.dossier), str(tmp_path / "frame.parquet")]
    tue = subprocess.run(commande, env={VARIABLE: "lac.avant_ecriture"}, check=False)
    assert tue.returncode == -9
    assert lac.version("appels") == version
