"""A call, or one of its lines, explained from its row of `appels`."""

from __future__ import annotations

from pipelines.cotisations.etapes import ETAPE
from pipelines.cotisations.explications.lecture import read_sources
from pipelines.cotisations.explications.lignes import explain_appel
from pipelines.cotisations.explications.objets import describe_appel, describe_ligne
from pipelines.cotisations.explications.texte import tell_appel, tell_ligne
from pipelines.cotisations.explications.valeurs import AppelExplique, LigneExpliquee
from pipelines.explications.lecture import DemandeRefusee, Lecteur, describe_publication, find_issue
from pipelines.explications.objets import describe
from pipelines.explications.valeurs import Explication, LigneVoulue, Rangee

SEPARATEUR = "/"


def explain_row(lecteur: Lecteur, rangee: Rangee, ligne: LigneVoulue | None) -> Explication:
    """A call or one of its lines, as of the publication that issued it."""
    emission = find_issue(lecteur, "appels", "appel", rangee["appel"], rangee["date_arrete"])
    appel = explain_appel(rangee, read_sources(emission, rangee))
    publiee = describe_publication(emission, rangee["part"], ETAPE)
    if ligne is not None:
        voulue = _find_line(appel, ligne)
        commun = describe(voulue.identifiant, "LIGNE", publiee, voulue.ecarts)
        objet = commun | {"ligne": describe_ligne(voulue)}
        return Explication(tuple(tell_ligne(voulue, publiee)), objet, voulue.ecarts)
    commun = describe(appel.appel, "APPEL", publiee, appel.ecarts)
    objet = commun | {"appel": describe_appel(appel)}
    return Explication(tuple(tell_appel(appel, publiee)), objet, appel.ecarts)


def _find_line(appel: AppelExplique, cle: tuple[str, str]) -> LigneExpliquee:
    for ligne in appel.lignes:
        if (ligne.mois_rattachement, ligne.cotisation) == cle:
            return ligne
    connues = ", ".join(ligne.identifiant for ligne in appel.lignes)
    raise DemandeRefusee(
        f"L'appel {appel.appel} n'a pas de ligne {SEPARATEUR.join(cle)}. Ses lignes : {connues}."
    )
