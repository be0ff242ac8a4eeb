"""What the documents of an employee read: a publication, and his name where it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
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
    Releve,
)
from specs.contrats import valeurs_of
from warehouse.maison import Maison
from warehouse.publications import Publication, read_table_publiee
from warehouse.registre import read_adherents

SANS_NOM = "Salarié"
RANG_COMPTEUR = {nom: rang for rang, nom in enumerate(valeurs_of("compteurs_conges", "compteur"))}


def find_decompte(maison: Maison, numero: str, publication: Publication) -> Decompte | None:
    """A statement as of a publication, with its lines; None when it is not in it."""
    lu = _read(maison, "decomptes", publication, decompte=numero)
    if lu.is_empty():
        return None
    ligne = lu.row(0, named=True)
    retenues = _read(maison, "lignes_decompte", publication, decompte=numero).sort("rang")
    droits = _read(maison, "droits", publication, salarie=ligne["salarie"])
    noms = {champ.name for champ in fields(Decompte)}
    return Decompte(
        **{nom: valeur for nom, valeur in ligne.items() if nom in noms},
        beneficiaire=find_beneficiaire(maison, ligne),
        publication=publication.numero,
        lignes=tuple(_lines(retenues)),
        methodes=_find_methodes(droits, ligne),
    )


def find_certificat(maison: Maison, numero: str, publication: Publication) -> Certificat | None:
    """A certificate as of a publication; None when it is not in it."""
    lu = _read(maison, "certificats", publication, certificat=numero)
    if lu.is_empty():
        return None
    ligne = lu.row(0, named=True)
    noms = {champ.name for champ in fields(Certificat)}
    return Certificat(
        **{nom: valeur for nom, valeur in ligne.items() if nom in noms},
        beneficiaire=find_beneficiaire(maison, ligne),
        date_arrete=publication.date_arrete,
        publication=publication.numero,
    )


def find_releve(maison: Maison, salarie: str, publication: Publication) -> Releve | None:
    """The rights of an employee (pseudonym) as of a publication; None when he has none."""
    droits = _read(maison, "droits", publication, salarie=salarie).sort("exercice")
    if droits.is_empty():
        return None
    compteurs = _read(maison, "compteurs_conges", publication, salarie=salarie)
    dernier = droits.row(-1, named=True) | {"matricule": None}
    return Releve(
        beneficiaire=find_beneficiaire(maison, dernier),
        exercices=tuple(_exercice(droit, compteurs) for droit in droits.iter_rows(named=True)),
        date_arrete=publication.date_arrete,
        publication=publication.numero,
    )


def find_attestation_fiscale(
    maison: Maison, salarie: str, annee: int, publication: Publication
) -> AttestationFiscale | None:
    """What an employee (pseudonym) was paid in a year; None when it is nothing."""
    siennes = _read(maison, "attestations_fiscales", publication, salarie=salarie)
    payes = _read(maison, "decomptes", publication, salarie=salarie)
    for ligne in siennes.filter(annee=annee).iter_rows(named=True):
        dernier = payes.sort("date_paiement", "decompte").row(-1, named=True)
        return AttestationFiscale(
            beneficiaire=find_beneficiaire(maison, dernier),
            annee=annee,
            brut_centimes=ligne["brut_centimes"],
            net_imposable_centimes=ligne["net_imposable_centimes"],
            pas_centimes=ligne["pas_centimes"],
            date_arrete=publication.date_arrete,
            publication=publication.numero,
        )
    return None


def _read(maison: Maison, table: str, publication: Publication, **filtre: str) -> pl.DataFrame:
    lues = read_table_publiee(maison, table, publication.numero)
    return lues.filter(*(pl.col(nom) == valeur for nom, valeur in filtre.items())).collect()


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


def find_beneficiaire(maison: Maison, ligne: Mapping[str, Any]) -> Beneficiaire:
    """Who a row (salarie, siren, matricule) is about: the last name that his company declared."""
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion, None)  # as the registry names it today
    employeur = adherents.filter(siren=ligne["siren"])["raison_sociale"].to_list()
    return Beneficiaire(
        nom=_find_nom(maison, ligne["salarie"]),
        matricule=ligne["matricule"],
        employeur=employeur[0] if employeur else "",
        siren=ligne["siren"],
    )


def _find_nom(maison: Maison, salarie: str) -> str:
    liens = maison.lac.read("liens_salaries").filter(salarie=salarie).select("identifiant")
    siens = [salarie, *liens.collect()["identifiant"].unique().sort()]
    usuel = pl.coalesce("nom_usage", "nom")
    dits = (
        maison.lac.read("identites_lues")
        .filter(pl.col("salarie").is_in(siens), pl.col("changement").is_null())
        .select("depot", nom=pl.concat_str("prenoms", usuel, separator=" ", ignore_nulls=True)),
        maison.lac.read("identites_echange")
        .filter(pl.col("salarie").is_in(siens))
        .select("depot", nom=pl.concat_str("prenoms", "nom", separator=" ", ignore_nulls=True)),
    )
    for dit in dits:
        noms = dit.sort("depot").collect()["nom"].drop_nulls()
        if len(noms):
            return str(noms[-1])
    return SANS_NOM
