"""What `caisse serveur-sftp --installation` prints, run word for word; files dropped by `sftp`.

Accounts, keys and folders are made in a mount namespace: this machine keeps nothing of them.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.application import application
from tests.pipelines.reception.conftest import REGISTRE
from tests.pipelines.reception.sshd import find_manque
from warehouse.jumelle import settle
from warehouse.maison import Maison
from warehouse.reglages import Reglages

pytestmark = pytest.mark.openssh

A, B, PERSONNE = "0000101", "0000102", "a09001-paie"
VIERGE = """
mount -t tmpfs tmpfs /mnt && mkdir /mnt/etc /mnt/travail
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/travail /etc
mount -t tmpfs -o mode=755 tmpfs /srv && mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 0755 /srv/caisse
"""
ACTES = """
set -eu
dit() { echo "$1 : $(cat)"; }
refuse() { nom=$1; shift; "$@" >/dev/null 2>&1 && echo "$nom : ADMIS" || echo "$nom : refusé"; }
sh installer.sh
sh installer.sh utilisateur 0000101 a09001-paie
for compte in adh0000101 adh0000102 a09001-paie; do
    ssh-keygen -q -t ed25519 -N '' -f $compte
    install -m 0644 $compte.pub /etc/ssh/caisse/adherents/$compte
done
sh installer.sh | grep -v BANQUE | dit encore
echo "[127.0.0.1]:$PORT $(cat /etc/ssh/caisse/hote_ed25519.pub)" >connus
$(sh installer.sh | sed -n 's/^Prêt : //p') -E journal &
serveur=$!
trap 'kill $serveur' EXIT
until grep -q listening journal 2>/dev/null; do kill -0 $serveur; sleep 0.05; done

session() {  # COMPTE CLE : ce que l'entreprise tape, sur l'entrée
    sftp -q -F none -b - -P $PORT -i $2 -o IdentitiesOnly=yes -o UserKnownHostsFile=connus \\
        "$1@127.0.0.1"
}
tape() { printf '%s\\n' "$3" | session "$1" "$2"; }
boite=/srv/caisse-sftp/0000101
echo message >mars.dsn
tape adh0000101 adh0000101 'put mars.dsn depot/mars.dsn' >/dev/null
tape a09001-paie a09001-paie 'put mars.dsn depot/paie.dsn' >/dev/null
stat -c '%U %G %a' $boite/depot/mars.dsn $boite/depot/paie.dsn | tr '\\n' ',' | dit deposes
runuser -u caisse -- cat $boite/depot/mars.dsn | dit lu
runuser -u caisse -- rm $boite/depot/mars.dsn
runuser -u caisse -- sh -c "umask 027; echo accuse >$boite/retour/ACK.xml"
for compte in adh0000101 a09001-paie; do
    tape $compte $compte 'get retour/ACK.xml recu' >/dev/null
    dit $compte <recu
    rm recu
done
tape adh0000102 adh0000102 'ls -1 /' | grep -v sftp | tr '\\n' ',' | dit chez_b
refuse droits_du_dossier tape adh0000101 adh0000101 'chmod 700 depot'
refuse ecrire_en_retour tape adh0000101 adh0000101 'put mars.dsn retour/faux.xml'
refuse cle_d_un_autre tape adh0000101 adh0000102 'ls'
refuse lire_ailleurs tape adh0000102 adh0000102 'ls /srv'
refuse depot_d_un_passant runuser -u nobody -- ls $boite/depot
refuse registre_d_un_passant runuser -u nobody -- ls /srv/caisse
stat -c '%U %G %a' /srv/caisse $boite $boite/depot $boite/retour | tr '\\n' ',' | dit dossiers
"""
ATTENDU = {
    "encore": "Prêt : /usr/sbin/sshd -D -f /etc/ssh/sshd_caisse.conf",
    "deposes": "adh0000101 caisse 640,a09001-paie caisse 640,",
    "lu": "message",
    "adh0000101": "accuse",
    "a09001-paie": "accuse",
    "chez_b": "/depot,/retour,",
    "droits_du_dossier": "refusé",
    "ecrire_en_retour": "refusé",
    "cle_d_un_autre": "refusé",
    "lire_ailleurs": "refusé",
    "depot_d_un_passant": "refusé",
    "registre_d_un_passant": "refusé",
    "dossiers": "caisse caisse 700,root root 755,root caisse 2770,caisse adh0000101 2750,",
}


@pytest.fixture
def vierge() -> list[str]:
    """How to run a shell on a machine that has no account of ours, or no test."""
    manque = find_manque() or _find_manque()
    if manque:
        pytest.fail(manque) if os.environ.get("CAISSE_EXIGE_TOUT") == "1" else pytest.skip(manque)
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c"]


def _find_manque() -> str | None:
    if shutil.which("setfacl") is None:
        return "les listes d'accès (paquet acl) ne sont pas installées"
    essai = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", VIERGE]
    if subprocess.run(essai, capture_output=True, check=False).returncode:
        return "cette machine ne laisse pas monter de dossiers à part"
    return None


def test_what_is_printed_makes_a_server_that_companies_use(
    vierge: list[str], maison: Maison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accounts that log in, folders that stay ours, files that the engine reads, nothing else."""
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        port = str(libre.getsockname()[1])
    script = _print_script(maison, monkeypatch, port).replace(
        str(maison.reglages.dossier), "/srv/caisse"
    )
    (tmp_path / "installer.sh").write_text(script, "utf-8")
    fait = subprocess.run(
        [*vierge, VIERGE + ACTES],
        cwd=tmp_path,
        env={"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "PORT": port, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert fait.returncode == 0, fait.stdout + fait.stderr
    dites = (ligne.split(" : ", 1) for ligne in fait.stdout.splitlines() if " : " in ligne)
    dit = {nom: valeur.strip() for nom, valeur in dites}
    assert {nom: dit.get(nom) for nom in ATTENDU} == ATTENDU


def _print_script(maison: Maison, monkeypatch: pytest.MonkeyPatch, port: str) -> str:
    monkeypatch.setenv("CAISSE_DOSSIER", str(maison.reglages.dossier))
    monkeypatch.setenv("CAISSE_BOITES", "/srv/caisse-sftp")
    arguments = ["serveur-sftp", "--installation", "--port", port]
    resultat = CliRunner().invoke(application, arguments)
    assert resultat.exit_code == 0, resultat.output
    return resultat.output


def test_boxes_inside_the_home_are_refused(maison: Maison, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chroot wants folders of root above it, open to all: the registry would be among them."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(maison.reglages.dossier))
    for boites in (None, str(maison.reglages.dossier / "sftp")):
        if boites:
            monkeypatch.setenv("CAISSE_BOITES", boites)
        resultat = CliRunner().invoke(application, ["serveur-sftp", "--installation"])
        assert resultat.exit_code == 2
        assert "CAISSE_BOITES" in resultat.output


def test_boxes_of_a_server_are_made_by_its_script_alone(
    maison: Maison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import makes none of them, and says which command does."""
    boites = tmp_path / "boites"
    boites.mkdir()
    monkeypatch.setenv("CAISSE_DOSSIER", str(maison.reglages.dossier))
    monkeypatch.setenv("CAISSE_BOITES", str(boites))
    registre = tmp_path / "registre.csv"
    registre.write_text(REGISTRE, "utf-8")
    arguments = ["registre", "importer", str(registre), "--auteur", "a", "--motif", "essai"]
    resultat = CliRunner().invoke(application, arguments)
    assert resultat.exit_code == 0, resultat.output
    assert "caisse serveur-sftp --installation" in resultat.output
    assert list(boites.iterdir()) == []


def test_a_twin_never_has_the_boxes_of_the_fund(tmp_path: Path) -> None:
    """What a replay or a preview hands over reaches no company."""
    reglages = settle(Reglages(boites=tmp_path / "boites"), tmp_path / "jumelle")
    assert reglages.dossier_boites == tmp_path / "jumelle" / "sftp"
