"""What the documents of bad weather read, and who is touched by a night."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from pipelines.editique.dossiers import Dossier
from pipelines.intemperies.lecture import read_argent, read_membres, read_meteo
from pipelines.intemperies.regles.salaires import compute_salaires
from pipelines.nuit.parts import open_part
from specs.connaissances import read_connaissances
from specs.contrats import PLACES
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

TABLES = (
    "arrets_intemperies",
    "lignes_intemperies",
    "jours_intemperies",
    "indemnites_intemperies",
    "remboursements_intemperies",
    "cumuls_intemperies",
    "dus_intemperies",
    "reglements",
    "reglements_dus",
)
DECLARATION = ["siren", "declaration"]
LIGNE = ["depot", "rang"]
NOMS = pl.Schema({"depot": pl.String, "rang": pl.Int64, "nom": pl.String})
SANS_NOM = "Salarié"


def find_touched(maison: Maison) -> pl.DataFrame:
    """Declarations of which something is not as last published: siren, declaration, sorted."""
    touchees = []
    for table in ("arrets_intemperies", "indemnites_intemperies", "remboursements_intemperies"):
        publies = read_table_publiee(maison, table).drop(PLACES, strict=False)
        lus = maison.lac.read(table).select(publies.collect_schema().names())
        nouveaux = lus.join(publies, on=publies.collect_schema().names(), how="anti",
                            nulls_equal=True)  # fmt: skip
        touchees.append(nouveaux.select(DECLARATION))
    return pl.concat(touchees).unique().sort(DECLARATION).collect()


def read_noms(maison: Maison, lignes: pl.DataFrame) -> pl.DataFrame:
    """How each line of a declaration names its employee (NOMS), for the documents of its company.

    `lignes`: contract `lignes_intemperies`.
    """
    depots = lignes["depot"].unique()
    lus = (
        maison.lac.read("identites_echange")
        .filter(pl.col("depot").is_in(depots.implode()))
        .select(*LIGNE, "nom", "prenoms")
        .collect()
        .join(lignes.select(LIGNE), on=LIGNE, how="semi")
    )
    complet = pl.concat_str("prenoms", "nom", separator=" ", ignore_nulls=True)
    return lus.select(*LIGNE, nom=complet).match_to_schema(NOMS).sort(LIGNE)


def name_lignes(dossier: Dossier, noms: pl.DataFrame) -> dict[tuple[str, str], str]:
    """The name of each (declaration, salarie) of a company; SANS_NOM when no line names it."""
    nommees = dossier.tables["lignes_intemperies"].join(noms, on=LIGNE, how="left")
    lues = nommees.select("declaration", "salarie", pl.col("nom").fill_null(SANS_NOM)).iter_rows()
    return {(declaration, salarie): nom or SANS_NOM for declaration, salarie, nom in lues}


def read_salaires(
    maison: Maison, siren: str, campagnes: Collection[str], date_arrete: date
) -> pl.DataFrame:
    """What is known of the wages of a company in these campaigns: of `compute_salaires`."""
    nombre = maison.reglages.nombre_parts
    part = open_part(maison, int(siren) % nombre, date_arrete)
    argent = read_argent(
        maison, part, [siren], read_meteo(maison, part), read_membres(maison, part)
    )
    return compute_salaires(
        campagnes, argent.bases, argent.declares, argent.etablissements, argent.adherents,
        date_arrete, read_connaissances(),
    )  # fmt: skip
