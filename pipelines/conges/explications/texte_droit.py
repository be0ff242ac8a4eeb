"""A right explained to whom it belongs: each number with its reason and its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.conges.documents.phrases import (
    describe_periode,
    format_bornes,
    format_nombre,
    format_temps,
)
from pipelines.conges.explications.calcul import (
    MOIS,
    cite,
    is_short,
    measure_sickness,
    measure_weather,
    read_value,
)
from pipelines.conges.explications.texte_compteurs import tell_counters
from pipelines.conges.explications.valeurs import Droit
from pipelines.explications.texte import tell_closing, tell_publication, tell_section
from pipelines.explications.valeurs import Ecart, Publiee, Rangee
from specs.connaissances import Connaissances
from specs.contrats import valeurs_of
from specs.montants import PPM, round_half_away
from specs.typographie import (
    format_compte,
    format_euros,
    format_heures,
    format_jours,
    format_mois,
    format_siren,
    format_taux,
)

COURT = 8
CATEGORIES = valeurs_of("droits", "categorie")
GAGNES = {
    "indemnite_precedente_centimes": "d'indemnité de congés",
    "indemnite_intemperies_centimes": "d'indemnités d'intempéries",
}
FORFAITS = {"O": "ouvrier_ppm", "E": "etam_ppm", "C": "cadre_ppm"}


def tell_droit(
    d: Droit, savoir: Connaissances, publiee: Publiee, ecarts: Sequence[Ecart]
) -> Iterator[str]:
    """From the certificates to the days, from the days to the money, then each counter."""
    droit = d.droit
    yield (
        f"Droit {droit['droit']} : {format_compte(droit['jours_legaux'], 'jour')} de congé légal,"
        f" {format_euros(droit['indemnite_centimes'])}"
    )
    yield (
        f"Salarié {droit['salarie'][:COURT]}, exercice {droit['exercice']}"
        f" ({describe_periode(droit['exercice'])}), {CATEGORIES[droit['categorie']]}, dernier"
        f" employeur SIREN {format_siren(droit['siren'])}."
    )
    yield tell_publication(publiee)
    for titre, phrases in list_sections(d, savoir):
        yield from tell_section(titre, phrases)
    yield from tell_closing(ecarts, "le temps, les jours, les indemnités et les compteurs")


def list_sections(d: Droit, savoir: Connaissances) -> Iterator[tuple[str, Iterator[str]]]:
    """Each title, and its sentences: a number, its reason, its source."""
    yield "Les certificats", map(_tell_certificate, d.certificats)
    yield "Le temps retenu", _tell_time(d, savoir)
    yield "Les jours", _tell_days(d, savoir)
    yield "L'indemnité des jours légaux", _tell_money(d)
    yield "La prime de vacances", _tell_bonus(d, savoir)
    yield "Les compteurs", tell_counters(d, savoir)


def _tell_certificate(certificat: Rangee) -> str:
    return (
        f"SIREN {format_siren(certificat['siren'])},"
        f" {format_bornes(certificat['debut'], certificat['fin'])} :"
        f" {format_temps(certificat['mois_travail_fractions'])} de travail ou assimilés,"
        f" {format_euros(certificat['brut_centimes'])}"
        f" (certificat {certificat['certificat']})."
    )


def _tell_time(d: Droit, savoir: Connaissances) -> Iterator[str]:
    droit = d.droit
    yield (
        f"{format_temps(droit['mois_travail_fractions'])} de travail ou assimilés, tous employeurs"
        " réunis, un mois comptant une fois au plus (Code du travail, L3141-3 à L3141-5)."
    )
    yield from _tell_weather(d, savoir)
    yield from _tell_sickness(d, savoir)
    yield from _tell_forfait(d, savoir)
    yield f"Total : {format_temps(droit['mois_retenus_fractions'])}."


def _tell_weather(d: Droit, savoir: Connaissances) -> Iterator[str]:
    heures = sum(c["heures_intemperies_centiemes"] for c in d.certificats)
    if heures:
        poids = read_value(d, savoir, "CONGES_INTEMPERIES", "poids_ppm")
        yield (
            f"Dont {format_heures(heures)} d'intempéries indemnisées, qui ne comptent que pour"
            f" {format_taux(poids)} : {format_temps(measure_weather(d, savoir))} de moins"
            f" ({cite(d, savoir, 'CONGES_INTEMPERIES', 'poids_ppm')})."
        )


def _tell_sickness(d: Droit, savoir: Connaissances) -> Iterator[str]:
    maladie = d.droit["mois_maladie_fractions"]
    if not maladie:
        return
    poids = read_value(d, savoir, "ACQUISITION_CONGES", "poids_maladie_ppm")
    retenue = measure_sickness(d, savoir)
    serie = "jours_execution" if retenue == maladie and poids < PPM else "poids_maladie_ppm"
    yield (
        f"{format_temps(maladie)} de maladie, comptés pour {format_temps(retenue)}"
        f" ({cite(d, savoir, 'ACQUISITION_CONGES', serie)})."
    )


def _tell_forfait(d: Droit, savoir: Connaissances) -> Iterator[str]:
    jours = sum(c["jours_precedents_centiemes"] for c in d.certificats)
    if not jours:
        return
    if is_short(d, savoir):
        yield "Congé payé l'année d'avant : rien ne s'ajoute, les heures étant trop peu nombreuses."
        return
    source = cite(d, savoir, "FORFAIT_CONGES", FORFAITS[d.droit["categorie"]])
    yield (
        f"{format_temps(d.droit['forfait_fractions'])} pour {format_jours(jours)} de congé légal"
        f" payés par une caisse pendant la période ({source})."
    )


def _tell_days(d: Droit, savoir: Connaissances) -> Iterator[str]:
    droit, exercice = d.droit, d.droit["exercice"]
    if is_short(d, savoir):
        source = cite(d, savoir, "PETITES_DUREES_CONGES", "plafond_centiemes")
        yield (
            f"Moins de 150 heures dans l'exercice {exercice} : le barème des petites durées donne"
            f" {format_compte(droit['jours_legaux'], 'jour')} ({source})."
        )
        return
    par_mois = read_value(d, savoir, "ACQUISITION_CONGES", "jours_mois_centiemes")
    maximum = read_value(d, savoir, "ACQUISITION_CONGES", "jours_maximum")
    exact = par_mois * droit["mois_retenus_fractions"] // MOIS
    yield (
        f"{format_temps(droit['mois_retenus_fractions'])} \u00d7 {format_nombre(par_mois)} jours ="
        f" {format_nombre(exact)}, arrondis au jour supérieur, {maximum} au plus :"
        f" {format_compte(droit['jours_legaux'], 'jour')} ouvrables"
        f" ({cite(d, savoir, 'ACQUISITION_CONGES', 'jours_mois_centiemes')} et L3141-7)."
    )


def _tell_money(d: Droit) -> Iterator[str]:
    droit = d.droit
    if droit["indemnite_btp_centimes"] is not None:
        yield _tell_last_pay(d)
    yield _tell_tenth(d)
    choix = "la dernière paie" if droit["methode"] == "A" else "le dixième"
    yield f"Le plus favorable est retenu : {choix}, {format_euros(droit['indemnite_centimes'])}."
    if droit["jours_legaux"]:
        jour = round_half_away(droit["indemnite_centimes"], droit["jours_legaux"])
        yield (
            f"Une journée vaut {format_euros(jour)} environ ; les paiements se font sur la valeur"
            " exacte, le dernier apporte le solde."
        )


def _tell_last_pay(d: Droit) -> str:
    droit, mois = d.droit, d.acquis.get("r_mois")
    quand = f" ({format_mois(mois)})" if mois else ""
    return (
        f"D'après la dernière paie complète{quand} : {format_euros(droit['r_centimes'])} \u00d7"
        f" {format_temps(droit['mois_retenus_fractions'])} / 10 ="
        f" {format_euros(droit['indemnite_btp_centimes'])} (convention des ouvriers des travaux"
        " publics, 5.7 ; D3141-32)."
    )


def _tell_tenth(d: Droit) -> str:
    gagne = [f"{format_euros(d.droit['brut_centimes'])} de salaires"]
    if not d.acquis["dixieme_seul"]:
        gagne += [
            f"{format_euros(d.acquis[champ])} {quoi}"
            for champ, quoi in GAGNES.items()
            if d.acquis[champ]
        ]
        gagne += map(_tell_rebuilt, d.rebatis)
    return (
        f"Au dixième : {', plus '.join(gagne)}, divisés par 10 ="
        f" {format_euros(d.droit['indemnite_dixieme_centimes'])} (L3141-24)."
    )


def _tell_rebuilt(rebati: Rangee) -> str:
    if rebati["heures_centiemes"]:
        return f"le salaire de {format_heures(rebati['heures_centiemes'])} d'activité partielle"
    quoi = "d'absence"
    if rebati["poids_ppm"] != PPM:
        quoi = f"de maladie, compté à {format_taux(rebati['poids_ppm'])}"
    kept = rebati["maintenu_centimes"]
    moins = f", moins {format_euros(kept)} que l'employeur a maintenus" if kept else ""
    return f"le salaire de {format_temps(rebati['mois_fractions'])} {quoi}{moins}"


def _tell_bonus(d: Droit, savoir: Connaissances) -> Iterator[str]:
    due = "due" if d.droit["prime_due"] else "non due"
    if d.droit["categorie"] == "O":
        yield (
            f"Prime {due} : {format_heures(d.droit['heures_seuil_centiemes'])} retenues, absences"
            " comptées ; il en faut"
            f" {format_heures(read_value(d, savoir, 'PRIME_VACANCES', 'heures_seuil_centiemes'))} à"
            f" temps plein ({cite(d, savoir, 'PRIME_VACANCES', 'heures_seuil_centiemes')})."
        )
    else:
        yield (
            f"Prime {due} : {format_temps(d.acquis['presence_fractions'])} sous contrat, il en faut"
            f" {read_value(d, savoir, 'PRIME_VACANCES', 'mois_presence')}"
            f" ({cite(d, savoir, 'PRIME_VACANCES', 'mois_presence')})."
        )
