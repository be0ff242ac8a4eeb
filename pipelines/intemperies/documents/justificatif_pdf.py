"""The voucher of a declaration for people: a PDF from `justificatif_intemperies.typ`.

The first page is the company's; each employee then has a page of his own, that can be given to him.
"""

from __future__ import annotations

from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_entreprise, describe_pied
from pipelines.intemperies.documents.mots import ETATS, SUITES, read_cause, read_titre
from pipelines.intemperies.documents.phrases import (
    format_heure,
    tell_base,
    tell_codes,
    tell_compteur,
    tell_conges,
    tell_heures,
    tell_indemnite,
    tell_refund,
    tell_versement,
)
from pipelines.intemperies.documents.valeurs import Arret, Jour, Justificatif, Salarie
from pipelines.intemperies.regles.valeurs import hourly_caps
from specs.connaissances import read_connaissances
from specs.typographie import (
    breakable,
    clip,
    format_compte,
    format_date,
    format_euros,
    format_instant,
    format_jour,
    format_montant,
    printable,
)


def compose_justificatif_pdf(justificatif: Justificatif) -> Dessin:
    """The voucher; the same values always give the same bytes."""
    return compose_pdf(
        "justificatif_intemperies", _describe(justificatif), justificatif.date_arrete
    )


def _describe(j: Justificatif) -> dict[str, object]:
    nom = breakable(clip(j.declaration, 40))
    intitule, couleur = ETATS[j.etat]
    refus = f" Motif : {read_titre(j.code)} ({j.code})." if j.code else ""
    annees = {part.annee for salarie in j.salaries for part in salarie.parts}
    plafonds = dict(hourly_caps(annees, read_connaissances()).iter_rows())
    return {
        "titre": "Justificatif d’indemnisation",
        "sous_titre": f"chômage-intempéries · déclaration {nom}",
        "pied": describe_pied(f"Déclaration {j.declaration}", j.date_arrete, j.publication),
        "references": [
            ("Déclaration", nom),
            ("Reçue le", format_instant(j.recue_le)),
            ("À déclarer jusqu’au", format_date(j.echeance)),
            ("Salariés", format_compte(len(j.salaries), "salarié")),
        ],
        **describe_entreprise(j.entreprise),
        "etat": {"couleur": couleur, "titre": intitule, "texte": f"{SUITES[j.etat]}{refus}"},
        "arrets": [_describe_stop(arret) for arret in j.arrets],
        "recapitulatif": [_summarise(salarie) for salarie in j.salaries],
        "totaux": _total(j),
        "salaries": [_describe_employee(salarie, plafonds) for salarie in j.salaries],
    }


def _describe_stop(arret: Arret) -> dict[str, str]:
    return {
        "numero": printable(arret.arret),
        "chantier": breakable(clip(arret.chantier, 40)),
        "departement": printable(arret.departement),
        "cause": read_cause(arret.cause),
        "debut": f"{format_jour(arret.debut)} {format_heure(arret.debut_heure)}",
        "reprise": f"{format_jour(arret.reprise)} {format_heure(arret.reprise_heure)}",
    }


def _named(salarie: Salarie) -> str:
    matricule = f" ({salarie.matricule})" if salarie.matricule else ""
    return breakable(clip(f"{salarie.nom}{matricule}", 80))


def _summarise(salarie: Salarie) -> dict[str, str]:
    indemnite = salarie.indemnite_centimes
    return {
        "nom": _named(salarie),
        "perdues": format_montant(sum(j.perdues_centiemes for j in salarie.jours)),
        "indemnisees": format_montant(sum(j.indemnisees_centiemes for j in salarie.jours)),
        "indemnite": "en attente" if indemnite is None else format_euros(indemnite),
        "rembourse": format_euros(salarie.rembourse_centimes),
    }


def _total(j: Justificatif) -> dict[str, str]:
    jours = [jour for salarie in j.salaries for jour in salarie.jours]
    return {
        "perdues": format_montant(sum(jour.perdues_centiemes for jour in jours)),
        "indemnisees": format_montant(sum(jour.indemnisees_centiemes for jour in jours)),
        "indemnite": format_euros(sum(s.indemnite_centimes or 0 for s in j.salaries)),
        "rembourse": format_euros(sum(s.rembourse_centimes for s in j.salaries)),
    }


def _describe_employee(salarie: Salarie, plafonds: dict[int, int | None]) -> dict[str, object]:
    parts = salarie.parts
    return {
        "nom": _named(salarie),
        "jours": [_describe_day(jour) for jour in salarie.jours],
        "heures": list(tell_heures(salarie)) if salarie.jours else [],
        "indemnites": [
            tell_indemnite(part, plafonne=part.salaire_horaire == plafonds.get(part.annee))
            for part in parts
        ],
        "indemnite": (
            "en attente"
            if salarie.indemnite_centimes is None
            else format_euros(salarie.indemnite_centimes)
        ),
        "compteurs": [tell_compteur(compteur) for compteur in salarie.compteurs],
        "conges": [tell_conges(part) for part in parts],
        "remboursements": [
            phrase for part in parts for phrase in (*tell_base(part), *tell_refund(part))
        ],
        "versements": [tell_versement(versement) for versement in salarie.versements],
        "rembourse": format_euros(salarie.rembourse_centimes),
    }


def _describe_day(jour: Jour) -> dict[str, str]:
    return {
        "date": format_jour(jour.date),
        "perdues": format_montant(jour.perdues_centiemes),
        "carence": format_montant(jour.carence_centiemes),
        "indemnisees": format_montant(jour.indemnisees_centiemes),
        "remarque": tell_codes(jour),
    }
