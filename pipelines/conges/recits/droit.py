"""A right to leave in plain words: how many days, how much, what is left, where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.conges.documents.phrases import (
    describe_periode,
    format_nombre,
    format_temps,
)
from pipelines.conges.explications.calcul import (
    MOIS,
    is_short,
    measure_sickness,
    measure_weather,
    read_value,
)
from pipelines.conges.explications.droits import compose_droit
from pipelines.conges.explications.lecture import Dossier, open_dossier
from pipelines.conges.explications.valeurs import Droit
from pipelines.conges.recits.declares import tell_declared, tell_missing
from pipelines.explications.lecture import Lecteur
from pipelines.explications.recits import name_employeur, under, write_aide
from pipelines.explications.texte import tell_section
from pipelines.explications.valeurs import Rangee
from specs.connaissances import Connaissances
from specs.montants import PPM, round_half_away
from specs.periodes import Mois
from specs.salarie import read_mots
from specs.typographie import (
    format_compte,
    format_date,
    format_de_mois,
    format_duree,
    format_euros,
    format_jours,
    format_periode,
    format_taux,
)

MAI = 5


def tell_droit(lecteur: Lecteur, rangee: Rangee) -> Iterator[str]:
    """Days, indemnity, bonus, counters, then what each company declared."""
    dossier = open_dossier(lecteur, rangee["salarie"])
    d, savoir = compose_droit(dossier, rangee), dossier.savoir
    exercice = rangee["exercice"]
    yield (
        f"{format_compte(rangee['jours_legaux'], 'jour')} de congé, qui valent"
        f" {format_euros(rangee['indemnite_centimes'])} avant cotisations et impôt"
    )
    yield (
        f"Vous les avez gagnés en travaillant {_tell_period(d)}, chez tous vos employeurs. Ils se"
        f" prennent du 1er mai {exercice} au 30 avril {exercice + 1}."
    )
    yield (
        "Les congés se comptent du lundi au samedi, sans les jours fériés : une semaine de congé"
        " fait 6 jours."
    )
    jours, montant = format_compte(rangee["jours_legaux"], "jour"), rangee["indemnite_centimes"]
    yield from tell_section(f"Pourquoi {jours} ?", _tell_days(lecteur, d, savoir))
    yield from tell_section(f"Pourquoi {format_euros(montant)} ?", _tell_money(d))
    yield from tell_section("La prime de vacances", _tell_bonus(d, savoir))
    yield from tell_section("Ce que vous avez pris, ce qu'il vous reste", tell_counters(d))
    yield from tell_section("D'où viennent ces chiffres ?", _tell_sources(dossier, d))


def _tell_period(d: Droit) -> str:
    """From the first day of his certificates to the last one."""
    jours = [(c["debut"], c["fin"]) for c in d.certificats]
    if not jours:
        return describe_periode(d.droit["exercice"])
    return format_periode(min(debut for debut, _ in jours), max(fin for _, fin in jours))


def _tell_days(lecteur: Lecteur, d: Droit, savoir: Connaissances) -> Iterator[str]:
    droit = d.droit
    if is_short(d, savoir):
        yield (
            "Vous avez travaillé moins de 150 heures pendant ces douze mois. Un barème à part"
            f" s'applique : {format_compte(droit['jours_legaux'], 'jour')}."
        )
        return
    par_mois = read_value(d, savoir, "ACQUISITION_CONGES", "jours_mois_centiemes")
    maximum = read_value(d, savoir, "ACQUISITION_CONGES", "jours_maximum")
    yield f"Un mois de travail donne {format_nombre(par_mois)} jours de congé."
    yield (
        f"Vous avez {format_temps(droit['mois_travail_fractions'])} de travail. Vos congés et vos"
        " arrêts maladie n'y sont pas : ils sont ajoutés ensuite, s'il y en a. Un accident du"
        " travail, une maternité, une formation comptent comme du travail."
    )
    for certificat in d.certificats:
        employeur = name_employeur(lecteur, certificat["siren"])
        temps = format_temps(certificat["mois_travail_fractions"])
        yield from under(
            f"{employeur}, {format_periode(certificat['debut'], certificat['fin'])} : {temps}."
        )
    yield from _tell_corrections(d, savoir)
    exact = par_mois * droit["mois_retenus_fractions"] // MOIS
    yield (
        f"En tout : {format_temps(droit['mois_retenus_fractions'])} \u00d7"
        f" {format_nombre(par_mois)}"
        f" jours = {format_nombre(exact)} jours, arrondis au jour du dessus, {maximum} au plus."
    )


def _tell_corrections(d: Droit, savoir: Connaissances) -> Iterator[str]:
    """What is added to or taken from the time worked."""
    heures = sum(c["heures_intemperies_centiemes"] for c in d.certificats)
    if heures:
        poids = read_value(d, savoir, "CONGES_INTEMPERIES", "poids_ppm")
        yield (
            f"Vous avez eu {format_duree(heures)} d'intempéries payées. Elles comptent pour"
            f" {format_taux(poids)} d'une heure de travail :"
            f" {format_temps(measure_weather(d, savoir))}"
            " de moins."
        )
    maladie = d.droit["mois_maladie_fractions"]
    if maladie:
        yield (
            f"Vous avez eu {format_temps(maladie)} d'arrêt maladie. La loi en garde"
            f" {format_temps(measure_sickness(d, savoir))}, qui s'ajoutent."
        )
    jours = sum(c["jours_precedents_centiemes"] for c in d.certificats)
    if jours and d.droit["forfait_fractions"]:
        yield (
            f"Vous avez pris {format_jours(jours)} de congé pendant ces douze mois, payés par la"
            " caisse et non par l'employeur. Pour ne rien perdre, on ajoute"
            f" {format_temps(d.droit['forfait_fractions'])}."
        )


def _tell_money(d: Droit) -> Iterator[str]:
    droit = d.droit
    yield "La loi demande de faire deux calculs, et de garder celui qui vous donne le plus."
    if droit["indemnite_btp_centimes"] is None:
        yield (
            "Premier calcul, « comme si vous aviez travaillé » : il ne peut pas se faire, aucun"
            " mois"
            " entier sans absence n'est connu."
        )
    else:
        mois = d.acquis.get("r_mois")
        yield (
            "Premier calcul, « comme si vous aviez travaillé » : votre dernière paie d'un mois"
            f" entier, {format_euros(droit['r_centimes'])}"
            f"{f' (celle {format_de_mois(mois)})' if mois else ''}, \u00d7"
            f" {format_temps(droit['mois_retenus_fractions'])} ÷ 10 ="
            f" {format_euros(droit['indemnite_btp_centimes'])}. Un mois de travail vous donne ainsi"
            " un dixième d'une paie."
        )
    yield (
        "Second calcul, « le dixième » : un dixième de ce que vous avez gagné pendant ces douze"
        f" mois = {format_euros(droit['indemnite_dixieme_centimes'])}. Il compte :"
    )
    yield from under(*_tell_earned(d))
    choix = "premier" if droit["methode"] == "A" else "second"
    yield f"Le {choix} calcul est gardé : {format_euros(droit['indemnite_centimes'])}."
    if droit["jours_legaux"]:
        jour = round_half_away(droit["indemnite_centimes"], droit["jours_legaux"])
        yield f"Un jour de congé vaut donc environ {format_euros(jour)}."


def _tell_earned(d: Droit) -> Iterator[str]:
    yield f"vos salaires, {format_euros(d.droit['brut_centimes'])}"
    if d.acquis["dixieme_seul"]:
        return
    gagnes = {
        "indemnite_precedente_centimes": "les congés que la caisse vous a payés",
        "indemnite_intemperies_centimes": "vos indemnités d'intempéries",
    }
    for champ, quoi in gagnes.items():
        if d.acquis[champ]:
            yield f"{quoi}, {format_euros(d.acquis[champ])}"
    for rebati in d.rebatis:
        temps = (
            f"{format_duree(rebati['heures_centiemes'])} d'activité partielle"
            if rebati["heures_centiemes"]
            else f"{format_temps(rebati['mois_fractions'])} d'arrêt"
        )
        part = (
            "" if rebati["poids_ppm"] == PPM else f", compté à {format_taux(rebati['poids_ppm'])}"
        )
        yield f"le salaire que vous auriez eu pendant {temps}{part}"


def _tell_bonus(d: Droit, savoir: Connaissances) -> Iterator[str]:
    mai = Mois(d.droit["exercice"], MAI)
    taux = savoir.baremes["PRIME_VACANCES"].find("taux_ppm", mai) or 0
    yield (
        "La prime de vacances est un supplément de la convention collective, payé avec le congé :"
        f" {format_taux(taux)} de l'indemnité d'une partie de vos jours."
    )
    oui = "Vous y avez droit" if d.droit["prime_due"] else "Vous n'y avez pas droit cette année"
    if d.droit["categorie"] == "O":
        seuil = read_value(d, savoir, "PRIME_VACANCES", "heures_seuil_centiemes")
        yield (
            f"{oui} : il faut {format_duree(seuil)} à temps plein, et vous en avez"
            f" {format_duree(d.droit['heures_seuil_centiemes'])}, absences qui comptent comprises."
        )
    else:
        mois = read_value(d, savoir, "PRIME_VACANCES", "mois_presence")
        yield (
            f"{oui} : il faut {mois} mois dans l'entreprise, et vous en avez"
            f" {format_temps(d.acquis['presence_fractions'])}."
        )


def tell_counters(d: Droit) -> Iterator[str]:
    """Days of each counter, what it is, and the leaves that took of it."""
    rangs = list(read_mots()["compteurs"])
    utiles = [c for c in d.compteurs if c["acquis_centiemes"] or c["pris_centiemes"]]
    for compteur in sorted(utiles, key=lambda c: rangs.index(c["compteur"])):
        nom = compteur["compteur"]
        fin = f", à prendre avant le {format_date(compteur['fin'])}" if compteur["fin"] else ""
        libelle = read_mots()["compteurs"][nom]["nom"]
        yield (
            f"{libelle} : {format_jours(compteur['acquis_centiemes'])} en tout,"
            f" {format_nombre(compteur['pris_centiemes'])} pris. Il reste"
            f" {format_jours(compteur['reste_centiemes'])}{fin}."
        )
        yield from under(write_aide("compteurs", nom))
        yield from under(*(_tell_taking(p) for p in d.prises if p["compteur"] == nom))


def _tell_taking(prise: Rangee) -> str:
    quand = format_periode(prise["debut"], prise["fin"]) if prise["debut"] else "à votre départ"
    jours = format_jours(abs(prise["jours_centiemes"]))
    return f"{jours} {'rendus' if prise['sens'] < 0 else 'pris'} {quand}."


def _tell_sources(dossier: Dossier, d: Droit) -> Iterator[str]:
    yield "De ce que vos employeurs ont déclaré à la caisse. Une erreur ? Parlez-en à l'employeur."
    for certificat in d.certificats:
        yield from tell_declared(dossier, certificat)
        employeur = name_employeur(dossier.lecteur, certificat["siren"])
        yield from tell_missing(certificat["mois_manquants"], employeur)
