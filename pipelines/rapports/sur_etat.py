"""What a file would change of the state of its company: the night's own rules, thrown away after.

The file is received, controlled and played as if it came now, in a house that nothing is kept of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipelines.controle.etapes import check_lot
from pipelines.metier import Metier
from pipelines.nuit.apercu import run_apercu
from pipelines.nuit.ordre import list_etapes
from specs.contrats import PLACES, columns_of, contrats, read_contrat
from warehouse.arrivees import Arrivee, record_depots
from warehouse.instants import format_instant
from warehouse.jetable import open_jetable
from warehouse.journal import Depot, read_depot
from warehouse.maison import Maison
from warehouse.registre import find_siren

SUITES = ("lignes_echange", "constats_echange", "valeurs_echange")


class AdherentInconnu(LookupError):  # noqa: N818 - named in French
    """The registry has no member of this number."""


@dataclass(frozen=True, slots=True)
class Changement:
    """What a table has more and less of the company: rows of its contract, without their shard."""

    table: str
    nouvelles: pl.DataFrame
    disparues: pl.DataFrame


@dataclass(frozen=True, slots=True)
class SurEtat:
    """What becomes of the file: its deposit, what its control says, its lines, what it changes."""

    depot: Depot
    anomalies: pl.DataFrame
    lignes: pl.DataFrame
    constats: pl.DataFrame
    changements: tuple[Changement, ...]


def simulate_fichier(
    maison: Maison,
    metiers: Sequence[Metier],
    adherent: str,
    nom: str,
    octets: bytes,
    maintenant: datetime,
) -> SurEtat:
    """Play a file of the member `adherent` on its present state.

    Raises:
        AdherentInconnu: nobody has this number.
    """
    siren = _find_siren(maison, adherent)
    with open_jetable(maison) as essai:
        depot = _receive(essai, adherent, nom, octets, maintenant)
        check_lot(essai, f"{depot.depot}-{depot.depot}", maintenant, metiers)
        with essai.moteur.connect() as connexion:
            depot = read_depot(connexion, depot.depot)
        vue = run_apercu(essai, metiers, maintenant.date(), [siren], {depot.depot})
        table = "anomalies_essai" if depot.essai else "anomalies"
        du_depot = pl.col("depot") == depot.depot
        lignes, constats = (
            vue.lac.read(nom_).filter(du_depot).collect().sort("rang") for nom_ in SUITES[:2]
        )
        return SurEtat(
            depot,
            vue.lac.read(table).filter(du_depot).collect().sort("rang"),
            lignes,
            constats,
            tuple(_compare(maison, vue, metiers, siren)),
        )


def _find_siren(maison: Maison, adherent: str) -> str:
    with maison.moteur.connect() as connexion:
        siren = find_siren(connexion, adherent)
    if siren is None:
        raise AdherentInconnu(f"Adhérent inconnu : « {adherent} ».")
    return siren


def _receive(maison: Maison, adherent: str, nom: str, octets: bytes, maintenant: datetime) -> Depot:
    sha256 = maison.archive.write(octets)
    arrivee = Arrivee(adherent, nom, sha256, len(octets), format_instant(maintenant))
    with maison.moteur.begin() as connexion:
        (depot,) = record_depots(connexion, [arrivee])
    return depot


def _compare(
    maison: Maison, vue: Maison, metiers: Sequence[Metier], siren: str
) -> Iterator[Changement]:
    """Published tables that the steps of a test write, when the company has other rows there.

    One without SIREN is of employees, whom other companies may employ: it is left out.
    """
    ecrites = {t for etape in list_etapes(metiers) if etape.en_essai for t in etape.ecrit}
    for nom, contrat in contrats().items():
        sienne = nom in ecrites and "siren" in columns_of(nom)
        if not (sienne and contrat.publie) or nom in SUITES:
            continue
        avant, apres = (
            lac.read(nom).filter(pl.col("siren") == siren).drop(PLACES, strict=False).collect()
            for lac in (maison.lac, vue.lac)
        )
        cle = read_contrat(nom).cle
        nouvelles = apres.join(avant, on=apres.columns, how="anti", nulls_equal=True).sort(cle)
        disparues = avant.join(apres, on=avant.columns, how="anti", nulls_equal=True).sort(cle)
        if nouvelles.height or disparues.height:
            yield Changement(nom, nouvelles, disparues)
