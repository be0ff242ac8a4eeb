"""What a new activity of a management centre means for its weather contribution, in French."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from warehouse.maison import Maison
    from warehouse.registre import Changement, Import

PROFILS, LIGNES = "profils_cdg", "lignes_appel"
SANS_EFFET = (
    "Aucun montant ne change : chaque base est appelée au taux du code sous lequel elle est"
)


def list_effets(maison: Maison, bilan: Import) -> Iterator[str]:
    """Sentences on each activity that the import changes, from what is published."""
    import polars as pl

    from pipelines.cotisations.regles.activites import CHANGEMENTS, compute_effets
    from specs.connaissances import read_connaissances
    from warehouse.publications import read_table_publiee
    from warehouse.registre import read_profils_cdg

    with maison.moteur.connect() as connexion:
        profils = read_profils_cdg(connexion)
    changes = [c for x in bilan.changements if (c := _change(x, profils))]
    if not changes:
        return
    changements = pl.DataFrame(changes, CHANGEMENTS, orient="row").sort("cdg", "debut")
    siennes = pl.col("cdg").is_in(changements["cdg"].implode())
    lignes = read_table_publiee(maison, LIGNES).filter(siennes).collect()
    for effet in compute_effets(changements, lignes, read_connaissances()).to_dicts():
        yield from _describe(effet)
    yield f"{SANS_EFFET} déclarée."


def _change(changement: Changement, profils: pl.DataFrame) -> tuple[Any, ...] | None:
    """Centre, first day, activity before and after; None when the activity does not change."""
    import polars as pl

    activite = changement.apres.get("activite")
    if changement.table != PROFILS or activite is None:
        return None
    cdg, debut = changement.cle
    if changement.avant is not None:
        return cdg, debut, changement.avant["activite"], activite
    anciens = profils.filter(pl.col("cdg") == cdg, pl.col("debut") < debut).sort("debut")
    avant = anciens["activite"].to_list()[-1:]
    return (cdg, debut, *avant, activite) if avant and avant != [activite] else None


def _describe(effet: dict[str, Any]) -> Iterator[str]:
    from pipelines.cotisations.regles.activites import COTISATIONS
    from specs.baremes import read_baremes
    from specs.typographie import format_euros, format_mois

    avant, apres = (COTISATIONS[effet[nom]] for nom in ("activite_avant", "activite"))
    codes = {nom: b.cotisation.codes_base for nom, b in read_baremes().items() if b.cotisation}
    taux = [_rate(effet[nom]) for nom in ("taux_ppm", "taux_avant_ppm")]
    yield (
        f"  {effet['cdg']}, à partir de {format_mois(effet['debut'].isoformat()[:7])} : {apres}, "
        f"{taux[0]}, au lieu de {avant}, {taux[1]} ; les DSN sont attendues sous la base "
        f"{', '.join(codes[apres])} au lieu de {', '.join(codes[avant])}"
    )
    if effet["montant_centimes"] is not None:
        ecart = effet["montant_centimes"] - effet["montant_avant_centimes"]
        yield (
            f"  de {format_mois(effet['premier_mois'])} à {format_mois(effet['dernier_mois'])}, "
            f"{format_euros(effet['montant_avant_centimes'])} appelés ; "
            f"{format_euros(effet['montant_centimes'])} au taux de {apres} "
            f"(écart {format_euros(ecart)})"
        )


def _rate(taux_ppm: int | None) -> str:
    from specs.typographie import format_taux

    return "taux inconnu" if taux_ppm is None else format_taux(taux_ppm)
