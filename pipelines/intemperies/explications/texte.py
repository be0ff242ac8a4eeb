"""An indemnity, an amount due or a counter explained as a reader sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from pipelines.explications.texte import tell_closing, tell_publication, tell_section
from pipelines.explications.valeurs import Ecart, Publiee, Rangee
from pipelines.intemperies.documents.mots import NATURES, read_cause, read_titre
from pipelines.intemperies.documents.phrases import (
    format_nombre,
    tell_base,
    tell_conges,
    tell_indemnite,
    tell_refund,
)
from pipelines.intemperies.documents.valeurs import Part
from pipelines.intemperies.explications.valeurs import Compteur, Indemnite, SommeDue
from specs.typographie import (
    format_compte,
    format_date,
    format_euros,
    format_heures,
    format_mois,
    format_siren,
    printable,
)

COURT = 8


def tell_indemnity(
    indemnite: Indemnite, publiee: Publiee, ecarts: Sequence[Ecart]
) -> Iterator[str]:
    """An indemnity: its stop, its days, its computation, its refund, what it is read from."""
    part = indemnite.part
    due = part["indemnite_calculee_centimes"]
    montant = "en attente" if due is None else format_euros(due)
    yield f"Indemnité {part['indemnite']} : {montant}"
    yield _tell_who(part)
    yield tell_publication(publiee)
    yield from tell_section("L'arrêt", map(_tell_stop, indemnite.arrets))
    yield from tell_section("Les jours perdus", map(_tell_day, indemnite.jours))
    yield from tell_section("Calcul de l'indemnité", _tell_due(indemnite))
    yield from tell_section("Remboursement à l'entreprise", _tell_refunded(indemnite))
    yield from tell_section("Salaires soumis (bases 34 et 35)", _tell_wages(indemnite))
    yield from tell_section("Lu dans", _tell_sources(indemnite))
    yield from tell_closing(ecarts, "les heures, l'indemnité et le remboursement")


def _tell_who(rangee: Rangee) -> str:
    matricule = f", matricule {printable(rangee['matricule'])}" if rangee["matricule"] else ""
    return (
        f"Déclaration {printable(rangee['declaration'])}, SIREN {format_siren(rangee['siren'])},"
        f" salarié {rangee['salarie'][:COURT]}{matricule}."
    )


def _tell_stop(arret: Rangee) -> str:
    return (
        f"Arrêt {arret['arret']}, chantier {printable(arret['chantier'])}"
        f" ({arret['departement']}), {read_cause(arret['cause'])} : du"
        f" {format_date(arret['debut'])} au {format_date(arret['reprise'])}, à déclarer jusqu'au"
        f" {format_date(arret['echeance'])}."
    )


def _tell_day(jour: Rangee) -> str:
    codes = (jour["anomalie"] or "").split()
    suite = f" ; {', '.join(f'{code}, {read_titre(code)}' for code in codes)}" if codes else ""
    return (
        f"{format_date(jour['date'])} : {format_heures(jour['perdues_centiemes'])} perdues,"
        f" {format_heures(jour['carence_centiemes'])} de carence (D5424-12),"
        f" {format_heures(jour['indemnisees_centiemes'])} indemnisées, dont"
        f" {format_heures(jour['premieres_centiemes'])} parmi les six premières (D5424-27){suite}."
    )


def _part(rangee: Rangee) -> Part:
    return Part(**{champ.name: rangee[champ.name] for champ in fields(Part)})


def _tell_due(indemnite: Indemnite) -> Iterator[str]:
    part = _part(indemnite.part)
    yield tell_indemnite(part, plafonne=indemnite.plafonne)
    yield "Un seul arrondi, au centime, par salarié, déclaration, année et campagne."
    yield tell_conges(part)


def _tell_refunded(indemnite: Indemnite) -> Iterator[str]:
    part = _part(indemnite.part)
    yield from tell_base(part)
    yield from tell_refund(part)
    yield from map(_tell_row, indemnite.remboursements)


def _tell_row(ligne: Rangee) -> str:
    return (
        f"{ligne['rang']}. {NATURES[ligne['nature']]}, {format_date(ligne['date_arrete'])} :"
        f" {format_euros(ligne['montant_centimes'])}"
    )


def _tell_wages(indemnite: Indemnite) -> Iterator[str]:
    for mois in indemnite.salaires:
        yield (
            f"{format_mois(mois['mois'])} : {format_euros(mois['montant_centimes'])},"
            f" {format_compte(mois['lignes'], 'ligne')} de DSN ({mois['depots']})"
        )


def _tell_sources(indemnite: Indemnite) -> Iterator[str]:
    """The records of the exchange file that the employee and the stops stand in."""
    for ligne in indemnite.lignes:
        yield (
            f"Dépôt {ligne['depot']}, enregistrement {ligne['rang']} : salarié et salaire horaire"
            " (31) ; ses jours (32) le suivent."
        )


def tell_due(somme: SommeDue, publiee: Publiee, ecarts: Sequence[Ecart]) -> Iterator[str]:
    """An amount due: the refunds that add up to it, the transfer that pays it."""
    du = somme.du
    yield f"Somme due {du['du']} : {format_euros(du['montant_centimes'])}"
    yield f"{printable(du['libelle'])}, SIREN {format_siren(du['siren'])}."
    yield tell_publication(publiee)
    yield from tell_section(
        "Remboursements qui la font", map(_tell_refund_of, somme.remboursements)
    )
    yield from tell_section("Paiement", _tell_payment(somme))
    yield from tell_closing(ecarts, "la somme des remboursements")


def _tell_refund_of(ligne: Rangee) -> str:
    indemnite = f" : caisse expliquer {ligne['indemnite']}" if ligne.get("indemnite") else ""
    return (
        f"salarié {ligne['salarie'][:COURT]}, {ligne['annee']}, campagne {ligne['campagne']} :"
        f" {format_euros(ligne['montant_centimes'])}{indemnite}"
    )


def _tell_payment(somme: SommeDue) -> Iterator[str]:
    if somme.du["mode"] == "COMPENSATION":
        yield "Portée au compte de cotisations de l'entreprise (option imputation_remboursement)."
    for ordre in somme.ordres:
        yield (
            f"Virement {ordre['reglement']} du {format_date(ordre['date_execution'])} :"
            f" {format_euros(ordre['montant_centimes'])}, état {ordre['etat']}"
            f" (caisse expliquer {ordre['reglement']})"
        )


def tell_counter(compteur: Compteur, publiee: Publiee, ecarts: Sequence[Ecart]) -> Iterator[str]:
    """A counter: the total, then each declaration, then its days."""
    cumul = compteur.cumul
    utilisees = format_nombre(cumul["indemnites_journalieres_centiemes"])
    yield f"Compteur {cumul['compteur']} : {utilisees} indemnités journalières en {cumul['annee']}"
    yield (
        f"SIREN {format_siren(cumul['siren'])}, salarié {cumul['salarie'][:COURT]} :"
        f" {format_nombre(cumul['indemnites_entreprise_centiemes'])} dans l'entreprise, il en reste"
        f" {format_nombre(cumul['restantes_centiemes'])} sur 55 (D5424-14)."
    )
    yield tell_publication(publiee)
    yield from tell_section("Total de l'année dans l'entreprise", _tell_totals(cumul))
    for declaration, jours in compteur.declarations:
        titre = f"Déclaration {printable(declaration)}"
        yield from tell_section(titre, map(_tell_day, jours))
    yield from tell_section(
        "Indemnités",
        (f"caisse expliquer {part['indemnite']}" for part in compteur.parts if part["indemnite"]),
    )
    yield from tell_closing(ecarts, "les heures et les indemnités du compteur")


def _tell_totals(cumul: Rangee) -> Iterator[str]:
    yield (
        f"{format_heures(cumul['perdues_centiemes'])} perdues,"
        f" {format_heures(cumul['carence_centiemes'])} de carence,"
        f" {format_heures(cumul['indemnisees_centiemes'])} indemnisées ;"
        f" {format_heures(cumul['heures_conges_centiemes'])} pour les congés."
    )
    yield (
        f"Indemnités {format_euros(cumul['indemnite_centimes'])} ; remboursé avant le définitif"
        f" {format_euros(cumul['provisoire_centimes'])}, depuis le définitif"
        f" {format_euros(cumul['definitif_centimes'])}."
    )
