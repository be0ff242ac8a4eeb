"""The bank accounts of the employees of one shard, from the RIB files in force."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.echanges.etapes import list_en_vigueur, read_en_vigueur, read_of
from pipelines.echanges.regles.lignes import compose_constats
from pipelines.liens import linked
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, in_part
from pipelines.nuit.reserves.depots import read_ecartes
from pipelines.nuit.versions import frame_fingerprint
from pipelines.salaries.decisions_comptes import read_confirmes
from pipelines.salaries.regles import comptes as regle
from pipelines.salaries.regles.reconnus import CONNUS, LIGNE, find_salaries
from pipelines.salaries.regles.titulaires import is_titulaire
from specs.contrats import codes_of
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

GENRE, CERTIFICAT, F016 = "RIB", "CERT", "F016"
NOMS = ("nom", "nom_usage", "prenoms")
TIENNENT = codes_of("reglements", "etat", "EMIS", "PAYE")


def prepare_comptes(maison: Maison, part: Part, _date_arrete: date) -> Travail:
    """Which account of each employee serves on which days; what is said of each line.

    Transfers are those last published, as the first days of the accounts of former nights.
    """
    lignes = _read_lignes(maison, part)
    situes = _read_situes(maison, lignes)
    demandes = lignes.filter(pl.col("action") == regle.NOUVEAU)
    paiements = _read_paiements(maison, demandes.join(situes, on=LIGNE, how="anti"))
    connus = read_connus(maison, lignes, part)
    confirmes = read_confirmes(maison, part.vue.decisions)

    def produce() -> Production:
        designes = find_salaries(lignes, connus)
        reconnues = lignes.drop("salarie").join(designes, on=LIGNE, maintain_order="left")
        prises = _with_holder(reconnues.filter(pl.col("cause").is_null()), connus)
        calcul = regle.compute_comptes(prises, paiements, confirmes, situes)
        refuses = reconnues.drop_nulls("cause").select(
            "siren", *LIGNE, variante="cause", valeur="matricule", code=pl.lit(F016)
        )
        constats = pl.concat([calcul.constats, compose_constats(refuses)])
        tables = {"comptes_salaries": calcul.comptes, "constats_rib": constats}
        ecrites = {nom: in_part(nom, frame, part) for nom, frame in tables.items()}
        return Production(ecrites, {"comptes": len(calcul.comptes), "constats": len(constats)})

    return Travail(frame_fingerprint(lignes, connus, confirmes, paiements, situes), produce)


def _read_lignes(maison: Maison, part: Part) -> pl.DataFrame:
    """The lines in force with their account and who they are about, in clear; by key."""
    en_vigueur = read_en_vigueur(maison, part, GENRE)
    demandes = read_of(maison, "comptes_lus", en_vigueur).select(*LIGNE, "action", "effective")
    identites = read_of(maison, "identites_echange", en_vigueur).select(
        *LIGNE,
        *("compte", "iban_masque", "titulaire", "naissance", "nom"),
        par_nir=pl.col("nir").is_not_null(),
    )
    lignes = en_vigueur.select("siren", *LIGNE, "salarie", "matricule", "recu_le")
    for frame in (demandes, identites):
        lignes = lignes.join(frame, on=LIGNE, maintain_order="left")
    return lignes


def _read_situes(maison: Maison, lignes: pl.DataFrame) -> pl.DataFrame:
    """First days of the accounts that former nights gave to these lines: SITUES, by key."""
    siennes = pl.col("depot").is_in(lignes["depot"].unique().implode())
    publies = read_table_publiee(maison, "comptes_salaries").filter(siennes)
    return publies.select(*LIGNE, situe="debut").collect().sort(LIGNE)


def _read_paiements(maison: Maison, nouvelles: pl.DataFrame) -> pl.DataFrame:
    """Transfers to employees that may move the accounts of new lines: PAIEMENTS, sorted.

    An order is a payment of the day it asks for (L-43), unless the bank refused or returned it.
    """
    if nouvelles.is_empty():
        return pl.DataFrame(schema=regle.PAIEMENTS)
    emis = read_table_publiee(maison, "reglements").filter(
        pl.col("salarie").is_not_null(),
        pl.col("etat").is_in(TIENNENT),
        pl.col("date_execution") >= nouvelles["effective"].min(),
    )
    payes = emis.select("salarie", compte="compte_credite", date="date_execution")
    return payes.unique().collect().sort(pl.all())


def read_connus(maison: Maison, lignes: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Identities (CONNUS) of those whom the lines may be about, sorted: DSN, certificates."""
    if lignes.is_empty():
        return pl.DataFrame(schema=CONNUS)
    nommes = pl.col("salarie").is_in(lignes["salarie"].unique().implode())
    du_siren = pl.col("siren").is_in(lignes["siren"].unique().implode())
    numeros = pl.col("matricule").is_in(lignes["matricule"].drop_nulls().unique().implode())
    vises = nommes | (du_siren & numeros)
    with maison.moteur.connect() as connexion:
        ecartes = sorted(read_ecartes(connexion))
    reelles = maison.lac.read("declarations_lues").filter(
        pl.col("conforme"), ~pl.col("essai"), ~pl.col("depot").is_in(ecartes)
    )
    declarees = (
        maison.lac.read("identites_lues")
        .filter(vises, pl.col("changement").is_null())
        .join(reelles, on=["depot", "rang_declaration"], how="semi")
        .with_columns(par_dsn=pl.lit(value=True))
    )
    certificats = list_en_vigueur(maison, CERTIFICAT).filter(part.ecrites())
    certifiees = (
        maison.lac.read("identites_echange")
        .filter(vises, du_siren)
        .join(certificats, on=LIGNE, how="semi")
        .with_columns(nom_usage=pl.lit(None, pl.String), par_dsn=pl.lit(value=False))
    )
    colonnes = [nom for nom in CONNUS.names() if nom != "designe"]
    identites = [frame.select(colonnes) for frame in (declarees, certifiees)]
    connus = pl.concat(identites).unique().collect()
    liens = maison.lac.read("liens_salaries").collect()
    designes = linked(connus, liens)["salarie"].alias("designe")
    return connus.with_columns(designes).select(CONNUS.names()).sort(pl.all(), nulls_last=True)


def _with_holder(lignes: pl.DataFrame, connus: pl.DataFrame) -> pl.DataFrame:
    """The lines as the rule reads them: with `conforme`, without anything in clear."""
    noms: dict[str, list[tuple[str | None, str | None, str | None]]] = {}
    for salarie, *siens in connus.select("designe", *NOMS).iter_rows():
        noms.setdefault(salarie, []).append((siens[0], siens[1], siens[2]))
    conformes = [
        is_titulaire(titulaire, noms.get(salarie, []))
        for salarie, titulaire in lignes.select("salarie", "titulaire").iter_rows()
    ]
    jugees = lignes.with_columns(pl.Series("conforme", conformes, pl.Boolean))
    return jugees.select(regle.LIGNES.names())
