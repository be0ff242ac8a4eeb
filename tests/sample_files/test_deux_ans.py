"""The files of the story of leave: written again byte for byte, conforming, as it tells them."""

from __future__ import annotations

from pipelines.verification import verify_fichiers
from sample_files.exemples_deux_ans import RACINE, fichiers
from sample_files.generateur.deux_ans import X, Y
from specs.periodes import Mois

AVANT, PERIODE, FIN = Mois(2025, 4), Mois(2026, 4), Mois(2026, 6)


def test_the_files_are_those_that_are_written() -> None:
    """None is missing, none is left over."""
    ecrits = dict(fichiers())
    assert {chemin.name for chemin in RACINE.iterdir()} == set(ecrits)
    assert [nom for nom, octets in ecrits.items() if (RACINE / nom).read_bytes() != octets] == []


def test_every_file_conforms() -> None:
    """What the control alone says: nothing that refuses a file, or a line of it."""
    noms = {n: nom for n, (nom, _) in enumerate(fichiers()) if not nom.endswith(".yaml")}
    contenus = {n: (RACINE / nom).read_bytes() for n, nom in noms.items()}
    lecture = verify_fichiers(contenus.items(), noms=noms)
    assert {bilan.verdict for bilan in lecture.bilans} == {"CONFORME"}
    assert sum(bilan.anomalies_bloquantes for bilan in lecture.bilans) == 0


def test_the_hours_worked_are_those_told() -> None:
    """1,480 hours before April 2025, 1,390 in the year that follows, 221 until he leaves."""
    heures = {mois: paie.heures for paies in (X, Y) for mois, paie in paies.items()}
    sommes = [
        sum(h for mois, h in heures.items() if debut <= mois < fin)
        for debut, fin in ((Mois(2024, 4), AVANT), (AVANT, PERIODE), (PERIODE, FIN))
    ]
    assert sommes == [148_000, 139_000, 22_100]
