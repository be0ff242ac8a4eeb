"""An explanation as a reader sees it: the sentences of the PDF, then what they summarise."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from pipelines.cotisations.documents.mots import NATURES
from pipelines.cotisations.documents.phrases import explain_ligne, explain_taux
from pipelines.cotisations.documents.valeurs import Cumul, DejaAppele, LigneAppel
from pipelines.cotisations.explications.references import CENTRE, INCONNUE
from pipelines.cotisations.explications.valeurs import (
    AppelExplique,
    BaseRetenue,
    BasesDepot,
    CumulExplique,
    LigneExpliquee,
    OptionJouee,
    Reference,
)
from pipelines.declarations.regles.estimations import ESTIMATION
from pipelines.declarations.regles.releves import TDP
from pipelines.declarations.regles.statuts import DSN
from pipelines.explications.texte import RETRAIT, tell_closing, tell_publication, tell_section
from pipelines.explications.valeurs import Publiee
from specs.montants import PPM
from specs.periodes import Mois
from specs.typographie import (
    format_date,
    format_de_mois,
    format_entier,
    format_euros,
    format_heures,
    format_instant,
    format_mois,
    format_siren,
    format_taux,
    printable,
)

SALARIE_COURT = 8
EXACT = 14  # decimals of a centime: parts per million twice, and hundredths
AUTRES_SOURCES = {ESTIMATION: "estimation, faute de DSN", "FRACTIONNEMENT": "facture"}


def tell_ligne(ligne: LigneExpliquee, publiee: Publiee) -> Iterator[str]:
    """Everything on one line of call, down to the lines of the DSN."""
    montant = format_euros(ligne.publiee.montant_centimes)
    yield f"Ligne {ligne.identifiant} : {montant}"
    yield (
        f"{ligne.libelle} ({ligne.cotisation}), mois de rattachement :"
        f" {format_mois(ligne.mois_rattachement)}."
    )
    yield (
        f"Appel {ligne.appel} ({NATURES[ligne.nature]}) {format_de_mois(ligne.mois_appel)},"
        f" centre de gestion {ligne.cdg}, SIREN {format_siren(ligne.siren)}."
    )
    yield tell_publication(publiee)
    yield from tell_calcul(ligne)
    yield from tell_section(
        "Choix de la caisse dont ce montant dépend", map(_tell_option, ligne.options)
    )
    yield from tell_closing(ligne.ecarts, f"le montant de la ligne, {montant}")


def tell_calcul(ligne: LigneExpliquee) -> Iterator[str]:
    """The rows behind a line, its figures, who says so, its cumul, what was called before."""
    yield from tell_section("Lignes retenues", _tell_depots(ligne))
    yield from tell_section("Calcul", (*explain_ligne(to_document(ligne)), *_tell_exact(ligne)))
    yield from tell_section("Valeurs et sources", _tell_references(ligne))
    if ligne.cumul is not None:
        titre = f"{ligne.cumul.libelle}, {ligne.cumul.periode}"
        yield from tell_section(titre, _tell_cumul(ligne, ligne.cumul))
    yield from tell_section("Déjà appelé pour ce mois", _tell_former(ligne))


def tell_appel(appel: AppelExplique, publiee: Publiee) -> Iterator[str]:
    """A call: each of its lines in short, with the identifier that tells more."""
    montant = format_euros(appel.montant_centimes)
    yield f"Appel {appel.appel} : {montant}"
    yield (
        f"Appel {NATURES[appel.nature]} {format_de_mois(appel.mois_appel)}, centre de gestion"
        f" {appel.cdg}, SIREN {format_siren(appel.siren)}, adhérent {appel.adherent}."
    )
    yield (
        f"Exigible le {format_date(appel.date_exigibilite)} ; référence à rappeler au paiement :"
        f" {appel.reference_paiement}."
    )
    yield tell_publication(publiee)
    for ligne in appel.lignes:
        titre = f"{ligne.identifiant} : {format_euros(ligne.publiee.montant_centimes)}"
        document = to_document(ligne)
        yield from tell_section(titre, (*explain_ligne(document), explain_taux(document)))
    yield from tell_section(
        "Appels précédents du même mois",
        (f"{avant} : {format_euros(centimes)}" for avant, centimes in appel.anterieurs),
    )
    yield from tell_section(
        "Choix de la caisse dont cet appel dépend", map(_tell_option, appel.options)
    )
    yield from tell_closing(appel.ecarts, f"le montant de l'appel, {montant}")


def to_document(ligne: LigneExpliquee) -> LigneAppel:
    """The line as the documents know it: their sentences are the same."""
    publiee, salaries, lues = ligne.publiee, set(), 0
    for depot in ligne.depots:
        if depot.source not in (ESTIMATION, TDP):
            lues += len(depot.bases)
            salaries |= {base.salarie for base in depot.bases if base.salarie}
    reference = ligne.salaire_reference
    return LigneAppel(
        mois_rattachement=ligne.mois_rattachement,
        cotisation=ligne.cotisation,
        libelle=ligne.libelle,
        base_centimes=publiee.base_centimes,
        taux_ppm=ligne.taux.valeur,
        montant_centimes=publiee.montant_centimes,
        salaries=len(salaries),
        lignes_dsn=lues,
        base_brute_centimes=publiee.base_brute_centimes,
        heures_centiemes=publiee.heures_centiemes,
        refaction_ppm=ligne.refaction.valeur,
        coefficient_ppm=ligne.coefficient.valeur,
        abattement_centimes=publiee.abattement_centimes,
        code_base=", ".join(ligne.codes_base),
        depots=tuple(d.depot for d in ligne.depots if d.source != ESTIMATION),
        cumul=_position(ligne.cumul),
        deja=_already_called(ligne),
        taux_depuis=_since(ligne.taux),
        taux_source=_source(ligne.taux),
        salaire_reference_centimes=reference.valeur if reference else None,
        estimation_centimes=_sum_of(ligne, ESTIMATION),
        quantite_tdp=_sum_of(ligne, TDP),
    )


def _sum_of(ligne: LigneExpliquee, source: str) -> int:
    return sum(depot.quantite for depot in ligne.depots if depot.source == source)


def _position(cumul: CumulExplique | None) -> Cumul | None:
    if cumul is None:
        return None
    return Cumul(
        nature=cumul.cumul,
        periode=cumul.periode,
        cumul_centimes=cumul.cumul_centimes,
        droit_centimes=cumul.droit_centimes,
        consomme_centimes=cumul.consomme_centimes,
    )


def _already_called(ligne: LigneExpliquee) -> DejaAppele | None:
    if not ligne.anterieures:
        return None
    mesures = [anterieure.mesures for anterieure in ligne.anterieures]
    return DejaAppele(
        base_centimes=sum(m.base_centimes for m in mesures),
        abattement_centimes=sum(m.abattement_centimes for m in mesures),
        montant_centimes=sum(m.montant_centimes for m in mesures),
    )


def _tell_depots(ligne: LigneExpliquee) -> Iterator[str]:
    forme = format_heures if ligne.en_heures else format_euros
    for depot in ligne.depots:
        yield f"{_tell_depot(depot)} : {forme(depot.quantite)}"
        for base in depot.bases:
            yield f"{RETRAIT}{_tell_base(base)} : {forme(base.quantite)}"
    if not ligne.depots:
        yield "Aucune : plus rien n'est déclaré pour cette ligne, ou c'est un avoir."


def _tell_depot(depot: BasesDepot) -> str:
    if depot.source not in (DSN, TDP):
        return f"{printable(depot.depot)} ({AUTRES_SOURCES.get(depot.source, depot.source)})"
    if depot.nom is None or depot.recu_le is None:
        return f"Dépôt {printable(depot.depot)}"
    recu = format_instant(depot.recu_le)
    tdp = "télédéclaration de paie (TDP), " if depot.source == TDP else ""
    return f"Dépôt {depot.depot}, {tdp}fichier « {printable(depot.nom)} », reçu le {recu}"


def _tell_base(base: BaseRetenue) -> str:
    qui = f", salarié {base.salarie[:SALARIE_COURT]}" if base.salarie else ""
    contrat = f", contrat {printable(base.contrat)}" if base.contrat else ""
    return (
        f"ligne {format_entier(base.ligne)}, base {base.code_base}{qui}{contrat},"
        f" SIRET {format_siren(base.siret)}"
    )


def _tell_exact(ligne: LigneExpliquee) -> Iterator[str]:
    """The product behind a rounded base, when the base is one."""
    exacte, arrondie = ligne.calcul.base_exacte, ligne.calcul.base_centimes
    if exacte is not None and arrondie is not None and exacte != arrondie:
        yield f"Base exacte : {format_exact(exacte)}, arrondie à {format_euros(arrondie)}."


def _tell_references(ligne: LigneExpliquee) -> Iterator[str]:
    yield from _tell_reference(explain_taux(to_document(ligne)), ligne.taux)
    if ligne.refaction.valeur != PPM:
        depuis = f" depuis {_month(ligne.refaction)}" if ligne.refaction.depuis else ""
        part = f"Part retenue des bases du centre : {format_taux(ligne.refaction.valeur)}{depuis}"
        yield from _tell_reference(f"{part}{_in_brackets(ligne.refaction)}.", ligne.refaction)
    if ligne.coefficient.valeur != PPM:
        coefficient = f"Coefficient de la base : {format_taux(ligne.coefficient.valeur)}"
        yield from _tell_reference(
            f"{coefficient}{_in_brackets(ligne.coefficient)}.", ligne.coefficient
        )
    if (salaire := ligne.salaire_reference) is not None:
        dit = f"Salaire horaire de référence : {format_euros(salaire.valeur)}"
        yield from _tell_reference(
            f"{dit}, en vigueur depuis {_month(salaire)}{_in_brackets(salaire)}.", salaire
        )


def _tell_reference(phrase: str, reference: Reference) -> Iterator[str]:
    yield phrase
    if reference.source_lien:
        yield f"{RETRAIT}{reference.source_lien}"
    if reference.incertain:
        yield f"{RETRAIT}INCERTAIN : {' '.join(reference.incertain.split())}"


def _tell_cumul(ligne: LigneExpliquee, cumul: CumulExplique) -> Iterator[str]:
    """How the position gives the assiette of the month, then how that one is shared."""
    if (annuel := cumul.montant_annuel) is not None:
        montant = f"Montant de la période : {format_euros(annuel.valeur)}{_in_brackets(annuel)}."
        yield from _tell_reference(montant, annuel)
    yield (
        f"Bases cumulées de l'entreprise : {format_euros(cumul.cumul_centimes)}, dont"
        f" {format_euros(cumul.base_centimes)} ce mois ; droit à ce mois"
        f" ({cumul.strategie}) : {format_euros(cumul.droit_centimes)}."
    )
    yield (
        f"Au-delà du droit : {format_euros(cumul.assiette_cumulee_centimes)}, moins"
        f" {format_euros(cumul.assiette_avant_centimes)} au mois précédent, soit une assiette du"
        f" mois de {format_euros(cumul.assiette_centimes)}, partagée ainsi :"
    )
    for part in cumul.partage:
        memes = (part.cdg, part.mois_rattachement) == (ligne.cdg, ligne.mois_rattachement)
        celle = " (cette ligne)" if memes and part.cotisation == ligne.cotisation else ""
        yield (
            f"{RETRAIT}{part.cdg}, {format_mois(part.mois_rattachement)}, {part.cotisation} :"
            f" {format_euros(part.part_centimes)} pour une base de"
            f" {format_euros(part.base_centimes)}{celle}"
        )
    yield from _tell_steps(ligne, cumul)


def _tell_steps(ligne: LigneExpliquee, cumul: CumulExplique) -> Iterator[str]:
    """The month of attachment in the campaign computed again, and in the computation before."""
    mois = format_mois(ligne.mois_rattachement)
    for etape in cumul.etapes:
        yield (
            f"Mois de rattachement {mois}, campagne calculée à l'appel"
            f" ({format_mois(etape.mois_appel)}) : {format_euros(etape.cumul_centimes)} de bases"
            f" jusque-là, droit {format_euros(etape.droit_centimes)}, assiette du mois"
            f" {format_euros(etape.assiette_centimes)}, part de cette ligne"
            f" {format_euros(etape.part_centimes)}."
        )
    if len(cumul.etapes) > 1:
        avant, apres = (etape.part_centimes for etape in cumul.etapes)
        yield (
            f"L'appel porte la différence : {format_euros(apres)} moins {format_euros(avant)},"
            f" soit {format_euros(apres - avant)}."
        )


def _tell_former(ligne: LigneExpliquee) -> Iterator[str]:
    for anterieure in ligne.anterieures:
        mesures = anterieure.mesures
        yield (
            f"{anterieure.appel} : {format_euros(mesures.montant_centimes)} pour une base de"
            f" {format_euros(mesures.base_centimes)}"
        )


def _tell_option(option: OptionJouee) -> str:
    return f"{option.nom} = {option.choix} ({option.decision}) : {option.reponse}"


def _since(reference: Reference) -> str | None:
    return str(Mois.from_date(reference.depuis)) if reference.depuis else None


def _month(reference: Reference) -> str:
    depuis = _since(reference)
    return format_mois(depuis) if depuis else "toujours"


def _source(reference: Reference) -> str | None:
    if reference.origine == CENTRE:
        motif = f" : {reference.source_titre}" if reference.source_titre else ""
        return f"accordé à ce centre de gestion{motif}"
    if reference.origine == INCONNUE:
        return "valeur que les barèmes d'aujourd'hui ne donnent plus"
    return reference.source_titre


def _in_brackets(reference: Reference) -> str:
    source = _source(reference)
    return f" ({printable(source)})" if source else ""


def format_exact(centimes: Fraction) -> str:
    """Exact centimes as euros, every decimal kept (two at least)."""
    unites = int(centimes * 10**EXACT)
    euros, reste = divmod(abs(unites), 10 ** (EXACT + 2))
    decimales = f"{reste:0{EXACT + 2}d}".rstrip("0")
    signe = "\u2212" if centimes < 0 else ""
    return f"{signe}{format_entier(euros)},{decimales:0<2}\u202f€"
