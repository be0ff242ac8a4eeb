"""The filters of a list as a form asks for them: a field a column, by what the column holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from reporting.demande import DemandeRefusee
from reporting.valeurs import format_valeur
from specs.contrats import Colonne, Contrat
from specs.typographie import format_mois

PREFIXE = "f."  # of the name of a field
SAISIES = {"date": "date", "mois": "month"}
CENT = 100
OUI_NON: Mapping[str, str] = MappingProxyType({"oui": "oui", "non": "non"})
UNITES = {
    "centimes": "montant en euros",
    "centiemes": "heures ou jours, au centième",
    "ppm": "taux, en pour cent",
    "date": "date",
    "mois": "mois",
    "entier": "nombre",
    "booleen": "oui ou non",
}


@dataclass(frozen=True, slots=True)
class Champ:
    """A field: its column, the values to choose from (none: typed), how it is typed, its help."""

    colonne: Colonne
    choix: Mapping[str, str]
    saisie: str
    aide: str

    @property
    def nom(self) -> str:
        """The name that the form gives it."""
        return PREFIXE + self.colonne.nom


def list_champs(contrat: Contrat) -> list[Champ]:
    """A field a column of a table, with what its contract says of it."""
    return [
        Champ(
            colonne,
            OUI_NON if colonne.type == "booleen" else colonne.valeurs,
            SAISIES.get(colonne.type, "text"),
            describe_colonne(colonne),
        )
        for colonne in contrat.colonnes
    ]


def describe_colonne(colonne: Colonne) -> str:
    """What a column holds, beside its title: its unit, or each value that it may have."""
    if colonne.valeurs:
        return " ; ".join(dict.fromkeys(colonne.valeurs.values()))
    return UNITES.get(colonne.type, "")


def parse_champs(contrat: Contrat, parametres: Mapping[str, str]) -> Mapping[str, str] | None:
    """The filters that a form asks for, fields left empty aside; None when no form was sent."""
    colonnes = {colonne.nom: colonne for colonne in contrat.colonnes}
    champs = {n.removeprefix(PREFIXE): v for n, v in parametres.items() if n.startswith(PREFIXE)}
    if not champs:
        return None
    return {
        nom: _parse(colonnes.get(nom), texte.strip())
        for nom, texte in champs.items()
        if texte.strip()
    }


def _parse(colonne: Colonne | None, texte: str) -> str:
    """The text of the value as filters write it: amounts in centimes."""
    if colonne is None or colonne.type not in ("centimes", "centiemes"):
        return texte
    return str(parse_centimes(texte))


def parse_centimes(texte: str) -> int:
    """Hundredths of an amount as it is typed; DemandeRefusee when it can't be read."""
    try:
        centimes = Decimal("".join(texte.split()).rstrip("€").replace(",", ".")) * CENT
        return int(centimes.to_integral_exact())
    except (InvalidOperation, OverflowError, ValueError):
        raise DemandeRefusee(f"Montant illisible : « {texte} ». Écrire 1234,56.") from None


def show_filtre(colonne: Colonne, texte: str) -> str:
    """The value of a filter as a reader sees it; the text itself when it is none."""
    if colonne.valeurs:
        return colonne.valeurs.get(texte, texte)
    if colonne.type in ("centimes", "centiemes") and texte.lstrip("-").isdecimal():
        return format_valeur(int(texte), colonne.type)
    return format_mois(texte) if colonne.type == "mois" else texte
