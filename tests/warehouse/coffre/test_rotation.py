"""What is kept goes from one key to another, or from none, and never through neither."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from typer.testing import CliRunner

from cli.application import application
from warehouse.acces.sceaux import open_secret, seal_secret
from warehouse.archive import Archive
from warehouse.coffre.rotation import (
    ARCHIVE,
    CLAIR,
    LOT,
    SECRETS,
    count_sealed,
    name_courante,
    seal_again,
)
from warehouse.coffre.trousseau import FERME, add_cle, list_fichiers, read_trousseau
from warehouse.exploitation.sauvegarde import restore, save
from warehouse.maison import CleAbsente, Maison, open_maison
from warehouse.points_arret import VARIABLE
from warehouse.reglages import Reglages
from warehouse.tables_acces import ACCES
from warehouse.tables_sql import DEPOTS

INSTANT = "2026-04-21T08:00:00Z"
CONTENUS = [b"contenu %d" % rang for rang in range(LOT + 44)]
ACTE = ("--appliquer", "--auteur", "A. Martin", "--motif", "clé de l'année")
DEPOT = {"numero": 1, "depot": "D00000001", "adherent": "A80001", "nom": "a.dsn", "octets": 5} | {
    "recu_le": "2026-04-21T08:00:00Z",
    "etat": "RECU",
}
SCELLER = """
import sys
from pathlib import Path
from warehouse.coffre.rotation import seal_again
from warehouse.maison import open_maison
from warehouse.reglages import Reglages
seal_again(open_maison(Reglages(dossier=Path(sys.argv[1]))), '2026-04-21T08:00:00Z')
"""


@pytest.fixture
def maison(tmp_path: Path) -> Maison:
    """A home whose archive is in clear, as before the vault, but for its last content."""
    maison = open_maison(Reglages(dossier=tmp_path / "maison"))
    ancienne = Archive(maison.archive.dossier, FERME)
    with ancienne.together() as lot:
        for contenu in CONTENUS[:-1]:
            lot.write(contenu)
    maison.archive.write(CONTENUS[-1])
    return maison


def read_all(maison: Maison) -> set[bytes]:
    """Every content of the archive."""
    return {maison.archive.read(sha256) for sha256 in maison.archive.list_contents()}


def test_a_home_from_before_is_read_then_sealed(maison: Maison) -> None:
    """Its contents are read in clear; sealing puts them all under the key, once."""
    courante = name_courante(maison.archive)
    assert count_sealed(maison)[ARCHIVE] == {CLAIR: len(CONTENUS) - 1, courante: 1}
    assert read_all(maison) == set(CONTENUS)
    assert seal_again(maison, INSTANT)[ARCHIVE] == len(CONTENUS) - 1
    assert seal_again(maison, INSTANT)[ARCHIVE] == 0
    assert count_sealed(maison)[ARCHIVE] == {courante: len(CONTENUS)}
    assert read_all(maison) == set(CONTENUS)
    assert all(
        maison.archive.path(s).stat().st_mode & 0o777 == 0o440
        for s in maison.archive.list_contents()
    )


@pytest.mark.parametrize(
    "point",
    ["archive.avant_ecriture:9", "archive.avant_renommage", "coffre.lot_scelle"],
)
def test_a_rotation_that_is_killed_goes_on(maison: Maison, point: str) -> None:
    """Killed in the middle, every content opens; done again, all are under the new key."""
    dossier = maison.reglages.dossier
    seal_again(maison, INSTANT)
    add_cle(dossier, 2)
    commande = [sys.executable, "-c", SCELLER, str(dossier)]
    environ = {**os.environ, VARIABLE: point}
    assert subprocess.run(commande, env=environ, check=False).returncode == -9
    reouverte = open_maison(maison.reglages)
    assert read_all(reouverte) == set(CONTENUS)
    assert 0 < seal_again(reouverte, INSTANT)[ARCHIVE] <= len(CONTENUS)
    assert count_sealed(reouverte)[ARCHIVE] == {name_courante(reouverte.archive): len(CONTENUS)}
    assert read_all(reouverte) == set(CONTENUS)


def test_a_command_draws_a_key_and_says_what_it_did(
    maison: Maison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shown first; then who and why are asked for, and told in the audit trail."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(maison.reglages.dossier))

    def chiffrer(*arguments: str) -> tuple[int, str]:
        fait = CliRunner().invoke(application, ["exploitation", "chiffrer", *arguments])
        return fait.exit_code, fait.output

    premiere = name_courante(maison.archive)
    code, montre = chiffrer()
    assert (code, f"en clair : {len(CONTENUS) - 1} (à chiffrer)" in montre) == (0, True)
    assert chiffrer("--appliquer", "--auteur", "A. Martin")[0] == 2
    code, fait = chiffrer(*ACTE, "--nouvelle-cle")
    seconde = name_courante(open_maison(maison.reglages).archive)
    assert (code, seconde != premiere, f"{len(CONTENUS)} contenus" in fait) == (0, True, True)
    assert len(list_fichiers(maison.reglages.dossier)) == 2
    with maison.moteur.connect() as c:
        actes = c.exec_driver_sql("SELECT auteur, action, objet, motif FROM audit").all()
    assert actes == [("A. Martin", "chiffrement_coffre", f"clé {seconde}", "clé de l'année")]


def test_the_secrets_of_users_follow_the_key(maison: Maison) -> None:
    """Those of the codes: opened after the former key has gone."""
    scelle = seal_secret(maison.archive.trousseau, "A80001-PAIE", "JBSWY3DPEHPK3PXP")
    acces = {"utilisateur": "A80001-PAIE", "mot_de_passe": "x", "dernier_code": 0}
    with maison.moteur.begin() as c:
        c.execute(insert(ACCES).values(**acces, secret=scelle, pose_le=INSTANT))
    add_cle(maison.reglages.dossier, 2)
    tournee = open_maison(maison.reglages)
    assert seal_again(tournee, INSTANT)[SECRETS] == 1
    assert seal_again(tournee, INSTANT)[SECRETS] == 0
    list_fichiers(maison.reglages.dossier)[0].unlink()
    trousseau = open_maison(maison.reglages).archive.trousseau
    with maison.moteur.connect() as c:
        secret = c.scalar(select(ACCES.c.secret))
    assert secret is not None
    assert open_secret(trousseau, "A80001-PAIE", secret) == "JBSWY3DPEHPK3PXP"


def test_keys_may_be_a_setting(maison: Maison) -> None:
    """Those of the environment stand for the files, the last one writes; they are never shown."""
    seal_again(maison, INSTANT)
    ancienne = read_trousseau(maison.reglages).cles[0].secret.hex()
    for fichier in list_fichiers(maison.reglages.dossier):
        fichier.unlink()
    reglages = Reglages(dossier=maison.reglages.dossier, cles_coffre=f"{ancienne},{'ab' * 32}")
    reouverte = open_maison(reglages)
    assert seal_again(reouverte, INSTANT)[ARCHIVE] == len(CONTENUS)
    assert read_all(reouverte) == set(CONTENUS)
    assert not list_fichiers(reglages.dossier)
    assert ancienne not in repr(reglages)
    assert ancienne not in repr(reouverte)
    with pytest.raises(ValueError, match="64 caractères") as refus:
        read_trousseau(Reglages(cles_coffre=ancienne[:-2]))
    assert ancienne[:-2] not in str(refus.value)


def test_a_key_that_was_used_is_not_drawn_again(maison: Maison) -> None:
    """Of a fund that has sealed a deposit, the key is asked for; nothing is made in its place."""
    sha256 = maison.archive.write(b"depot")
    with maison.moteur.begin() as c:
        c.execute(insert(DEPOTS).values(**DEPOT, sha256=sha256))
    (cle,) = list_fichiers(maison.reglages.dossier)
    cle.unlink()
    with pytest.raises(CleAbsente, match=r"coffre-\*\.cle"):
        open_maison(maison.reglages)
    assert not list_fichiers(maison.reglages.dossier)


def test_a_backup_follows_the_keys(maison: Maison, tmp_path: Path) -> None:
    """What was sealed again is copied again; a backup is restored with the keys of its folder."""
    instant = datetime(2026, 4, 21, 8, tzinfo=UTC)
    sauvegarde, cles = tmp_path / "sauvegarde", tmp_path / "cles"
    seal_again(maison, INSTANT)
    maison.lac.create("appels")
    save(maison, sauvegarde, instant, cles)
    add_cle(maison.reglages.dossier, 2)
    tournee = open_maison(maison.reglages)
    seal_again(tournee, INSTANT)
    assert save(tournee, sauvegarde, instant, cles).nouveaux >= len(CONTENUS)
    assert save(tournee, sauvegarde, instant, cles).nouveaux == 0
    restauree = restore(sauvegarde, cles, Reglages(dossier=tmp_path / "restauree"))
    assert read_all(restauree) == set(CONTENUS)
    assert count_sealed(restauree) == count_sealed(tournee)
