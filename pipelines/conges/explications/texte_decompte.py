"""A statement of payment explained: from the days to the net, each amount with its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.conges.documents.phrases import (
    COMPTEURS,
    NATURES,
    RETENUES,
    format_bornes,
)
from pipelines.conges.explications.valeurs import Decompte
from pipelines.explications.texte import tell_closing, tell_publication, tell_section
from pipelines.explications.valeurs import Ecart, Publiee, Rangee
from specs.connaissances import Connaissances
from specs.contrats import codes_of, valeurs_of
from specs.montants import round_half_away
from specs.periodes import Mois
from specs.typographie import (
    FINE,
    format_date,
    format_euros,
    format_jours,
    format_siren,
    format_taux,
    printable,
)

COURT, DIX_MILLE = 8, 10_000
MOTIFS = valeurs_of("decomptes", "motif")
(REGULARISATION,) = codes_of("decomptes", "motif", "REGULARISATION")
(DIRECT,) = codes_of("decomptes", "mode_retraite", "D")
TAUX = "taux_ppm"
# Where the rate of a line is written: a subject of the dated values, and its series.
SOURCES = {
    **{code: (code, TAUX) for code in ("VPLA", "VDEP", "RCT2", "CEG1", "CEG2", "CET", "CRDS")},
    "RCT1": ("RCT1", "taux_ouvrier_ppm"),
    "PREV": ("PREV", "taux_ouvrier_ppm"),
    "CSGD": ("CSG_CONGES", "taux_deductible_ppm"),
    "CSGN": ("CSG_CONGES", TAUX),
}
PAS = "taux reçu de l'administration fiscale, à défaut grille de l'article 204 H du CGI"


def tell_decompte(
    d: Decompte, savoir: Connaissances, publiee: Publiee, ecarts: Sequence[Ecart]
) -> Iterator[str]:
    """The days, the indemnity, the bonus, what is withheld, what pays it."""
    ligne = d.decompte
    yield f"Décompte {ligne['decompte']} : {format_euros(ligne['net_centimes'])} nets"
    yield (
        f"{MOTIFS[ligne['motif']][:1].upper()}{MOTIFS[ligne['motif']][1:]},"
        f" {NATURES[ligne['nature']]}, exercice {ligne['exercice']}, salarié"
        f" {ligne['salarie'][:COURT]}, SIREN {format_siren(ligne['siren'])}, demande"
        f" {printable(ligne['demande'])}."
    )
    yield tell_publication(publiee)
    yield from tell_section("Le congé", _tell_days(d))
    yield from tell_section("L'indemnité et la prime", _tell_gross(d, savoir))
    yield from tell_section("Les retenues", _tell_lines(d, savoir))
    yield from tell_section("Le paiement", _tell_payment(d))
    yield from tell_closing(ecarts, "le brut, chaque retenue et le net")


def _tell_days(d: Decompte) -> Iterator[str]:
    ligne = d.decompte
    yield (
        f"{format_bornes(ligne['debut'], ligne['fin'])} : {format_jours(ligne['jours_centiemes'])},"
        f" il en reste {format_jours(ligne['reste_centiemes'])} de l'exercice."
    )
    if ligne["annule"]:
        yield f"Il annule {ligne['annule']} : mêmes montants, de signe contraire."
    for prise in d.prises:
        origine = prise["origine"]
        de = "" if origine == prise["compteur"] else f" (reportés de {COMPTEURS[origine]})"
        yield f"{COMPTEURS[prise['compteur']]}{de} : {format_jours(prise['jours_centiemes'])}."


def _tell_gross(d: Decompte, savoir: Connaissances) -> Iterator[str]:
    ligne = d.decompte
    if d.droit and d.droit["jours_legaux"]:
        exercice = ligne["indemnite_exercice_centimes"]
        jour, jours = format_journee(exercice, d.droit["jours_legaux"]), d.droit["jours_legaux"]
        yield (
            f"Indemnité de l'exercice {format_euros(exercice)} / {jours} jours = {jour} par jour"
            f" (caisse expliquer {d.droit['droit']})."
        )
    elif ligne["motif"] == REGULARISATION and not ligne["indemnite_exercice_centimes"]:
        yield (
            "Indemnité de l'exercice : plus rien, aucun certificat ni DSN n'y donne de droits."
            " Ce qui en a été payé est dû, et se retient sur les paiements suivants."
        )
    else:
        yield (
            f"Indemnité de l'exercice, d'après les droits d'alors :"
            f" {format_euros(ligne['indemnite_exercice_centimes'])}."
        )
    yield (
        f"Indemnité due pour ces jours : {format_euros(ligne['indemnite_due_centimes'])}, arrondie"
        " compteur par compteur, le dernier paiement des jours légaux portant le solde (L3141-24)."
    )
    if ligne["prime_due_centimes"]:
        mois = Mois.from_date(ligne["debut"])
        taux = savoir.baremes["PRIME_VACANCES"].find(TAUX, mois) or 0
        yield (
            f"Prime de vacances, {format_taux(taux)} de l'indemnité des jours qui en portent :"
            f" {format_euros(ligne['prime_due_centimes'])}"
            f" ({savoir.baremes['PRIME_VACANCES'].cite(TAUX, mois)})."
        )
    if ligne["mois_payes"] < ligne["mois_emploi"]:
        yield (
            f"Cotisations de {ligne['mois_payes']} mois d'emploi payées sur"
            f" {ligne['mois_emploi']} : {format_euros(ligne['brut_centimes'])} versés, le"
            " complément quand le reste sera réglé (D3141-31)."
        )
    yield f"Brut : {format_euros(ligne['brut_centimes'])}."


def format_journee(centimes: int, jours: int) -> str:
    """An amount a day, to the hundredth of a centime: « 94,9593 € »."""
    entier, reste = divmod(round_half_away(abs(centimes) * 100, jours), DIX_MILLE)
    return f"{entier},{reste:04d}{FINE}€"


def _tell_lines(d: Decompte, savoir: Connaissances) -> Iterator[str]:
    mois = Mois.from_date(d.decompte["date_paiement"])
    for retenue in d.lignes:
        montant = format_euros(retenue["montant_centimes"])
        libelle = RETENUES[retenue["code"]]
        if retenue["code"] == "PAS" and not retenue["montant_centimes"]:
            yield f"PAS, {libelle} : rien n'est retenu, ni rendu d'une année close."
            continue
        if retenue["taux_ppm"] is None:
            yield f"{retenue['code']}, {libelle} : {montant}."
            continue
        yield (
            f"{retenue['code']}, {libelle} : {format_euros(retenue['assiette_centimes'])} \u00d7"
            f" {format_taux(retenue['taux_ppm'])} = {montant}{_cite(retenue, mois, savoir)}."
        )
    retraite = (
        "sont retenues par la caisse"
        if d.decompte["mode_retraite"] == DIRECT
        else "sont régularisées par l'employeur (fichier RCP)"
    )
    yield f"Retraite complémentaire et prévoyance {retraite}."


def _cite(retenue: Rangee, mois: Mois, savoir: Connaissances) -> str:
    lieu = SOURCES.get(retenue["code"])
    titre = savoir.baremes[lieu[0]].cite(lieu[1], mois) if lieu else PAS
    return f" ({titre})" if titre else ""


def _tell_payment(d: Decompte) -> Iterator[str]:
    ligne = d.decompte
    yield (
        f"Net imposable {format_euros(ligne['net_imposable_centimes'])}, net à payer"
        f" {format_euros(ligne['net_centimes'])}, le {format_date(ligne['date_paiement'])}."
    )
    for virement in d.virements:
        yield (
            f"Virement {virement['reglement']}, état {virement['etat']}"
            f" (caisse expliquer {virement['reglement']})."
        )
