"""`caisse decider` and `caisse decisions`: what the fund's officers decide, with who and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

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
    "affectation": "AFFECTATION",
    "hors-caisse": "HORS_CAISSE",
    "revocation-affectation": "REVOCATION_AFFECTATION",
    "mise-a-l-ecart": "MISE_A_L_ECART",
    "reprise-depot": "REPRISE_DEPOT",
    "titulaire-confirme": "TITULAIRE_CONFIRME",
    "priorite-certificat": "PRIORITE_CERTIFICAT",
    "compensation": "COMPENSATION_CONGES",
    "annulation": "ANNULATION_CONGES",
    "fusion-salarie": "FUSION_SALARIE",
    "separation-salarie": "SEPARATION_SALARIE",
}
# What a decision about the account of a company uses beside the company itself.
OPTIONS = {
    "REMISE_MAJORATION": {"cdg", "appels", "montant_centimes"},
    "ECHEANCIER": {"cdg", "appels", "echeances"},
    "AVOIR": {"cdg", "montant_centimes"},
    "REVOCATION_ATTESTATION": {"attestation"},
    "SUSPENSION_PRELEVEMENT": {"cdg"},
}
# What some decisions are about, which no other names.
PROPRES = {
    "TITULAIRE_CONFIRME": "compte",
    "PRIORITE_CERTIFICAT": "certificat",
    "COMPENSATION_CONGES": "demande",
    "ANNULATION_CONGES": "demande",
}
DE_SALARIE = {"FUSION_SALARIE", "SEPARATION_SALARIE"}
SANS_SALARIE: dict[str, Any] = {"identifiant": None, "salarie": None, "a_blanc": False}
NOMS_OPTIONS = {
    "cdg": "--cdg",
    "appels": "--appel",
    "montant_centimes": "--montant",
    "echeances": "--echeance",
    "attestation": "--attestation",
}

Appels = Annotated[
    list[str] | None,
    typer.Option(help="Appel remis, payé, ou mis en échéancier (répétable pour un échéancier)."),
]
MoisPaye = Annotated[
    str | None,
    typer.Option(metavar="AAAA-MM", help="Mois de l'appel payé, à la place de l'appel."),
]
Montant = Annotated[
    str | None,
    typer.Option(
        metavar="EUROS",
        help="Montant remis, ou de l'avoir : 125,40. Celui d'un mouvement est vérifié.",
    ),
]
Echeances = Annotated[
    list[str] | None,
    typer.Option(metavar="AAAA-MM-JJ=EUROS", help="Échéance d'un échéancier (répétable)."),
]
Mouvement = Annotated[
    str | None,
    typer.Option(
        metavar="DEPOT-RANG", help="Mouvement de la banque (caisse encaissements --en-attente)."
    ),
]

Identifiant = Annotated[
    str | None,
    typer.Option(
        metavar="PSEUDONYME",
        help="Ce qui désignera un autre salarié, ou lui seul (caisse salaries) ; de tous, ou du"
        " seul --siren.",
    ),
]
Salarie = Annotated[
    str | None,
    typer.Option(metavar="PSEUDONYME", help="Le salarié que l'identifiant désignera."),
]
ABlanc = Annotated[
    bool, typer.Option("--a-blanc", help="Montrer l'effet sur les salariés, sans l'enregistrer.")
]
Compte = Annotated[
    str | None,
    typer.Option(
        metavar="DEPOT-RANG",
        help="Compte d'un salarié dont confirmer le titulaire (caisse comptes-salaries).",
    ),
]
Certificat = Annotated[
    str | None,
    typer.Option(
        metavar="CERT_REF",
        help="Référence d'un certificat de congés de l'entreprise, à retenir avant les DSN.",
    ),
]
Demande = Annotated[
    str | None,
    typer.Option(
        metavar="REQ_ID",
        help="Référence d'une demande de congés de l'entreprise, à compenser ou à annuler.",
    ),
]


def decider(
    nature: Annotated[str, typer.Argument(help=f"L'une de : {', '.join(NATURES)}.")],
    auteur: Annotated[str, typer.Option(help="Qui décide (journal d'audit).")],
    motif: Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")],
    siren: Annotated[str | None, typer.Option(help="SIREN de l'adhérent.")] = None,
    adherent: Annotated[
        str | None, typer.Option(help="Numéro de l'adhérent, à la place de son SIREN.")
    ] = None,
    cdg: Annotated[
        str | None, typer.Option(help="Centre de gestion ; obligatoire pour un avoir.")
    ] = None,
    appel: Appels = None,
    mois: MoisPaye = None,
    montant: Montant = None,
    echeance: Echeances = None,
    attestation: Annotated[
        str | None, typer.Option(help="Numéro de l'attestation à révoquer.")
    ] = None,
    mouvement: Mouvement = None,
    depot: Annotated[
        str | None, typer.Option(help="Dépôt à mettre à l'écart, ou à reprendre.")
    ] = None,
    compte: Compte = None,
    certificat: Certificat = None,
    demande: Demande = None,
    identifiant: Identifiant = None,
    salarie: Salarie = None,
    date_effet: Annotated[
        str | None, typer.Option(metavar="AAAA-MM-JJ", help="Date d'effet ; aujourd'hui sinon.")
    ] = None,
    *,
    a_blanc: ABlanc = False,
) -> None:
    """Enregistrer une décision : elle ne se modifie plus, la nuit suivante l'applique."""
    from warehouse.decisions import DecisionRefusee

    maintenant = datetime.now(UTC)
    saisie = Saisie(
        nature=NATURES.get(nature.lower().replace("_", "-"))
        or _refuse(f"nature inconnue ; natures : {', '.join(NATURES)}"),
        siren=siren,
        cdg=cdg,
        appels=tuple(appel or ()),
        mois=mois,
        montant_centimes=None if montant is None else parse_euros(montant),
        echeances=tuple(echeance or ()),
        attestation=attestation,
        mouvement=mouvement,
        depot=depot,
        compte=compte,
        certificat=certificat,
        demande=demande,
        identifiant=identifiant,
        salarie=salarie,
        a_blanc=a_blanc,
    )
    acte = {
        "date_effet": _parse_jour(date_effet) if date_effet else maintenant.date(),
        "auteur": auteur,
        "motif": motif,
    }
    maison = _open_maison()
    try:
        numero = _record(maison, _named(maison, saisie, adherent), acte, maintenant)
    except DecisionRefusee as refus:
        _refuse(*refus.erreurs)
    typer.echo(f"Décision {numero} enregistrée ; la prochaine nuit l'applique.")


@dataclass(frozen=True, slots=True)
class Saisie:
    """What the options say, read but not checked yet."""

    nature: str
    siren: str | None
    cdg: str | None
    appels: tuple[str, ...]
    mois: str | None
    montant_centimes: int | None
    echeances: tuple[str, ...]
    attestation: str | None
    mouvement: str | None
    depot: str | None
    compte: str | None
    certificat: str | None
    demande: str | None
    identifiant: str | None
    salarie: str | None
    a_blanc: bool


VIDE = Saisie(
    nature="",
    siren=None,
    cdg=None,
    appels=(),
    mois=None,
    montant_centimes=None,
    echeances=(),
    attestation=None,
    mouvement=None,
    depot=None,
    compte=None,
    certificat=None,
    demande=None,
    identifiant=None,
    salarie=None,
    a_blanc=False,
)


def _record(maison: Maison, saisie: Saisie, acte: Mapping[str, Any], maintenant: datetime) -> int:
    """Record what was typed; the number of the decision."""
    from pipelines.metier import list_natures
    from pipelines.metiers import METIERS
    from pipelines.nuit.reserves.decisions import DE_DEPOT
    from pipelines.reglements.regles.affectations import NATURES as DE_MOUVEMENT
    from warehouse.decisions import record_decision
    from warehouse.instants import format_instant

    if saisie.nature in DE_DEPOT:
        return _record_depot(maison, saisie, acte, format_instant(maintenant))
    if saisie.depot is not None:
        _refuse("--depot ne vaut que pour mise-a-l-ecart et reprise-depot")
    _check_propres(saisie)
    if saisie.nature in DE_SALARIE:
        valeurs = _of_salarie(maison, saisie)
    elif replace(saisie, **SANS_SALARIE) != saisie:
        _refuse("--identifiant, --salarie et --a-blanc ne valent que pour un salarié")
    elif saisie.nature in PROPRES:
        valeurs = _of_own(maison, saisie)
    elif saisie.nature in DE_MOUVEMENT:
        valeurs = _of_mouvement(maison, saisie)
    else:
        valeurs = _of_adherent(maison, saisie)
    instant = format_instant(maintenant)
    with maison.moteur.begin() as connexion:
        nature = list_natures(METIERS)[saisie.nature]
        return record_decision(connexion, nature=nature, instant=instant, **acte, **valeurs)


def _check_propres(saisie: Saisie) -> None:
    """Refuse the option of other natures of decision."""
    for option in sorted(set(PROPRES.values())):
        if getattr(saisie, option) is not None and PROPRES.get(saisie.nature) != option:
            siennes = [c for c, nature in NATURES.items() if PROPRES.get(nature) == option]
            _refuse(f"--{option} ne vaut que pour {' et '.join(siennes)}")


def _of_own(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about an account, a certificate, a request."""
    composent = {"compte": _of_compte, "certificat": _of_certificat, "demande": _of_demande}
    return composent[PROPRES[saisie.nature]](maison, saisie)


def _record_depot(maison: Maison, saisie: Saisie, acte: Mapping[str, Any], instant: str) -> int:
    """Record a decision about a deposit, and move it."""
    from pipelines.nuit.reserves.decisions import decide_depot

    if saisie.depot is None:
        _refuse("depot : obligatoire (voir caisse depots)")
    if saisie != replace(VIDE, nature=saisie.nature, depot=saisie.depot):
        _refuse("cette décision n'attend que --depot, --auteur, --motif et --date-effet")
    with maison.moteur.begin() as connexion:
        return decide_depot(connexion, saisie.nature, saisie.depot, instant=instant, **acte)


def _of_salarie(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about the identifiers of employees, once its effect is shown."""
    from pipelines.salaries.decisions import FUSION, compute_effet

    attendues = {"nature", "siren", "identifiant", "a_blanc"}
    attendues |= {"salarie"} if saisie.nature == FUSION else set()
    siennes = {champ: getattr(saisie, champ) for champ in attendues}
    if saisie.identifiant is None or (saisie.nature == FUSION and saisie.salarie is None):
        _refuse("--identifiant est obligatoire, et --salarie pour une fusion (caisse salaries)")
    if saisie != replace(VIDE, **siennes):
        _refuse("cette décision n'attend que ces options, --siren, --a-blanc et son acte")
    effet = compute_effet(maison, saisie.siren, saisie.identifiant, saisie.salarie)
    for siren, identifiant, avant, apres, premier, dernier in effet.iter_rows():
        typer.echo(
            f"SIREN {siren}, de {premier} à {dernier} : {identifiant} désignera {apres}, et non"
            f" plus {avant}."
        )
    if effet.is_empty():
        typer.echo("Rien de ce qui est déclaré n'en change.")
    if saisie.a_blanc:
        raise typer.Exit
    contenu = {"identifiant": saisie.identifiant}
    if saisie.salarie is not None:
        contenu["salarie"] = saisie.salarie
    return {"siren": saisie.siren, "contenu": contenu}


def _of_compte(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about the account of an employee: its company is that of the line."""
    from pipelines.salaries.decisions_comptes import CompteInconnu, compose_confirmation

    if saisie.compte is None:
        _refuse("compte : obligatoire (voir caisse comptes-salaries)")
    if saisie != replace(VIDE, nature=saisie.nature, compte=saisie.compte):
        _refuse("cette décision n'attend que --compte, --auteur, --motif et --date-effet")
    try:
        return compose_confirmation(maison, saisie.compte)
    except CompteInconnu as inconnu:
        _refuse(str(inconnu))


def _of_certificat(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about a certificate of a company."""
    from pipelines.conges.decisions import CertificatInconnu, compose_priorite

    if saisie.siren is None or saisie.certificat is None:
        _refuse("siren et certificat : obligatoires (--siren ou --adherent, --certificat)")
    siennes = {champ: getattr(saisie, champ) for champ in ("nature", "siren", "certificat")}
    if saisie != replace(VIDE, **siennes):
        _refuse("cette décision n'attend que --siren, --certificat et son acte")
    try:
        return compose_priorite(maison, saisie.siren, saisie.certificat)
    except CertificatInconnu as inconnu:
        _refuse(str(inconnu))


def _of_demande(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about a request of leave of a company."""
    from pipelines.conges.decisions import DemandeInconnue, compose_demande

    if saisie.siren is None or saisie.demande is None:
        _refuse("siren et demande : obligatoires (--siren ou --adherent, --demande)")
    siennes = {champ: getattr(saisie, champ) for champ in ("nature", "siren", "demande")}
    if saisie != replace(VIDE, **siennes):
        _refuse("cette décision n'attend que --siren, --demande et son acte")
    try:
        return compose_demande(maison, saisie.siren, saisie.demande)
    except DemandeInconnue as inconnue:
        _refuse(str(inconnue))


def _of_adherent(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about the account of a member."""
    if saisie.mouvement is not None or saisie.mois is not None:
        _refuse("--mouvement et --mois ne valent que pour un mouvement de la banque")
    if saisie.siren is None:
        _refuse("siren : obligatoire (--siren, ou --adherent)")
    _check_options(saisie)
    contenu = _contenu(saisie)
    _check_appels(maison, saisie.siren, saisie.appels)
    return {
        "siren": saisie.siren,
        "cdg": saisie.cdg,
        "appel": None if saisie.nature == "ECHEANCIER" else _one_appel(saisie.appels),
        "montant_centimes": saisie.montant_centimes,
        "contenu": contenu,
    }


def _check_options(saisie: Saisie) -> None:
    """An option that the decision would not use is refused, not forgotten."""
    de_trop = [
        option
        for champ, option in NOMS_OPTIONS.items()
        if getattr(saisie, champ) not in (None, ()) and champ not in OPTIONS[saisie.nature]
    ]
    if de_trop:
        _refuse(f"{', '.join(de_trop)} : sans effet sur cette décision")


def _of_mouvement(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about a movement of the bank."""
    from pipelines.reglements.affectations import Demande, compose_decision

    if saisie.mouvement is None:
        _refuse("mouvement : obligatoire (voir caisse encaissements --en-attente)")
    if saisie.echeances or saisie.attestation is not None:
        _refuse("--echeance et --attestation ne valent pas pour un mouvement de la banque")
    demande = Demande(
        nature=saisie.nature,
        mouvement=saisie.mouvement,
        siren=saisie.siren,
        cdg=saisie.cdg,
        appel=_one_appel(saisie.appels),
        mois=saisie.mois,
        montant_centimes=saisie.montant_centimes,
    )
    return compose_decision(maison, demande)


def _named(maison: Maison, saisie: Saisie, adherent: str | None) -> Saisie:
    """With the SIREN of the member that is named by its number."""
    from warehouse.registre import read_adherents

    if adherent is None:
        return saisie
    with maison.moteur.connect() as connexion:
        connus = dict(read_adherents(connexion).select("numero_adherent", "siren").iter_rows())
    siren = connus.get(adherent) or _refuse(f"adhérent inconnu du registre : {adherent[:20]}")
    if saisie.siren not in {None, siren}:
        _refuse("--adherent et --siren ne désignent pas la même entreprise")
    return replace(saisie, siren=siren)


def parse_euros(texte: str) -> int:
    """Cents of an amount written `125,40`, `125.4` or `125`; a refusal otherwise."""
    lu = MONTANT.fullmatch(texte.replace(" ", ""))
    if lu is None:
        _refuse(f"montant « {texte[:20]} » : des euros sont attendus, par exemple 125,40")
    return int(lu[1]) * 100 + int((lu[2] or "0").ljust(2, "0"))


def _contenu(saisie: Saisie) -> dict[str, Any]:
    """What the decision fixes."""
    if saisie.nature == "ECHEANCIER":
        return {
            "appels": list(saisie.appels),
            "echeances": [_parse_echeance(texte) for texte in saisie.echeances],
        }
    return {} if saisie.attestation is None else {"attestation": saisie.attestation}


def _parse_echeance(texte: str) -> dict[str, Any]:
    jour, _, montant = texte.partition("=")
    return {"date": str(_parse_jour(jour)), "centimes": parse_euros(montant)}


def _parse_jour(texte: str) -> date:
    try:
        return datetime.strptime(texte, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        _refuse(f"date « {texte[:20]} » : AAAA-MM-JJ attendu")


def _one_appel(appels: Sequence[str]) -> str | None:
    if len(appels) > 1:
        _refuse("un seul --appel par décision de cette nature")
    return appels[0] if appels else None


def _check_appels(maison: Maison, siren: str | None, appels: Sequence[str]) -> None:
    """The calls named were made, to this company."""
    import polars as pl

    siens = pl.col("siren") == siren
    faits = set(maison.lac.read("appels").filter(siens).collect()["appel"])
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
