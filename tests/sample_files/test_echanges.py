"""The exchange files of a portfolio: they tell of its DSN, without a fault but those asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest

from parsers.echanges.lecteur import read_echange
from sample_files.generateur.fautes_echanges import FAUTES, FauteOctets, list_fautes
from sample_files.generateur.portefeuille import (
    Fichier,
    Parametres,
    generate_portefeuille,
)
from specs.echanges import read_genres
from specs.periodes import Mois

MOIS = Mois.range(Mois(2025, 12), Mois(2026, 2))
RECU_LE = datetime(2026, 3, 7, tzinfo=UTC)
ENTRANTS = {genre.nom for genre in read_genres().values() if genre.entrant}
NIR = re.compile(rb"S21\.G00\.30\.001,'(\d{13})'")


@cache
def files(adherents: int = 5, part_fautes: int = 0, *, essai: bool = False) -> tuple[Fichier, ...]:
    """Files of a portfolio of twenty employees a company, with its exchange files."""
    return tuple(
        generate_portefeuille(
            Parametres(adherents, adherents * 20, MOIS, 19, part_fautes, essai=essai, echanges=True)
        )
    )


def exchanged(fichiers: tuple[Fichier, ...]) -> Iterator[Fichier]:
    """The exchange files of a portfolio."""
    return (fichier for fichier in fichiers if fichier.type in ENTRANTS)


def codes(fichier: Fichier) -> str:
    """Codes that the reader gives, in order."""
    lecture = read_echange(0, fichier.nom, fichier.octets, RECU_LE)
    return " ".join(sorted(set(lecture.anomalies["code"])))


def test_every_kind_is_read_without_an_anomaly() -> None:
    """Each kind in each form, tests and real files: nothing to say."""
    lus = list(exchanged(files()))
    assert {fichier.nom: codes(fichier) for fichier in lus} == {f.nom: "" for f in lus}
    assert {fichier.type for fichier in lus} == ENTRANTS
    assert {fichier.nom[-4:] for fichier in lus} == {".txt", ".xml"}
    assert {fichier.essai for fichier in lus} == {True, False}
    assert {f.nom.split("_")[1] for f in exchanged(files(2, essai=True))} == {"T"}


def test_faults_are_named_with_the_code_that_the_reader_gives() -> None:
    """Half of the files are spoiled: those say what is told of them, and nothing else."""
    fautifs = [fichier for fichier in exchanged(files(5, 500)) if fichier.faute]
    assert len({fichier.faute for fichier in fautifs}) > 4
    assert {f.nom: codes(f) for f in fautifs} == {f.nom: f.code_attendu for f in fautifs}


@pytest.mark.parametrize("nom", FAUTES)
def test_each_fault_is_of_some_record(nom: str) -> None:
    """A fault can be given to a file that has its records, and to no other."""
    faute = FAUTES[nom]
    siens = ("30",) if isinstance(faute, FauteOctets) else faute.codes
    assert all(nom in list_fautes([(code, {})]) for code in siens)
    assert (nom in list_fautes([("99", {})])) == isinstance(faute, FauteOctets)


def test_a_seed_gives_the_same_exchange_files() -> None:
    """The same bytes again; and those of the first companies whatever the number of others."""
    encore = files.__wrapped__(3, 100)
    assert [(f.nom, f.octets) for f in encore] == [(f.nom, f.octets) for f in files(3, 100)]
    quatre = {(f.adherent, f.nom): f.octets for f in files.__wrapped__(4, 100)}
    assert {(f.adherent, f.nom): f.octets for f in encore}.items() <= quatre.items()


def test_employees_are_those_of_the_dsn() -> None:
    """NIR, number, names, birth and hiring of each record are those that a DSN declares."""
    fichiers = files()
    declares = {nir.decode() for f in fichiers for nir in NIR.findall(f.octets)}
    dsn = b"\n".join(f.octets for f in fichiers if f.type not in ENTRANTS).replace(b"\r\n", b"\n")
    vus = 0
    for fichier in exchanged(fichiers):
        valeurs = read_echange(0, fichier.nom, fichier.octets, RECU_LE).valeurs
        for code in {"10", "20", "31", "40"} & valeurs.keys():
            for qui in valeurs[code].iter_rows(named=True):
                if qui["nir"] not in declares:
                    continue  # declared by a wage return only
                bloc = dsn[dsn.index(f"S21.G00.30.001,'{qui['nir']}'".encode()) :][:2_000]
                for rubrique, texte in (
                    ("30.002", qui["surname"]),
                    ("30.004", qui["first_name"]),
                    ("30.006", f"{qui['birth']:%d%m%Y}"),
                    ("30.019", qui["matricule"]),
                    ("40.001", f"{qui['hire_date']:%d%m%Y}" if code == "31" else ""),
                ):
                    assert f"S21.G00.{rubrique},'{texte}".encode("latin-1") in bloc
                vus += 1
    assert vus > 20


def test_a_wage_return_stands_for_the_dsn_that_is_left_out() -> None:
    """No month of an establishment has both; the bases are those that the DSN would declare."""
    sans = generate_portefeuille(Parametres(5, 100, MOIS, 19))
    declarees = {(f.siret, f.mois, f.fraction): f.bases for f in sans}
    fichiers = files()
    gardees = {(f.siret, f.mois) for f in fichiers if f.type not in ENTRANTS}
    releves = [f for f in fichiers if f.type == "TDP"]
    assert releves
    for releve in releves:
        assert (releve.siret, releve.mois) not in gardees
        attendues: dict[Mois, int] = {}
        for (siret, mois, _), bases in declarees.items():
            if (siret, mois) == (releve.siret, releve.mois):
                for du, base in (bases or {}).items():
                    attendues[du] = attendues.get(du, 0) + base
        assert releve.bases == attendues
    restantes = {(siret, mois) for siret, mois, _ in declarees} - gardees
    assert restantes == {(f.siret, f.mois) for f in releves}


def test_the_gross_of_a_certificate_is_the_sum_of_the_pays() -> None:
    """What certificates say of wages is what was declared of the same months."""
    vus = 0
    for fichier in exchanged(files()):
        if fichier.type == "CERT":
            lecture = read_echange(0, fichier.nom, fichier.octets, RECU_LE)
            for certificat in lecture.valeurs["10"].iter_rows(named=True):
                pays = declared(files(), certificat["nir"])
                if len(pays) == certificat["to"].month % 12 + 1:  # each month by a DSN
                    assert certificat["gross"] == sum(pays)
                    vus += 1
    assert vus > 3


def declared(fichiers: tuple[Fichier, ...], nir: str) -> list[int]:
    """Gross pays of an employee by month, in the last declaration of each."""
    par_mois: dict[Mois, int] = {}
    for fichier in fichiers:
        texte = fichier.octets.decode("latin-1").replace("\r\n", "\n")
        if fichier.type in ENTRANTS or f"S21.G00.30.001,'{nir}'" not in texte:
            continue
        suite = texte.split(f"S21.G00.30.001,'{nir}'", 1)[1].split("S21.G00.51.011,'001'\n", 1)[1]
        montant = suite.split("S21.G00.51.013,'", 1)[1].split("'", 1)[0]
        par_mois[fichier.mois] = int(montant.replace(".", ""))
    return list(par_mois.values())
