"""The report of conformity for people: a PDF composed from `specs/gabarits/rapport.typ`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby

from parsers.anomalies import MAXIMUM_CONSERVE
from pipelines.cotisations.documents.lignes_pdf import describe_ligne
from pipelines.cotisations.documents.mots import NATURES
from pipelines.cotisations.documents.valeurs import EffetAppel, LigneAppel
from pipelines.declarations.regles.depots import MOTIF_REMPLACE
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_pied
from pipelines.rapports.documents.valeurs import LigneAnomalie, LigneDeclaration, Rapport
from specs.dsn import VERSIONS, read_norme
from specs.typographie import (
    breakable,
    clip,
    format_compte,
    format_date,
    format_de_mois,
    format_entier,
    format_euros,
    format_instant,
    format_mois,
    format_octets,
    format_siren,
    format_taux,
    printable,
)

ANOMALIES_IMPRIMEES = 200
GROUPES_IMPRIMES = 60
DECLARATIONS_IMPRIMEES = 60
MODES = {"essai": "essai", "reel": "réel", "inconnu": "non lu"}
STATUTS = {
    "RETENUE": "retenue",
    "REMPLACEE": "remplacée par une autre",
    "EN_ATTENTE": "en attente",
    "MIS_A_L_ECART": "mise à l'écart",
    "SANS_EFFET": "sans effet",
}
# Of a test, what would become of its declarations, in the conditional.
STATUTS_ESSAI = {
    "RETENUE": "serait retenue",
    "REMPLACEE": "serait remplacée par une autre",
    "EN_ATTENTE": "attendrait",
    "MIS_A_L_ECART": "serait mise à l'écart",
    "SANS_EFFET": "serait sans effet",
}
MOTIFS_ESSAI = {MOTIF_REMPLACE: "une déclaration plus récente prendrait sa place"}


def compose_rapport_pdf(rapport: Rapport) -> Dessin:
    """The report as a PDF; the same report always gives the same bytes."""
    return compose_pdf("rapport", _describe_rapport(rapport), rapport.date_arrete)


def _describe_rapport(rapport: Rapport) -> dict[str, object]:
    declarations = rapport.declarations[:DECLARATIONS_IMPRIMEES]
    return {
        "titre": "Rapport de conformité",
        "sous_titre": f"dépôt {printable(rapport.depot)}",
        "pied": describe_pied(f"Dépôt {rapport.depot}", rapport.date_arrete, rapport.publication),
        "essai": rapport.essai is True,
        "verdict": rapport.verdict,
        "suivi_de": printable(rapport.suivi_de or ""),
        "motif": _describe_motif(rapport, rapport.motif),
        "compteurs": _describe_compteurs(rapport),
        "fichier": _describe_fichier(rapport),
        "declarations": [_describe_declaration(d, rapport) for d in declarations],
        "declarations_reste": _describe_reste(rapport),
        "anomalies_phrase": _describe_anomalies(rapport),
        "resume": _describe_resume(rapport),
        "resume_reste": _describe_resume_reste(rapport),
        "groupes": _describe_groupes(rapport.anomalies),
        "effets": [_describe_effet(effet) for effet in rapport.effets],
    }


def _describe_motif(rapport: Rapport, motif: str | None) -> str:
    """The reason of a state; of a test, why it would be in it."""
    dit = motif or ""
    return breakable(clip(MOTIFS_ESSAI.get(dit, dit) if rapport.essai else dit, 400))


def _describe_compteurs(rapport: Rapport) -> list[dict[str, str]]:
    comptes = (
        (rapport.lignes, "ligne lue"),
        (len(rapport.declarations), "déclaration"),
        (rapport.anomalies_bloquantes, "anomalie bloquante"),
        (rapport.anomalies_signalees, "signalement"),
    )
    return [
        {
            "nombre": "–" if nombre is None else format_entier(nombre),
            "nom": format_compte(nombre or 0, nom).split("\u00a0", maxsplit=1)[1],
        }
        for nombre, nom in comptes
    ]


def _describe_fichier(rapport: Rapport) -> list[tuple[str, str, bool]]:
    """(label, value, set in fixed width) of the identification."""
    return [
        ("Entreprise", breakable(clip(rapport.raison_sociale, 200)), False),
        ("Adhérent", printable(rapport.adherent), False),
        ("Fichier", breakable(clip(rapport.nom, 200)), False),
        ("Reçu le", f"{format_instant(rapport.recu_le)} (heure de Paris)", False),
        ("Taille", format_octets(rapport.octets), False),
        ("Version de la norme", printable(rapport.version or "non lue"), False),
        ("Mode", MODES[rapport.mode], False),
        ("Empreinte SHA-256", rapport.sha256, True),
        ("Rapport établi le", format_date(rapport.date_arrete), False),
    ]


def _describe_declaration(declaration: LigneDeclaration, rapport: Rapport) -> dict[str, str]:
    version, sans_statut = rapport.version, "à venir" if rapport.suivi_de else "aucune"
    statuts = STATUTS_ESSAI if rapport.essai else STATUTS
    nature = _libelle(version, "DSN_Declaration_Nature", declaration.nature)
    mois = _mois(declaration.mois)
    fraction = declaration.fraction or ""
    suffixe = "" if fraction in {"", "11"} else f", fraction {clip(fraction, 10)}"
    return {
        "rang": format_entier(declaration.rang),
        "siret": format_siren(clip(declaration.siret or "non lu", 20)),
        "nature": " – ".join(filter(None, (nature, mois))),
        "type": _libelle(version, "DSN_Declaration_Type", declaration.type) + suffixe,
        "individus": format_entier(declaration.individus),
        "statut": statuts.get(declaration.statut or "", sans_statut),
        "motif": _describe_motif(rapport, declaration.motif),
    }


def _mois(mois: str | None) -> str:
    """The month in words, or as it was written when it is not one."""
    try:
        return format_mois(mois) if mois else ""
    except (ValueError, IndexError):
        return clip(mois or "", 20)


def _libelle(version: str | None, liste: str, code: str | None) -> str:
    """Label of a code in the norm of the file (the latest one when unknown), or the code."""
    connue = version if version in VERSIONS else VERSIONS[-1]
    return _libelles(connue, liste).get(code or "", clip(code or "", 20))


@cache
def _libelles(version: str, liste: str) -> dict[str, str]:
    codes = read_norme(version).codes
    lignes = codes.filter(codes["liste"] == liste).select("code", "libelle").rows()
    return dict(lignes)


def _describe_reste(rapport: Rapport) -> str:
    reste = len(rapport.declarations) - DECLARATIONS_IMPRIMEES
    if reste <= 0:
        return ""
    return f"et {format_compte(reste, 'autre')}\u00a0: le rapport XML les donne toutes."


def _describe_anomalies(rapport: Rapport) -> str:
    if rapport.anomalies_total == 0:
        return "Aucune anomalie."
    total = format_compte(rapport.anomalies_total, "anomalie")
    imprimees = min(len(rapport.anomalies), ANOMALIES_IMPRIMEES)
    detail = f"\u00a0; {format_entier(imprimees)} en détail ici"
    melange = rapport.anomalies_bloquantes > 0 and rapport.anomalies_signalees > 0
    return "".join(
        (
            f"{total} au total",
            detail if imprimees < rapport.anomalies_total else "",
            ", les bloquantes d’abord." if melange else ".",
            " Le tableau les compte toutes, par code et rubrique." if _is_cut(rapport) else "",
            _describe_xml(rapport) if _is_cut(rapport) else "",
        )
    )


def _is_cut(rapport: Rapport) -> bool:
    """Whether some anomalies of the file have no row here."""
    return len(rapport.anomalies) > ANOMALIES_IMPRIMEES and bool(rapport.groupes)


def _describe_xml(rapport: Rapport) -> str:
    """Where what is left out of the PDF stands."""
    if len(rapport.anomalies) <= MAXIMUM_CONSERVE:
        return " Le rapport XML les donne toutes en détail."
    limite = format_entier(MAXIMUM_CONSERVE)
    return f" Le rapport XML donne les {limite} premières en détail et compte toutes les autres."


def _describe_resume(rapport: Rapport) -> list[tuple[str, str, str, str]]:
    """Code, rubric, how many and first line of each kind, when they can't all be printed."""
    groupes = rapport.groupes[:GROUPES_IMPRIMES] if _is_cut(rapport) else ()
    return [
        (
            printable(groupe.code),
            clip(groupe.rubrique or "–", 40),
            format_entier(groupe.nombre),
            "–" if groupe.ligne is None else format_entier(groupe.ligne),
        )
        for groupe in groupes
    ]


def _describe_resume_reste(rapport: Rapport) -> str:
    reste = len(rapport.groupes) - GROUPES_IMPRIMES
    if reste <= 0 or not _is_cut(rapport):
        return ""
    return f"et {format_compte(reste, 'autre groupe')}, dans le rapport XML."


def _describe_groupes(anomalies: Sequence[LigneAnomalie]) -> list[dict[str, object]]:
    """Blocking ones first, then by code and remedy; at most `ANOMALIES_IMPRIMEES` in all."""
    triees = sorted(anomalies, key=_cle)[:ANOMALIES_IMPRIMEES]
    return [_describe_groupe(list(cas)) for _, cas in groupby(triees, key=lambda a: _cle(a)[:3])]


def _describe_groupe(cas: Sequence[LigneAnomalie]) -> dict[str, object]:
    """Cases of one code and remedy; what several of them all share is lifted out of the rows."""
    premier = cas[0]
    lignes = [_describe_cas(anomalie) for anomalie in cas]
    commun = {
        champ: lignes[0][champ]
        if len(cas) > 1 and len({ligne[champ] for ligne in lignes}) == 1
        else ""
        for champ in ("rubrique", "message", "attendu")
    }
    return {
        "code": printable(premier.code),
        "severite": premier.severite,
        "remede": breakable(clip(premier.remede, 600)),
        "compte": format_compte(len(cas), "anomalie"),
        **commun,
        "cas": [
            ligne | {champ: "" for champ, texte in commun.items() if texte} for ligne in lignes
        ],
    }


def _cle(anomalie: LigneAnomalie) -> tuple[str, str, str, int]:
    # "bloquante" sorts before "signal".
    return (anomalie.severite, anomalie.code, anomalie.remede, anomalie.rang)


def _describe_cas(anomalie: LigneAnomalie) -> dict[str, str]:
    rangs = (("déclaration", anomalie.rang_declaration), ("individu", anomalie.rang_individu))
    lieux = [f"{nom}\u00a0{format_entier(rang)}" for nom, rang in rangs if rang is not None]
    groupes = f"{format_entier(anomalie.nombre)} cas regroupés ici"
    return {
        "ligne": "–" if anomalie.ligne is None else format_entier(anomalie.ligne),
        "ou": ", ".join(lieux) or ("" if anomalie.rubrique or anomalie.bloc else "fichier"),
        "rubrique": clip(anomalie.rubrique or anomalie.bloc or "", 40),
        "message": breakable(clip(anomalie.message, 600)),
        "valeur": breakable(clip(anomalie.valeur or "", 80)),
        "attendu": breakable(clip(_expected(anomalie), 200)),
        "nombre": groupes if anomalie.nombre > 1 else "",
    }


def _expected(anomalie: LigneAnomalie) -> str:
    """What was expected, when its message does not say it already."""
    attendu = anomalie.attendu or ""
    return "" if attendu in anomalie.message else attendu


def _describe_effet(effet: EffetAppel) -> dict[str, object]:
    reference = f", référence {printable(effet.appel)}" if effet.appel else ""
    appel = f"Appel {NATURES[effet.nature]} {format_de_mois(effet.mois_appel)}"
    return {
        "titre": f"{appel}, centre de gestion {printable(effet.cdg)}{reference}",
        "echeance": f"Échéance\u00a0: {format_date(effet.date_exigibilite)}.",
        "lignes": [describe_ligne(ligne) | _describe_present(ligne) for ligne in effet.lignes],
        "present": format_euros(sum(map(_present, effet.lignes))),
        "avec": format_euros(sum(map(_present, effet.lignes)) + effet.montant_centimes),
        "total": format_euros(effet.montant_centimes),
    }


def _describe_present(ligne: LigneAppel) -> dict[str, str]:
    """What is called so far of the line of a test, what it would become, on what."""
    base = "base" if ligne.deja is None else "écart de base"
    abattu = f", abattement {format_euros(-ligne.abattement_centimes)}"
    return {
        "present": format_euros(_present(ligne)),
        "avec": format_euros(_present(ligne) + ligne.montant_centimes),
        "calcul": f"{base} {format_euros(ligne.base_centimes)}"
        f"{abattu if ligne.abattement_centimes else ''}, taux {format_taux(ligne.taux_ppm)}",
    }


def _present(ligne: LigneAppel) -> int:
    """Centimes called so far for the month and the contribution of a line."""
    return 0 if ligne.deja is None else ligne.deja.montant_centimes
