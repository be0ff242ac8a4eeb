"""What the steps of the transfers read: the lake, what is published, the registry; sorted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import Connection

from pipelines.dus import is_heritier, read_dus
from pipelines.heritiers import read_heritiers
from pipelines.nuit.parts import Part, in_part
from pipelines.nuit.versions import frame_fingerprint
from pipelines.reglements.pain_virements import Virement
from pipelines.reglements.regles.comptes_credites import (
    COMPTES,
    list_comptes_entreprises,
    list_comptes_heritiers,
    list_comptes_salaries,
)
from pipelines.reglements.regles.debiteurs import TITULAIRE, with_obstacles
from pipelines.reglements.regles.echecs import Parametres
from pipelines.reglements.regles.mandats import ANNULE
from pipelines.reglements.regles.virements import Situation
from specs.banque import read_comptes_en_cause
from specs.baremes import valeur_at
from specs.contrats import codes_of, read_contrat, valeurs_of
from specs.periodes import Mois
from warehouse.maison import Maison
from warehouse.nuits import Vue
from warehouse.publications import read_table_publiee
from warehouse.registre import (
    read_comptes_bancaires,
    read_groupes_paiement,
    read_iban,
    read_mandats,
)
from warehouse.registre.crediteurs import read_crediteurs
from warehouse.registre.lecture import ADRESSE, read_adherents

PUBLIEES = ("reglements", "reglements_dus")
SERVENT = codes_of("comptes_salaries", "etat", "VALABLE", "A_CONFIRMER")
LIGNE = ["depot", "rang"]


@dataclass(frozen=True, slots=True)
class Emis:
    """The published transfers of one shard, and what the bank said (contracts)."""

    reglements: pl.DataFrame
    reglements_dus: pl.DataFrame
    decaissements: pl.DataFrame
    ecartes: pl.DataFrame

    @property
    def empreinte(self) -> str:
        """Fingerprint of all of it."""
        return frame_fingerprint(
            self.reglements, self.reglements_dus, self.decaissements, self.ecartes
        )


def read_emis(maison: Maison, part: Part) -> Emis:
    """What was handed over for the companies of a shard, and what became of it."""
    publiees = {
        nom: in_part(nom, read_table_publiee(maison, nom).filter(part.siennes()).collect(), part)
        for nom in PUBLIEES
    }
    decaissements = maison.lac.read("decaissements").filter(part.ecrites()).collect()
    ecartes = maison.lac.read("mouvements_ecartes").collect()
    return Emis(
        **{nom: frame.sort(read_contrat(nom).cle) for nom, frame in publiees.items()},
        decaissements=decaissements.sort("decaissement"),
        ecartes=ecartes.sort(LIGNE),
    )


@dataclass(frozen=True, slots=True)
class APayer:
    """What is due in one shard (`pipelines.dus`), and the accounts of whom it is due to."""

    dus: pl.DataFrame
    comptes: pl.DataFrame

    @property
    def empreinte(self) -> str:
        """Fingerprint of both."""
        return frame_fingerprint(self.dus, self.comptes)


def read_a_payer(maison: Maison, part: Part) -> APayer:
    """Amounts due to the companies of a shard and to their employees, and accounts."""
    dus = read_dus(maison.lac.read, part.siennes())
    return APayer(dus, _read_comptes(maison, part, dus))


def read_situation(maison: Maison, part: Part, emis: Emis, a_payer: APayer) -> Situation:
    """What the transfers of a shard depend on, transfers in their present state."""
    lus = maison.lac.read("reglements").filter(part.ecrites()).collect()
    reglements = lus.join(emis.reglements, on="reglement", how="semi").sort("reglement")
    situations = maison.lac.read("situations").filter(part.ecrites()).collect()
    return Situation(
        dus=a_payer.dus,
        reglements=reglements,
        reglements_dus=emis.reglements_dus,
        a_jour=situations.select("siren", "a_jour").sort("siren"),
        comptes=a_payer.comptes,
    )


def _read_comptes(maison: Maison, part: Part, dus: pl.DataFrame) -> pl.DataFrame:
    """Accounts (COMPTES) of whom the amounts are due to."""
    salaries = dus["salarie"].drop_nulls().unique()
    entreprises = dus.filter(pl.col("salarie").is_null())["siren"].unique()
    siens = pl.col("siren").is_in(entreprises.implode())
    legataires = dus.filter(is_heritier(pl.col("du")))["siren"].unique()
    etats = maison.lac.read("etats_mandat").filter(part.ecrites()).collect()
    vivants = etats.filter(pl.col("etat") != ANNULE)
    version = part.vue.registre
    with maison.moteur.connect() as connexion:
        crediteurs = read_crediteurs(connexion, maison.cle_pseudonymes, version)
        heritiers = read_heritiers(connexion, part.vue.decisions)
        mandats = read_mandats(connexion, version).join(vivants, on="rum", how="semi")
        groupes = read_groupes_paiement(connexion, version)
    return pl.concat(
        [
            COMPTES.to_frame(),
            list_comptes_entreprises(with_obstacles(crediteurs.filter(siens)), mandats, groupes),
            list_comptes_heritiers(heritiers, with_obstacles(_of_persons(crediteurs, legataires))),
            list_comptes_salaries(_read_comptes_salaries(maison, salaries)),
        ]
    )


def _of_persons(crediteurs: pl.DataFrame, sirens: pl.Series) -> pl.DataFrame:
    """Accounts of heirs: the address that the registry knows is not theirs."""
    siens = crediteurs.filter(pl.col("siren").is_in(sirens.implode()))
    return siens.with_columns(pl.lit(None, pl.String).alias(nom) for nom in ADRESSE)


def _read_comptes_salaries(maison: Maison, salaries: pl.Series) -> pl.DataFrame:
    """Accounts of these employees, with why a bank would refuse each (`cause`)."""
    comptes = (
        maison.lac.read("comptes_salaries")
        .filter(pl.col("salarie").is_in(salaries.implode()), pl.col("etat").is_in(SERVENT))
        .collect()
        .sort(LIGNE)
    )
    nul = [pl.lit(None, pl.String).alias(nom) for nom in TITULAIRE[2:]]
    inscrits = _read_inscriptions(maison, comptes).select(
        *LIGNE, "titulaire", *nul, pays_compte=pl.col("iban").str.head(2)
    )
    complets = comptes.join(inscrits, on=LIGNE, how="left", maintain_order="left")
    return with_obstacles(complets.with_columns(pl.col("pays_compte").fill_null("")))


def _read_inscriptions(maison: Maison, comptes: pl.DataFrame) -> pl.DataFrame:
    """Holder and IBAN of accounts of employees, in clear: depot, rang (key), titulaire, iban, bic.

    For a payment, and nothing else.
    """
    depots = comptes["depot"].unique()
    return (
        maison.lac.read("identites_echange")
        .filter(pl.col("depot").is_in(depots.implode()))
        .select(*LIGNE, "titulaire", "iban", "bic")
        .collect()
    )


def read_parametres(date_arrete: date) -> Parametres:
    """Dated values of the transfers."""
    mois = Mois.from_date(date_arrete)
    return Parametres(
        delai_jours_ouvres=valeur_at("VIREMENT_SEPA", "delai_jours_ouvres", mois),
        refus_maximum=valeur_at("VIREMENT_SEPA", "refus_maximum", mois),
        remises_maximum=valeur_at("REMISE_REFUSEE", "nombre_maximum", mois),
        attente_double_jours_ouvres=valeur_at(
            "REMISE_REFUSEE", "attente_double_jours_ouvres", mois
        ),
        compte_en_cause=read_comptes_en_cause(),
    )


def complete_virements(maison: Maison, lignes: pl.DataFrame, vue: Vue) -> list[Virement]:
    """Transfers (contract `reglements`) with what is written to the bank alone: holder, account."""
    natures = {code: mot.capitalize() for code, mot in valeurs_of("reglements", "nature").items()}
    textes = lignes.with_columns(
        texte=pl.format("{} {}", pl.col("nature").replace_strict(natures), "origine")
    )
    with maison.moteur.connect() as connexion:
        entreprises = _complete_entreprises(connexion, textes.drop_nulls("compte"), vue)
    return sorted(
        [
            *entreprises,
            *_complete_salaries(maison, textes.filter(pl.col("compte").is_null())),
        ],
        key=lambda virement: virement.reglement,
    )


def _complete_entreprises(connexion: Connection, lignes: pl.DataFrame, vue: Vue) -> list[Virement]:
    comptes = read_comptes_bancaires(connexion, vue.registre).select(
        "compte", "bic", nom="titulaire"
    )
    adherents = read_adherents(connexion, vue.registre).select(
        "siren", "code_postal", "ville", "pays", rue="adresse"
    )
    lus = lignes.join(comptes, on="compte").join(adherents, on="siren").sort("reglement")
    entreprise = pl.col("salarie").is_null()  # an heir does not live at the company's
    complets = lus.with_columns(
        pl.when(entreprise).then(nom).alias(nom) for nom in ("rue", "code_postal", "ville", "pays")
    )
    ibans = [read_iban(connexion, compte, vue.registre) for compte in complets["compte"]]
    return _as_virements(complets.with_columns(pl.Series("iban", ibans, pl.String)))


def _complete_salaries(maison: Maison, lignes: pl.DataFrame) -> list[Virement]:
    if lignes.is_empty():
        return []
    comptes = (
        maison.lac.read("comptes_salaries")
        .filter(pl.col("compte").is_in(lignes["compte_credite"].implode()))
        .collect()
        .sort("recu_le", *LIGNE)
        .unique(["salarie", "compte"], keep="last", maintain_order=True)
    )
    inscrits = comptes.select(*LIGNE, "salarie", compte_credite="compte").join(
        _read_inscriptions(maison, comptes), on=LIGNE
    )
    complets = lignes.join(inscrits, on=["salarie", "compte_credite"]).with_columns(
        nom="titulaire",
        **{nom: pl.lit(None, pl.String) for nom in ("rue", "code_postal", "ville", "pays")},
    )
    return _as_virements(complets.sort("reglement"))


def _as_virements(complets: pl.DataFrame) -> list[Virement]:
    champs = list(Virement.__dataclass_fields__)
    return [Virement(**ligne) for ligne in complets.select(champs).iter_rows(named=True)]
