"""A reprocessing as a scheduler calls it: its user asks, another answers on its screens.

Only numbers of requests go from task to task; what is shown holds identifiers, counts, amounts.
"""

from __future__ import annotations

from datetime import datetime

from pipelines.nuit.passage import is_nuit_en_cours
from pipelines.ordonnancement import Contexte, NuitEnCours, open_passage
from pipelines.retraitement.decisions import Acteur, approve, refuse
from pipelines.retraitement.effets import RetraitementRefuse
from pipelines.retraitement.etapes import ask_retraitement, prepare_retraitement
from pipelines.retraitement.perimetres import Perimetre, find_perimetre
from pipelines.retraitement.presentation import write_markdown
from warehouse.instants import format_instant
from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages
from warehouse.retraitements import ATTEND, Demande, find_demande, list_demandes, read_effet

ORDONNANCEUR = "ordonnanceur"
SANS_REPONSE = "personne n'a répondu à temps"
MOTS = ("depot", "cdg", "salarie", "matricule", "periode")


def demander(contexte: Contexte) -> int | None:
    """Compute what the scope of a run would change, record it; number of the request.

    None when nothing would change. Its author is the user who started the run; the same run, when
    it is played again, has asked already.

    Raises:
        NuitEnCours: to be tried again.
        RetraitementRefuse, PerimetreVide, PeriodeRefusee, DecisionRefusee: not to be.
    """
    passage = open_passage(contexte)
    parametres, auteur = contexte["params"], contexte["dag_run"].triggering_user_name
    if not auteur:
        raise RetraitementRefuse("qui demande n'est pas connu : lancer ce DAG depuis Airflow")
    instant = format_instant(passage.maintenant)
    deja = _find_de(passage.maison, auteur, instant)
    if deja is not None:
        return deja
    if is_nuit_en_cours(passage):
        raise NuitEnCours("une nuit est en cours : le retraitement attend qu'elle soit finie")
    mots = Perimetre(**{nom: parametres.get(nom) for nom in MOTS})
    perimetre = find_perimetre(passage.maison, parametres.get("adherent"), mots)
    prepare = prepare_retraitement(passage, perimetre, parametres["acte"])
    if prepare.effet.nul:
        return None
    acteur = Acteur(auteur, auteur, parametres["motif"])
    return ask_retraitement(passage.maison, prepare, acteur, instant)


def decider(numero: int, *, approuve: bool, par: str | None, motif: str, instant: datetime) -> str:
    """Record an answer, as `caisse retraiter` does; what became of the request.

    `par`: the user who answered, None when nobody did in time. A request that was answered
    otherwise meanwhile keeps that answer. DecisionRefusee likewise.
    """
    maison = open_maison(Reglages())
    if _find(maison, numero).etat == ATTEND:
        acteur = (
            Acteur(par, par, motif) if par else Acteur(ORDONNANCEUR, ORDONNANCEUR, SANS_REPONSE)
        )
        (approve if approuve else refuse)(maison, numero, acteur, format_instant(instant))
    return _find(maison, numero).etat


def find_suite(numero: int) -> str | None:
    """What became of a request; None while it waits."""
    etat = _find(open_maison(Reglages()), numero).etat
    return None if etat == ATTEND else etat


def describe_demande(numero: int) -> tuple[str, str]:
    """What is to be answered: a title, then the request and its effect, in Markdown."""
    maison = open_maison(Reglages())
    demande = _find(maison, numero)
    demande_par = f"Demandé par {demande.auteur} : {' '.join(demande.motif.split())}"
    voir = f"Tout voir : `caisse retraiter montrer {numero}`."
    blocs = (demande_par, *write_markdown(read_effet(maison, demande)), voir)
    return f"Retraitement {numero} : {demande.objet}", "\n\n".join(blocs)


def describe_suite(auteur: str | None, instant: datetime) -> str:
    """What became of what a run asked for, in French."""
    maison = open_maison(Reglages())
    numero = _find_de(maison, auteur or "", format_instant(instant))
    if numero is None:
        return "Rien ne changerait : rien n'est demandé."
    demande = _find(maison, numero)
    return f"Demande {numero} {demande.etat}" + (f" par {demande.par}." if demande.par else ".")


def _find(maison: Maison, numero: int) -> Demande:
    with maison.moteur.connect() as connexion:
        return find_demande(connexion, numero)


def _find_de(maison: Maison, auteur: str, instant: str) -> int | None:
    """The request that a run of this user, due at this moment, recorded."""
    with maison.moteur.connect() as connexion:
        demandes = list_demandes(connexion)
    sienne = (auteur, instant)
    return next((d.numero for d in demandes if (d.compte, d.instant) == sienne), None)
