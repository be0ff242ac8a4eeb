"""A certificate explained as a reader sees it: why it is so today, then line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.conges.documents.phrases import (
    describe_periode,
    format_bornes,
    format_nombre,
    format_temps,
    name_value,
    write_value,
)
from pipelines.conges.explications.valeurs import Certificat
from pipelines.explications.texte import tell_closing, tell_publication, tell_section
from pipelines.explications.valeurs import Ecart, Publiee, Rangee
from specs.conges import cite_nature
from specs.contrats import valeurs_of
from specs.typographie import (
    format_compte,
    format_date,
    format_euros,
    format_heures,
    format_jours,
    format_mois,
    format_siren,
    printable,
)

COURT = 8
NOMS = {
    "INTERMEDIAIRE": "Intermédiaire",
    "DEFINITIF": "Définitif",
    "FIN": "De fin de contrat",
    "RECTIFICATIF": "Rectificatif",
}
# Why a certificate is of its nature tonight (L-25).
RAISONS = {
    "INTERMEDIAIRE": "l'exercice court, ou la déclaration de mars d'un employeur manque encore",
    "DEFINITIF": "la déclaration de mars de tous les employeurs est là, ou le 1er mai est venu",
    "FIN": "la fin du contrat a été déclarée, et elle est passée",
    "RECTIFICATIF": "une valeur d'un certificat déjà établi a changé",
}
NATURES = {
    "travail": "de travail ou compté comme tel",
    "accident": "d'accident du travail ou de trajet",
    "maternite": "de maternité, paternité ou assimilé",
    "maladie": "de maladie",
    "conge": "de congé payé par la caisse",
    "non_compte": "qui ne compte pas",
}
COMPTES = {
    "A": "compte comme du travail",
    "N": "compte comme du travail",
    "M": "compte deux jours par mois",
    "T": "compte comme du travail",
    "I": "compte comme du travail, le mois n'étant pas une paie complète",
    "P": "congé payé : les jours payés par la caisse comptent à part, les autres comme du travail",
}


def tell_certificat(c: Certificat, publiee: Publiee, ecarts: Sequence[Ecart]) -> Iterator[str]:
    """Its nature, its time month by month, its wages, its hours, its last pay."""
    ligne = c.certificat
    yield (
        f"Certificat {ligne['certificat']} : {format_temps(ligne['mois_travail_fractions'])} de"
        f" travail ou assimilés, {format_euros(ligne['brut_centimes'])} de salaires"
    )
    yield (
        f"SIREN {format_siren(ligne['siren'])}, salarié {ligne['salarie'][:COURT]}, exercice"
        f" {ligne['exercice']} ({describe_periode(ligne['exercice'])}) :"
        f" {format_bornes(ligne['debut'], ligne['fin'])}."
    )
    yield tell_publication(publiee)
    yield from tell_section("Ce qu'il est", _tell_nature(c))
    yield from tell_section("Ce qui change", map(_tell_change, c.changements))
    yield from tell_section("Le temps, mois par mois", _tell_months(c))
    yield from tell_section("Les absences", map(_tell_absence, c.absences))
    yield from tell_section("Les certificats reçus", map(_tell_lu, c.lus))
    yield from tell_section("Les salaires (base 20)", _tell_wages(c))
    yield from tell_section("Les heures", _tell_hours(c))
    yield from tell_section("La dernière paie normale et complète", _tell_pay(c))
    yield from tell_section("Le congé payé pendant la période", _tell_before(c))
    yield from tell_closing(ecarts, "chaque valeur du certificat")


def _tell_nature(c: Certificat) -> Iterator[str]:
    ligne = c.certificat
    sens = valeurs_of("certificats", "nature")[ligne["nature"]]
    yield f"{NOMS[ligne['nature']]} ({sens}) : {RAISONS[ligne['nature']]}."
    if ligne["remplace"]:
        yield f"Il annule et remplace {ligne['remplace']}."
    if ligne["visible_le"]:
        yield f"Visible du salarié le {format_date(ligne['visible_le'])}, de l'entreprise aussitôt."
    if c.suivant:
        yield f"Depuis, {c.suivant} l'a remplacé (caisse expliquer {c.suivant})."
    manque = ligne["mois_manquants"]
    mois = ", ".join(map(format_mois, manque.split())) if manque else ""
    suite = f" ; il manque {mois}, qui ne donne rien" if manque else ""
    yield f"{ligne['completude']} % des mois de contrat attendus sont couverts{suite}."


def _tell_change(change: Rangee) -> str:
    avant, apres = (write_value(change["valeur"], change[quand]) for quand in ("avant", "apres"))
    return f"{name_value(change['valeur'])} : {avant}, désormais {apres}."


def _tell_months(c: Certificat) -> Iterator[str]:
    for mois in c.mois:
        parts = [f"{mois[nom]} {sens}" for nom, sens in NATURES.items() if mois[nom]]
        yield (
            f"{format_mois(mois['mois'])}, contrat {printable(mois['contrat'])} :"
            f" {mois['ouvrables']} des {mois['du_mois']} jours du lundi au samedi,"
            f" {', '.join(parts) or 'aucun sous contrat'} ({_where(mois)})."
        )
    yield (
        f"Total : {format_temps(c.certificat['mois_travail_fractions'])} de travail ou assimilés,"
        f" {format_temps(c.certificat['mois_maladie_fractions'])} de maladie. Un jour est une part"
        " exacte de son mois, un mois compte une fois au plus (Code du travail, L3141-3 à L3141-5)."
    )


def _where(ligne: Rangee) -> str:
    return f"dépôt {ligne['depot']}, ligne {ligne['ligne']}"


def _tell_absence(absence: Rangee) -> str:
    bloc = "60.001" if absence["nature"] == "ARRET" else "65.001"
    compte = COMPTES.get(absence["compte"], "ne compte pas")
    source = cite_nature(absence["compte"], absence["debut"])
    return (
        f"{format_bornes(absence['debut'], absence['fin'])}, {bloc} ="
        f" {printable(absence['motif_absence'])} : {compte}{f' ({source})' if source else ''} ;"
        f" {_where(absence)}."
    )


def _tell_lu(lu: Rangee) -> str:
    temps = f"{format_nombre(lu['months'])} mois" if lu["unit"] == "M" else "en heures"
    part = (
        ""
        if lu["part"] == lu["total"]
        else f", retenu pour {lu['part']} de ses {lu['total']} jours, la DSN disant les autres"
    )
    return (
        f"{printable(lu['cert_ref'])} {format_bornes(lu['debut'], lu['fin'])}, {temps} :"
        f" {format_heures(lu['heures'])}, {format_euros(lu['brut'])}{part} (dépôt {lu['depot']},"
        f" enregistrement {lu['rang']})."
    )


def _tell_wages(c: Certificat) -> Iterator[str]:
    for base in c.bases:
        tard = (
            f", dite en {format_mois(base['mois_appel'])}"
            if base["mois_appel"] != base["mois"]
            else ""
        )
        yield (
            f"{format_mois(base['mois'])} : {format_euros(base['quantite'])}{tard}"
            f" ({_where(base)})."
        )
    if c.bases:
        total = sum(base["quantite"] for base in c.bases)
        yield f"{format_compte(len(c.bases), 'ligne')}, {format_euros(total)}."


def _tell_hours(c: Certificat) -> Iterator[str]:
    for ligne in c.heures:
        quoi = "activité partielle" if ligne["partielle"] else "travail"
        heures = format_heures(ligne["mesure_centiemes"] or 0)
        yield f"{format_mois(ligne['mois'])} : {heures}, {quoi} ({_where(ligne)})."
    intemperies = c.certificat["heures_intemperies_centiemes"]
    if intemperies:
        yield (
            f"Intempéries indemnisées de l'employeur : {format_heures(intemperies)}"
            " (caisse intemperies cumuls)."
        )


def _tell_pay(c: Certificat) -> Iterator[str]:
    r, mois = c.certificat["r_centimes"], c.certificat["r_mois"]
    if r is None:
        yield "Aucune paie complète n'est connue : seul le dixième des salaires compte."
    elif mois is None:
        yield f"{format_euros(r)}, salaire moyen du certificat reçu (AVG_WAGE)."
    else:
        dites = sum(base["quantite"] for base in c.bases if base["mois"] == mois)
        moins = ""
        if r < dites:
            moins = f" (base de {format_euros(dites)}, moins les primes d'autres périodes)"
        yield (
            f"{format_mois(mois)}, {format_euros(r)}{moins} : le dernier mois entier sous contrat,"
            " sans absence (D3141-32)."
        )


def _tell_before(c: Certificat) -> Iterator[str]:
    for paye in c.precedents:
        yield (
            f"{format_bornes(paye['debut'], paye['fin'])} :"
            f" {format_jours(paye['jours_legaux_centiemes'])} de congé légal,"
            f" {format_euros(paye['indemnite_centimes'])} (L3141-24)."
        )
    jours = c.certificat["jours_precedents_centiemes"]
    if jours:
        yield (
            f"Total, autre caisse comprise : {format_jours(jours)},"
            f" {format_euros(c.certificat['indemnite_precedente_centimes'])}."
        )
