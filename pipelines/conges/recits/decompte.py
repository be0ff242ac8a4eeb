"""A payment of leave in plain words: from the days to what reaches the account."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.conges.documents.phrases import describe_periode
from pipelines.conges.explications.decomptes import compose_decompte
from pipelines.conges.explications.lecture import open_dossier
from pipelines.conges.explications.texte_decompte import format_journee
from pipelines.conges.explications.valeurs import Decompte
from pipelines.conges.recits.declares import tell_declared
from pipelines.explications.lecture import Lecteur, find_issue
from pipelines.explications.recits import name_employeur, write_mot
from pipelines.explications.texte import tell_section
from pipelines.explications.valeurs import Rangee
from specs.connaissances import read_connaissances
from specs.contrats import codes_of
from specs.periodes import Mois
from specs.salarie import read_mots
from specs.typographie import (
    format_compte,
    format_date,
    format_euros,
    format_jours,
    format_periode,
    format_taux,
)

(REGULARISATION,) = codes_of("decomptes", "motif", "REGULARISATION")
(DIRECT,) = codes_of("decomptes", "mode_retraite", "D")
COMPENSATRICE = "CO"
DERNIERE_PAIE = "A"


def tell_decompte(lecteur: Lecteur, rangee: Rangee) -> Iterator[str]:
    """The leave, the gross, each withholding, the net and its transfer, where it comes from."""
    emise = find_issue(lecteur, "decomptes", "decompte", rangee["decompte"], rangee["date_arrete"])
    d = compose_decompte(emise, rangee)
    net, jour = rangee["net_centimes"], format_date(rangee["date_paiement"])
    if net < 0:
        yield f"{format_euros(-net)} à rendre à la caisse"
    else:
        yield f"{format_euros(net)} pour vous, le {jour}"
    yield _tell_reason(rangee)
    yield from tell_section("Le congé", _tell_leave(lecteur, d))
    yield from tell_section("Ce que vaut ce congé", _tell_gross(d))
    yield from tell_section("Ce qui en est retenu", _tell_lines(d))
    yield from tell_section("Ce que vous recevez", _tell_net(d))
    yield from tell_section("D'où viennent ces chiffres ?", _tell_sources(emise, d))


def _tell_reason(ligne: Rangee) -> str:
    if ligne["annule"]:
        return (
            "Ce décompte en annule un autre : les mêmes montants, repris. Les jours vous sont"
            " rendus."
        )
    if ligne["motif"] == REGULARISATION:
        return (
            "Ce décompte corrige un paiement d'avant : vos droits ont changé, ou une part qui"
            " restait à payer l'est maintenant."
        )
    if ligne["nature"] == COMPENSATRICE:
        return "Ces jours vous restaient à votre départ : la caisse vous les paie."
    return (
        "Pendant un congé, votre employeur ne vous paie pas ces jours : la caisse le fait à sa"
        " place."
    )


def _tell_leave(lecteur: Lecteur, d: Decompte) -> Iterator[str]:
    ligne = d.decompte
    employeur = name_employeur(lecteur, ligne["siren"])
    jours = format_jours(abs(ligne["jours_centiemes"]))
    if ligne["nature"] == COMPENSATRICE:
        yield f"{jours} que vous n'aviez pas pris en quittant {employeur}."
    else:
        yield (
            f"{format_periode(ligne['debut'], ligne['fin'])}, chez {employeur} : {jours}, comptés"
            " du lundi au samedi, sans les jours fériés."
        )
    for prise in d.prises:
        nom = read_mots()["compteurs"][prise["compteur"]]["nom"]
        yield f"{nom} : {format_jours(abs(prise['jours_centiemes']))}."
    yield (
        f"Il vous restait ensuite {format_jours(ligne['reste_centiemes'])} sur ceux gagnés"
        f" {describe_periode(ligne['exercice'])}."
    )


def _tell_gross(d: Decompte) -> Iterator[str]:
    ligne = d.decompte
    total = ligne["indemnite_exercice_centimes"]
    if d.droit and d.droit["jours_legaux"]:
        jours = d.droit["jours_legaux"]
        yield (
            f"Tous vos congés de l'année valent {format_euros(total)} pour"
            f" {format_compte(jours, 'jour')}. Un jour vaut donc {format_journee(total, jours)} (on"
            " garde quatre chiffres après la virgule, pour ne pas perdre de centimes)."
        )
    due = format_euros(ligne["indemnite_due_centimes"])
    jours_pris = format_jours(abs(ligne["jours_centiemes"]))
    yield f"L'indemnité de congé, pour {jours_pris} : {due}."
    if ligne["prime_due_centimes"]:
        baremes = read_connaissances().baremes
        taux = baremes["PRIME_VACANCES"].find("taux_ppm", Mois.from_date(ligne["debut"])) or 0
        yield (
            f"La prime de vacances : {format_euros(ligne['prime_due_centimes'])}. C'est un"
            f" supplément de la convention collective, {format_taux(taux)} de l'indemnité des"
            " jours qui y donnent droit."
        )
    elif d.droit and d.droit["prime_due"]:
        yield (
            "Pas de prime de vacances pour ces jours : elle se paie sur une partie du congé"
            " principal, sur les jours d'ancienneté et de fractionnement, pas sur les autres."
        )
    if ligne["mois_payes"] < ligne["mois_emploi"]:
        yield (
            "La caisse ne peut en verser qu'une partie pour l'instant :"
            f" {ligne['mois_payes']} de vos {ligne['mois_emploi']} mois de travail lui ont été"
            " réglés par l'employeur. Le reste vous sera versé dès que les autres le seront."
        )
    yield f"Le total avant retenues, « brut » : {format_euros(ligne['brut_centimes'])}."


def _tell_lines(d: Decompte) -> Iterator[str]:
    """Each line: what it is, how much, from which rate of which amount."""
    if d.lignes:
        yield (
            "Comme sur un salaire, la caisse retient des cotisations et l'impôt. Elle les verse"
            " pour vous."
        )
    for ligne in d.lignes:
        nom, montant = (
            read_mots()["retenues"][ligne["code"]],
            format_euros(ligne["montant_centimes"]),
        )
        taux = ligne["taux_ppm"]
        calcul = (
            ""
            if taux is None
            else f", soit {format_taux(taux)} de {format_euros(ligne['assiette_centimes'])}"
        )
        yield f"{nom} : {montant}{calcul}."
    codes = {ligne["code"] for ligne in d.lignes}
    if codes & {"CSGD", "CSGN", "CRDS"}:
        yield (
            "CSG et CRDS sont deux contributions que tout le monde paie, pour la Sécurité sociale"
            " et pour sa dette. Elles se calculent sur un peu moins que le brut."
        )
    if "PAS" in codes:
        yield (
            "Le taux de l'impôt est celui que l'administration fiscale a donné pour vous, ou à"
            " défaut un taux commun."
        )
    if d.decompte["mode_retraite"] != DIRECT:
        yield (
            "Pour la retraite complémentaire et la prévoyance, voyez votre bulletin de paie :"
            " votre employeur s'en charge."
        )


def _tell_net(d: Decompte) -> Iterator[str]:
    ligne = d.decompte
    retenu = ligne["brut_centimes"] - ligne["net_centimes"]
    yield (
        f"{format_euros(ligne['brut_centimes'])} \u2212 {format_euros(retenu)} de retenues ="
        f" {format_euros(ligne['net_centimes'])}."
    )
    yield (
        f"À déclarer aux impôts : {format_euros(ligne['net_imposable_centimes'])}. C'est un peu"
        " plus que ce que vous recevez : une part de la CSG, la CRDS et l'impôt ne se déduisent"
        " pas."
    )
    for virement in d.virements:
        etat = write_mot("reglements", virement["etat"])
        jour = format_date(virement["date_execution"])
        yield f"Virement du {jour} : {etat}."


def _tell_sources(emise: Lecteur, d: Decompte) -> Iterator[str]:
    droit = d.droit
    if droit is None:
        yield (
            "Vos droits ont changé depuis ce paiement : voyez « Mes congés » pour ceux"
            " d'aujourd'hui."
        )
        return
    exercice = droit["exercice"]
    methode = (
        f"de votre dernière paie d'un mois entier, {format_euros(droit['r_centimes'])}"
        if droit["methode"] == DERNIERE_PAIE
        else "du dixième de ce que vous avez gagné"
    )
    yield (
        f"Le prix d'un jour vient {methode}, pour votre travail {describe_periode(exercice)}. Pour"
        " suivre tout le calcul : page « Mes congés », à cette période, « Pourquoi ce montant ? »."
    )
    dossier = open_dossier(emise, d.decompte["salarie"])
    siens = dossier.certificats.filter(pl.col("en_vigueur"), exercice=exercice)
    for certificat in siens.to_dicts():
        yield from tell_declared(dossier, certificat)
