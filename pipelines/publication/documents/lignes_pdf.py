"""What several PDF documents print alike: lines of a call, company, account of the fund, foot."""

from __future__ import annotations

from datetime import date

from pipelines.publication.documents.formats import (
    breakable,
    clip,
    format_date,
    format_euros,
    format_heures,
    format_iban,
    format_mois,
    format_siren,
    format_taux,
    printable,
)
from pipelines.publication.documents.valeurs import LigneAppel
from pipelines.publication.documents.valeurs_compte import Entreprise
from pipelines.publication.explication import describe_provenance
from specs.caisse import read_caisse
from specs.montants import PPM


def describe_ligne(ligne: LigneAppel) -> dict[str, str]:
    """Fields of one row of the table of lines; the abatement and its base are empty without one."""
    abattu = ligne.abattement_centimes != 0
    return {
        "mois": format_mois(ligne.mois_rattachement),
        "libelle": printable(ligne.libelle),
        "provenance": describe_provenance(ligne),
        "precision": _describe_base(ligne),
        "base": format_euros(ligne.base_centimes),
        "abattement": format_euros(-ligne.abattement_centimes) if abattu else "",
        "assiette": format_euros(ligne.assiette_centimes),
        "taux": format_taux(ligne.taux_ppm),
        "montant": format_euros(ligne.montant_centimes),
    }


def describe_entreprise(entreprise: Entreprise) -> dict[str, object]:
    """The box of the company a document is for."""
    centre = [("Centre de gestion", printable(entreprise.cdg))] if entreprise.cdg else []
    return {
        "raison_sociale": breakable(clip(entreprise.raison_sociale, 200)),
        "adherent": [
            ("Adhérent", printable(entreprise.adherent)),
            ("SIREN", format_siren(entreprise.siren)),
            *centre,
        ],
    }


def describe_compte_caisse() -> list[tuple[str, str]]:
    """The account that transfers go to."""
    creancier = read_caisse().creancier
    return [
        ("Titulaire", creancier.nom),
        ("IBAN", format_iban(creancier.iban)),
        ("BIC", creancier.bic),
    ]


def describe_pied(reference: str, date_arrete: date, publication: int | None) -> str:
    """Foot of every page: what the document is, when it was decided, in which publication."""
    mentions = [printable(reference), f"arrêté au {format_date(date_arrete)}"]
    if publication is not None:
        mentions.append(f"publication n°\u00a0{publication}")
    return " · ".join(mentions)


def _describe_base(ligne: LigneAppel) -> str:
    """How the base comes from what was declared, when it is not declared as such."""
    if ligne.heures_centiemes is not None:
        return f"{format_heures(ligne.heures_centiemes)} d'intérim"
    if ligne.refaction_ppm != PPM:
        return f"{format_taux(ligne.refaction_ppm)} de {format_euros(ligne.brute_centimes)}"
    return ""
