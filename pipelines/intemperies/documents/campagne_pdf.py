"""The campaign of a company for people: a PDF from `campagne_intemperies.typ`."""

from __future__ import annotations

from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_entreprise, describe_pied
from pipelines.intemperies.documents.mots import ETATS
from pipelines.intemperies.documents.valeurs import Campagne, LigneCampagne
from specs.montants import round_half_away
from specs.typographie import (
    breakable,
    clip,
    format_compte,
    format_euros,
    format_jour,
    format_mois,
    format_montant,
    format_taux,
    printable,
)


def compose_campagne_pdf(campagne: Campagne) -> Dessin:
    """The statement; the same values always give the same bytes."""
    return compose_pdf("campagne_intemperies", _describe(campagne), campagne.date_arrete)


def _describe(c: Campagne) -> dict[str, object]:
    rembourse = sum(ligne.rembourse_centimes for ligne in c.lignes)
    indemnite = sum(ligne.indemnite_centimes for ligne in c.lignes)
    sous_titre = f"chômage-intempéries · campagne {c.campagne}"
    return {
        "titre": "Campagne d’intempéries",
        "sous_titre": sous_titre,
        "pied": describe_pied(f"Campagne {c.campagne}", c.date_arrete, c.publication),
        "references": [
            ("Campagne", f"{c.campagne} (1er avril au 31 mars)"),
            ("Déclarations", format_compte(len(c.lignes), "déclaration")),
            ("Remboursements", "définitifs" if c.definitive else "provisoires"),
        ],
        **describe_entreprise(c.entreprise),
        "total_intitule": "Reste à la charge de l’entreprise",
        "echeance": f"{format_euros(indemnite)} d’indemnités, {format_euros(rembourse)} remboursés",
        "total_absolu": format_euros(indemnite - rembourse),
        "credit": False,
        "lignes": [_describe_line(ligne) for ligne in c.lignes],
        "totaux": _totals(c),
        "salaires": _describe_wages(c),
        "seuil": _describe_threshold(c),
    }


def _describe_line(ligne: LigneCampagne) -> dict[str, str]:
    definitif = ligne.definitif_centimes
    return {
        "declaration": breakable(clip(ligne.declaration, 40)),
        "precision": f"{ETATS[ligne.etat][0]} · {format_jour(ligne.premier_jour)}",
        "perdues": format_montant(ligne.perdues_centiemes),
        "indemnisees": format_montant(ligne.indemnisees_centiemes),
        "indemnite": format_euros(ligne.indemnite_centimes),
        "provisoire": format_euros(ligne.provisoire_centimes),
        "definitif": "" if definitif is None else format_euros(definitif),
        "reste": format_euros(ligne.reste_centimes),
    }


def _totals(c: Campagne) -> dict[str, str]:
    finales = [ligne.definitif_centimes for ligne in c.lignes]
    connues = [finale for finale in finales if finale is not None]
    return {
        "perdues": format_montant(sum(ligne.perdues_centiemes for ligne in c.lignes)),
        "indemnisees": format_montant(sum(ligne.indemnisees_centiemes for ligne in c.lignes)),
        "indemnite": format_euros(sum(ligne.indemnite_centimes for ligne in c.lignes)),
        "provisoire": format_euros(sum(ligne.provisoire_centimes for ligne in c.lignes)),
        "definitif": format_euros(sum(connues)) if connues else "",
        "reste": format_euros(sum(ligne.reste_centimes for ligne in c.lignes)),
        "conges": format_euros(sum(ligne.cotisation_conges_centimes for ligne in c.lignes)),
    }


def _describe_wages(c: Campagne) -> list[str]:
    """What S, A and C are tonight, and what is missing for the final refund."""
    if c.salaires_centimes is None or c.abattement_centimes is None:
        attendu = f" Première DSN attendue : {_first_missing(c)}." if c.manquants else ""
        return [f"Aucun mois de la campagne n’est connu : rien n’est encore remboursé.{attendu}"]
    s = round_half_away(c.salaires_centimes, c.diviseur)
    annonce = "de la campagne" if c.definitive else "étendus à la campagne"
    connus = "mois connus" if c.mois_connus > 1 else "mois connu"
    phrases = [
        (
            f"Salaires soumis {annonce} (S) : {format_euros(s)}, sur {c.mois_connus} {connus} de"
            f" {c.mois_activite}. Abattement (A) : {format_euros(c.abattement_centimes)}."
        ),
    ]
    au_dela = max(0, c.salaires_centimes - c.abattement_centimes * c.diviseur)
    if au_dela:
        part = round_half_away(au_dela * 1_000_000, c.salaires_centimes)
        phrases.append(f"Part remboursable C = (S − A) / S : {format_taux(part)} environ.")
    else:
        phrases.append("S ne dépasse pas A : rien n’est remboursé.")
    if c.manquants:
        mois = ", ".join(map(format_mois, sorted(set(c.manquants.split()))))
        phrases.append(
            f"Le remboursement définitif se fera à partir du 1er juin, une fois connus : {mois}."
        )
    return [printable(phrase) for phrase in phrases]


def _first_missing(c: Campagne) -> str:
    """The month without which no refund is made, « avril 2026 »."""
    return format_mois(min(c.manquants.split()))


def _describe_threshold(c: Campagne) -> list[str]:
    """What changes at three times the abatement, with what lies on each side of it (D5424-26)."""
    if c.salaires_centimes is None or not c.abattement_centimes:
        return []
    seuil = c.multiple * c.abattement_centimes
    ecart = round_half_away(c.salaires_centimes, c.diviseur) - seuil
    dessous, dessus = c.seuils
    position = "au-dessus" if ecart > 0 else "en dessous"
    perdu = dessous.rembourse_centimes - dessus.rembourse_centimes
    return [
        (
            f"Jusqu’à {c.multiple} A, soit {format_euros(seuil)} de salaires, les heures qui"
            f" suivent les six premières sont remboursées à {format_taux(dessous.taux_ppm)} ;"
            f" au-delà, à {format_taux(dessus.taux_ppm)} (D5424-26)."
        ),
        f"L’entreprise est {position}, de {format_euros(abs(ecart))}.",
        (
            f"Toutes choses égales d’ailleurs, la campagne rembourse"
            f" {format_euros(dessous.rembourse_centimes)} d’un côté et"
            f" {format_euros(dessus.rembourse_centimes)} de l’autre : {format_euros(perdu)}"
            " d’écart."
        ),
    ]
