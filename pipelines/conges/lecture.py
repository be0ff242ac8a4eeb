"""What the lake holds of leave: certificates received, the DSN of some employees.

A step on employees reads the companies that tonight holds as they were last published.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipelines.conges.decisions import read_priorites
from pipelines.conges.regles.acquisition.connu import SCHEMAS, Connu, empty_connu
from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.conges.regles.paiement.conges_payes import list_conges_payes
from pipelines.conges.regles.paiement.decomptes import PAIEMENT
from pipelines.cotisations.regles.assiettes import counted
from pipelines.echanges.etapes import list_en_vigueur, read_of
from pipelines.nuit.parts import Part
from specs.connaissances import read_connaissances
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre import read_etablissements

CERT, DMC, BASE_CONGES = "CERT", "DMC", "20"
RECUS, LUS = "certificats_recus", "certificats_lus"
DETAILS = {"absences_certs": "absences_certificat_lues", "reports": "reports_lus"}
INTEMPERIES = "indemnites_intemperies"
LIGNE = ["depot", "rang"]
# What is not published is found again each night.
RETROUVES = (RECUS, "demandes_recues")


def read_lignes(maison: Maison, part: Part, genre: str = CERT) -> pl.DataFrame:
    """The lines in force of a kind, of the companies of a shard, by key, with whom they are about.

    Columns of `lignes_en_vigueur`, and what names the employee: par_nir, matricule, naissance, nom.
    """
    lignes = list_en_vigueur(maison, genre).filter(part.ecrites()).collect().sort(LIGNE)
    identites = read_of(maison, "identites_echange", lignes).select(
        *LIGNE, "naissance", "nom", par_nir=pl.col("nir").is_not_null()
    )
    return lignes.join(identites, on=LIGNE, maintain_order="left")


def read_recus(maison: Maison, part: Part, trouvees: pl.DataFrame) -> pl.DataFrame:
    """`trouvees` (siren, LIGNE, salarie, recu_le) with the centre of the establishment, by key."""
    with maison.moteur.connect() as connexion:
        etablissements = read_etablissements(connexion, part.vue.registre)
    centres = etablissements.filter(part.siennes()).select("siret", "cdg").unique("siret")
    sirets = read_of(maison, LUS, trouvees).select(*LIGNE, "siret")
    lieux = trouvees.join(sirets, on=LIGNE, how="left").join(centres, on="siret", how="left")
    return lieux.drop("siret").sort(LIGNE)


def read_declares(maison: Maison, part: Part, certs: pl.DataFrame) -> Connu:
    """The contracts that the DSN tell of the employees of these certificates, and their bases."""
    salaries = pl.col("salarie").is_in(certs["salarie"].unique().implode())
    contrats = maison.lac.read("contrats").filter(part.ecrites(), salaries)
    bases = _of_leave(maison.lac.read("bases").filter(part.ecrites(), salaries))
    return replace(
        empty_connu(),
        contrats=contrats.select(SCHEMAS["contrats"].names()).collect().sort(pl.all()),
        bases=bases.select(SCHEMAS["bases"].names()).collect().sort(pl.all()),
        certs=certs,
    )


def _of_leave(bases: pl.LazyFrame) -> pl.LazyFrame:
    return bases.filter(pl.col("code_base") == BASE_CONGES, counted())


def read_certs(maison: Maison, recus: pl.DataFrame) -> pl.DataFrame:
    """The records 10 of `recus` (contract `certificats_recus`), on the employees found for them."""
    lus = read_of(maison, LUS, recus).drop("salarie", "siren")
    dits = recus.select(*LIGNE, "siren", "salarie", "cdg", "recu_le")
    return dits.join(lus, on=LIGNE).select(SCHEMAS["certs"].names()).sort(LIGNE)


def read_payes(maison: Maison, certs: pl.DataFrame) -> pl.DataFrame:
    """salarie, exercice (key), paye_le: the first night of which a payment of it still stands."""
    siens = pl.col("salarie").is_in(certs["salarie"].unique().implode())
    decomptes = read_table_publiee(maison, "decomptes").filter(siens).collect()
    annules = decomptes.select(decompte="annule").drop_nulls()
    payes = decomptes.filter(pl.col("motif") == PAIEMENT).join(annules, on="decompte", how="anti")
    cle = ["salarie", "exercice"]
    return payes.group_by(cle).agg(paye_le=pl.col("date_arrete").min()).sort(cle)


def read_connu(maison: Maison, part: Part, paiements: Publies) -> Connu:
    """What is known of the employees of a shard, each table in a total order.

    `paiements`: what was published of their leave.
    """
    recus = read_shard(maison, part, RECUS).select("siren", *LIGNE, "salarie", "cdg", "recu_le")
    certs = read_certs(maison, recus.collect())
    tables = {
        "contrats": read_shard(maison, part, "contrats"),
        "absences": read_shard(maison, part, "absences"),
        "bases": _of_leave(read_shard(maison, part, "bases")),
        "remunerations": read_shard(maison, part, "remunerations"),
        # Whose leave is not the fund's is credited no hour.
        "intemperies": read_shard(maison, part, INTEMPERIES).filter(
            pl.col("heures_conges_centiemes") > 0
        ),
    }
    lues = {
        nom: frame.select(SCHEMAS[nom].names()).collect().sort(pl.all(), nulls_last=True)
        for nom, frame in tables.items()
    }
    details = {
        nom: read_of(maison, table, certs)
        .drop("salarie")
        .join(certs.select("depot", "salarie", ligne="rang"), on=["depot", "ligne"])
        .select(SCHEMAS[nom].names())
        .sort(LIGNE)
        for nom, table in DETAILS.items()
    }
    naissances = read_naissances(maison, certs.filter(pl.col("children") > 0))
    return replace(
        empty_connu(),
        **lues,
        **details,
        conges=list_conges_payes(
            paiements.decomptes, paiements.prises, paiements.demandes, read_connaissances()
        ),
        certs=certs,
        naissances=naissances,
        priorites=read_priorites(maison, part.vue.decisions),
    )


def read_shard(maison: Maison, part: Part, table: str) -> pl.LazyFrame:
    """Rows of the employees of a shard; of a company that is held, those last published."""
    tenues = pl.col("siren").is_in(sorted(part.tenues))
    siennes = pl.col("salarie").is_not_null() & part.siennes()
    frais = maison.lac.read(table).filter(siennes & ~tenues)
    if part.seules is not None:
        frais = frais.filter(pl.col("siren").is_in(sorted(part.seules)))
    if not part.tenues or table in RETROUVES:
        return frais
    return pl.concat([frais, read_table_publiee(maison, table).filter(siennes & tenues)])


def read_naissances(maison: Maison, certs: pl.DataFrame) -> pl.DataFrame:
    """salarie, naissance: of those whose children are told, when the whole date is known."""
    dites = read_of(maison, "identites_echange", certs).select(*LIGNE, "naissance")
    jour = pl.col("naissance").str.to_date("%Y-%m-%d", strict=False)
    return (
        certs.select(*LIGNE, "salarie")
        .join(dites, on=LIGNE)
        .select("salarie", naissance=jour)
        .drop_nulls()
        .sort("salarie", "naissance")
        .unique("salarie", keep="last", maintain_order=True)
    )


def read_matricules(maison: Maison, part: Part) -> pl.DataFrame:
    """salarie, siren, matricule: the number that each company gives to the employees of a shard."""
    lus = read_shard(maison, part, "salaries").select("salarie", "siren", "matricule")
    return lus.drop_nulls().unique(["salarie", "siren"]).collect().sort("salarie", "siren")
