"""What the steps of the collection read: the lake, what is published, the registry; sorted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.nuit.parts import Part, in_part, open_parts
from pipelines.nuit.reserves.depots import read_ecartes
from pipelines.nuit.versions import frame_fingerprint
from pipelines.reglements.regles.affectations import compute_affectations
from pipelines.reglements.regles.debiteurs import find_obstacles
from pipelines.reglements.regles.doubles import Ecarts
from pipelines.reglements.regles.mandats import compute_account_changes
from pipelines.reglements.regles.prelevements import PREVU, Parametres, Situation, compute_prevus
from pipelines.reglements.regles.rapprochement import Reperes
from pipelines.reglements.regles.references import compute_references
from specs.baremes import preavis_prelevement, valeur_at
from specs.options import option_at
from specs.periodes import Mois
from warehouse.decisions import read_en_vigueur
from warehouse.maison import Maison
from warehouse.nuits import read_vue
from warehouse.publications import read_table_publiee
from warehouse.registre import (
    read_adherents,
    read_debiteurs,
    read_evenements_mandat,
    read_mandats,
    read_pseudonymes_comptes,
)

CLE = ["depot", "rang"]


@dataclass(frozen=True, slots=True)
class Dossiers:
    """What one shard settles: published debits, what the bank said, mandates, calls (contracts).

    `debiteurs`: whom each mandate debits, of `read_debiteurs`.
    """

    prelevements: pl.DataFrame
    prelevements_appels: pl.DataFrame
    encaissements: pl.DataFrame
    ecartes: pl.DataFrame
    mandats: pl.DataFrame
    evenements: pl.DataFrame
    decisions: pl.DataFrame
    appels: pl.DataFrame
    debiteurs: pl.DataFrame

    @property
    def empreinte(self) -> str:
        """Fingerprint of all of it."""
        return frame_fingerprint(*frames_of(self))


def read_mouvements(maison: Maison) -> pl.DataFrame:
    """What the bank said, but in the deposits that were set aside; sorted."""
    with maison.moteur.connect() as connexion:
        ecartes = sorted(read_ecartes(connexion))
    lus = maison.lac.read("mouvements_banque").filter(~pl.col("depot").is_in(ecartes))
    return lus.collect().sort(CLE)


def read_reperes(maison: Maison, date_arrete: date) -> Reperes:
    """What movements may refer to, sorted."""
    with maison.moteur.connect() as connexion:
        vue = read_vue(connexion, date_arrete)
        mandats = read_mandats(connexion, vue.registre).select("rum", "siren")
        adherents = read_adherents(connexion, vue.registre)
        comptes = read_pseudonymes_comptes(connexion, maison.cle_pseudonymes, vue.registre)
        decisions = read_en_vigueur(connexion, vue.decisions)
    if option_at("affectation_par_compte", Mois.from_date(date_arrete)) == "non":
        comptes = comptes.clear()
    references = compute_references(_read_appels(maison).collect())
    return Reperes(
        prelevements=read_table_publiee(maison, "prelevements").collect().sort("prelevement"),
        references=references.sort(references.columns),
        comptes=comptes,
        mandats=mandats,
        adherents=adherents.select("siren", adherent="numero_adherent"),
        affectations=compute_affectations(decisions, date_arrete),
        ecarts=read_ecarts(date_arrete),
        reglements=read_table_publiee(maison, "reglements").collect().sort("reglement"),
    )


def _read_appels(maison: Maison) -> pl.LazyFrame:
    """Calls of the lake; those written before references of payment have their own name for it."""
    reference = pl.coalesce("reference_paiement", "appel").alias("reference_paiement")
    return maison.lac.read("appels").with_columns(reference)


def read_dossiers(maison: Maison, part: Part) -> Dossiers:
    """What one shard settles."""
    siennes, version = part.siennes(), part.vue.registre
    with maison.moteur.connect() as connexion:
        mandats = read_mandats(connexion, version).filter(siennes)
        evenements = read_evenements_mandat(connexion, version).join(mandats, on="rum", how="semi")
        decisions = read_en_vigueur(connexion, part.vue.decisions).filter(siennes)
        debiteurs = read_debiteurs(connexion, maison.cle_pseudonymes, version)
    publiees = {
        table: in_part(table, read_table_publiee(maison, table).filter(siennes).collect(), part)
        for table in ("prelevements", "prelevements_appels")
    }
    return Dossiers(
        prelevements=publiees["prelevements"].sort("prelevement"),
        prelevements_appels=publiees["prelevements_appels"].sort("prelevement", "appel"),
        encaissements=_read_part(maison, "encaissements", part).sort("encaissement"),
        ecartes=maison.lac.read("mouvements_ecartes").collect().sort(CLE),
        mandats=mandats,
        evenements=evenements.sort("rum", "rang"),
        decisions=decisions,
        appels=_read_appels(maison).filter(part.ecrites()).collect().sort("appel"),
        debiteurs=debiteurs.join(mandats, on="rum", how="semi", maintain_order="left"),
    )


def read_situation(maison: Maison, part: Part, dossiers: Dossiers, date_arrete: date) -> Situation:
    """What the debits of a shard depend on: the lake as `settle_part` and the accounts left it."""
    prelevements = _read_part(maison, "prelevements", part).join(
        dossiers.prelevements, on="prelevement", how="semi"
    )
    return Situation(
        creances=_read_part(maison, "creances", part).sort("appel"),
        appels=dossiers.appels.select("appel", "date_arrete", "reference_paiement", "telepaiement"),
        mandats=dossiers.mandats,
        etats_mandat=_read_part(maison, "etats_mandat", part).sort("rum"),
        prelevements=prelevements.sort("prelevement"),
        prelevements_appels=dossiers.prelevements_appels,
        changements=compute_account_changes(
            dossiers.debiteurs, dossiers.evenements, prelevements, date_arrete
        ),
        comptes=dossiers.debiteurs.select("rum", "compte_debite"),
        obstacles=find_obstacles(dossiers.debiteurs),
    )


def read_prevus(maison: Maison, numeros: Iterable[int], date_arrete: date) -> pl.DataFrame:
    """Debits to come of these shards (columns PREVU), after `debit_part`."""
    parametres = read_parametres(date_arrete)
    parts = open_parts(maison, sorted(numeros), date_arrete).values()
    situations = (
        read_situation(maison, part, read_dossiers(maison, part), date_arrete) for part in parts
    )
    prevus = (compute_prevus(lue, parametres, date_arrete) for lue in situations)
    return pl.concat([pl.DataFrame(schema=PREVU), *prevus])


def read_parametres(date_arrete: date) -> Parametres:
    """Dated values and options of the debits."""
    mois = Mois.from_date(date_arrete)
    return Parametres(
        preavis_jours=preavis_prelevement(mois),
        minimum_jours_ouvres=valeur_at("PRESENTATION_SEPA", "minimum_jours_ouvres", mois),
        maximum_jours=valeur_at("PRESENTATION_SEPA", "maximum_jours", mois),
        representation_jours=valeur_at("REPRESENTATION_SEPA", "delai_jours", mois),
        representations_maximum=valeur_at("REPRESENTATION_SEPA", "nombre_maximum", mois),
        remises_maximum=valeur_at("REMISE_REFUSEE", "nombre_maximum", mois),
        attente_double_jours_ouvres=valeur_at(
            "REMISE_REFUSEE", "attente_double_jours_ouvres", mois
        ),
        eligibilite=option_at("eligibilite_prelevement", mois),
        mandat_telepaiement=option_at("mandat_telepaiement", mois),
        report=option_at("report_prelevement", mois),
    )


def read_ecarts(date_arrete: date) -> Ecarts:
    """Days that may lie between two tellings of a movement."""
    mois = Mois.from_date(date_arrete)
    return Ecarts(
        jours=valeur_at("IDENTITE_MOUVEMENT", "ecart_jours", mois),
        fenetre_jours=valeur_at("IDENTITE_MOUVEMENT", "fenetre_jours", mois),
    )


def _read_part(maison: Maison, table: str, part: Part) -> pl.DataFrame:
    return maison.lac.read(table).filter(part.ecrites()).collect()


def frames_of(valeurs: Reperes | Dossiers) -> tuple[pl.DataFrame, ...]:
    """The frames of a value, in the order of its fields; what is no frame is dated knowledge."""
    champs = (getattr(valeurs, nom) for nom in valeurs.__dataclass_fields__)
    return tuple(champ for champ in champs if isinstance(champ, pl.DataFrame))
