"""What the lake, the registry and the journal hold of the companies that declare bad weather."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from parsers.anomalies import BLOQUANTE
from pipelines.cotisations.regles.assiettes import ESTIMATION, counted
from pipelines.declarations.etapes import read_liens
from pipelines.declarations.regles.statuts import MENSUELLE, is_usable
from pipelines.echanges.etapes import read_acceptes, read_of
from pipelines.intemperies.regles.calcul import A_JOUR, Argent
from pipelines.intemperies.regles.connus import (
    compute_absences,
    compute_conges_payes,
    compute_contrats,
)
from pipelines.intemperies.regles.declarations import ENVOIS, Lus
from pipelines.intemperies.regles.jours import TOUTES, Connu
from pipelines.intemperies.regles.reconnus import LIGNE, Reconnus, find_salaries
from pipelines.nuit.partage import read_publiees
from pipelines.nuit.parts import Part
from pipelines.salaries.regles.etat_civil import birth_and_surname
from specs.contrats import codes_of
from warehouse.lac import is_one_of
from warehouse.maison import Maison
from warehouse.pseudonymes import Pseudonymes
from warehouse.registre import (
    read_adherents,
    read_arretes_prefet,
    read_arrets_saisonniers,
    read_coefficients_canicule,
    read_etablissements,
    read_vigilances_canicule,
)

GENRE, JOUR_LU, HEURES_DU_JOUR = "ARI", "32", "IN-024"
TOUTES_ACTIVITES, RELEVE_RETENU = (
    *codes_of("arrets_saisonniers", "activite", "*"),
    *codes_of("releves_tdp", "statut", "RETENUE"),
)
DECOMPTES = (
    "decompte", "annule", "motif", "nature", "siren", "salarie", "debut", "fin",
)  # fmt: skip
BASES = ("34", "35")  # S21.G00.78.001: wages of the bad-weather contribution (I-31)


@dataclass(frozen=True, slots=True)
class Meteo:
    """The tables of the registry that are of no company, as the night reads them."""

    vigilances: pl.DataFrame
    arretes: pl.DataFrame
    saisonniers: pl.DataFrame
    coefficients: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Membres:
    """What the registry says of the companies of a shard."""

    etablissements: pl.DataFrame
    adherents: pl.DataFrame


def read_membres(maison: Maison, part: Part) -> Membres:
    """Establishments (SCHEMA_ETABLISSEMENTS) and members (contract `adherents`) of the shard."""
    version = part.vue.registre
    with maison.moteur.connect() as connexion:
        return Membres(
            read_etablissements(connexion, version).filter(part.siennes()),
            read_adherents(connexion, version).filter(part.siennes()),
        )


def read_meteo(maison: Maison, part: Part) -> Meteo:
    """The weather; a seasonal stop of every activity is TOUTES."""
    version = part.vue.registre
    with maison.moteur.connect() as connexion:
        saisonniers = read_arrets_saisonniers(connexion, version)
        return Meteo(
            read_vigilances_canicule(connexion, version),
            read_arretes_prefet(connexion, version),
            saisonniers.with_columns(pl.col("activite").replace(TOUTES_ACTIVITES, TOUTES)),
            read_coefficients_canicule(connexion, version),
        )


def read_envois(maison: Maison, part: Part, sirens: Collection[str] | None = None) -> pl.DataFrame:
    """The declarations accepted of the companies of a shard, or of these alone: ENVOIS.

    A reference is of its mode: a test bears that of the file that comes after it.
    """
    acceptes = read_acceptes(maison, part, GENRE, sirens)
    return acceptes.with_columns(
        pl.format("{}:{}", "mode", nom).alias(nom) for nom in ("file_id", "remplace")
    ).select(ENVOIS.names())


def read_lus(maison: Maison, part: Part, envois: pl.DataFrame) -> Reconnus:
    """The records of these files that their control left, on the employees that they designate."""
    lignes = read_of(maison, "lignes_lues", envois)
    lots = lignes.select("depot", "lot").unique()
    valides = lignes.filter(~pl.col("refusee")).select(LIGNE)
    salaries = read_of(maison, "salaries_arret_lus", lots).join(valides, on=LIGNE, how="semi")
    salaries = salaries.drop_nulls("salarie")
    codes = _read_codes(maison, lots)
    jours = read_of(maison, "jours_lus", lots).join(codes, on=LIGNE, how="left")
    declares = Lus(
        envois,
        read_of(maison, "arrets_lus", lots).sort(LIGNE),
        salaries.sort(LIGNE),
        # A report that is too long tells the days at fault once for all.
        jours.with_columns(
            pl.when("refuse").then(pl.col("code").fill_null(HEURES_DU_JOUR)).alias("code")
        ).sort(LIGNE),
    )
    liens = read_liens(maison, part)
    nommes = _read_nommes(maison, salaries)
    numeros = nommes.filter(~pl.col("par_nir"))["matricule"].drop_nulls().unique().implode()
    identites = maison.lac.read("identites").filter(
        part.ecrites(), pl.col("matricule").is_in(numeros)
    )
    return find_salaries(declares, nommes, identites.collect(), liens)


def _read_codes(maison: Maison, lots: pl.DataFrame) -> pl.DataFrame:
    """LIGNE and the code that refuses each day that its file's control does."""
    dites = pl.concat(read_of(maison, nom, lots) for nom in ("anomalies", "anomalies_essai"))
    refus = dites.filter(pl.col("severite") == BLOQUANTE, pl.col("bloc") == JOUR_LU)
    return refus.group_by("depot", rang="ligne").agg(pl.col("code").min())


def _read_nommes(maison: Maison, salaries: pl.DataFrame) -> pl.DataFrame:
    """How each line names its employee: see `find_salaries`."""
    pseudonymes = Pseudonymes(maison.cle_pseudonymes)
    identites = read_of(maison, "identites_echange", salaries).join(salaries, on=LIGNE, how="semi")
    return (
        identites.with_columns(
            etat_civil=birth_and_surname(pl.col("naissance"), pl.col("nom")),
            par_nir=pl.col("nir").is_not_null(),
        )
        .with_columns(
            pl.col("etat_civil").map_elements(pseudonymes.__getitem__, return_dtype=pl.String)
        )
        .select(*LIGNE, "siren", "par_nir", "matricule", "etat_civil")
        .sort(LIGNE)
    )


def read_connu(
    maison: Maison,
    part: Part,
    sirens: Collection[str],
    lus: Lus,
    meteo: Meteo,
    decomptes: pl.DataFrame,
) -> Connu:
    """What the declarations of some companies are judged by: contracts, absences, the weather.

    `decomptes`: of `read_decomptes`.
    """
    salaries = lus.salaries["salarie"].unique().implode()
    siennes = part.ecrites() & is_one_of("siren", sirens)
    leurs = siennes & pl.col("salarie").is_in(salaries)
    contrats, absences, bases = (
        maison.lac.read(table).filter(leurs).collect()
        for table in ("contrats", "absences", "bases")
    )
    conges = decomptes.filter(is_one_of("siren", sirens), pl.col("salarie").is_in(salaries))
    declarations = maison.lac.read("declarations").filter(
        siennes, is_usable(), pl.col("nature") == MENSUELLE
    )
    mois = declarations.select("siren", mois="mois_appel").drop_nulls().unique().collect()
    return Connu(
        compute_contrats(contrats, bases.filter(counted())),
        pl.concat([compute_absences(absences), compute_conges_payes(conges)]),
        mois.sort(pl.all()),
        meteo.vigilances,
        meteo.arretes,
        meteo.saisonniers,
    )


def read_decomptes(maison: Maison, part: Part) -> pl.DataFrame:
    """DECOMPTES: what was last published of the leave that the companies of a shard asked for."""
    return read_publiees(maison, "decomptes", part).select(DECOMPTES).collect()


def read_argent(
    maison: Maison, part: Part, sirens: Collection[str], meteo: Meteo, membres: Membres
) -> Argent:
    """What the refunds of some companies are made on."""
    choisies = is_one_of("siren", sirens)
    siennes = part.ecrites() & choisies
    bases = (
        maison.lac.read("bases")
        .filter(siennes, counted(), pl.col("source") != ESTIMATION)
        .filter(pl.col("code_base").is_in(BASES))
        .select("siren", mois="mois_rattachement", montant_centimes="quantite")
        .collect()
    )
    declarations = maison.lac.read("declarations").filter(siennes, is_usable())
    releves = maison.lac.read("releves_tdp").filter(siennes, pl.col("statut") == RELEVE_RETENU)
    declares = pl.concat(f.select("siret", mois="mois_appel") for f in (declarations, releves))
    return Argent(
        bases.drop_nulls(),
        declares.drop_nulls().unique().collect().sort(pl.all()),
        membres.etablissements.filter(choisies).select("siret", "siren", "debut", "fin"),
        membres.adherents.filter(choisies).select("siren", "debut_activite", "fin_activite"),
        meteo.coefficients,
        read_a_jour(maison, part).filter(choisies),
    )


def read_a_jour(maison: Maison, part: Part) -> pl.DataFrame:
    """Whether each company of a shard is up to date, as last published: A_JOUR."""
    situations = read_publiees(maison, "situations", part)
    return situations.select(A_JOUR.names()).collect().sort("siren")
