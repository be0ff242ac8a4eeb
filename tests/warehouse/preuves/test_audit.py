"""What was published is proved: one bit, one row, one line, one publication changed is named."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from pipelines.nuit.passage import open_nuit
from tests.conftest import decide_avoir
from warehouse.audit import find_rupture, keep_cle
from warehouse.preuves.ancrages import FICHIER
from warehouse.preuves.copie import open_copie
from warehouse.preuves.garde import PreuveRompue
from warehouse.preuves.verification import Ecart, verify_preuves

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse

ADHERENT, SIREN = "A80001", "800000010"
SUITE, FIN = (datetime(2026, 5, jour, 20, tzinfo=UTC) for jour in (4, 5))
BITS = 200


@pytest.fixture(scope="module")
def vecue(
    make_appelee: Callable[..., Caisse], remplace: bytes, as_real: Callable[[bytes], bytes]
) -> Caisse:
    """Two publications, a decision between them. To be read only."""
    caisse = make_appelee()
    decide_avoir(caisse)
    caisse.drop(ADHERENT, "corrige.dsn", as_real(remplace))
    caisse.pass_night(SUITE)
    return caisse


def ecarts_of(caisse: Caisse) -> list[Ecart]:
    """What the proofs say of a home, which is only read."""
    with open_copie(caisse.maison.reglages) as copie:
        return list(verify_preuves(copie))


def execute(caisse: Caisse, *ordres: str) -> None:
    """What someone who can write the base does, its guards taken away."""
    with caisse.maison.moteur.begin() as connexion:
        gardes = connexion.execute(text("select name from sqlite_master where type = 'trigger'"))
        for garde in gardes.scalars().all():
            connexion.execute(text(f"drop trigger {garde}"))
        connexion.execute(text("pragma defer_foreign_keys = on"))
        for ordre in ordres:
            connexion.execute(text(ordre))


def tree(dossier: Path) -> dict[str, tuple[int, int]]:
    """Size and date of every file."""
    fichiers = (f for f in dossier.rglob("*") if f.is_file())
    return {str(f): (f.stat().st_size, f.stat().st_mtime_ns) for f in fichiers}


def test_a_fund_that_nobody_touched_agrees(vecue: Caisse, ask: Callable[..., Result]) -> None:
    """By the command too, on the home and on a copy of it; nothing is written there."""
    dossier = vecue.maison.reglages.dossier
    avant = tree(dossier)
    dit = ask(vecue, "audit")
    assert (dit.exit_code, dit.output.count("concorde")) == (0, 1), dit.output
    assert tree(dossier) == avant
    copie = dossier.with_name("copie")
    shutil.copytree(dossier, copie)
    assert ask(vecue, "audit", str(copie)).exit_code == 0
    (copie / "cles" / "preuves.cle").unlink()
    assert ask(vecue, "audit", str(copie)).exit_code == 2


def test_every_bit_that_flips_is_named(vecue: Caisse, copy_caisse: Callable[..., Caisse]) -> None:
    """200 of 200, in the lake, the archive and the boxes; each by the path of its file."""
    caisse, tirage = copy_caisse(vecue), random.Random(1)  # noqa: S311 - which bits, not a secret
    racine = caisse.maison.reglages.dossier
    fichiers = sorted(
        f
        for motif in ("lac/*/*.parquet", "lac/*/*/*.parquet", "lac/*/_delta_log/*", "depots/*/*",
                      "sftp/*/retour/*", str(FICHIER))
        for f in racine.glob(motif)
        if f.is_file() and f.stat().st_size
    )  # fmt: skip
    assert len(fichiers) > BITS / 2
    vus = 0
    with open_copie(caisse.maison.reglages) as copie:
        assert list(verify_preuves(copie)) == []
        for _ in range(BITS):
            fichier = tirage.choice(fichiers)
            octets = fichier.read_bytes()
            rang, bit = tirage.randrange(len(octets)), tirage.randrange(8)
            fichier.chmod(0o600)
            fichier.write_bytes(flip(octets, rang, bit))
            nommes = [ecart.ou for ecart in verify_preuves(copie)]
            fichier.write_bytes(octets)
            vus += any(fichier.name in ou for ou in nommes)
    assert vus == BITS


def flip(octets: bytes, rang: int, bit: int) -> bytes:
    """The same bytes but one bit."""
    autres = bytearray(octets)
    autres[rang] ^= 1 << bit
    return bytes(autres)


@pytest.mark.parametrize(
    ("ordres", "objet"),
    [
        (["update audit set motif = 'autre' where rang = 1"], "journal d'audit"),
        (["delete from audit where rang = (select max(rang) from audit)"], "ancrages"),
        (["update decisions set motif = 'autre'"], "ancrages"),
        (["delete from decisions"], "ancrages"),
        (["update publication_versions set version = 0 where numero = 2"], "ancrages"),
        (["update publications set date_arrete = '2026-04-06' where numero = 1"], "ancrages"),
        (["update depots set sha256 = replace(sha256, 'a', 'b') where numero = 1"], "ancrages"),
        (["update adherents set raison_sociale = 'AUTRE' where ouvert = 1"], "ancrages"),
        (["update remises set sha256 = replace(sha256, 'a', 'b')"], "fichiers émis"),
        (["delete from remises where publication = 1"], "fichiers émis"),
        (["update fichiers_lac set sha256 = replace(sha256, 'a', 'b')"], "ancrages"),
        (["update ancrages set rang = 0 where publication = 2"], "ancrages"),
        (
            [
                "delete from ancrages where publication = 2",
                "delete from fichiers_lac where publication = 2",
                "delete from publication_versions where numero = 2",
                "delete from cles_publications where numero = 2",
                "delete from remises where publication = 2",
                "delete from dessins where publication = 2",
                "delete from publications where numero = 2",
            ],
            "ancrages",
        ),
    ],
)  # fmt: skip
def test_a_row_that_is_changed_shows(
    vecue: Caisse, copy_caisse: Callable[..., Caisse], ordres: list[str], objet: str
) -> None:
    """An act, a decision, a deposit, a member, a publication, the proofs themselves."""
    caisse = copy_caisse(vecue)
    execute(caisse, *ordres)
    assert objet in {ecart.objet for ecart in ecarts_of(caisse)}


def test_who_has_not_the_key_can_not_rewrite_the_past(
    vecue: Caisse, copy_caisse: Callable[..., Caisse]
) -> None:
    """A trail written again whole with another key, or with none, is not the fund's."""
    caisse = copy_caisse(vecue)
    with caisse.maison.moteur.connect() as connexion:
        assert find_rupture(connexion) is None
        keep_cle(caisse.maison.moteur, b"1" * 32)
    with caisse.maison.moteur.connect() as connexion:
        assert find_rupture(connexion) == 1
    keep_cle(caisse.maison.moteur, caisse.maison.cle_preuves)
    execute(caisse, "update audit set cle = null where rang = (select max(rang) from audit)")
    with caisse.maison.moteur.connect() as connexion:
        assert find_rupture(connexion) is not None


def test_the_file_of_anchors_is_outside_the_base(
    vecue: Caisse, copy_caisse: Callable[..., Caisse]
) -> None:
    """Another line, one taken away, one more: each is said; the next publication completes it."""
    caisse = copy_caisse(vecue)
    fichier = caisse.maison.reglages.dossier / FICHIER
    lignes = fichier.read_text("utf-8").splitlines(keepends=True)
    assert len(lignes) == 2
    for autres in ([lignes[1], lignes[1]], [*lignes, lignes[1]]):
        fichier.write_text("".join(autres), "utf-8")
        assert {e.objet for e in ecarts_of(caisse)} == {"ancrages"}
    fichier.write_text(lignes[0] + lignes[1][:40], "utf-8")  # cut while it was written
    assert ecarts_of(caisse) == []
    caisse.drop(ADHERENT, "illisible.dsn", b"rien")
    caisse.pass_night(FIN)
    assert fichier.read_text("utf-8").startswith("".join(lignes))
    assert ecarts_of(caisse) == []


@pytest.mark.parametrize("table", ["lignes_appel", "ecritures"])
def test_a_night_builds_on_nothing_that_was_changed(
    vecue: Caisse, copy_caisse: Callable[..., Caisse], table: str
) -> None:
    """A file of the last publication: the night is refused before its first step."""
    caisse = copy_caisse(vecue)
    dossier = caisse.maison.lac.dossier / table
    fichier = max(dossier.rglob("part*.parquet"), key=lambda f: f.stat().st_mtime_ns)
    fichier.write_bytes(flip(fichier.read_bytes(), 100, 3))
    with pytest.raises(PreuveRompue, match=fichier.name):
        open_nuit(caisse.passage(FIN))


def test_a_night_refuses_a_publication_that_was_taken_away(
    vecue: Caisse, copy_caisse: Callable[..., Caisse]
) -> None:
    """Its last act too."""
    for ordre in (
        "delete from ancrages where publication = 2",
        "delete from audit where rang = (select max(rang) from audit)",
    ):
        caisse = copy_caisse(vecue)
        execute(caisse, ordre)
        with pytest.raises(PreuveRompue):
            open_nuit(caisse.passage(FIN))
