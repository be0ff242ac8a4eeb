from __future__ import annotations

import hashlib
import io
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.reception import candidats, releve
from pipelines.reception.candidats import Candidat, Contenu, LectureRefuseeError, read_flux
from pipelines.reception.etapes import create_boites, receive_depots, remettre
from pipelines.reception.prise_en_charge import Contexte
from pipelines.reception.prises import Prise
from pipelines.reception.source_locale import SourceLocale
from specs.octets import Fichier
from warehouse import disque
from warehouse.journal import read_depots, read_etats
from warehouse.maison import Maison
from warehouse.publications import publish
from warehouse.remises import Remise, read_remises_dues

LireAccuse = Callable[[Path], dict[str, str]]
MESSAGE = b"S10.G00.00.005,'02'\r\nS90.G00.90.001,'9'\r\nS90.G00.90.002,'1'\r\n"
MIDI = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
TARD = MIDI + timedelta(hours=1)


def drop(dossier: Path, nom: str, octets: bytes) -> None:
    """Drop a file with its digest, as a careful client does."""
    (dossier / nom).write_bytes(octets)
    (dossier / f"{nom}.sha256").write_text(hashlib.sha256(octets).hexdigest())


def test_a_deposit_is_archived_journalled_answered_and_removed(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, read_accuse: LireAccuse
) -> None:
    """The company finds a receipt that says what was received and when, in both times."""
    drop(depot, "mars.dsn", MESSAGE)
    (recu,) = receive_depots(maison, source, MIDI).depots
    assert (recu.depot, recu.etat, recu.nom) == ("D00000001", "RECU", "mars.dsn")
    assert maison.archive.read(recu.sha256) == MESSAGE
    assert list(depot.iterdir()) == []
    accuse = read_accuse(retour / "ACK_D00000001.xml")
    del accuse["message"]
    assert accuse == {
        "depot": "D00000001",
        "adherent": "0000101",
        "nom": "mars.dsn",
        "octets": str(len(MESSAGE)),
        "sha256": hashlib.sha256(MESSAGE).hexdigest(),
        "recu_le": "2026-03-02T11:00:00Z",
        "recu_le_paris": "2026-03-02T12:00:00+01:00",
        "mode": "reel",
        "verdict": "RECU",
    }
    assert receive_depots(maison, source, TARD).depots == ()


def test_one_file_dropped_a_hundred_times_is_received_once(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, read_accuse: LireAccuse
) -> None:
    """One RECU, ninety-nine DOUBLON, and each of their receipts quotes the first deposit."""
    for rang in range(100):
        drop(depot, "mars.dsn", MESSAGE)
        receive_depots(maison, source, MIDI + timedelta(minutes=rang))
    with maison.moteur.begin() as connexion:
        depots = read_depots(connexion)
    assert [recu.etat for recu in depots] == ["RECU"] + ["DOUBLON"] * 99
    accuses = [read_accuse(retour / f"ACK_{recu.depot}.xml") for recu in depots[1:]]
    assert {accuse["verdict"] for accuse in accuses} == {"DOUBLON"}
    assert {accuse["original.depot"] for accuse in accuses} == {"D00000001"}
    assert {accuse["original.recu_le"] for accuse in accuses} == {"2026-03-02T11:00:00Z"}


def test_the_same_content_from_two_companies_is_not_a_double(
    maison: Maison, source: SourceLocale, depot: Path
) -> None:
    """A double is a content that the same company already sent."""
    autre = depot.parents[1] / "0000102" / "depot"
    drop(depot, "a.dsn", MESSAGE)
    drop(autre, "a.dsn", MESSAGE)
    depots = receive_depots(maison, source, MIDI).depots
    assert [(recu.adherent, recu.etat) for recu in depots] == [
        ("0000101", "RECU"),
        ("0000102", "RECU"),
    ]


def test_an_empty_file_is_refused_with_a_reason(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, read_accuse: LireAccuse
) -> None:
    """An empty file is ILLISIBLE, its receipt says so and what to do."""
    drop(depot, "vide.dsn", b"")
    (recu,) = receive_depots(maison, source, MIDI).depots
    accuse = read_accuse(retour / f"ACK_{recu.depot}.xml")
    assert (recu.etat, accuse["verdict"], accuse["mode"]) == ("ILLISIBLE", "ILLISIBLE", "inconnu")
    assert "vide" in accuse["motif"]
    with maison.moteur.begin() as connexion:
        assert [etat for etat, _, _ in read_etats(connexion, recu.depot)] == ["RECU", "ILLISIBLE"]


def test_size_is_checked_at_the_limit_and_one_byte_beyond(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path, read_accuse: LireAccuse
) -> None:
    """The limit is accepted; a byte more is refused once and its file stays for its owner."""
    limite = maison.reglages.taille_max_octets
    drop(depot, "juste.dsn", b"a" * limite)
    drop(depot, "trop.dsn", b"b" * (limite + 1))
    juste, trop = receive_depots(maison, source, MIDI).depots
    assert (juste.etat, trop.etat) == ("RECU", "ILLISIBLE")
    assert trop.sha256 == hashlib.sha256(b"b" * (limite + 1)).hexdigest()
    assert str(limite) in read_accuse(retour / f"ACK_{trop.depot}.xml")["motif"]
    for _ in range(2):
        encore = receive_depots(maison, source, TARD)
        assert encore.depots == ()
        assert [ecarte.nom for ecarte in encore.ecartes] == ["trop.dsn"]
    assert (depot / "trop.dsn").stat().st_size == limite + 1
    drop(
        depot, "encore.dsn", b"b" * (limite + 1)
    )  # never archived: its receipt needs nothing of it
    (encore_trop,) = receive_depots(maison, source, TARD).depots
    assert (encore_trop.etat, encore_trop.original) == ("DOUBLON", trop.depot)
    assert (retour / f"ACK_{encore_trop.depot}.xml").exists()
    drop(depot, "trop.dsn", MESSAGE)
    assert [recu.etat for recu in receive_depots(maison, source, TARD).depots] == ["RECU"]


def test_a_large_file_is_never_held_whole(
    maison: Maison, source: SourceLocale, depot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copied on disk while it is read, archived from there; the copy goes, kept or not."""
    monkeypatch.setattr(candidats, "EN_MEMOIRE", 1000)
    monkeypatch.setattr(candidats, "MORCEAU", 700)
    copies: list[int] = []
    build = releve.build_prise

    def watch(contexte: Contexte, candidat: Candidat, contenu: Contenu, *autres: Any) -> Prise:
        copies.append(contexte.copie.stat().st_size if contexte.copie.exists() else 0)
        assert isinstance(contenu.donnees, Fichier) == bool(copies[-1])
        return build(contexte, candidat, contenu, *autres)

    monkeypatch.setattr(releve, "build_prise", watch)
    limite = maison.reglages.taille_max_octets
    contenus = [os.urandom(taille) for taille in (999, 1000, 1001, limite, limite + 1)]
    for rang, octets in enumerate(contenus):
        drop(depot, f"{rang}.dsn", octets)
    recus = receive_depots(maison, source, MIDI).depots
    assert [recu.sha256 for recu in recus] == [hashlib.sha256(o).hexdigest() for o in contenus]
    assert [maison.archive.read(recu.sha256) for recu in recus[:4]] == contenus[:4]
    assert copies == [0, 0, 1001, limite, 0]
    (depot / "tronque.dsn").write_bytes(b"a" * 2000)  # not complete: it waits
    assert len(receive_depots(maison, source, MIDI).attente) == 1
    assert not (maison.reglages.dossier / "reception.en-cours").exists()


def test_a_file_that_grows_while_it_is_read_is_not_taken(tmp_path: Path) -> None:
    """Its first bytes alone are no deposit, whether it is large or not."""
    vu = Candidat("0000101", "a.dsn", 10, "")
    for taille in (11, candidats.EN_MEMOIRE + 5):
        lu = read_flux(io.BytesIO(b"a" * taille), vu, taille, tmp_path / "copie")
        assert (lu.octets, lu.donnees) == (taille, None)


def test_the_folder_of_an_unknown_company_is_kept_and_listed(
    maison: Maison, source: SourceLocale, depot: Path
) -> None:
    """Nothing is taken from a folder that the registry does not know, nothing is lost."""
    inconnu = depot.parents[1] / "9999999" / "depot"
    inconnu.mkdir(parents=True)
    (depot.parents[1] / "pas un numéro").mkdir()
    drop(inconnu, "a.dsn", MESSAGE)
    drop(depot, "a.dsn", MESSAGE)
    reception = receive_depots(maison, source, MIDI)
    assert [recu.adherent for recu in reception.depots] == ["0000101"]
    assert [(vu.adherent, vu.nom) for vu in reception.ecartes] == [
        ("pas un numéro", ""),
        ("9999999", "a.dsn"),
    ]
    assert (inconnu / "a.dsn").read_bytes() == MESSAGE


NOMS = [
    b"-rf.dsn",
    b"..dsn",
    b"a\nb.dsn",
    b"a\tb.dsn",
    b"..\\..\\a.dsn",
    b"%2e%2e%2fa.dsn",
    "\u202efdp.nsd".encode(),
    "p\u0430ie.dsn".encode(),
    b"pa\xefe.dsn",
    b"CON",
    b"a" * 255,
    b"$(reboot).dsn",
    b"' OR 1=1 --.dsn",
    b"<a>&amp;.dsn",
    b" ",
    b"nul\x01\x7f.dsn",
]


@pytest.mark.parametrize("nom", NOMS)
def test_a_dangerous_name_is_only_data(
    maison: Maison,
    source: SourceLocale,
    depot: Path,
    retour: Path,
    read_accuse: LireAccuse,
    nom: bytes,
) -> None:
    """Whatever the name, the file is received under one that prints, and nothing else is made."""
    (depot / os.fsdecode(nom)).write_bytes(MESSAGE)
    receive_depots(maison, source, MIDI)
    reception = receive_depots(maison, source, TARD)
    if nom.startswith(b"."):  # a hidden name is one of upload in progress
        assert len(reception.attente) == 1
        return
    (recu,) = reception.depots
    assert recu.nom.isprintable()
    assert read_accuse(retour / f"ACK_{recu.depot}.xml")["nom"] == recu.nom
    assert [chemin.name for chemin in retour.iterdir()] == [f"ACK_{recu.depot}.xml"]
    assert list(depot.iterdir()) == []


def test_what_is_not_a_plain_file_is_left_with_a_reason(
    maison: Maison, source: SourceLocale, depot: Path, tmp_path: Path
) -> None:
    """Links, FIFOs, sockets and folders are never opened, and do not stop the others."""
    secret = tmp_path / "secret"
    secret.write_bytes(MESSAGE)
    (depot / "lien.dsn").symlink_to(secret)
    (depot / "double.dsn").hardlink_to(secret)
    os.mkfifo(depot / "tube.dsn")
    (depot / "sous").mkdir()
    prise = socket.socket(socket.AF_UNIX)
    prise.bind(f"/proc/self/fd/{os.open(depot, os.O_RDONLY)}/prise")
    prise.close()
    drop(depot, "vrai.dsn", MESSAGE)
    receive_depots(maison, source, MIDI)
    reception = receive_depots(maison, source, TARD)
    ecartes = {ecarte.nom: ecarte.motif for ecarte in reception.ecartes}
    assert sorted(ecartes) == ["double.dsn", "lien.dsn", "prise", "sous", "tube.dsn"]
    assert len(set(ecartes.values())) == 4
    with maison.moteur.begin() as connexion:
        assert [recu.nom for recu in read_depots(connexion)] == ["vrai.dsn"]


def test_a_depot_folder_replaced_by_a_link_is_not_followed(
    maison: Maison, source: SourceLocale, depot: Path, tmp_path: Path
) -> None:
    """A `depot/` that leads elsewhere is listed as unusable and nothing is read through it."""
    ailleurs = tmp_path / "ailleurs"
    ailleurs.mkdir()
    drop(ailleurs, "a.dsn", MESSAGE)
    depot.rmdir()
    depot.symlink_to(ailleurs)
    reception = receive_depots(maison, source, MIDI)
    assert reception.depots == ()
    assert [ecarte.adherent for ecarte in reception.ecartes] == ["0000101"]


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    maison: Maison, source: SourceLocale, depot: Path, tmp_path: Path
) -> None:
    """A file swapped for a link between the listing and the reading is not followed."""
    drop(depot, "a.dsn", MESSAGE)
    (vu, _) = source.list_depots().candidats
    (depot / "a.dsn").rename(depot / "vrai")
    (depot / "a.dsn").symlink_to(depot / "vrai")
    with pytest.raises(LectureRefuseeError):
        source.read_contenu(vu, 1000, tmp_path / "copie")
    assert not source.remove(vu)
    drop(depot, "b.dsn", MESSAGE)
    reception = receive_depots(maison, source, MIDI)
    assert [recu.nom for recu in reception.depots] == ["b.dsn"]


def test_a_missing_outbox_delays_the_receipt_only(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path
) -> None:
    """Journalled once, the deposit gets its receipt when the outbox is back; others go on."""
    autre = depot.parents[1] / "0000102" / "depot"
    retour.rmdir()
    drop(depot, "a.dsn", MESSAGE)
    drop(autre, "b.dsn", MESSAGE)
    reception = receive_depots(maison, source, MIDI)
    assert [recu.adherent for recu in reception.depots] == ["0000102"]
    assert {ecarte.nom for ecarte in reception.ecartes} == {"a.dsn"}
    create_boites(maison)
    (repris,) = receive_depots(maison, source, TARD).depots
    assert (repris.depot, repris.etat) == ("D00000001", "RECU")
    assert (retour / "ACK_D00000001.xml").exists()
    assert list(depot.iterdir()) == []


def test_a_file_replaced_after_its_claim_is_a_new_deposit(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path
) -> None:
    """When another content takes the name before the removal, both are received."""
    retour.rmdir()
    drop(depot, "a.dsn", MESSAGE)
    receive_depots(maison, source, MIDI)
    drop(depot, "a.dsn", MESSAGE + b"\n")
    create_boites(maison)
    depots = receive_depots(maison, source, TARD).depots
    assert [recu.etat for recu in depots] == ["RECU", "RECU"]
    assert len({recu.sha256 for recu in depots}) == 2


def test_files_owed_to_companies_are_handed_over_once(
    maison: Maison, source: SourceLocale, retour: Path
) -> None:
    """A file owed arrives whole in `retour/`; one that cannot be does not stop the others."""
    sha256 = maison.archive.write(b"appel")
    with maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=MIDI.date(),
            versions={},
            empreinte="0" * 64,
            publie_le="2026-03-02T21:00:00Z",
            remises=[
                Remise("0000101", "appel.csv", sha256),
                Remise("0000102", "perdu.csv", "1" * 64),
            ],
        )
    remises = remettre(maison, source, MIDI)
    assert [remise.nom for remise in remises.faites] == ["appel.csv"]
    assert [echec.nom for echec in remises.echecs] == ["perdu.csv"]
    assert [(chemin.name, chemin.read_bytes()) for chemin in retour.iterdir()] == [
        ("appel.csv", b"appel")
    ]
    assert remettre(maison, source, TARD).faites == ()
    with maison.moteur.begin() as connexion:
        assert [due.nom for due in read_remises_dues(connexion)] == ["perdu.csv"]


def test_files_handed_over_together_need_two_synchronisations(
    source: SourceLocale, retour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever their number and boxes; what could not be written says why, the rest is there."""
    synchronises: list[int] = []
    monkeypatch.setattr(disque, "sync_disque_of", synchronises.append)
    monkeypatch.setattr(os, "fsync", synchronises.append)
    (retour / ".2.xml.tmp").mkdir()
    autre = retour.parents[1] / "0000102" / "retour"
    contenus = {
        (boite, f"{rang}.xml"): b"%d" % rang
        for rang in range(5)
        for boite in ("0000101", "0000102", "../0000101", "9999999")
    }
    echecs = source.write_retours(contenus)
    ailleurs = {cle for cle in contenus if cle[0] in ("../0000101", "9999999")}
    assert echecs.keys() == ailleurs | {("0000101", "2.xml")}
    assert len(synchronises) == 2
    for boite, dossier in (("0000101", retour), ("0000102", autre)):
        assert {f.name: f.read_bytes() for f in dossier.iterdir() if f.is_file()} == {
            nom: octets
            for (adherent, nom), octets in contenus.items()
            if adherent == boite and (adherent, nom) not in echecs
        }

    def break_down(_: int) -> None:
        raise OSError("disque en panne")

    monkeypatch.setattr(disque, "sync_disque_of", break_down)
    assert source.write_retours(contenus).keys() == contenus.keys()
