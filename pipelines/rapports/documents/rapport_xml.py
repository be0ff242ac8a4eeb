"""The report of conformity for machines: XML of `specs/xsd/rapport.xsd`, namespace of ours.

Its shape follows the anomaly report (BAN) that payroll software already knows: `envoi` for the
file, one `declaration` each with its own anomalies, then `effet` for the calls it changes.
An anomaly whose declaration is not listed (or that has none) belongs to `envoi`, as the exact
counts by code and rubric do (`envoi_groupe`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from lxml import etree

from pipelines.cotisations.documents.valeurs import EffetAppel
from pipelines.rapports.documents.valeurs import LigneAnomalie, LigneDeclaration, Rapport
from specs.typographie import printable

ESPACE = "urn:caisse:rapport:1"
AVERTISSEMENT_ESSAI = "FICHIER D'ESSAI – sans effet"

Valeur = str | int | date | None


def render_rapport_xml(rapport: Rapport) -> bytes:
    """The report as UTF-8 XML, valid against `specs/xsd/rapport.xsd`."""
    # None names the default namespace; the stubs of lxml do not know it.
    racine = etree.Element(_nom("rapport"), nsmap={None: ESPACE})  # type: ignore[dict-item]
    _append(racine, {"date_arrete": rapport.date_arrete, "publication": rapport.publication})
    par_declaration = _group_anomalies(rapport)
    _append_envoi(racine, rapport, par_declaration[None])
    for declaration in rapport.declarations:
        _append_declaration(racine, declaration, par_declaration[declaration.rang])
    for effet in rapport.effets:
        _append_effet(racine, effet)
    return etree.tostring(racine, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def parse_rapport_xml(octets: bytes) -> etree._Element:
    """Read a report back without entities, DTD or network; XMLSyntaxError when it is not XML."""
    lecteur = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.fromstring(octets, lecteur)


def _append_envoi(
    racine: etree._Element, rapport: Rapport, anomalies: Sequence[LigneAnomalie]
) -> None:
    envoi = etree.SubElement(racine, _nom("envoi"))
    _append(
        etree.SubElement(envoi, _nom("envoi_identification")),
        {
            "depot": rapport.depot,
            "nom": rapport.nom,
            "adherent": rapport.adherent,
            "raison_sociale": rapport.raison_sociale,
            "sha256": rapport.sha256,
            "octets": rapport.octets,
            "recu_le": rapport.recu_le,
            "mode": rapport.mode,
            "avertissement": AVERTISSEMENT_ESSAI if rapport.essai else None,
            "version_norme": rapport.version,
        },
    )
    _append(
        etree.SubElement(envoi, _nom("envoi_bilan")),
        {
            "verdict": rapport.verdict,
            "motif": rapport.motif,
            "lignes": rapport.lignes,
            "declarations": len(rapport.declarations),
            "anomalies_bloquantes": rapport.anomalies_bloquantes,
            "anomalies_signalees": rapport.anomalies_signalees,
            "anomalies_total": rapport.anomalies_total,
            "anomalies_detaillees": len(rapport.anomalies),
            "suivi_de": rapport.suivi_de,
        },
    )
    for groupe in rapport.groupes:
        _append(etree.SubElement(envoi, _nom("envoi_groupe")), asdict(groupe))
    _append_anomalies(envoi, "envoi_anomalie", anomalies)


def _append_declaration(
    racine: etree._Element, declaration: LigneDeclaration, anomalies: Sequence[LigneAnomalie]
) -> None:
    element = etree.SubElement(racine, _nom("declaration"))
    _append(
        etree.SubElement(element, _nom("declaration_identification")),
        {
            "rang": declaration.rang,
            "siret": declaration.siret,
            "mois": declaration.mois,
            "nature": declaration.nature,
            "type": declaration.type,
            "fraction": declaration.fraction,
            "ordre": declaration.ordre,
            "individus": declaration.individus,
        },
    )
    _append(
        etree.SubElement(element, _nom("declaration_bilan")),
        {
            "statut": declaration.statut,
            "motif": declaration.motif,
            "anomalies_detaillees": len(anomalies),
        },
    )
    _append_anomalies(element, "declaration_anomalie", anomalies)


def _append_anomalies(parent: etree._Element, nom: str, anomalies: Sequence[LigneAnomalie]) -> None:
    for anomalie in anomalies:
        element = etree.SubElement(parent, _nom(nom))
        _append(
            etree.SubElement(element, _nom("description")),
            {
                "rang": anomalie.rang,
                "code": anomalie.code,
                "severite": anomalie.severite,
                "nombre": anomalie.nombre,
                "message": anomalie.message,
                "remede": anomalie.remede,
            },
        )
        _append(
            etree.SubElement(element, _nom("environnement")),
            {
                "ligne": anomalie.ligne,
                "bloc": anomalie.bloc,
                "occurrence": anomalie.occurrence,
                "rubrique": anomalie.rubrique,
                "rang_declaration": anomalie.rang_declaration,
                "rang_individu": anomalie.rang_individu,
                "valeur": anomalie.valeur,
                "attendu": anomalie.attendu,
            },
        )


def _append_effet(racine: etree._Element, effet: EffetAppel) -> None:
    element = etree.SubElement(racine, _nom("effet"))
    _append(
        element,
        {
            "cdg": effet.cdg,
            "mois_appel": effet.mois_appel,
            "appel": effet.appel,
            "nature": effet.nature,
            "date_exigibilite": effet.date_exigibilite,
            "montant_centimes": effet.montant_centimes,
        },
    )
    for ligne in effet.lignes:
        _append(
            etree.SubElement(element, _nom("effet_ligne")),
            {
                "mois_rattachement": ligne.mois_rattachement,
                "cotisation": ligne.cotisation,
                "libelle": ligne.libelle,
                "base_centimes": ligne.base_centimes,
                "taux_ppm": ligne.taux_ppm,
                "montant_centimes": ligne.montant_centimes,
                "present_centimes": ligne.deja.montant_centimes if ligne.deja else None,
            },
        )


def _group_anomalies(rapport: Rapport) -> Mapping[int | None, list[LigneAnomalie]]:
    """Anomalies by rank of a listed declaration; None for those of the file itself."""
    rangs = {declaration.rang for declaration in rapport.declarations}
    groupes: dict[int | None, list[LigneAnomalie]] = defaultdict(list)
    for anomalie in rapport.anomalies:
        rang = anomalie.rang_declaration
        groupes[rang if rang in rangs else None].append(anomalie)
    return groupes


def _append(parent: etree._Element, valeurs: Mapping[str, Valeur]) -> None:
    """One child element a known value, in the order given."""
    for nom, valeur in valeurs.items():
        if valeur is not None:
            texte = valeur.isoformat() if isinstance(valeur, date) else printable(str(valeur))
            etree.SubElement(parent, _nom(nom)).text = texte


def _nom(local: str) -> str:
    return f"{{{ESPACE}}}{local}"
