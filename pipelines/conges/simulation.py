"""What a leave to come would give its employee: the night's own rules over one more request.

Nothing is written: what the last publication holds is read, a request is added in memory, the
payment of leave runs on it, and what it says of that request is told. Source: note N14.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.conges.argent import read_lu
from pipelines.conges.documents.phrases import describe_periode
from pipelines.conges.documents.refus_pdf import AUTRE, RAISONS
from pipelines.conges.explications.lecture import UnSalarie, view_of
from pipelines.conges.lecture import read_connu
from pipelines.conges.regles.acquisition.calcul import CERTIFICATS, compute_acquisition
from pipelines.conges.regles.acquisition.connu import Connu
from pipelines.conges.regles.paiement.arrets import list_occupations
from pipelines.conges.regles.paiement.calcul import Publies, compute_paiements, value_takings
from pipelines.conges.regles.paiement.compteurs import compute_compteurs
from pipelines.conges.regles.paiement.demandes import LUES, NOUVELLE
from pipelines.conges.regles.paiement.imputation import CONGE
from pipelines.conges.regles.paiement.situation import gather_situation
from pipelines.conges.suivi import read_paiements
from pipelines.explications.lecture import DemandeRefusee, Lecteur
from pipelines.explications.recits import begin
from pipelines.explications.texte import tell_section
from pipelines.explications.valeurs import Rangee
from specs.connaissances import read_connaissances
from specs.contrats import PAR_SALARIE
from specs.salarie import read_mots
from specs.typographie import format_date, format_euros, format_jours, format_periode

AVRIL, MAI = 4, 5  # days are taken from 1 May to 30 April (L-32)
SIMULEE = "\u0000simulation"  # no reference of a company, and the first of none
INCONNU = "Rien n'est connu de ce salarié."
PAS_ENCORE = (
    "Vos droits ne sont pas encore connus pour ces dates",
    "Votre employeur n'a pas encore déclaré toute l'année de travail qui les donne.",
)


@dataclass(frozen=True, slots=True)
class Essai:
    """What the rules say of the request.

    `demande`: its row; `prises`, `dus`: what it takes and is worth, by leave year; `compteurs`:
    days left after it; `codes`: why it is refused or waits.
    """

    demande: Rangee
    prises: pl.DataFrame
    dus: pl.DataFrame
    compteurs: pl.DataFrame
    codes: tuple[str, ...]


def simulate_conge(
    lecteur: Lecteur, salarie: str, debut: date, reprise: date
) -> Iterator[str]:  # fmt: skip
    """The sentences of a leave from a day to the eve of a return."""
    yield from begin(_tell(_try(lecteur, salarie, debut, reprise), debut, reprise))


def _try(lecteur: Lecteur, salarie: str, debut: date, reprise: date) -> Essai:
    maison, nuit, savoir = lecteur.maison, lecteur.publication.date_arrete, read_connaissances()
    part = UnSalarie(0, 1, vue=view_of(lecteur), partage=PAR_SALARIE, salarie=salarie)
    paiements = read_paiements(maison, part)
    connu = read_connu(maison, part, paiements)
    lu = read_lu(maison, part, connu, paiements.decomptes, nuit)
    certificats = lecteur.read("certificats", pl.col("salarie") == salarie).collect()
    publies = certificats.select(CERTIFICATS.names()).sort("certificat")
    acquisition = compute_acquisition(connu, publies, nuit, savoir)
    situation = gather_situation(
        acquisition, paiements, list_occupations(connu.absences), lu.compensations, nuit, savoir,
        lu.renonciations,
    )  # fmt: skip
    argent, sien = lu.compose(acquisition, situation), situation.connu
    demande = _ask(connu, paiements, salarie, (debut, reprise, nuit))
    lues = pl.concat([lu.read_demandes(acquisition), demande])
    suite = compute_paiements(lues, sien, argent, paiements, nuit, savoir)
    la = pl.col("demande") == SIMULEE
    return Essai(
        suite.demandes.row(by_predicate=la, named=True),
        suite.prises.filter(la),
        value_takings(suite.prises, sien, argent, savoir).filter(la),
        compute_compteurs(sien.acquis, sien.reports, suite.prises),
        tuple(suite.constats.filter(depot=SIMULEE)["code"].unique().sort()),
    )


def _ask(
    connu: Connu, publies: Publies, salarie: str, jours: tuple[date, date, date]
) -> pl.DataFrame:  # fmt: skip
    """LUES: the request, of his last company, received after all others.

    The department, which tells the holidays of Alsace and Moselle, is that of his last request.
    """
    debut, reprise, nuit = jours
    employeurs = pl.concat(
        [connu.certs.select("siren"), connu.contrats.sort("mois").select("siren")]
    )
    if employeurs.is_empty():
        raise DemandeRefusee(INCONNU)
    lieux = publies.demandes.sort("recue_le")["departement"]
    ligne = {
        "siren": employeurs["siren"][-1], "demande": SIMULEE, "depot": SIMULEE, "rang": 1,
        "recue_le": f"{nuit}T23:59:59Z", "recu_jour": nuit, "action": NOUVELLE, "salarie": salarie,
        "nature": CONGE, "debut": debut, "reprise": reprise, "isole": False,
        "departement": lieux[-1] if len(lieux) else "",
    }  # fmt: skip
    return pl.DataFrame([ligne], schema=LUES)


def _tell(essai: Essai, debut: date, reprise: date) -> Iterator[str]:
    jours = essai.demande["jours_centiemes"]
    donnes = int(essai.prises["jours_centiemes"].sum())
    quand = f"Congé {format_periode(debut, essai.demande['fin'])}, retour le {format_date(reprise)}"
    if not donnes or donnes < jours:
        yield f"{quand} : pas possible en l'état"
        yield from tell_section("Pourquoi ?", _tell_why(essai))
        yield from tell_section("Les jours que vous avez", _tell_left(essai))
        return
    total = sum(
        int(essai.dus[nom].sum()) for nom in ("indemnite_due_centimes", "prime_due_centimes")
    )
    yield f"{quand} : {format_jours(jours)}, {format_euros(total)} avant cotisations et impôt"
    yield (
        "C'est un calcul à l'avance, avec ce que vos employeurs ont déclaré jusqu'ici : rien n'est"
        " demandé, rien n'est promis. Pour prendre ce congé, parlez-en à votre employeur : c'est"
        " lui"
        " qui le demande à la caisse."
    )
    yield from tell_section("Le calcul", _tell_amounts(essai))
    yield from tell_section("Ce qu'il vous resterait", _tell_left(essai))


def _tell_amounts(essai: Essai) -> Iterator[str]:
    for du in essai.dus.sort("exercice").iter_rows(named=True):
        siennes = essai.prises.filter(exercice=du["exercice"])
        jours = format_jours(int(siennes["jours_centiemes"].sum()))
        yield (
            f"{jours} gagnés {describe_periode(du['exercice'])} :"
            f" {format_euros(du['indemnite_due_centimes'])} d'indemnité de congé"
            f" et {format_euros(du['prime_due_centimes'])} de prime de vacances."
        )
    yield (
        "De ce total, la caisse retiendra les cotisations et l'impôt, comme sur un salaire. Vos"
        " paiements passés en donnent une idée."
    )


def _tell_left(essai: Essai) -> Iterator[str]:
    rangs = list(read_mots()["compteurs"])
    debut = essai.demande["debut"]
    annee = debut.year - (debut.month < MAI)
    a_prendre = (pl.col("exercice") >= annee) | (pl.col("fin") >= debut).fill_null(value=False)
    restent = essai.compteurs.filter(pl.col("reste_centiemes") > 0, a_prendre)
    for c in sorted(restent.to_dicts(), key=lambda c: (c["exercice"], rangs.index(c["compteur"]))):
        nom = read_mots()["compteurs"][c["compteur"]]["nom"]
        fin = c["fin"] or date(c["exercice"] + 1, AVRIL, 30)
        yield (
            f"{nom} : {format_jours(c['reste_centiemes'])}, à prendre avant le {format_date(fin)}."
        )
    if restent.is_empty():
        yield "Plus aucun jour pour cette période."


def _tell_why(essai: Essai) -> Iterator[str]:
    attendues = {"D101": PAS_ENCORE}
    raisons = attendues if essai.demande["etat"] != "REFUSEE" else {}
    for titre, remede in dict.fromkeys(
        raisons.get(code, RAISONS.get(code, AUTRE)) for code in essai.codes
    ):
        yield f"{titre}. {remede}"
