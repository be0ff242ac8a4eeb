"""The summary of a period as tables: months, totals by centre and contribution, calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pipelines.cotisations.documents.valeurs import LigneRecapitulatif, Recapitulatif
from pipelines.editique.tableaux import Cellule, Tableaux, compose_tableau, identify
from specs.documents import read_modeles

TOUTE_ENTREPRISE = "toute l'entreprise"


def compose_recapitulatif_tableaux(recapitulatif: Recapitulatif) -> Tableaux:
    """The summary in the columns of `specs/documents/recapitulatif.yaml`."""
    lignes, entreprise = recapitulatif.lignes, recapitulatif.entreprise
    commun: dict[str, Cellule] = {
        "periode": recapitulatif.periode,
        "adherent": entreprise.adherent,
        "siren": entreprise.siren,
    }
    appels: list[dict[str, Cellule]] = [
        {
            "appel": appel.appel,
            "cdg": appel.cdg,
            "mois_appel": appel.mois_appel,
            "date_exigibilite": appel.date_exigibilite,
            "montant": appel.montant_centimes,
            "part": appel.part_centimes,
        }
        for appel in recapitulatif.appels
    ]
    total: dict[str, Cellule] = {"montant": recapitulatif.montant_centimes}
    return Tableaux(
        modele=read_modeles()["recapitulatif"],
        identite=(*identify(entreprise), ("Période", recapitulatif.periode)),
        tableaux=(
            compose_tableau(
                "recapitulatif", "lignes", (commun | _describe_ligne(li) for li in lignes), total
            ),
            compose_tableau("recapitulatif", "totaux", _list_totaux(lignes), total),
            compose_tableau(
                "recapitulatif", "appels", appels, {"part": recapitulatif.montant_centimes}
            ),
        ),
        date_arrete=recapitulatif.date_arrete,
        publication=recapitulatif.publication,
    )


def group_lignes(
    lignes: Iterable[LigneRecapitulatif], cle: Callable[[LigneRecapitulatif], str]
) -> list[tuple[str, list[LigneRecapitulatif]]]:
    """The lines of each value of `cle`, in its order."""
    groupes: dict[str, list[LigneRecapitulatif]] = {}
    for ligne in lignes:
        groupes.setdefault(cle(ligne), []).append(ligne)
    return sorted(groupes.items())


def add_up(lignes: Sequence[LigneRecapitulatif]) -> tuple[int, int, int]:
    """Base, abatement and amount of some lines."""
    return (
        sum(ligne.base_centimes for ligne in lignes),
        sum(ligne.abattement_centimes for ligne in lignes),
        sum(ligne.montant_centimes for ligne in lignes),
    )


def _sum_up(lignes: Sequence[LigneRecapitulatif]) -> dict[str, Cellule]:
    base, abattement, montant = add_up(lignes)
    return {
        "base": base,
        "abattement": abattement,
        "assiette": base - abattement,
        "montant": montant,
    }


def _describe_ligne(ligne: LigneRecapitulatif) -> dict[str, Cellule]:
    return {
        "cdg": ligne.cdg,
        "mois_rattachement": ligne.mois_rattachement,
        "cotisation": ligne.cotisation,
        "libelle": ligne.libelle,
        **_sum_up([ligne]),
    }


def _list_totaux(lignes: Sequence[LigneRecapitulatif]) -> Iterator[dict[str, Cellule]]:
    """Each centre, then the whole company when it has several, by contribution."""
    centres = group_lignes(lignes, lambda ligne: ligne.cdg)
    ensembles = [*centres, (TOUTE_ENTREPRISE, list(lignes))] if len(centres) > 1 else centres
    for nom, siennes in ensembles:
        for cotisation, memes in group_lignes(siennes, lambda ligne: ligne.cotisation):
            libelle = memes[0].libelle
            yield {"cdg": nom, "cotisation": cotisation, "libelle": libelle, **_sum_up(memes)}
