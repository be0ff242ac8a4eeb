"""Lists of a case -> frames: each row read field by field, what is not said having one default."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from pipelines.cas.champs import Champs
from pipelines.cotisations.cas.registre import SIRET
from specs.caisse import read_caisse
from specs.contrats import codes_of

SIREN, SALARIE, CONTRAT = SIRET[:9], "P1", "00001"
CONNU, TOUJOURS = "connu_le", date.min
JUSQUE = "jusque"  # the day from which it is said no longer
MENSUELLE, _ = codes_of("contrats", "origine", "MENSUELLE", "FIN_DE_CONTRAT")
ARRET, SUSPENSION = codes_of("absences", "nature", "ARRET", "SUSPENSION")
REMUNERATION, ACTIVITE, PRIME = codes_of(
    "remunerations", "nature", "REMUNERATION", "ACTIVITE", "PRIME"
)
BLOCS = {"51": REMUNERATION, "52": PRIME, "53": ACTIVITE}
HEURE = "10"
Ligne = dict[str, Any]
Lecteur = Callable[[Champs, str], Any]


def a_text(defaut: str | None = None) -> Lecteur:
    """A text; none when it is not said and has no default."""
    return lambda champs, nom: (
        champs.read_optional(nom, str) if champs.valeurs.get(nom) is not None else defaut
    )


def needed(genre: type) -> Lecteur:
    """A value that must be said."""
    return lambda champs, nom: champs.read(nom, genre)


def a_day(champs: Champs, nom: str) -> date | None:
    """A day, or none."""
    return champs.read_optional(nom, date)


def an_integer(champs: Champs, nom: str) -> int | None:
    """A number, or none."""
    return champs.read_optional(nom, int)


def hundredths(quoi: str, defaut: int | None = None) -> Lecteur:
    """A number written with two decimals, in hundredths."""
    return lambda champs, nom: champs.read_centiemes(nom, quoi) if nom in champs.valeurs else defaut


def a_month(champs: Champs, nom: str) -> str | None:
    """A month, or none."""
    return champs.read_mois(nom) if champs.valeurs.get(nom) is not None else None


EUROS, HEURES, JOURS = "des euros", "des heures", "des jours"
QUI: Mapping[str, Lecteur] = {"salarie": a_text(SALARIE), "siren": a_text(SIREN)}
CHAMPS: Mapping[str, Mapping[str, Lecteur]] = MappingProxyType(
    {
        "contrats": {
            **QUI, "contrat": a_text(CONTRAT), "cdg": a_text(), "dsn": needed(str),
            "ancien_contrat": a_text(), "changement": a_day,
            "statut": a_text("07"), "debut": a_day, "fin_prevue": a_day, "fin": a_day,
            "motif_fin": a_text(), "nature": a_text("01"), "dispositif": a_text("99"),
            "convention": a_text(), "quotite": hundredths(HEURES, 15_167),
            "modalite": a_text("10"), "caisse": a_text(read_caisse().code_caisse),
            "anciennete_entreprise": an_integer, "anciennete_branche": an_integer,
            "unite_anciennete": a_text("02"), "base": hundredths(EUROS),
            "heures": hundredths(HEURES),
        },
        "arrets": {
            **QUI, "contrat": a_text(CONTRAT), "motif": a_text("01"),
            "dernier_jour": needed(date), "fin_prevue": a_day, "reprise": a_day, "mois": a_month,
        },
        "suspensions": {
            **QUI, "contrat": a_text(CONTRAT), "motif": needed(str), "debut": needed(date),
            "fin": a_day, "mois": a_month,
        },
        "bases": {
            **QUI, "contrat": a_text(CONTRAT), "cdg": a_text(), "mois": needed(str),
            "mois_appel": a_month, "montant": hundredths(EUROS, 0),
        },
        "remunerations": {
            **QUI, "cdg": a_text(), "bloc": needed(str), "code": needed(str), "mois": needed(str),
            "debut": a_day, "fin": a_day, "montant": hundredths(EUROS),
            "mesure": hundredths(HEURES), "unite": a_text(HEURE),
        },
        "conges": {
            "salarie": a_text(SALARIE), "debut": needed(date), "fin": needed(date),
            "departement": a_text(), "jours": hundredths(JOURS, 0),
            "jours_legaux": hundredths(JOURS), "indemnite": hundredths(EUROS, 0),
        },
        "intemperies": {
            **QUI, "campagne": needed(str), "heures": hundredths(HEURES, 0),
            "indemnite": hundredths(EUROS, 0),
        },
        "naissances": {"salarie": a_text(SALARIE), "naissance": needed(date)},
        "priorites": {"siren": a_text(SIREN), "cert_ref": a_text("C1")},
    }
)  # fmt: skip


def read_list(champs: Champs, nom: str) -> list[Ligne]:
    """The rows of the list `nom`, each with the day from which it is known, and until when."""
    return [
        {c: lire(ligne, c) for c, lire in CHAMPS[nom].items()}
        | {CONNU: ligne.read(CONNU, date, TOUJOURS), JUSQUE: ligne.read_optional(JUSQUE, date)}
        for ligne in _known_fields(champs, nom)
    ]


def _known_fields(champs: Champs, nom: str) -> Iterator[Champs]:
    for ligne in champs.children(nom):
        ligne.check_names((*CHAMPS[nom], CONNU, JUSQUE))
        yield ligne


def eve(jour: date) -> date:
    """The day after the last one worked: the first of a stoppage."""
    return jour + timedelta(days=1)
