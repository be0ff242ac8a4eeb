"""A portfolio of members: the generator, who knows what he declared, checks what is called."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from sample_files.generateur.portefeuille import (
    Fichier,
    Parametres,
    Temoin,
    generate_entreprises,
    generate_portefeuille,
)
from specs.periodes import Mois
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse

MOIS = Mois.range(Mois(2025, 12), Mois(2026, 2))
MOIS_LIGNE = ["cdg", "mois_appel", "mois_rattachement"]
MakeCaisse = Callable[..., "Caisse"]


def portfolio(adherents: int, part_fautes: int = 0) -> tuple[bytes, list[Fichier]]:
    """Registry and files, in the order they are dropped; about ten employees a company."""
    parametres = Parametres(
        adherents=adherents,
        salaries=adherents * 10,
        mois=MOIS,
        graine=11,
        part_fautes=part_fautes,
    )
    lignes = ["numero_adherent;siren;raison_sociale;cdg;siret;debut;fin"]
    lignes += [
        f"{e.numero_adherent};{e.siren};{e.raison_sociale};{lieu.cdg};{lieu.siret};2015-01-01;"
        for e in generate_entreprises(parametres)
        for lieu in e.etablissements
    ]
    return "\n".join(lignes).encode(), list(generate_portefeuille(parametres))


def drop_all(caisse: Caisse, fichiers: list[Fichier]) -> None:
    """Drop files under names that keep their order: the reception takes them by name."""
    for rang, fichier in enumerate(fichiers):
        caisse.drop(fichier.adherent, f"{rang:04}_{fichier.nom}", fichier.octets)


def called(caisse: Caisse) -> list[tuple[object, ...]]:
    """Bases called by CDG and months, whatever the calls that bear them."""
    lignes = (
        caisse.read("lignes_appel")
        .filter(pl.col("cotisation") == "CP")
        .group_by(MOIS_LIGNE)
        .agg(pl.col("base_centimes").sum())
    )
    return lignes.sort(MOIS_LIGNE).rows()


def calls(caisse: Caisse) -> dict[str, bytes]:
    """Canonical bytes of the published calls and their lines, but the shard."""
    return {
        table: caisse.read(table).drop("part").write_csv().encode()
        for table in ("appels", "lignes_appel")
    }


def shuffled(fichiers: list[Fichier], graine: int) -> list[Fichier]:
    """The same files, in an order that depends on `graine` only."""
    return sorted(fichiers, key=lambda f: hashlib.sha256(f"{graine}{f.nom}".encode()).digest())


def expected(fichiers: list[Fichier]) -> list[tuple[object, ...]]:
    """Bases that must be called, summed by the generator."""
    temoin = Temoin()
    for fichier in fichiers:
        temoin.add(fichier)
    return [(cdg, str(mois), str(du), base) for cdg, mois, du, base in temoin.sums()]


def test_called_bases_are_those_declared(make_caisse: MakeCaisse) -> None:
    """30 members, 300 employees, 3 months, faults: each base declared is called, no other is."""
    registre, fichiers = portfolio(30, part_fautes=100)
    assert sum(bool(fichier.faute) for fichier in fichiers) > 5
    caisse = make_caisse(registre=registre)
    drop_all(caisse, fichiers)
    caisse.pass_night()
    assert called(caisse) == expected(fichiers)


def test_calls_do_not_depend_on_the_number_of_shards(make_caisse: MakeCaisse) -> None:
    """1, 4 or 7 shards: same published content and same files for companies."""
    registre, fichiers = portfolio(4, part_fautes=60)
    contenus = []
    for parts in (1, 4, 7):
        caisse = make_caisse(registre, parts)
        drop_all(caisse, fichiers)
        caisse.pass_night()
        contenus.append(caisse.published(sauf=("part",)))
    assert contenus[0] == contenus[1] == contenus[2]


@pytest.mark.redite
def test_the_number_of_shards_may_change_between_nights(
    make_caisse: MakeCaisse, open_caisse: Callable[[Reglages], Caisse], soir: datetime
) -> None:
    """4 shards, then 7, then 4: nothing is called twice, differences are those of steady shards."""
    registre, fichiers = portfolio(3)
    fixe, changeante = make_caisse(registre, 4), make_caisse(registre, 4)
    dossier = changeante.maison.reglages.dossier
    for nuit, parts in enumerate((4, 7, 4)):
        changeante = open_caisse(Reglages(dossier=dossier, nombre_parts=parts))
        for caisse in (fixe, changeante):
            drop_all(caisse, fichiers[nuit::4])
            caisse.pass_night(soir + timedelta(days=nuit))
    assert changeante.published() == fixe.published()
    changeante = open_caisse(Reglages(dossier=dossier, nombre_parts=5))
    assert changeante.pass_night(soir + timedelta(days=9)).publication is None


def test_calls_do_not_depend_on_the_order_of_arrival(make_caisse: MakeCaisse) -> None:
    """Files of one night dropped in any order give the same calls."""
    registre, fichiers = portfolio(4)
    vus = []
    for graine in range(3):
        caisse = make_caisse(registre)
        drop_all(caisse, fichiers if graine == 0 else shuffled(fichiers, graine))
        caisse.pass_night()
        vus.append(calls(caisse))
    assert vus[0] == vus[1] == vus[2]


def test_calls_add_up_however_the_files_are_spread_over_nights(
    make_caisse: MakeCaisse, soir: datetime
) -> None:
    """Files in any order over four nights: the calls of a month add up to one night's."""
    registre, fichiers = portfolio(4)
    caisse = make_caisse(registre=registre)
    melange = shuffled(fichiers, 5)
    for nuit in range(4):
        drop_all(caisse, melange[nuit::4])
        caisse.pass_night(soir + timedelta(days=nuit))
    attendues = {ligne[:3]: ligne[3] for ligne in expected(fichiers)}
    vues = {ligne[:3]: ligne[3] for ligne in called(caisse)}
    # A base called then withdrawn leaves a line of zero, which one night would not have.
    assert {cle: base for cle, base in vues.items() if base or cle in attendues} == attendues


def test_a_company_never_changes_the_calls_of_another(make_caisse: MakeCaisse) -> None:
    """With or without the others, the calls of a company are the same bytes."""

    def own(caisse: Caisse) -> Iterator[bytes]:
        for table in ("appels", "lignes_appel", "declarations"):
            sienne = caisse.read(table).filter(pl.col("siren") == siren)
            yield sienne.drop("part", "depot", strict=False).write_csv().encode()

    registre, fichiers = portfolio(5)
    siens = [fichier for fichier in fichiers if fichier.adherent == "A00003"]
    siren = siens[0].siret[:9]
    seule, ensemble = make_caisse(registre), make_caisse(registre)
    for caisse, deposes in ((seule, siens), (ensemble, fichiers)):
        drop_all(caisse, deposes)
        caisse.pass_night()
    assert list(own(seule)) == list(own(ensemble))
    assert calls(seule) != calls(ensemble)
