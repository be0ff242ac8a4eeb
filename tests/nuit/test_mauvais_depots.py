"""Bad input: a clear state and a report each, nobody else stopped, not one byte lost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from sample_files.generateur.fautes import ligne_geante

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT, AUTRE = "A80001", "A09001"
MAUVAIS = Path(__file__).parents[2] / "sample_files" / "mauvais"
BONS = MAUVAIS.parent / "bons"
Reel = Callable[[bytes], bytes]

# name of the sample, state, code of the report
FAUTES = [
    ("vide", "ILLISIBLE", None),  # refused by the reception: its receipt says why
    ("binaire", "ILLISIBLE", "F004"),
    ("utf16", "ILLISIBLE", "F004"),
    ("version_inconnue", "ILLISIBLE", "F022"),
    ("ligne_tronquee", "NON_CONFORME", "F021"),
    ("fichier_tronque", "NON_CONFORME", "F023"),
    ("total_lignes_faux", "NON_CONFORME", "CST-11"),
    ("total_declarations_faux", "NON_CONFORME", "CST-11"),
    ("ligne_geante", "NON_CONFORME", "CV02"),
    ("siret_inconnu", "EN_ATTENTE", "CP-03"),
]


@pytest.fixture
def fautif() -> Callable[[str], bytes]:
    """Bytes of a bad file; the one with a line of a million characters is made here."""

    def read(nom: str) -> bytes:
        if nom == "ligne_geante":
            lignes = (BONS / "mensuelle_normale.dsn").read_bytes().decode("latin-1").splitlines()
            return ligne_geante(lignes, "\n").octets
        dossier = BONS if nom == "siret_inconnu" else MAUVAIS
        return (dossier / f"{nom}.dsn").read_bytes()

    return read


def report(caisse: Caisse, depot: str) -> tuple[str | None, set[str]]:
    """Verdict and codes of the last XML report of a deposit: the control's when it refuses it."""
    *_, dernier = sorted(caisse.box(AUTRE, "retour").glob(f"[CR]*_{depot}.xml"))
    assert dernier.with_suffix(".pdf").stat().st_size
    racine = etree.parse(dernier)
    codes = {code.text or "" for code in racine.iterfind(".//{*}code")}
    return racine.findtext(".//{*}verdict"), codes


def test_every_bad_file_is_answered_and_stops_nobody(
    caisse: Caisse, normale: bytes, as_real: Reel, fautif: Callable[[str], bytes]
) -> None:
    """Each fault has its state and its code; the good file beside them is called as if alone."""
    for nom, _, _ in FAUTES:
        caisse.drop(AUTRE, f"{nom}.dsn", fautif(nom))
    caisse.drop(ADHERENT, "bon.dsn", as_real(normale))
    caisse.pass_night()
    depots = {depot["nom"]: depot for depot in caisse.read("depots").iter_rows(named=True)}
    for nom, etat, code in FAUTES:
        depot = depots[f"{nom}.dsn"]
        assert (nom, depot["etat"]) == (nom, etat)
        assert depot["motif"]
        verdict, codes = report(caisse, depot["depot"])
        assert (nom, verdict) == (nom, etat)
        assert code is None or code in codes
    assert depots["bon.dsn"]["etat"] == "INTEGRE"
    assert caisse.read("appels")["montant_centimes"].to_list() == [281_923]


def test_every_byte_dropped_is_accounted_for(
    caisse: Caisse, fautif: Callable[[str], bytes], soir: datetime
) -> None:
    """Journal, archive and folders hold every file dropped, good, bad, double or unfinished."""
    deposes = {f"{nom}.dsn": fautif(nom) for nom, _, _ in FAUTES}
    deposes["encore.dsn"] = fautif("binaire")
    for nom, octets in deposes.items():
        caisse.drop(AUTRE, nom, octets)
        caisse.receive(soir)
    en_cours = caisse.box(AUTRE, "depot") / "lent.dsn"
    en_cours.write_bytes(fautif("total_lignes_faux")[:5000])
    caisse.pass_night(soir)
    journal = caisse.journal()
    assert {nom: depot.octets for nom, depot in journal.items()} == {
        nom: len(octets) for nom, octets in deposes.items()
    }
    for nom, octets in deposes.items():
        assert journal[nom].sha256 == hashlib.sha256(octets).hexdigest()
        assert caisse.maison.archive.read(journal[nom].sha256) == octets
    assert journal["encore.dsn"].original == journal["binaire.dsn"].depot
    assert [chemin.name for chemin in caisse.box(AUTRE, "depot").iterdir()] == ["lent.dsn"]
    assert en_cours.stat().st_size == 5000


def test_a_file_still_being_written_waits_for_its_end(
    caisse: Caisse, normale: bytes, as_real: Reel, soir: datetime
) -> None:
    """A night while a company writes takes nothing of the file; a later one calls it whole."""
    octets = as_real(normale)
    lent = caisse.box(ADHERENT, "depot") / "mars.dsn"
    for minute, taille in enumerate((1000, 5000, 10_000)):
        lent.write_bytes(octets[:taille])
        resultat = caisse.pass_night(soir + timedelta(minutes=minute))
        assert (resultat.publication, caisse.journal()) == (None, {})
    lent.write_bytes(octets)
    caisse.receive(soir + timedelta(minutes=5))
    caisse.pass_night(soir + timedelta(minutes=10))
    assert caisse.read("depots")["etat"].to_list() == ["INTEGRE"]
    assert caisse.read("appels")["montant_centimes"].to_list() == [281_923]


@pytest.mark.parametrize("nom", ["a..\\..\\mars.dsn", "%2e%2e%2fmars.dsn", "-rf ~ $(mars).dsn"])
def test_a_name_that_climbs_is_only_data(
    caisse: Caisse, normale: bytes, as_real: Reel, nom: str
) -> None:
    """Whatever the name says, the file is called under its number and nothing is made elsewhere."""
    avant = set(caisse.maison.reglages.dossier.parent.iterdir())
    caisse.drop(ADHERENT, nom, as_real(normale))
    caisse.pass_night()
    assert caisse.read("depots").select("nom", "etat").rows() == [(nom, "INTEGRE")]
    assert set(caisse.maison.reglages.dossier.parent.iterdir()) == avant
    assert "D00000001" in "".join(caisse.returned())
    assert not any("mars" in chemin for chemin in caisse.returned())
