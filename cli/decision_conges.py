"""What officers decide of leave: a certificate that goes first, a request, a seizure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from cli.saisies import VIDE, Saisie, parse_part, refuse

if TYPE_CHECKING:
    from warehouse.maison import Maison


def of_certificat(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about a certificate of a company."""
    from pipelines.conges.decisions import CertificatInconnu, compose_priorite

    if saisie.siren is None or saisie.certificat is None:
        refuse("--adherent et --certificat : obligatoires")
    siennes = {champ: getattr(saisie, champ) for champ in ("nature", "siren", "certificat")}
    if saisie != replace(VIDE, **siennes):
        refuse("cette décision n'attend que --adherent, --certificat et son acte")
    try:
        return compose_priorite(maison, saisie.siren, saisie.certificat)
    except CertificatInconnu as inconnu:
        refuse(str(inconnu))


def of_demande(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about a request of leave of a company."""
    from pipelines.conges.decisions import DemandeInconnue, compose_demande
    from pipelines.conges.heritiers import HeritiersRefuses, compose_heritiers
    from pipelines.heritiers import HERITIERS

    if saisie.siren is None or saisie.demande is None:
        refuse("--adherent et --demande : obligatoires")
    champs = ("nature", "siren", "demande", "heritiers", "a_blanc")
    if saisie != replace(VIDE, **{champ: getattr(saisie, champ) for champ in champs}):
        refuse("cette décision n'attend que --adherent, --demande, --a-blanc et son acte")
    try:
        if saisie.nature == HERITIERS:
            parts = [_parse_heritier(texte) for texte in saisie.heritiers]
            valeurs, effet = compose_heritiers(maison, saisie.siren, saisie.demande, parts)
        else:
            valeurs, effet = compose_demande(maison, saisie.nature, saisie.siren, saisie.demande)
    except (DemandeInconnue, HeritiersRefuses) as inconnue:
        refuse(str(inconnue))
    _show(effet, a_blanc=saisie.a_blanc)
    return valeurs


def of_saisie(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about a seizure on the leave of an employee; its effect is shown."""
    from pipelines.conges.saisies import SaisieConges, SalarieInconnu, compose_saisie

    champs = (
        "nature", "saisie", "salarie", "montant_centimes", "part_ppm", "protege_centimes", "fin",
        "a_blanc",
    )  # fmt: skip
    if saisie.saisie is None or saisie.salarie is None or saisie.protege_centimes is None:
        refuse("saisie, salarie et protege : obligatoires (--saisie, --salarie, --protege)")
    if (saisie.montant_centimes is None) == (saisie.part_ppm is None):
        refuse("la somme saisie : --montant ou --part, l'un des deux")
    if saisie != replace(VIDE, **{champ: getattr(saisie, champ) for champ in champs}):
        refuse("cette décision n'attend que ces options, --montant ou --part, --fin, --a-blanc")
    dite = SaisieConges(
        saisie.saisie,
        saisie.salarie,
        saisie.montant_centimes,
        saisie.part_ppm,
        saisie.protege_centimes,
        saisie.fin,
    )
    try:
        valeurs, effet = compose_saisie(maison, dite)
    except SalarieInconnu as inconnu:
        refuse(str(inconnu))
    _show(effet, a_blanc=saisie.a_blanc)
    return valeurs


def _parse_heritier(texte: str) -> tuple[str, int]:
    """An account of the registry and its share, of `COMPTE=POUR_CENT`."""
    compte, _, part = texte.partition("=")
    if not compte:
        refuse("héritier : COMPTE=POUR_CENT attendu, par exemple CB-0901=50")
    return compte, parse_part(part)


def _show(effet: str, *, a_blanc: bool) -> None:
    """What the decision will change; nothing more of a dry run."""
    typer.echo(effet)
    if a_blanc:
        raise typer.Exit
