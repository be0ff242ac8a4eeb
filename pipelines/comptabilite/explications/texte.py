"""An entry, a payment, a debit or a certificate explained as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pipelines.comptabilite.documents.mots import JOURNAUX
from pipelines.comptabilite.explications.valeurs import (
    EcritureExpliquee,
    EcriturePrecedente,
    Origine,
    PieceExpliquee,
    Rangee,
)
from pipelines.cotisations.documents.mots import NATURES
from pipelines.explications.texte import tell_closing, tell_publication, tell_section
from pipelines.explications.valeurs import Publiee
from specs.banque import (
    ARRETER,
    REMETTRE,
    REMETTRE_ECHUE,
    REPRESENTER,
    SUSPENDRE,
    read_motif,
)
from specs.contrats import valeurs_of
from specs.typographie import (
    format_date,
    format_de_mois,
    format_euros,
    format_siren,
    format_taux,
    printable,
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
    "EXTOURNE": "le mouvement que la banque annule",
    "DECISION": "une décision de la caisse",
}
ETATS_PRELEVEMENT = {
    "EMIS": "la banque n'en a encore rien dit",
    "REGLE": "réglé",
    "REJETE": "rejeté",
    "A_REMETTRE": "refusé sans que l'entreprise y soit pour rien",
}
SUITES = {
    REPRESENTER: "l'appel est présenté de nouveau s'il reste dû",
    SUSPENDRE: "le mandat est suspendu",
    ARRETER: "le mandat est suspendu et le débiteur attend une réponse",
    REMETTRE: "ses appels sont remis à la banque de nouveau, le mandat ne change pas",
    REMETTRE_ECHUE: (
        "ses appels sont remis à la banque de nouveau si elle ne l'a pas crédité à sa date,"
        " le mandat ne change pas"
    ),
}
PIECES = {
    "ENCAISSEMENT": "Encaissement",
    "PRELEVEMENT": "Prélèvement",
    "REGLEMENT": "Virement de la caisse",
}
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
        f"Appel {appel['appel']} ({NATURES[appel['nature']]})"
        f" {format_de_mois(appel['mois_appel'])}, exigible le"
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
    yield _tell_movement(mouvement)
    if mouvement["frais_centimes"]:
        yield (
            f"Frais gardés par la banque, à la charge de la caisse :"
            f" {format_euros(mouvement['frais_centimes'])} ; porté au compte :"
            f" {format_euros(mouvement['net_centimes'])}."
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


def _tell_movement(mouvement: Rangee) -> str:
    """A movement of the bank in one sentence; one that undoes another says so."""
    nature = MOUVEMENTS[mouvement["nature"]]
    if mouvement["extourne"]:
        nature = f"Annulation par la banque ({nature.lower()})"
    motif = f", motif {mouvement['code_motif']}" if mouvement["code_motif"] else ""
    return (
        f"{nature} {mouvement['encaissement']} du"
        f" {format_date(mouvement['date_operation'])}, en valeur du"
        f" {format_date(mouvement['date_valeur'])}{motif} :"
        f" {format_euros(mouvement['montant_centimes'])}."
    )


def _tell_prelevement(origine: Origine) -> Iterator[str]:
    debit = origine.rangee
    compte = ", nouveau compte annoncé à la banque" if debit["changement_compte"] else ""
    yield (
        f"Prélèvement {debit['prelevement']} du {format_date(debit['date_echeance'])}, émis le"
        f" {format_date(debit['date_emission'])} dans {debit['remise']}, mandat"
        f" {debit['rum']}{compte} : {format_euros(debit['montant_centimes'])}."
    )
    yield _tell_etat(debit)
    for mouvement in origine.details["encaissements"]:
        yield _tell_movement(mouvement)
    for vise in origine.details["prelevements_appels"]:
        yield f"{vise['appel']} : {format_euros(vise['montant_centimes'])} demandés"


def _tell_etat(debit: Rangee) -> str:
    """What became of a debit, and what follows."""
    etat = ETATS_PRELEVEMENT[debit["etat"]]
    if debit["date_etat"] is None:
        return f"État : {etat}."
    le = f"État : {etat} le {format_date(debit['date_etat'])}"
    if debit["etat"] not in {"REJETE", "A_REMETTRE"}:
        return f"{le}."
    collectif = debit["etat"] == "A_REMETTRE"
    motif = read_motif(debit["code_motif"] or "", debit["date_etat"], collectif=collectif)
    code = f"{motif.code}, " if motif.code else ""
    return f"{le} ({code}{motif.libelle}) : {SUITES[motif.consequence]}."


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


def _tell_reglement(origine: Origine) -> Iterator[str]:
    ordre = origine.rangee
    nature = valeurs_of("reglements", "nature")[ordre["nature"]]
    yield (
        f"Virement {ordre['reglement']} ({nature}), exécution demandée le"
        f" {format_date(ordre['date_execution'])}, émis le {format_date(ordre['date_emission'])}"
        f" dans {ordre['remise']} : {format_euros(ordre['montant_centimes'])}."
    )
    etat = valeurs_of("reglements", "etat")[ordre["etat"]]
    le = f" le {format_date(ordre['date_etat'])}" if ordre["date_etat"] else ""
    motif = f", motif {ordre['motif']}" if ordre["motif"] else ""
    yield f"État : {etat}{le}{motif}."
    for mouvement in origine.details["decaissements"]:
        yield _tell_outflow(mouvement)
    for du in origine.details["reglements_dus"]:
        yield f"{du['du']} : {format_euros(du['montant_centimes'])}"


def _tell_outflow(mouvement: Rangee) -> str:
    nature = valeurs_of("decaissements", "nature")[mouvement["nature"]]
    annule = "annulation par la banque, " if mouvement["extourne"] else ""
    return (
        f"{mouvement['decaissement']}, {annule}{nature} le"
        f" {format_date(mouvement['date_operation'])} : {format_euros(mouvement['net_centimes'])}"
        " au compte de la caisse."
    )


def _tell_decaissement(origine: Origine) -> Iterator[str]:
    yield _tell_outflow(origine.rangee)
    yield f"Virement {origine.rangee['reglement']}."


def _tell_du(origine: Origine) -> Iterator[str]:
    du = origine.rangee
    yield (
        f"{printable(du['libelle'])} : {format_euros(du['montant_centimes'])}, dus depuis le"
        f" {format_date(du['date_arrete'])}."
    )
    yield f"Le détail : caisse expliquer {printable(du['du'])}"


PHRASES: Mapping[str, Callable[[Origine], Iterator[str]]] = {
    "appels": _tell_appel,
    "creances": _tell_creance,
    "encaissements": _tell_encaissement,
    "prelevements": _tell_prelevement,
    "decisions": _tell_decision,
    "reglements": _tell_reglement,
    "decaissements": _tell_decaissement,
    "dus": _tell_du,
}
