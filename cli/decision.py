"""`caisse decider` and `caisse decisions`: what the fund's officers decide, with who and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.decision_conges import of_certificat, of_demande, of_saisie
from cli.membres import AdherentAuChoix, find_siren
from cli.saisies import VIDE, Saisie, parse_euros, parse_jour, parse_part, refuse
from reporting.demande import DemandeRefusee

if TYPE_CHECKING:
    from warehouse.maison import Maison

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
    "heritiers": "HERITIERS_CONGES",
    "annulation": "ANNULATION_CONGES",
    "renonciation-fractionnement": "RENONCIATION_FRACTIONNEMENT",
    "saisie": "SAISIE_CONGES",
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
    "HERITIERS_CONGES": "demande",
    "ANNULATION_CONGES": "demande",
    "RENONCIATION_FRACTIONNEMENT": "demande",
    "SAISIE_CONGES": "saisie",
}
MONTRENT = {"demande", "saisie"}  # whose effect is shown, and may be shown alone
DE_SALARIE = {"FUSION_SALARIE", "SEPARATION_SALARIE"}
SANS_SAISIE: dict[str, Any] = {"part_ppm": None, "protege_centimes": None, "fin": None}
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
        " seul --adherent.",
    ),
]
Salarie = Annotated[
    str | None,
    typer.Option(metavar="PSEUDONYME", help="Le salarié que l'identifiant désignera."),
]
ABlanc = Annotated[
    bool,
    typer.Option(
        "--a-blanc", help="Montrer l'effet d'une décision sur un salarié ou un congé, sans plus."
    ),
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
        help="Référence d'une demande de congés de l'entreprise, que la décision vise.",
    ),
]
Heritiers = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COMPTE=POUR_CENT",
        help="Part d'un héritier, sur un compte du registre (répétable, 100 % en tout).",
    ),
]
ReferenceSaisie = Annotated[
    str | None,
    typer.Option(
        "--saisie",
        metavar="REFERENCE",
        help="Référence d'une saisie sur les congés de --salarie ; redite, elle se remplace.",
    ),
]
Part = Annotated[
    str | None,
    typer.Option(metavar="POUR_CENT", help="Part saisie de chaque net, à la place de --montant."),
]
Protege = Annotated[
    str | None,
    typer.Option(metavar="EUROS", help="Somme laissée au salarié sur chaque paiement."),
]
Fin = Annotated[
    str | None,
    typer.Option(metavar="AAAA-MM-JJ", help="Dernier jour de la saisie ; sans fin sinon."),
]


def decider(
    nature: Annotated[
        str,
        typer.Argument(
            help=f"L'une de : {', '.join(NATURES)}.", autocompletion=lambda: list(NATURES)
        ),
    ],
    auteur: Annotated[str, typer.Option(help="Qui décide (journal d'audit).")],
    motif: Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")],
    adherent: AdherentAuChoix = None,
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
    heritier: Heritiers = None,
    identifiant: Identifiant = None,
    salarie: Salarie = None,
    saisie: ReferenceSaisie = None,
    part: Part = None,
    protege: Protege = None,
    fin: Fin = None,
    date_effet: Annotated[
        str | None, typer.Option(metavar="AAAA-MM-JJ", help="Date d'effet ; aujourd'hui sinon.")
    ] = None,
    *,
    a_blanc: ABlanc = False,
) -> None:
    """Enregistrer une décision : elle ne se modifie plus, la nuit suivante l'applique."""
    saisi = Saisie(
        nature=NATURES.get(nature.lower().replace("_", "-"))
        or refuse(f"nature inconnue ; natures : {', '.join(NATURES)}"),
        siren=None,
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
        heritiers=tuple(heritier or ()),
        identifiant=identifiant,
        salarie=salarie,
        a_blanc=a_blanc,
        saisie=saisie,
        part_ppm=None if part is None else parse_part(part),
        protege_centimes=None if protege is None else parse_euros(protege),
        fin=None if fin is None else parse_jour(fin),
    )
    _decide(saisi, adherent, parse_jour(date_effet) if date_effet else None, auteur, motif)


def _decide(
    saisi: Saisie, adherent: str | None, date_effet: date | None, auteur: str, motif: str
) -> None:
    """Record it, and say its number; DecisionRefusee is told."""
    from warehouse.decisions import DecisionRefusee

    maintenant = datetime.now(UTC)
    acte = {
        "date_effet": date_effet or maintenant.date(),
        "auteur": auteur,
        "motif": motif,
    }
    maison = _open_maison()
    try:
        numero = _record(maison, _named(maison, saisi, adherent), acte, maintenant)
    except DecisionRefusee as refus:
        refuse(*refus.erreurs)
    typer.echo(f"Décision {numero} enregistrée ; la prochaine nuit l'applique.")


def _record(maison: Maison, saisie: Saisie, acte: Mapping[str, Any], maintenant: datetime) -> int:
    """Record what was typed; the number of the decision."""
    from pipelines.metier import list_natures
    from pipelines.metiers import METIERS
    from pipelines.nuit.reserves.decisions import DE_DEPOT
    from pipelines.reglements.regles.affectations import NATURES as DE_MOUVEMENT
    from warehouse.decisions import record_decision
    from warehouse.instants import format_instant

    if saisie.depot is not None and saisie.nature not in DE_DEPOT:
        refuse("--depot ne vaut que pour mise-a-l-ecart et reprise-depot")
    _check_propres(saisie)
    if saisie.nature in DE_DEPOT:
        valeurs = _of_depot(saisie)
    elif saisie.nature in DE_SALARIE:
        valeurs = _of_salarie(maison, saisie)
    elif PROPRES.get(saisie.nature) in MONTRENT:
        valeurs = _of_own(maison, saisie)
    elif replace(saisie, **SANS_SALARIE) != saisie:
        refuse("--identifiant, --salarie et --a-blanc ne valent que pour un salarié")
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
    if saisie.heritiers and saisie.nature != "HERITIERS_CONGES":
        refuse("--heritier ne vaut que pour heritiers")
    if saisie.saisie is None and replace(saisie, **SANS_SAISIE) != saisie:
        refuse("--part, --protege et --fin ne valent que pour une saisie")
    for option in sorted(set(PROPRES.values())):
        if getattr(saisie, option) is not None and PROPRES.get(saisie.nature) != option:
            siennes = [c for c, nature in NATURES.items() if PROPRES.get(nature) == option]
            refuse(f"--{option} ne vaut que pour {' et '.join(siennes)}")


def _of_own(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about an account, a certificate, a request, a seizure."""
    composent = {
        "compte": _of_compte,
        "certificat": of_certificat,
        "demande": of_demande,
        "saisie": of_saisie,
    }
    return composent[PROPRES[saisie.nature]](maison, saisie)


def _of_depot(saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about a deposit."""
    if saisie.depot is None:
        refuse("depot : obligatoire (voir caisse depots)")
    if saisie != replace(VIDE, nature=saisie.nature, depot=saisie.depot):
        refuse("cette décision n'attend que --depot, --auteur, --motif et --date-effet")
    return {"siren": None, "contenu": {"depot": saisie.depot}}


def _of_salarie(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about the identifiers of employees, once its effect is shown."""
    from pipelines.salaries.decisions import FUSION, compute_effet

    attendues = {"nature", "siren", "identifiant", "a_blanc"}
    attendues |= {"salarie"} if saisie.nature == FUSION else set()
    siennes = {champ: getattr(saisie, champ) for champ in attendues}
    if saisie.identifiant is None or (saisie.nature == FUSION and saisie.salarie is None):
        refuse("--identifiant est obligatoire, et --salarie pour une fusion (caisse salaries)")
    if saisie != replace(VIDE, **siennes):
        refuse("cette décision n'attend que ces options, --adherent, --a-blanc et son acte")
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
        refuse("compte : obligatoire (voir caisse comptes-salaries)")
    if saisie != replace(VIDE, nature=saisie.nature, compte=saisie.compte):
        refuse("cette décision n'attend que --compte, --auteur, --motif et --date-effet")
    try:
        return compose_confirmation(maison, saisie.compte)
    except CompteInconnu as inconnu:
        refuse(str(inconnu))


def _of_adherent(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about the account of a member."""
    from pipelines.poste.actes import check_appels

    if saisie.mouvement is not None or saisie.mois is not None:
        refuse("--mouvement et --mois ne valent que pour un mouvement de la banque")
    if saisie.siren is None:
        refuse("--adherent : obligatoire")
    _check_options(saisie)
    contenu = _contenu(saisie)
    check_appels(maison, saisie.siren, saisie.appels)
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
        refuse(f"{', '.join(de_trop)} : sans effet sur cette décision")


def _of_mouvement(maison: Maison, saisie: Saisie) -> dict[str, Any]:
    """Arguments of a decision about a movement of the bank."""
    from pipelines.reglements.affectations import Demande, compose_decision

    if saisie.mouvement is None:
        refuse("mouvement : obligatoire (voir caisse encaissements --en-attente)")
    if saisie.echeances or saisie.attestation is not None:
        refuse("--echeance et --attestation ne valent pas pour un mouvement de la banque")
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
    """With the SIREN of the member that is named."""
    if adherent is None:
        return saisie
    try:
        return replace(saisie, siren=find_siren(maison, adherent))
    except DemandeRefusee as inconnu:
        refuse(str(inconnu))


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
    return {"date": str(parse_jour(jour)), "centimes": parse_euros(montant)}


def _one_appel(appels: Sequence[str]) -> str | None:
    if len(appels) > 1:
        refuse("un seul --appel par décision de cette nature")
    return appels[0] if appels else None


def _open_maison() -> Maison:
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    return open_maison(Reglages())
