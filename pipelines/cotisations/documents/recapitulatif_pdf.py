"""The summary of a period for people: a PDF composed from `specs/gabarits/recapitulatif.typ`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.cotisations.documents.recapitulatif_tableaux import add_up, group_lignes
from pipelines.cotisations.documents.valeurs import AppelCompris, LigneRecapitulatif, Recapitulatif
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_entreprise, describe_pied
from specs.typographie import format_date, format_euros, format_jour, format_mois, printable


def compose_recapitulatif_pdf(recapitulatif: Recapitulatif) -> Dessin:
    """The summary as a PDF; the same summary always gives the same bytes."""
    donnees = _describe_recapitulatif(recapitulatif)
    return compose_pdf("recapitulatif", donnees, recapitulatif.date_arrete)


def _describe_recapitulatif(recapitulatif: Recapitulatif) -> dict[str, object]:
    lignes, montant = recapitulatif.lignes, recapitulatif.montant_centimes
    nom = describe_periode(recapitulatif.periode)
    bornes = f"{format_mois(recapitulatif.debut)} à {format_mois(recapitulatif.fin)}"
    reference = f"Récapitulatif, {nom}"
    centres = _describe_sommes(lignes, lambda ligne: ligne.cdg, lambda ligne: ligne.cdg)
    return {
        "titre": "Récapitulatif des cotisations",
        "sous_titre": nom,
        "pied": describe_pied(reference, recapitulatif.date_arrete, recapitulatif.publication),
        "references": [
            ("Période", nom),
            ("Mois de rattachement", bornes),
            ("Date d’arrêté", format_date(recapitulatif.date_arrete)),
        ],
        **describe_entreprise(recapitulatif.entreprise),
        "total_intitule": f"Total appelé pour {_with_article(nom)}",
        "echeance": f"mois de {bornes}, appels complémentaires compris",
        "total": format_euros(montant),
        "total_absolu": format_euros(montant),
        "credit": montant < 0,
        "totaux": _by_cotisation(lignes),
        "centres": centres if len({ligne.cdg for ligne in lignes}) > 1 else [],
        "mois": [
            {"nom": format_mois(mois), "lignes": _by_cotisation(siennes)}
            for mois, siennes in group_lignes(lignes, lambda ligne: ligne.mois_rattachement)
        ],
        "appels": [_describe_appel(appel) for appel in recapitulatif.appels],
    }


def describe_periode(periode: str) -> str:
    """« année 2026 », « campagne 2025-26 »."""
    return f"{'campagne' if '-' in periode else 'année'} {printable(periode)}"


def _with_article(nom: str) -> str:
    return f"l’{nom}" if nom.startswith("année") else f"la {nom}"


def _by_cotisation(lignes: Sequence[LigneRecapitulatif]) -> list[dict[str, object]]:
    return _describe_sommes(lignes, lambda ligne: ligne.cotisation, lambda ligne: ligne.libelle)


def _describe_sommes(
    lignes: Sequence[LigneRecapitulatif],
    cle: Callable[[LigneRecapitulatif], str],
    nom: Callable[[LigneRecapitulatif], str],
) -> list[dict[str, object]]:
    """One row a value of `cle`, then their total when there are several."""
    groupes = [siennes for _, siennes in group_lignes(lignes, cle)]
    sommes = [_describe_somme(nom(siennes[0]), siennes) for siennes in groupes]
    return sommes if len(sommes) == 1 else [*sommes, _describe_somme("Total", lignes, total=True)]


def _describe_somme(
    nom: str, lignes: Sequence[LigneRecapitulatif], *, total: bool = False
) -> dict[str, object]:
    """A row; bases of several contributions overlap, only their amounts add up."""
    base, abattement, montant = add_up(lignes)
    seule = len({ligne.cotisation for ligne in lignes}) == 1
    return {
        "nom": printable(nom),
        "base": format_euros(base) if seule else "",
        "abattement": format_euros(-abattement) if seule and abattement else "",
        "assiette": format_euros(base - abattement) if seule else "",
        "montant": format_euros(montant),
        "total": total,
    }


def _describe_appel(appel: AppelCompris) -> dict[str, str]:
    return {
        "appel": printable(appel.appel),
        "cdg": printable(appel.cdg),
        "mois": format_mois(appel.mois_appel),
        "echeance": format_jour(appel.date_exigibilite),
        "montant": format_euros(appel.montant_centimes),
        "part": format_euros(appel.part_centimes),
    }
