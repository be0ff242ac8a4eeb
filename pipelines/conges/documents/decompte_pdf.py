"""The statement of a payment of leave, told to the employee: a PDF from `decompte.typ`."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.conges.documents.phrases import (
    NATURES,
    RETENUES,
    describe_periode,
    format_bornes,
)
from pipelines.conges.documents.valeurs import Beneficiaire, Decompte, LigneRetenue, Methodes
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_pied
from specs.contrats import codes_of
from specs.montants import round_half_away
from specs.typographie import (
    FINE,
    breakable,
    clip,
    format_date,
    format_euros,
    format_jours,
    format_siren,
    format_taux,
    printable,
)

(DIRECT,) = codes_of("decomptes", "mode_retraite", "D")
(METHODE_A,) = codes_of("decomptes", "methode", "A")
PAIEMENT, REGULARISATION, ANNULATION = codes_of(
    "decomptes", "motif", "PAIEMENT", "REGULARISATION", "ANNULATION"
)
TITRES = {
    PAIEMENT: "Décompte de congés payés",
    REGULARISATION: "Régularisation de congés payés",
    ANNULATION: "Annulation d’un décompte",
}
DIX_MILLE = 10_000


def compose_decompte_pdf(decompte: Decompte) -> Dessin:
    """The statement; the same values always give the same bytes."""
    return compose_pdf("decompte", _describe(decompte), decompte.date_arrete)


def describe_beneficiaire(personne: Beneficiaire) -> dict[str, object]:
    """The box of the employee a document is for."""
    matricule = [("Matricule", printable(personne.matricule))] if personne.matricule else []
    return {
        "raison_sociale": breakable(clip(personne.nom, 80)),
        "adherent": [
            *matricule,
            ("Employeur", breakable(clip(personne.employeur, 60))),
            ("SIREN", format_siren(personne.siren)),
        ],
    }


def _describe(d: Decompte) -> dict[str, object]:
    return {
        "titre": TITRES[d.motif],
        "sous_titre": f"exercice {d.exercice} · {NATURES[d.nature]}",
        "pied": describe_pied(f"Décompte {d.decompte}", d.date_arrete, d.publication),
        "references": [
            ("Décompte", breakable(printable(d.decompte))),
            ("Congé", format_bornes(d.debut, d.fin)),
            ("Jours", format_jours(d.jours_centiemes)),
            ("Paiement", format_date(d.date_paiement)),
            *([("Annule", breakable(printable(d.annule)))] if d.annule else []),
        ],
        **describe_beneficiaire(d.beneficiaire),
        "total_intitule": "Net à payer" if d.net_centimes >= 0 else "À rendre à la caisse",
        "echeance": f"le {format_date(d.date_paiement)}, sur le compte du salarié",
        "total_absolu": format_euros(abs(d.net_centimes)),
        "credit": d.net_centimes >= 0,
        "acquis": [printable(phrase) for phrase in _tell_acquired(d)],
        "methodes": tell_methodes(d.methodes, d.methode) if d.methodes else [],
        "calcul": [printable(phrase) for phrase in _tell_payment(d)],
        "brut": [
            ("Indemnité de congés", format_euros(d.indemnite_centimes)),
            ("Prime de vacances", format_euros(d.prime_centimes)),
        ],
        "brut_total": format_euros(d.brut_centimes),
        "retenues": [_describe_line(ligne) for ligne in d.lignes],
        "retenues_total": format_euros(sum(ligne.montant_centimes for ligne in d.lignes)),
        "apres": [printable(phrase) for phrase in _tell_after(d)],
    }


def _describe_line(ligne: LigneRetenue) -> dict[str, str]:
    libelle = RETENUES[ligne.code]
    return {
        "libelle": libelle[:1].upper() + libelle[1:],
        "assiette": format_euros(ligne.assiette_centimes),
        "taux": "" if ligne.taux_ppm is None else format_taux(ligne.taux_ppm),
        "montant": format_euros(ligne.montant_centimes),
    }


def _tell_acquired(d: Decompte) -> Iterator[str]:
    """What the days of the leave year are worth, by which method."""
    if d.motif == ANNULATION:
        yield f"Ce décompte reprend le décompte {d.annule} : le congé n’a pas été pris."
        return
    legaux = f", {d.methodes.jours_legaux} jours ouvrables," if d.methodes else ""
    yield (
        f"L’indemnité de vos congés acquis {describe_periode(d.exercice)}{legaux} est de"
        f" {format_euros(d.indemnite_exercice_centimes)}. Deux calculs sont faits, le plus"
        " favorable est retenu (Code du travail, L3141-24) :"
    )


def tell_methodes(m: Methodes, methode: str) -> list[dict[str, object]]:
    """Both methods, the one kept marked."""
    paie = f", {format_euros(m.r_centimes)}" if m.r_centimes is not None else ""
    btp = "inconnue" if m.btp_centimes is None else format_euros(m.btp_centimes)
    return [
        {
            "nom": f"D’après votre dernière paie complète{paie}",
            "montant": btp,
            "retenue": methode == METHODE_A,
        },
        {
            "nom": f"Le dixième de ce que vous avez gagné ({format_euros(m.brut_centimes)} de"
            " salaires, et ce qui s’y ajoute)",
            "montant": format_euros(m.dixieme_centimes),
            "retenue": methode != METHODE_A,
        },
    ]


def _tell_payment(d: Decompte) -> Iterator[str]:
    """From a day to the indemnity and bonus of these days."""
    if d.methodes and d.methodes.jours_legaux:
        jour = round_half_away(d.indemnite_exercice_centimes * 100, d.methodes.jours_legaux)
        entier, reste = divmod(jour, DIX_MILLE)
        yield (
            f"Une journée vaut {entier},{reste:04d}{FINE}€ ;"
            f" pour {format_jours(d.jours_centiemes)}, {format_euros(d.indemnite_due_centimes)}."
        )
    if d.prime_due_centimes:
        yield (
            "La prime de vacances s’ajoute pour les premiers jours du congé principal, les jours"
            f" d’ancienneté et de fractionnement : {format_euros(d.prime_due_centimes)}."
        )
    if d.mois_payes < d.mois_emploi:
        yield (
            f"Les cotisations de {d.mois_payes} mois d’emploi sur {d.mois_emploi} sont payées :"
            f" la caisse verse cette part, {format_euros(d.brut_centimes)}, et le complément dès"
            " que l’employeur aura réglé le reste (Code du travail, D3141-31)."
        )


def _tell_after(d: Decompte) -> Iterator[str]:
    yield f"Net imposable de ce paiement : {format_euros(d.net_imposable_centimes)}."
    if d.mode_retraite == DIRECT:
        yield "Retraite complémentaire et prévoyance sont retenues par la caisse."
    else:
        yield "Retraite complémentaire et prévoyance sont régularisées par votre employeur."
    yield f"Il vous reste {format_jours(d.reste_centiemes)} de l’exercice {d.exercice}."
