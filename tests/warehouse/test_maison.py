"""The home opens anywhere, again and together, with the schema that the code expects."""

from __future__ import annotations

import ast
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import ValidationError
from sqlalchemy import Engine, column, create_engine, delete, insert, inspect, select, update
from sqlalchemy import table as lone_table
from sqlalchemy.exc import DBAPIError

from warehouse.maison import Maison, open_maison
from warehouse.metadonnees import METADATA
from warehouse.migrations import DOSSIER, find_derniere, migrate, read_revision
from warehouse.moteur import open_moteur
from warehouse.points_arret import POINTS, VARIABLE, crashpoint
from warehouse.reglages import Reglages
from warehouse.tables_registre import ADHERENTS, DECISIONS

RACINE = Path(__file__).parents[2]
ADHERENT = {"numero_adherent": "A1", "siren": "800000010", "raison_sociale": "ROUTES"}
DECISION = {
    "numero": 1,
    "nature": "DEMANDE_ATTESTATION",
    "siren": "800000010",
    "contenu": "{}",
    "date_effet": date(2026, 4, 1),
    "auteur": "gestion",
    "motif": "demandée",
    "instant": "2026-04-01T08:00:00Z",
}
PIECES = ("cli", "dags", "parsers", "pipelines", "reporting", "sample_files", "specs", "warehouse")
OUVRIR = """
import sys
from pathlib import Path
from warehouse.maison import open_maison
from warehouse.reglages import Reglages
open_maison(Reglages(dossier=Path(sys.argv[1])))
"""


def test_reglages_par_defaut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any variable, everything is in `donnees`."""
    for nom in [nom for nom in os.environ if nom.startswith("CAISSE_")]:
        monkeypatch.delenv(nom)
    reglages = Reglages()
    assert reglages.dossier == Path("donnees")
    assert reglages.url_sql == "sqlite:///donnees/registre.sqlite"
    assert (reglages.nombre_parts, reglages.source_depots) == (4, None)
    assert (reglages.lot_octets, reglages.taille_max_octets) == (64 * 2**20, 2 * 2**30)


def test_reglages_lus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting is a variable CAISSE_..., and cannot be changed afterwards."""
    monkeypatch.setenv("CAISSE_NOMBRE_PARTS", "64")
    monkeypatch.setenv("CAISSE_BASE_SQL", "postgresql+psycopg://caisse:secret@base/caisse")
    reglages = Reglages()
    assert reglages.nombre_parts == 64
    assert reglages.url_sql == "postgresql+psycopg://caisse:secret@base/caisse"
    assert "secret" not in repr(reglages)
    with pytest.raises(ValidationError):
        reglages.nombre_parts = 2


def test_ouverture(maison: Maison) -> None:
    """An open home has its folders, closed to others, and secret keys of 32 bytes."""
    racine = maison.reglages.dossier
    for nom in (".", "sftp", "depots", "lac", "cles", "airflow"):
        assert (racine / nom).stat().st_mode & 0o777 == 0o700
    cles = {maison.cle_pseudonymes, maison.cle_preuves}
    assert [len(cle) for cle in cles] == [32, 32]
    assert [f.stat().st_mode & 0o777 for f in (racine / "cles").iterdir()] == [0o600] * 3
    assert not any(repr(cle) in repr(maison) for cle in cles)


def test_ouvrir_encore(maison: Maison) -> None:
    """Opening again finds the same home."""
    encore = open_maison(maison.reglages)
    assert encore.cle_pseudonymes == maison.cle_pseudonymes
    encore.moteur.dispose()


def _open_cle(reglages: Reglages) -> bytes:
    return open_maison(reglages).cle_pseudonymes


def test_ouvrir_ensemble(reglages: Reglages) -> None:
    """Processes that open a new home together agree on one key and one schema."""
    contexte = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(4, mp_context=contexte) as executeur:
        cles = set(executeur.map(_open_cle, [reglages] * 4))
    assert len(cles) == 1


@pytest.mark.parametrize("nom", ["pseudonymes.cle", "preuves.cle"])
def test_cle_abimee(maison: Maison, nom: str) -> None:
    """A truncated key is refused: what is made with another one would match nothing."""
    (maison.reglages.dossier / "cles" / nom).write_bytes(b"court")
    with pytest.raises(ValueError, match="clé inutilisable"):
        open_maison(maison.reglages)


def test_ouverture_tuee(tmp_path: Path) -> None:
    """Killed while it makes its key, a home opens the next time."""
    dossier = tmp_path / "maison"
    commande = [sys.executable, "-c", OUVRIR, str(dossier)]
    tue = subprocess.run(commande, env={VARIABLE: "maison.cle_ecrite"}, check=False)
    assert tue.returncode == -9
    assert len(open_maison(Reglages(dossier=dossier)).cle_pseudonymes) == 32


def _checks(moteur: Engine) -> dict[str, set[str | None]]:
    inspecteur = inspect(moteur)
    tables = sorted(set(inspecteur.get_table_names()) - {"alembic_version"})
    return {nom: {c["name"] for c in inspecteur.get_check_constraints(nom)} for nom in tables}


def test_migrations_et_tables(maison: Maison, tmp_path: Path) -> None:
    """The migrations build what the code declares: tables, columns, types, keys, checks."""
    with maison.moteur.connect() as c:
        contexte = MigrationContext.configure(c, opts={"compare_type": True})
        assert compare_metadata(contexte, METADATA) == []
    declaree = create_engine(f"sqlite:///{tmp_path / 'declaree.sqlite'}")
    METADATA.create_all(declaree)
    assert _checks(maison.moteur) == _checks(declaree)


def test_la_derniere_version(maison: Maison) -> None:
    """The last file of the migrations is Alembic's head, the only one; an open home is there."""
    configuration = Config()
    configuration.set_main_option("script_location", str(DOSSIER))
    assert ScriptDirectory.from_config(configuration).get_heads() == [find_derniere()]
    assert read_revision(maison.moteur) == find_derniere()


def test_une_decision_d_avant_reste_en_ajout_seul(reglages: Reglages) -> None:
    """The table that takes decisions about nobody keeps its rows, and refuses to alter them."""
    reglages.dossier.mkdir()
    moteur = open_moteur(reglages.url_sql)
    with moteur.begin() as c:
        configuration = Config()
        configuration.set_main_option("script_location", str(DOSSIER))
        configuration.attributes["connection"] = c
        command.upgrade(configuration, "0002")
        colonnes = (column(nom) for nom in ADHERENT)
        c.execute(insert(lone_table("adherents", *colonnes)).values(ADHERENT))
        c.execute(insert(DECISIONS).values(DECISION))
    migrate(moteur)
    with moteur.begin() as c:
        assert c.execute(select(DECISIONS.c.numero, DECISIONS.c.siren)).all() == [(1, "800000010")]
        c.execute(insert(DECISIONS).values(DECISION | {"numero": 2, "siren": None}))
    for ordre in (update(DECISIONS).values(motif="autre"), delete(DECISIONS)):
        with pytest.raises(DBAPIError, match="ajout seul"), moteur.begin() as c:
            c.execute(ordre)
    with pytest.raises(DBAPIError, match="motif"), moteur.begin() as c:
        c.execute(insert(DECISIONS).values(DECISION | {"numero": 3, "motif": ""}))
    moteur.dispose()


def test_noms_des_points_d_arret() -> None:
    """The declared crash points are those of the code, each one used."""
    sources = [f for piece in PIECES for f in (RACINE / piece).rglob("*.py")]
    appels = [
        noeud.args[0].value
        for source in sources
        for noeud in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(noeud, ast.Call)
        and getattr(noeud.func, "id", None) == "crashpoint"
        and isinstance(noeud.args[0], ast.Constant)
    ]
    assert set(appels) == POINTS


def test_point_non_arme(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash point that no test armed does nothing."""
    monkeypatch.delenv(VARIABLE, raising=False)
    for point in POINTS:
        crashpoint(point)
    monkeypatch.setenv(VARIABLE, "autre")
    crashpoint("lac.avant_ecriture")


def test_no_value_of_a_statement_is_in_an_error(tmp_path: Path) -> None:
    """What a statement was given may be personal."""
    moteur = open_maison(Reglages(dossier=tmp_path / "maison")).moteur
    double = {"siren": "800000010", "raison_sociale": "NOM SECRET", "numero_adherent": None}
    with pytest.raises(DBAPIError) as erreur, moteur.begin() as c:
        c.execute(insert(ADHERENTS).values(double | {"ouvert": 1}))
    assert "NOM SECRET" not in str(erreur.value)
    moteur.dispose()
