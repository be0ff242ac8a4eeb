"""What the documents of an employee read: a publication, and his name where it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import polars as pl

from pipelines.conges.documents.valeurs import (
    AttestationFiscale,
    Beneficiaire,
    Certificat,
    Compteur,
    Decompte,
    Exercice,
    LigneRetenue,
    Methodes,
    Refus,
    Releve,
)
from specs.contrats import codes_of, valeurs_of
from warehouse.maison import Maison
from warehouse.nuits import NuitInconnue, read_vue_publiee
from warehouse.publications import Publication, read_table_publiee
from warehouse.registre import read_adherents

SANS_NOM = "Salarié"
(REFUSEE,) = codes_of("demandes_conges", "etat", "REFUSEE")
RANG_COMPTEUR = {nom: rang for rang, nom in enumerate(valeurs_of("compteurs_conges", "compteur"))}
LUES = (
    "certificats", "droits", "compteurs_conges", "decomptes", "lignes_decompte",
    "attestations_fiscales", "demandes_conges",
)  # fmt: skip


@dataclass(slots=True)
class Source:
    """A publication, and the names that were known then.

    Of one employee it reads as it is asked; of many (`gather_source`), once: `tables` are theirs.
    """

    maison: Maison
    publication: Publication
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    noms: Mapping[str, str] | None = None
    employeurs: Mapping[str, str] | None = None

    def read(self, table: str, **filtre: str) -> pl.DataFrame:
        """Rows of a published table that have these values."""
        gardees = self.tables.get(table)
        lues = (
            read_table_publiee(self.maison, table, self.publication.numero)
            if gardees is None
            else gardees.lazy()
        )
        return lues.filter(*(pl.col(nom) == valeur for nom, valeur in filtre.items())).collect()

    def find_beneficiaire(self, ligne: Mapping[str, Any]) -> Beneficiaire:
        """Who a row (salarie, siren, matricule) is about: the last name that was declared."""
        salarie, siren = ligne["salarie"], ligne["siren"]
        noms = self.noms
        if noms is None:
            noms = _read_noms(self.maison, self.publication, pl.Series([salarie]))
        employeurs = self.employeurs
        if employeurs is None:
            employeurs = _read_employeurs(self.maison, self.publication)
        return Beneficiaire(
            nom=noms.get(salarie, SANS_NOM),
            matricule=ligne["matricule"],
            employeur=employeurs.get(siren, ""),
            siren=siren,
        )


def gather_source(maison: Maison, publication: Publication, salaries: pl.Series) -> Source:
    """The source of the documents of these employees, all read at once."""
    uniques = salaries.unique()
    siens = pl.col("salarie").is_in(uniques.implode())
    tables = {
        table: read_table_publiee(maison, table, publication.numero).filter(siens).collect()
        for table in LUES
        if table != "lignes_decompte"
    }
    decomptes = pl.col("decompte").is_in(tables["decomptes"]["decompte"].implode())
    lignes = read_table_publiee(maison, "lignes_decompte", publication.numero).filter(decomptes)
    return Source(
        maison,
        publication,
        tables | {"lignes_decompte": lignes.collect()},
        _read_noms(maison, publication, uniques),
        _read_employeurs(maison, publication),
    )


def find_decompte(source: Source, numero: str) -> Decompte | None:
    """A statement as of a publication, with its lines; None when it is not in it."""
    lu = source.read("decomptes", decompte=numero)
    if lu.is_empty():
        return None
    ligne = lu.row(0, named=True)
    retenues = source.read("lignes_decompte", decompte=numero).sort("rang")
    droits = source.read("droits", salarie=ligne["salarie"])
    noms = {champ.name for champ in fields(Decompte)}
    return Decompte(
        **{nom: valeur for nom, valeur in ligne.items() if nom in noms},
        beneficiaire=source.find_beneficiaire(ligne),
        publication=source.publication.numero,
        lignes=tuple(_lines(retenues)),
        methodes=_find_methodes(droits, ligne),
    )


def find_certificat(source: Source, numero: str) -> Certificat | None:
    """A certificate as of a publication; None when it is not in it."""
    lu = source.read("certificats", certificat=numero)
    if lu.is_empty():
        return None
    ligne = lu.row(0, named=True)
    noms = {champ.name for champ in fields(Certificat)}
    return Certificat(
        **{nom: valeur for nom, valeur in ligne.items() if nom in noms},
        beneficiaire=source.find_beneficiaire(ligne),
        date_arrete=source.publication.date_arrete,
        publication=source.publication.numero,
    )


def find_releve(source: Source, salarie: str) -> Releve | None:
    """The rights of an employee (pseudonym) as of a publication; None when he has none."""
    droits = source.read("droits", salarie=salarie).sort("exercice")
    if droits.is_empty():
        return None
    compteurs = source.read("compteurs_conges", salarie=salarie)
    dernier = droits.row(-1, named=True) | {"matricule": None}
    return Releve(
        beneficiaire=source.find_beneficiaire(dernier),
        exercices=tuple(_exercice(droit, compteurs) for droit in droits.iter_rows(named=True)),
        date_arrete=source.publication.date_arrete,
        publication=source.publication.numero,
    )


def find_attestation_fiscale(source: Source, salarie: str, annee: int) -> AttestationFiscale | None:
    """What an employee (pseudonym) was paid in a year; None when it is nothing."""
    siennes = source.read("attestations_fiscales", salarie=salarie)
    payes = source.read("decomptes", salarie=salarie)
    for ligne in siennes.filter(annee=annee).iter_rows(named=True):
        dernier = payes.sort("date_paiement", "decompte").row(-1, named=True)
        return AttestationFiscale(
            beneficiaire=source.find_beneficiaire(dernier),
            annee=annee,
            brut_centimes=ligne["brut_centimes"],
            net_imposable_centimes=ligne["net_imposable_centimes"],
            pas_centimes=ligne["pas_centimes"],
            date_arrete=source.publication.date_arrete,
            publication=source.publication.numero,
        )
    return None


def find_refus(source: Source, siren: str, demande: str) -> Refus | None:
    """A request that is refused, as of a publication; None when it is not."""
    lue = source.read("demandes_conges", siren=siren, demande=demande, etat=REFUSEE)
    for ligne in lue.iter_rows(named=True):
        return Refus(
            beneficiaire=source.find_beneficiaire(ligne),
            codes=tuple((ligne["motif"] or "").split()),
            date_arrete=source.publication.date_arrete,
            publication=source.publication.numero,
            **{nom: ligne[nom] for nom in ("demande", "nature", "debut", "fin")},
        )
    return None


def _lines(retenues: pl.DataFrame) -> Iterator[LigneRetenue]:
    colonnes = ["code", "assiette_centimes", "taux_ppm", "montant_centimes"]
    return (LigneRetenue(*ligne) for ligne in retenues.select(colonnes).iter_rows())


def _find_methodes(droits: pl.DataFrame, decompte: Mapping[str, Any]) -> Methodes | None:
    """Both methods of the leave year of a statement, unless the rights have changed since."""
    siens = droits.filter(
        pl.col("exercice") == decompte["exercice"],
        pl.col("indemnite_centimes") == decompte["indemnite_exercice_centimes"],
    )
    for droit in siens.iter_rows(named=True):
        return Methodes(
            droit["indemnite_btp_centimes"],
            droit["indemnite_dixieme_centimes"],
            droit["r_centimes"],
            droit["brut_centimes"],
            droit["jours_legaux"],
        )
    return None


def _exercice(droit: Mapping[str, Any], compteurs: pl.DataFrame) -> Exercice:
    siens = compteurs.filter(exercice=droit["exercice"])
    return Exercice(
        exercice=droit["exercice"],
        travail_fractions=droit["mois_travail_fractions"],
        maladie_fractions=droit["mois_maladie_fractions"],
        forfait_fractions=droit["forfait_fractions"],
        retenus_fractions=droit["mois_retenus_fractions"],
        brut_centimes=droit["brut_centimes"],
        r_centimes=droit["r_centimes"],
        jours_legaux=droit["jours_legaux"],
        methode=droit["methode"],
        btp_centimes=droit["indemnite_btp_centimes"],
        dixieme_centimes=droit["indemnite_dixieme_centimes"],
        indemnite_centimes=droit["indemnite_centimes"],
        prime_due=droit["prime_due"],
        heures_seuil_centiemes=droit["heures_seuil_centiemes"],
        compteurs=tuple(
            Compteur(
                c["compteur"],
                c["acquis_centiemes"],
                c["pris_centiemes"],
                c["reste_centiemes"],
                c["fin"],
            )
            for c in sorted(siens.iter_rows(named=True), key=lambda c: RANG_COMPTEUR[c["compteur"]])
        ),
    )


def _read_employeurs(maison: Maison, publication: Publication) -> dict[str, str]:
    """Names of the companies, as the registry told them to the night; of today, when not kept."""
    with maison.moteur.connect() as connexion:
        try:
            version = read_vue_publiee(connexion, publication.numero).registre
        except NuitInconnue:
            version = None
        adherents = read_adherents(connexion, version)
    return dict(adherents.select("siren", "raison_sociale").iter_rows())


def _read_noms(maison: Maison, publication: Publication, salaries: pl.Series) -> dict[str, str]:
    """The last name that was declared of each employee by then; a DSN goes before the rest."""
    liens = (
        read_table_publiee(maison, "liens_salaries", publication.numero)
        .filter(pl.col("salarie").is_in(salaries.implode()))
        .select("identifiant", "salarie")
    )
    propres = salaries.to_frame("salarie").lazy().select("salarie", identifiant="salarie")
    siens = pl.concat([liens, propres.select("identifiant", "salarie")]).unique()
    alors = read_table_publiee(maison, "depots", publication.numero).select("depot")
    usuel = pl.coalesce("nom_usage", "nom")
    dits = (
        maison.lac.read("identites_echange").select(
            "depot", identifiant="salarie",
            nom=pl.concat_str("prenoms", "nom", separator=" ", ignore_nulls=True),
        ),
        maison.lac.read("identites_lues")
        .filter(pl.col("changement").is_null())
        .select(
            "depot", identifiant="salarie",
            nom=pl.concat_str("prenoms", usuel, separator=" ", ignore_nulls=True),
        ),
    )  # fmt: skip
    noms: dict[str, str] = {}
    for dit in dits:
        lus = dit.join(siens, on="identifiant").join(alors, on="depot", how="semi").collect()
        derniers = lus.filter(pl.col("nom") != "").sort("depot", "nom").group_by("salarie")
        noms |= dict(derniers.agg(pl.col("nom").last()).iter_rows())
    return noms
