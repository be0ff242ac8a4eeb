"""`caisse decider` and `caisse decisions`: what the fund's officers decide, with who and why."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.listes import Filtres, FormatDemande, NumeroPublication, Sortie, exporter

if TYPE_CHECKING:
    from warehouse.maison import Maison

DEMANDE_REFUSEE = 2
MONTANT = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)
NATURES = {
    "remise-majoration": "REMISE_MAJORATION",
    "echeancier": "ECHEANCIER",
    "avoir": "AVOIR",
    "revocation-attestation": "REVOCATION_ATTESTATION",
    "suspension-prelevement": "SUSPENSION_PRELEVEMENT",
}


def decider(
    nature: Annotated[str, typer.Argument(help=f"L'une de : {', '.join(NATURES)}.")],
    siren: Annotated[str, typer.Option(help="SIREN de l'adhérent.")],
    auteur: Annotated[str, typer.Option(help="Qui décide (journal d'audit).")],
    motif: Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")],
    cdg: Annotated[
        str | None, typer.Option(help="Centre de gestion ; obligatoire pour un avoir.")
    ] = None,
    appel: Annotated[
        list[str] | None,
        typer.Option(help="Appel remis, ou mis en échéancier (répétable pour un échéancier)."),
    ] = None,
    montant: Annotated[
        str | None, typer.Option(metavar="EUROS", help="Montant remis, ou de l'avoir : 125,40.")
    ] = None,
    echeance: Annotated[
        list[str] | None,
        typer.Option(metavar="AAAA-MM-JJ=EUROS", help="Échéance d'un échéancier (répétable)."),
    ] = None,
    attestation: Annotated[
        str | None, typer.Option(help="Numéro de l'attestation à révoquer.")
    ] = None,
    date_effet: Annotated[
        str | None, typer.Option(metavar="AAAA-MM-JJ", help="Date d'effet ; aujourd'hui sinon.")
    ] = None,
) -> None:
    """Enregistrer une décision : elle ne se modifie plus, la nuit suivante l'applique."""
    from pipelines.reception.regles import format_instant
    from warehouse.decisions import DecisionRefusee, record_decision

    maintenant = datetime.now(UTC)
    code = NATURES.get(nature.lower().replace("_", "-")) or _refuse(
        f"nature inconnue ; natures : {', '.join(NATURES)}"
    )
    appels = appel or []
    contenu = _contenu(code, appels, echeance or [], attestation)
    maison = _open_maison()
    _check_appels(maison, siren, appels)
    try:
        with maison.moteur.begin() as connexion:
            numero = record_decision(
                connexion,
                nature=code,
                siren=siren,
                cdg=cdg,
                appel=_one_appel(code, appels),
                montant_centimes=None if montant is None else parse_euros(montant),
                contenu=contenu,
                date_effet=_parse_jour(date_effet) if date_effet else maintenant.date(),
                auteur=auteur,
                motif=motif,
                instant=format_instant(maintenant),
            )
    except DecisionRefusee as refus:
        _refuse(*refus.erreurs)
    typer.echo(f"Décision {numero} enregistrée ; la prochaine nuit l'applique.")


def decisions(
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Décisions de la caisse, telles que publiées."""
    exporter("decisions", format_, ou, publication, sortie)


def parse_euros(texte: str) -> int:
    """Cents of an amount written `125,40`, `125.4` or `125`; a refusal otherwise."""
    lu = MONTANT.fullmatch(texte.replace(" ", ""))
    if lu is None:
        _refuse(f"montant « {texte[:20]} » : des euros sont attendus, par exemple 125,40")
    return int(lu[1]) * 100 + int((lu[2] or "0").ljust(2, "0"))


def _contenu(
    code: str, appels: list[str], echeances: list[str], attestation: str | None
) -> dict[str, Any]:
    """What the decision fixes; an option of another nature is refused, not forgotten."""
    if code == "ECHEANCIER":
        contenu: dict[str, Any] = {
            "appels": appels,
            "echeances": [_parse_echeance(texte) for texte in echeances],
        }
        return contenu | ({"attestation": attestation} if attestation else {})
    if echeances:
        _refuse("--echeance ne vaut que pour un échéancier")
    return {"attestation": attestation} if attestation is not None else {}


def _parse_echeance(texte: str) -> dict[str, Any]:
    jour, _, montant = texte.partition("=")
    return {"date": str(_parse_jour(jour)), "centimes": parse_euros(montant)}


def _parse_jour(texte: str) -> date:
    try:
        return datetime.strptime(texte, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        _refuse(f"date « {texte[:20]} » : AAAA-MM-JJ attendu")


def _one_appel(code: str, appels: list[str]) -> str | None:
    if code == "ECHEANCIER" or not appels:
        return None
    if len(appels) > 1:
        _refuse("un seul --appel par décision de cette nature")
    return appels[0]


def _check_appels(maison: Maison, siren: str, appels: list[str]) -> None:
    """The calls named were made, to this company."""
    faits = set(maison.lac.read("appels").collect().filter(siren=siren)["appel"])
    inconnus = [appel for appel in appels if appel not in faits]
    if inconnus:
        _refuse(f"appel inconnu de ce SIREN : {', '.join(inconnus)} (voir caisse appels)")


def _open_maison() -> Maison:
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    return open_maison(Reglages())


def _refuse(*raisons: str) -> NoReturn:
    for raison in raisons:
        typer.echo(f"Décision refusée : {raison}.", err=True)
    raise typer.Exit(DEMANDE_REFUSEE)
