"""What the payment of leave reads beside the rights: requests, calls, accounts, rates, decisions.

The accounts of companies and the transfers are those last published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from pipelines.conges.decisions import (
    read_annulations,
    read_compensations,
    read_renonciations,
)
from pipelines.conges.lecture import read_shard
from pipelines.conges.regles.acquisition.calcul import Acquisition
from pipelines.conges.regles.acquisition.certificats import is_fixed
from pipelines.conges.regles.acquisition.connu import Connu
from pipelines.conges.regles.paiement.arrets import list_notified
from pipelines.conges.regles.paiement.attestations import VIREMENTS, compute_executions
from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.conges.regles.paiement.emission import Argent
from pipelines.conges.regles.paiement.jours import DEMANDE
from pipelines.conges.regles.paiement.lues import parse_lues
from pipelines.conges.regles.paiement.methodes import EXERCICE
from pipelines.conges.regles.paiement.mois_payes import compute_mois_payes
from pipelines.conges.regles.paiement.situation import Situation
from pipelines.conges.saisies import read_saisies
from pipelines.dus import without_heritier
from pipelines.echanges.etapes import read_of
from pipelines.heritiers import read_heritiers
from pipelines.nuit.parts import Part
from specs.connaissances import read_connaissances
from specs.contrats import codes_of
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre.lecture import read_profils_cdg

RECUES, LUES = "demandes_recues", "demandes_lues"
LIGNE = ["depot", "rang"]
(TAUX,) = codes_of("remunerations", "nature", "TAUX_PRELEVEMENT")
(VALABLE,) = codes_of("comptes_salaries", "etat", "VALABLE")
(PAYE,) = codes_of("reglements", "etat", "PAYE")
MODES = dict(
    zip(
        codes_of("profils_cdg", "mode_retraite", "declaratif", "direct"),
        codes_of("decomptes", "mode_retraite", "E", "D"),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Lu:
    """What was read for the employees of a shard, each frame in a total order.

    `demandes`: lines of requests (contract `demandes_lues`) on the employees found for them, with
    `recu_le`; `lignes_appel`, `creances`: as published, of their companies; `comptes`, `taux`,
    `centres`, `annulations`, `regles`, `executions`, `saisies`: see `Argent`; `compensations`: see
    `Connu` of payments; `lieux`: see `list_factures`; `renonciations`: see `gather_situation`;
    `heritiers`: of `read_heritiers`.
    """

    demandes: pl.DataFrame
    lignes_appel: pl.DataFrame
    creances: pl.DataFrame
    comptes: pl.DataFrame
    taux: pl.DataFrame
    centres: pl.DataFrame
    annulations: pl.DataFrame
    regles: pl.DataFrame
    compensations: pl.DataFrame
    executions: pl.DataFrame
    lieux: pl.DataFrame
    saisies: pl.DataFrame
    renonciations: pl.DataFrame
    heritiers: pl.DataFrame

    def frames(self) -> Iterator[pl.DataFrame]:
        """All of them, in their order."""
        return (getattr(self, champ.name) for champ in fields(self))

    def read_demandes(self, acquisition: Acquisition) -> pl.DataFrame:
        """LUES; a wage told by the hour is that of the last schedule known."""
        horaires = acquisition.acquis.sort(EXERCICE).unique("salarie", keep="last")
        return parse_lues(self.demandes, horaires.select("salarie", "horaire_centiemes"))

    def compose(self, acquisition: Acquisition, situation: Situation) -> Argent:
        """What payments depend on tonight."""
        return Argent(
            reconstitutions=situation.reconstitutions,
            mois=compute_mois_payes(acquisition.certificats, self.lignes_appel, self.creances),
            comptes=self.comptes,
            taux=self.taux,
            centres=self.centres,
            saisies=self.saisies,
            annulations=self.annulations,
            arrets=list_notified(acquisition.reports),
            executions=self.executions,
            regles=self.regles,
            heritiers=self.heritiers.select("siren", "demande").unique().sort("siren", "demande"),
        )


def read_lu(
    maison: Maison, part: Part, connu: Connu, decomptes: pl.DataFrame, date_arrete: date
) -> Lu:
    """Of the employees of a shard; `connu`: what is known of what they acquire.

    `decomptes`: their statements, as published.
    """
    sirens = [connu.contrats["siren"], connu.certs["siren"]]
    leurs = pl.col("siren").is_in(pl.concat(sirens).unique().sort().implode())
    appels, creances = (
        read_table_publiee(maison, table).filter(leurs).select(colonnes).collect().sort(pl.all())
        for table, colonnes in (
            ("lignes_appel", ["siren", "appel", "cdg", "mois_rattachement", "cotisation"]),
            ("creances", ["siren", "appel", "etat", "reste_centimes"]),
        )
    )
    taux = read_shard(maison, part, "remunerations").filter(pl.col("nature") == TAUX)
    virements = _read_virements(maison, decomptes)
    return Lu(
        demandes=_read_demandes(maison, part),
        lignes_appel=appels,
        creances=creances,
        comptes=read_comptes(maison, part),
        taux=taux.select("salarie", "mois", "taux_prelevement_ppm", versement="debut")
        .collect()
        .sort(pl.all(), nulls_last=True),
        centres=_read_centres(maison, part, connu, date_arrete),
        annulations=read_annulations(maison, part.vue.decisions),
        regles=virements.filter(pl.col("etat") == PAYE).select("decompte").unique("decompte")
        .sort("decompte"),
        compensations=read_compensations(maison, part.vue.decisions, date_arrete),
        executions=compute_executions(virements),
        lieux=_read_lieux(maison, part),
        saisies=read_saisies(maison, part.vue.decisions).filter(part.siennes()),
        renonciations=read_renonciations(maison, part.vue.decisions),
        heritiers=read_designes(maison, part, date_arrete),
    )  # fmt: skip


def tell_day(connu: Connu, paiements: Publies, lu: Lu, date_arrete: date) -> str:
    """What a day that passes changes: the month, the contracts that have begun or ended by then.

    Each day counts where it may change an employee: see `list_mobiles`.
    """
    mobiles = list_mobiles(paiements.prises, lu.comptes, lu.heritiers)
    bougent = (lu.demandes, paiements.decomptes, connu.reports, mobiles)
    if any(frame.height for frame in bougent):
        return date_arrete.isoformat()
    bornes = (
        connu.contrats["debut"],
        connu.contrats["fin"],
        connu.certs["from"],
        connu.certs["to"],
    )
    passees = [(borne <= date_arrete).sum() for borne in bornes]
    return f"{date_arrete:%Y-%m}:{is_fixed(date_arrete, read_connaissances())}:{passees}"


def list_mobiles(
    prises: pl.DataFrame, comptes: pl.DataFrame, heritiers: pl.DataFrame
) -> pl.DataFrame:
    """Takings (contract `prises_conges`) that a day may change: all, but what nobody asks for.

    That (`list_small`) waits for an account (`comptes`) or an heir, whatever the day.
    """
    sans_jour = pl.col("debut").is_null() & (pl.col("jours_centiemes") == 0)
    attendues = prises.filter(sans_jour)
    return pl.concat(
        [
            attendues.join(comptes, on="salarie", how="semi"),
            attendues.join(heritiers, on=DEMANDE, how="semi"),
            prises.filter(~sans_jour),
        ]
    )


def _read_virements(maison: Maison, decomptes: pl.DataFrame) -> pl.DataFrame:
    """VIREMENTS of these statements, in the order of their emission."""
    decompte = without_heritier(pl.col("du"))
    vises = decompte.is_in(decomptes["decompte"].implode())
    dus = read_table_publiee(maison, "reglements_dus").filter(vises).with_columns(decompte=decompte)
    lus = dus.join(read_table_publiee(maison, "reglements"), on="reglement")
    ordre = ["decompte", "date_emission", "reglement"]
    return lus.select(VIREMENTS.names()).collect().sort(ordre)


def read_comptes(maison: Maison, part: Part) -> pl.DataFrame:
    """salarie, debut, fin of the accounts of the employees of a shard that can be paid on."""
    comptes = read_shard(maison, part, "comptes_salaries").filter(pl.col("etat") == VALABLE)
    return comptes.select("salarie", "debut", "fin").collect().sort(pl.all(), nulls_last=True)


def read_designes(maison: Maison, part: Part, jour: date) -> pl.DataFrame:
    """The heirs that officers have named by a day: see `read_heritiers`."""
    with maison.moteur.connect() as connexion:
        heritiers = read_heritiers(connexion, part.vue.decisions)
    return heritiers.filter(pl.col("effet") <= jour)


def _read_lieux(maison: Maison, part: Part) -> pl.DataFrame:
    """Establishment and centre of each employee, company and month told."""
    lus = read_shard(maison, part, "contrats").select("salarie", "siren", "siret", "cdg", "mois")
    return lus.unique().collect().sort(pl.all(), nulls_last=True)


def _read_demandes(maison: Maison, part: Part) -> pl.DataFrame:
    recues = read_shard(maison, part, RECUES).select("siren", *LIGNE, "salarie", "recu_le")
    dites = recues.collect()
    lues = read_of(maison, LUES, dites).drop("salarie", "siren")
    return dites.join(lues, on=LIGNE).sort(LIGNE)


def _read_centres(maison: Maison, part: Part, connu: Connu, date_arrete: date) -> pl.DataFrame:
    """siren, salarie, mode_retraite of the centre of his last month, when the registry tells it."""
    with maison.moteur.connect() as connexion:
        profils = read_profils_cdg(connexion, part.vue.registre)
    en_vigueur = profils.filter(
        pl.col("debut") <= date_arrete,
        pl.col("fin").is_null() | (pl.col("fin") >= date_arrete),
    ).select("cdg", mode_retraite=pl.col("mode_retraite").replace_strict(MODES))
    derniers = connu.contrats.sort("mois", "cdg", nulls_last=True).unique(
        ["siren", "salarie"], keep="last"
    )
    lus = derniers.select("siren", "salarie", "cdg").join(en_vigueur, on="cdg", how="left")
    return lus.select("siren", "salarie", "mode_retraite").sort("siren", "salarie")
