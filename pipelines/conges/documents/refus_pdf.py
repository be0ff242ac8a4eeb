"""Why a leave that was asked for is refused, for its employee: a PDF from `refus_conges.typ`."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.conges.documents.decompte_pdf import describe_beneficiaire
from pipelines.conges.documents.phrases import NATURES, format_bornes
from pipelines.conges.documents.valeurs import Refus
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_pied
from specs.typographie import format_date, printable

# What each code says to who is not of payroll, and what may be done; the company has the codes.
RAISONS = {
    "D101": (
        "La caisse n’a reçu ni déclaration ni certificat",
        (
            "Aucun employeur ne lui a déclaré de travail pour l’année de ces congés : demandez au"
            " vôtre d’envoyer ses déclarations ou un certificat."
        ),
    ),
    "D102": (
        "Les dates ne sont pas de cet exercice",
        (
            "Les congés d’un exercice se prennent du 1er mai au 30 avril suivant : votre employeur"
            " peut corriger les dates ou l’exercice."
        ),
    ),
    "D103": (
        "Il ne vous reste pas assez de jours",
        (
            "La demande dépasse les jours qui restent : votre relevé de droits les donne, une"
            " demande plus courte peut être envoyée."
        ),
    ),
    "D104": (
        "Ces jours sont déjà pris",
        (
            "Un autre congé, un arrêt de travail ou un arrêt pour intempéries couvre déjà une"
            " partie de ces jours."
        ),
    ),
    "D109": (
        "Les dates ne font aucun jour de congé",
        (
            "Du premier jour à la veille de la reprise, aucun jour ouvrable n’est à décompter :"
            " votre employeur peut corriger ces dates."
        ),
    ),
    "D110": (
        "Ces congés sont prescrits",
        (
            "Ils ont été demandés plus de trois ans après la fin de leur période de prise (Code du"
            " travail, L3245-1)."
        ),
    ),
}
AUTRE = (
    "La demande de votre employeur n’est pas recevable",
    "Il a reçu de la caisse le détail de ce qui est à corriger, et peut envoyer une autre demande.",
)


def compose_refus_pdf(refus: Refus) -> Dessin:
    """The letter; the same values always give the same bytes."""
    return compose_pdf("refus_conges", _describe(refus), refus.date_arrete)


def _describe(r: Refus) -> dict[str, object]:
    periode = format_bornes(r.debut, r.fin) if r.debut and r.fin else "sans dates"
    return {
        "titre": "Demande de congés refusée",
        "sous_titre": periode,
        "pied": describe_pied(f"Refus {printable(r.demande)}", r.date_arrete, r.publication),
        "references": [
            ("Demande", printable(r.demande)),
            ("Nature", NATURES.get(r.nature, r.nature)),
            ("Décision du", format_date(r.date_arrete)),
        ],
        **describe_beneficiaire(r.beneficiaire),
        "ouverture": (
            "Votre employeur a demandé ces congés à la caisse, qui ne peut pas les payer ainsi."
            " Vos droits n’en sont pas diminués."
        ),
        "raisons": list(_tell(r.codes)),
        "cloture": "Une question ? Écrivez à la caisse en rappelant la référence de la demande.",
    }


def _tell(codes: tuple[str, ...]) -> Iterator[dict[str, str]]:
    for titre, texte in dict.fromkeys(RAISONS.get(code, AUTRE) for code in codes):
        yield {"titre": titre, "texte": texte}
