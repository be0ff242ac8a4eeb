"""Canaries: no NIR, name or address of an employee in any file of a home, its archive included.

But his name, in the documents of his own company.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT = "A80001"
BONS = Path(__file__).parents[2] / "sample_files" / "bons"
# NIR, family name, usual name, first name, address, IBAN of an individual.
PERSONNELLES = re.compile(
    rb"^S21\.G00\.(?:30\.00[12348]|30\.020|31\.00[89]|50\.0(?:20|21)),'(.+)'\r?$", re.MULTILINE
)
# What a company is given of its own employees names them, and says nothing else of them.
NOMS = re.compile(rb"^S21\.G00\.30\.00[234],'(.+)'\r?$", re.MULTILINE)
NOMMENT = re.compile(rf"sftp/{ADHERENT}/retour/CERTIFICATS_CONGES_[^/]+")
COMPTES = [b"FR7630001007941234567890185", b"FR7630004000031234567890143" + b"9" * 30]
MOTS_COMMUNS = 4  # shorter values are no canary: they are found in any binary


def canaries(octets: bytes) -> set[bytes]:
    """Personal values of a file."""
    valeurs = {valeur for valeur in PERSONNELLES.findall(octets) if len(valeur) > MOTS_COMMUNS}
    return valeurs | set(COMPTES)


def written(maison: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a home: its path, and its content decoded when it is packed."""
    for chemin in sorted(maison.rglob("*")):
        if not chemin.is_file():
            continue
        nom = str(chemin.relative_to(maison))
        yield nom, chemin.read_bytes()
        if chemin.suffix == ".parquet":
            lignes = pl.read_parquet(chemin).select(pl.col(pl.String))
            yield f"{nom} (décodé)", lignes.write_ndjson().encode()


def test_no_personal_value_is_in_clear_on_the_disk(
    caisse: Caisse, normale: bytes, remplace: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """Nights with good, bad, test and waiting files: canaries are in no other file, nor name."""
    chants = canaries(normale)
    assert len(chants) > 20
    fautif = normale.replace(b"S21.G00.30.006,'14061985'", b"S21.G00.30.006,'14131985'")
    nir_faux = normale.replace(b"'1850669123101'", b"'18506691231O1'")
    nom_long = normale.replace(b"'DURAND'", b"'DURAND" + b"X" * 200 + b"'")
    # A payment to a fund bears a bank account: one right, one too long.
    comptes = b"".join(b"S21.G00.20.003,'AGRIFRPPXXX'\nS21.G00.20.004,'%b'\n" % c for c in COMPTES)
    compte = normale.replace(b"S21.G00.82.001", comptes + b"S21.G00.82.001", 1)
    coupe = normale.replace(b"S21.G00.30.002,'BENALI'", b"S21.G00.30.002,'BENALI")
    inconnue = normale.replace(b"S21.G00.30.004,'SAMIRA'", b"S21.G00.30.404,'SAMIRA'")
    for rang, octets in enumerate((normale, fautif, nir_faux, nom_long, compte, coupe, inconnue)):
        caisse.drop(ADHERENT, f"essai{rang}.dsn", octets)
        caisse.drop(ADHERENT, f"reel{rang}.dsn", as_real(octets))
    caisse.drop(ADHERENT, "remplace.dsn", as_real(remplace))
    caisse.drop("A09001", "autre.dsn", as_real(remplace))
    caisse.pass_night()
    maison = caisse.maison.reglages.dossier
    lus = dict(written(maison))
    assert any(".parquet" in nom for nom in lus)
    trouves = {
        (nom, chant.decode("latin-1"))
        for nom, contenu in lus.items()
        for chant in chants
        for forme in (chant, chant.decode("latin-1").encode())
        if forme in contenu or forme in nom.encode()
    }
    noms = {nom.decode("latin-1") for nom in NOMS.findall(normale)}
    permis = {(nom, chant) for nom, chant in trouves if NOMMENT.fullmatch(nom) and chant in noms}
    assert permis
    assert trouves == permis
    identites = caisse.maison.lac.read("identites_lues").collect()
    assert chants >= {nir.encode() for nir in identites["nir"].drop_nulls()} != set()


def test_pseudonyms_follow_the_employee_and_not_the_file(
    caisse: Caisse, normale: bytes, remplace: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """The same person has the same pseudonym in two files; none is a plain hash of the NIR."""
    caisse.drop(ADHERENT, "a.dsn", as_real(normale))
    caisse.pass_night()
    premiers = set(caisse.read("bases")["salarie"].drop_nulls())
    caisse.drop(ADHERENT, "b.dsn", as_real(remplace))
    caisse.pass_night()
    assert len(premiers) == 6
    assert set(caisse.read("bases")["salarie"].drop_nulls()) == premiers
