"""A certificate, a right, a statement of payment, explained from its published row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from pipelines.conges.explications.calcul import check_certificat, check_droit
from pipelines.conges.explications.certificats import compose_certificat
from pipelines.conges.explications.decomptes import check_decompte, compose_decompte
from pipelines.conges.explications.droits import compose_droit
from pipelines.conges.explications.lecture import open_dossier
from pipelines.conges.explications.texte_certificat import tell_certificat
from pipelines.conges.explications.texte_decompte import tell_decompte
from pipelines.conges.explications.texte_droit import tell_droit
from pipelines.conges.explications.valeurs import Certificat, Decompte, Droit
from pipelines.explications.lecture import Lecteur, describe_publication, find_issue, open_lecteur
from pipelines.explications.objets import describe
from pipelines.explications.valeurs import Explication, Rangee
from specs.connaissances import read_connaissances
from specs.contrats import PART

ETAPE = "conges"


def explain_certificat(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """A certificate down to the lines of the DSN, as of the last publication it was in force in."""
    alors, sienne = find_in_force(lecteur, rangee)
    suivant = lecteur.find("certificats", "remplace", rangee["certificat"]) or {}
    certificat = compose_certificat(
        open_dossier(alors, sienne["salarie"]), sienne, suivant.get("certificat")
    )
    ecarts = tuple(check_certificat(certificat))
    publiee = describe_publication(alors, sienne[PART], ETAPE)
    objet = describe(sienne["certificat"], "CERTIFICAT", publiee, ecarts) | _object(certificat)
    return Explication(tuple(tell_certificat(certificat, publiee, ecarts)), objet, ecarts)


def find_in_force(lecteur: Lecteur, rangee: Rangee) -> tuple[Lecteur, Rangee]:
    """The last publication, up to this one, in which a certificate was in force, and its row."""
    for numero in range(lecteur.publication.numero, 0, -1):
        alors = open_lecteur(lecteur.maison, numero)
        sienne = alors.find("certificats", "certificat", rangee["certificat"])
        if sienne is None:
            break
        if sienne["en_vigueur"]:
            return alors, sienne
    return lecteur, rangee


def explain_droit(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """A right: its days, its money, its counters."""
    dossier = open_dossier(lecteur, rangee["salarie"])
    droit = compose_droit(dossier, rangee)
    ecarts = tuple(check_droit(droit, dossier.savoir))
    publiee = describe_publication(lecteur, rangee[PART], ETAPE)
    objet = describe(rangee["droit"], "DROIT", publiee, ecarts) | _object(droit)
    return Explication(tuple(tell_droit(droit, dossier.savoir, publiee, ecarts)), objet, ecarts)


def explain_decompte(lecteur: Lecteur, rangee: Rangee, _ligne: None) -> Explication:
    """A statement of payment, as of the publication that issued it."""
    nom = rangee["decompte"]
    emise = find_issue(lecteur, "decomptes", "decompte", nom, rangee["date_arrete"])
    decompte = compose_decompte(emise, rangee)
    ecarts = tuple(check_decompte(decompte))
    publiee = describe_publication(emise, rangee[PART], ETAPE)
    objet = describe(nom, "DECOMPTE", publiee, ecarts) | _object(decompte)
    phrases = tell_decompte(decompte, read_connaissances(), publiee, ecarts)
    return Explication(tuple(phrases), objet, ecarts)


def _object(valeurs: Certificat | Droit | Decompte) -> dict[str, Any]:
    """Its fields, dates as text."""
    return {champ.name: _plain(getattr(valeurs, champ.name)) for champ in fields(valeurs)}


def _plain(valeur: object) -> Any:  # noqa: ANN401 - what JSON writes
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, Mapping):
        return {nom: _plain(v) for nom, v in valeur.items() if nom != PART}
    return [_plain(v) for v in valeur] if isinstance(valeur, tuple) else valeur
