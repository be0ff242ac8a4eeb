"""Exchange files made to hurt: whatever they are, they are answered, in the box of who drops."""

from __future__ import annotations

import gzip
import os
import re
from datetime import timedelta
from pathlib import Path

from pipelines.metiers import METIERS
from pipelines.reception.etapes import receive_depots
from pipelines.reception.source_locale import SourceLocale
from pipelines.recus import list_natures_fichier
from specs.echanges import ESPACE
from tests.parsers.echanges.fabrique import LIGNES, write
from tests.pipelines.reception.conftest import MIDI, B
from warehouse.journal import read_depots
from warehouse.maison import Maison

TARD = MIDI + timedelta(days=2)
NOM = "{}_R_0001234_20260101000000_{:04}.{}"
SUR = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
# References of a file that are paths, commands, formulas: answers are named after a reference.
REFERENCES = ("../../0000102/x", "/etc/passwd", "a/b", "..", "=2+5", "$(reboot)", "a\xa0b", "<b>")
# Zones that an answer repeats, not of their form, answered in either form.
ENTETES = (
    {"siren": "ABCDEFGHI", "return_format": "X"},
    {"convention": "../x", "cdg": "=2+5<&>", "return_format": "X"},
    {"siren": "12", "cdg": "\xff", "return_format": "F"},
)
RIRES = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
XML = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "x">%s]><depot>%s</depot>'
ENTETE_XML = (
    b'<depot xmlns="%s" kind="ARI" version="0100"><entete><mode>R</mode><siren>1</siren>'
    b"<cdg>%%s</cdg><file_id>X1</file_id><return_format>F</return_format></entete></depot>"
) % ESPACE.encode()
CONTENUS = {
    "xml": [
        XML % (RIRES, b"&l11;"),
        XML % (b'<!ENTITY f SYSTEM "file:///etc/passwd">', b"&f;"),
        b"<depot>" + b"<a>" * 10_000,
        ENTETE_XML % ("\u0416" * 9).encode(),
    ],
    "xml.gz": [
        gzip.compress(b"<depot>" + b" " * 20_000_000, mtime=0),
        b"\x1f\x8b\x08" + b"\0" * 40,
    ],
    "txt.gz": [gzip.compress(bytes(20_000_000), mtime=0), gzip.compress(gzip.compress(b"00DMC"))],
    "txt": [b"PK\x03\x04" + bytes(60), b"00DMC \x00\x1b[2J" + b"\n" * 9, bytes(321)],
}
NOMS = (
    b"DMC_R_0001234_20260101000000_0901.txt\n",
    "DMC_R_0001234_\u202e20260101000000_0902.txt".encode(),
    "DM\u0421_R_0001234_20260101000000_0903.txt".encode(),
    b"-rf DMC_R_0001234_20260101000000_0904.txt",
    b"DMC_R_0001234_20260101000000_0905.txt;reboot",
    b"DMC_R_0001234_20260101000000_\xe9906.txt",
)


def test_a_hostile_file_is_only_data(
    maison: Maison, source: SourceLocale, depot: Path, tmp_path: Path
) -> None:
    """Each is taken and answered in the box of who dropped it; links and pipes are left."""
    for rang, reference in enumerate(REFERENCES):
        octets = write("DMC", LIGNES["DMC"], mode="R", file_id=reference)
        (depot / NOM.format("DMC", rang, "txt")).write_bytes(octets)
    for rang, zones in enumerate(ENTETES, 50):
        octets = write("DMC", LIGNES["DMC"], mode="R", file_id=f"E{rang}", **zones)
        (depot / NOM.format("DMC", rang, "txt")).write_bytes(octets)
    for suffixe, contenus in CONTENUS.items():
        for rang, octets in enumerate(contenus, 100):
            (depot / NOM.format("ARI", rang, suffixe)).write_bytes(octets)
    for rang, nom in enumerate(NOMS):
        (depot / os.fsdecode(nom)).write_bytes(write("RIB", LIGNES["RIB"], file_id=f"N{rang}"))
    secret = tmp_path / "secret"
    secret.write_bytes(write("CERT", LIGNES["CERT"]))
    (depot / NOM.format("CERT", 800, "txt")).symlink_to(secret)
    os.mkfifo(depot / NOM.format("CERT", 801, "txt"))
    attendus = len(list(depot.iterdir())) - 2
    natures = list_natures_fichier(METIERS)
    vus = [receive_depots(maison, source, instant, natures) for instant in (MIDI, TARD)]
    assert len(vus[-1].ecartes) == 2
    with maison.moteur.connect() as connexion:
        recus = list(read_depots(connexion))
    assert len(recus) == attendus
    assert all(recu.nom.isprintable() for recu in recus)
    boites = maison.reglages.dossier / "sftp"
    ecrits = [
        chemin for chemin in boites.rglob("*") if chemin.is_file() and "retour" in chemin.parts
    ]
    assert len({chemin.stem for chemin in ecrits}) >= attendus
    assert all(SUR.fullmatch(chemin.name) for chemin in ecrits)
    assert [chemin for chemin in ecrits if B in chemin.relative_to(boites).parts] == []
    assert b"root:" not in b"".join(chemin.read_bytes() for chemin in ecrits)
    assert sorted(chemin.name for chemin in depot.iterdir()) == [
        NOM.format("CERT", rang, "txt") for rang in (800, 801)
    ]
