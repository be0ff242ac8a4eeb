"""An entry, a payment, a debit or a certificate explained as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pipelines.publication.documents.formats import (
    format_date,
    format_euros,
    format_mois,
    format_siren,
    format_taux,
    printable,
)
from pipelines.publication.documents.mots import JOURNAUX, NATURES
from pipelines.publication.explications.texte import tell_closing, tell_publication, tell_section
from pipelines.publication.explications.valeurs import Publiee
from pipelines.publication.explications.valeurs_comptes import (
    EcritureExpliquee,
    EcriturePrecedente,
    Origine,
    PieceExpliquee,
    Rangee,
)

POSTES = {
    "OBLIGATOIRE": "cotisations obligatoires",
    "FACULTATIF": "autres cotisations",
    "MAJORATION": "majorations de retard",
}
MOUVEMENTS = {"VIREMENT": "Virement", "PRELEVEMENT": "Prélèvement réglé", "RETOUR": "Retour"}
AFFECTATIONS = {
    "PRELEVEMENT": "le prélèvement qu'il nomme",
    "REMISE": "le lot de prélèvements qu'il nomme",
    "REFERENCE": "la référence de son libellé",
    "COMPTE": "le compte bancaire du payeur",
    "MANDAT": "le mandat qu'il nomme",
    "DECISION": "une décision de la caisse",
}
ETATS_PRELEVEMENT = {"EMIS": "émis", "REGLE": "réglé", "REJETE": "rejeté"}
PIECES = {"ENCAISSEMENT": "Encaissement", "PRELEVEMENT": "Prélèvement"}
DECISIONS = {"REMISE_MAJORATION": "remise de majorations", "AVOIR": "avoir"}


def tell_ecriture(ecriture: EcritureExpliquee, publiee: Publiee) -> Iterator[str]:
    """An entry: its lines, what it comes from, what the same piece had brought before."""
    yield f"Écriture {ecriture.ecriture} : {_owed(ecriture.adherents_centimes)}"
    yield (
        f"{ecriture.libelle}, journal {JOURNAUX[ecriture.journal]}, adhérent {ecriture.adherent},"
        f" SIREN {format_siren(ecriture.siren)}."
    )
    yield (
        f"Comptabilisée le {format_date(ecriture.date_comptable)}, en valeur du"
        f" {format_date(ecriture.date_valeur)}."
    )
    yield tell_publication(publiee)
    yield from tell_section("Lignes de l'écriture", map(_tell_line, ecriture.lignes))
    yield from tell_section("Ce qui la cause", _tell_origine(ecriture.origine))
    yield from tell_section(
        "Écritures précédentes de la même pièce, dont celle-ci porte la différence",
        map(_tell_entry, ecriture.precedentes),
    )
    yield from tell_closing(ecriture.ecarts, "la pièce dont cette écriture porte la différence")


def tell_piece(piece: PieceExpliquee, publiee: Publiee) -> Iterator[str]:
    """A payment or a debit: itself, what it pays, the entries that bear it."""
    montant = format_euros(piece.origine.rangee["montant_centimes"])
    yield f"{PIECES[piece.nature]} {piece.identifiant} : {montant}"
    yield tell_publication(publiee)
    yield from tell_section("Ce qui est publié", _tell_origine(piece.origine))
    yield from tell_section("Écritures", map(_tell_entry, piece.ecritures))
    yield from tell_closing(piece.ecarts, "les écritures de cette pièce")


def _owed(centimes: int) -> str:
    """What an entry brings to the account of the members."""
    if centimes == 0:
        return "sans effet sur le compte de l'adhérent"
    sens = "dus par l'adhérent" if centimes > 0 else "à son crédit"
    return f"{format_euros(abs(centimes))} {sens}"


def _tell_line(ligne: Rangee) -> str:
    debit, credit = ligne["debit_centimes"], ligne["credit_centimes"]
    cote = f"débit {format_euros(debit)}" if debit else f"crédit {format_euros(credit)}"
    lieux = (ligne["cdg"], ligne["appel"], ligne["cotisation"])
    lieu = "".join(f", {nom}" for nom in lieux if nom)
    return f"{ligne['compte']} {ligne['compte_libelle']}{lieu} : {cote}"


def _tell_entry(entree: EcriturePrecedente) -> str:
    jour = format_date(entree.date_comptable)
    return f"{entree.ecriture}, {jour} : {_owed(entree.adherents_centimes)}"


def _tell_origine(origine: Origine | None) -> Iterator[str]:
    if origine is None:
        yield "Ce qui l'a causée n'est plus publié : l'écriture est reprise par une rectification."
        return
    yield from PHRASES[origine.table](origine)
    for imputation in origine.details.get("imputations", ()):
        montant = format_euros(imputation["montant_centimes"])
        yield f"{montant} imputés sur {imputation['appel']}, {POSTES[imputation['poste']]}."


def _tell_appel(origine: Origine) -> Iterator[str]:
    appel = origine.rangee
    yield (
        f"Appel {appel['appel']} ({NATURES[appel['nature']]}) de"
        f" {format_mois(appel['mois_appel'])}, exigible le"
        f" {format_date(appel['date_exigibilite'])} : {format_euros(appel['montant_centimes'])}."
    )
    for ligne in origine.details["lignes_appel"]:
        identifiant = f"{ligne['appel']}/{ligne['mois_rattachement']}/{ligne['cotisation']}"
        yield f"{identifiant} : {format_euros(ligne['montant_centimes'])}"
    yield f"Le détail : caisse expliquer {appel['appel']}"


def _tell_creance(origine: Origine) -> Iterator[str]:
    creance = origine.rangee
    retard, exigible = creance["mois_retard"], creance["date_exigibilite"]
    depart = creance["depart_retard"] or exigible
    rejete, depuis = "", ""
    if depart != exigible:
        rejete, depuis = ", prélevé à temps puis rejeté", f" depuis le {format_date(depart)}"
    yield (
        f"Retard de l'appel {creance['appel']}, exigible le {format_date(exigible)}{rejete} :"
        f" {retard} mois {'entamé' if retard <= 1 else 'entamés'}{depuis}."
    )
    for part in origine.details["majorations"]:
        calcul = ""
        if part["base_centimes"] is not None:
            calcul = (
                f"{format_euros(part['base_centimes'])} × {format_taux(part['taux_ppm'])}"
                f" × {part['mois']} mois = "
            )
        yield f"{part['libelle']} : {calcul}{format_euros(part['montant_centimes'])}"
    yield f"Majorations dues en tout : {format_euros(creance['majorations_centimes'])}."


def _tell_encaissement(origine: Origine) -> Iterator[str]:
    mouvement = origine.rangee
    motif = f", motif {mouvement['code_motif']}" if mouvement["code_motif"] else ""
    yield (
        f"{MOUVEMENTS[mouvement['nature']]} {mouvement['encaissement']} du"
        f" {format_date(mouvement['date_operation'])}, en valeur du"
        f" {format_date(mouvement['date_valeur'])}{motif} :"
        f" {format_euros(mouvement['montant_centimes'])}."
    )
    qui = AFFECTATIONS.get(mouvement["affectation"], mouvement["affectation"])
    yield f"L'adhérent est désigné par {qui}."
    if mouvement["prelevement"]:
        yield f"Prélèvement {mouvement['prelevement']}."
    for decision in origine.details.get("decisions", ()):
        yield (
            f"Décision {decision['numero']}, prise par {printable(decision['auteur'])}, d'effet au"
            f" {format_date(decision['date_effet'])}. Motif : {printable(decision['motif'])}."
        )


def _tell_prelevement(origine: Origine) -> Iterator[str]:
    debit = origine.rangee
    motif = f", motif {debit['code_motif']}" if debit["code_motif"] else ""
    yield (
        f"Prélèvement {debit['prelevement']} du {format_date(debit['date_echeance'])}, émis le"
        f" {format_date(debit['date_emission'])}, mandat {debit['rum']},"
        f" {ETATS_PRELEVEMENT[debit['etat']]}{motif} : {format_euros(debit['montant_centimes'])}."
    )
    for vise in origine.details["prelevements_appels"]:
        yield f"{vise['appel']} : {format_euros(vise['montant_centimes'])} demandés"


def _tell_decision(origine: Origine) -> Iterator[str]:
    decision = origine.rangee
    nature = DECISIONS.get(decision["nature"], decision["nature"])
    yield (
        f"Décision {decision['numero']} ({nature}), prise par {printable(decision['auteur'])},"
        f" d'effet au {format_date(decision['date_effet'])} :"
        f" {format_euros(decision['montant_centimes'])}."
    )
    yield f"Motif : {printable(decision['motif'])}."
    for suite in origine.details["suites_decisions"]:
        yield (
            f"Appliquée pour {format_euros(suite['applique_centimes'])} sur"
            f" {format_euros(suite['decide_centimes'])}."
        )


PHRASES: Mapping[str, Callable[[Origine], Iterator[str]]] = {
    "appels": _tell_appel,
    "creances": _tell_creance,
    "encaissements": _tell_encaissement,
    "prelevements": _tell_prelevement,
    "decisions": _tell_decision,
}
