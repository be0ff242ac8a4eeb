"""How each kind of value is written in an import: a text to a value, or what was expected.

>>> parse_valeur(read_tables()["parametres_cdg"].champs["valeur"], "800000")
800000
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from stdnum import bic, iban
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import siren, siret

from specs.banque.texte import sepa_text, unwritable
from specs.periodes import AVRIL, Mois, campagne
from specs.registre import Champ
from warehouse.iban import contains_iban, resembles_iban

Valeur = str | int | bool | date | None

TEXTE_MAX, EXTRAIT_MAX = 140, 40
COURRIEL_MAX = 254
TUES = frozenset({"texte", "texte_bancaire", "iban", "nom", "courriel"})
PPM = 1_000_000
# An identifier may name a folder of the SFTP server: nothing that a path could be made of.
IDENTIFIANT = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}", re.ASCII)
CONVENTION = re.compile(r"[0-9]{1,7}", re.ASCII)
COURRIEL = re.compile(r"[^\s@<>\"(),:;]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}", re.ASCII)
DATE_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
CHIFFRES = re.compile(r"[0-9]{1,9}", re.ASCII)
# Departments of metropolitan France, as INSEE writes them.
DEPARTEMENT = re.compile(r"0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]", re.ASCII)
CODE_POSTAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{1,9}", re.ASCII)
PAYS = re.compile(r"[A-Z]{2}", re.ASCII)
# The characters that SEPA lets in a reference, which neither begins, ends nor doubles with a slash.
RUM = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/?:().,'+ -]{1,35}(?<!/)", re.ASCII)


class ValeurRefusee(ValueError):  # noqa: N818 - named in French
    """The text is not what the column expects; the message says it, without the text."""


def parse_valeur(champ: Champ, texte: str) -> Valeur:
    """The value of a text; ValeurRefusee says in French what is expected instead."""
    if champ.forme != "iban" and contains_iban(texte):
        raise ValeurRefusee("un IBAN ne s'écrit que dans la colonne iban")
    if texte == champ.defaut:
        return FORMES["texte"](texte, champ)
    return FORMES[champ.forme](texte, champ)


def format_extrait(champ: Champ, texte: str) -> str:
    """The text as an error may quote it, between marks; nothing of a name or of an IBAN."""
    if champ.forme in TUES or resembles_iban(texte):
        return ""
    return f" « {texte[:EXTRAIT_MAX]} »"


def format_valeur(valeur: Valeur) -> str:
    """The value as an import writes it; nothing for none."""
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    return str(valeur)


def _parse_texte(texte: str, _: Champ) -> str:
    if len(texte) > TEXTE_MAX:
        raise ValeurRefusee(f"{TEXTE_MAX} caractères au plus, {len(texte)} lus")
    if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for c in texte):
        raise ValeurRefusee("texte d'une ligne attendu, sans caractère de commande")
    return texte


def _parse_texte_bancaire(texte: str, champ: Champ) -> str:
    """A text that goes to the bank: each of its letters has one that banks take."""
    if unwritable(texte):
        raise ValeurRefusee(
            "lettres latines attendues, que la banque accepte (une lettre accentuée en est une) ;"
            " l'écrire comme sur le relevé d'identité bancaire ou le mandat"
        )
    if not sepa_text(texte, TEXTE_MAX):
        raise ValeurRefusee("une lettre ou un chiffre au moins est attendu")
    return _parse_texte(texte, champ)


def _parse_courriel(texte: str, _: Champ) -> str:
    if not COURRIEL.fullmatch(texte) or len(texte) > COURRIEL_MAX:
        raise ValeurRefusee("adresse électronique attendue, comme nom@entreprise.fr")
    return texte


def _parse_cle(nom: str, longueur: int, validate: Callable[[str], str]) -> Callable[..., str]:
    def parse(texte: str, _: Champ) -> str:
        if not (texte.isascii() and texte.isdigit() and len(texte) == longueur):
            raise ValeurRefusee(f"{nom} de {longueur} chiffres attendu")
        try:
            return validate(texte)
        except ValidationError:
            raise ValeurRefusee(f"la clé de ce {nom} est fausse") from None

    return parse


def _parse_iban(texte: str, _: Champ) -> str:
    try:
        return str(iban.validate(texte))
    except InvalidChecksum:
        raise ValeurRefusee("la clé de cet IBAN est fausse") from None
    except ValidationError:
        raise ValeurRefusee("IBAN attendu, de la longueur et de la forme de son pays") from None


def _parse_bic(texte: str, _: Champ) -> str:
    try:
        return str(bic.validate(texte))
    except ValidationError:
        raise ValeurRefusee("BIC de 8 ou 11 caractères attendu") from None


def _parse_motif(motif: re.Pattern[str], attendu: str) -> Callable[..., str]:
    def parse(texte: str, _: Champ) -> str:
        if not motif.fullmatch(texte):
            raise ValeurRefusee(attendu)
        return texte

    return parse


def _parse_date(texte: str, _: Champ) -> date:
    try:
        if DATE_ISO.fullmatch(texte):
            return date.fromisoformat(texte)
    except ValueError:
        pass
    raise ValeurRefusee("date AAAA-MM-JJ attendue")


def _parse_premier_du_mois(texte: str, champ: Champ) -> date:
    jour = _parse_date(texte, champ)
    if jour.day != 1:
        raise ValeurRefusee("premier jour d'un mois attendu")
    return jour


def _parse_mois(texte: str, _: Champ) -> str:
    try:
        return str(Mois.parse(texte))
    except ValueError:
        raise ValeurRefusee("mois AAAA-MM attendu") from None


def _parse_campagne(texte: str, _: Champ) -> str:
    debut = texte[:4]
    if not (CHIFFRES.fullmatch(debut) and texte == campagne(Mois(int(debut), AVRIL))):
        raise ValeurRefusee("campagne attendue, comme 2025-26")
    return texte


def _parse_entier(minimum: int, maximum: int, attendu: str) -> Callable[..., int]:
    def parse(texte: str, _: Champ) -> int:
        if not (CHIFFRES.fullmatch(texte) and minimum <= int(texte) <= maximum):
            raise ValeurRefusee(attendu)
        return int(texte)

    return parse


def _parse_booleen(texte: str, _: Champ) -> bool:
    if texte not in {"oui", "non"}:
        raise ValeurRefusee("oui ou non attendu")
    return texte == "oui"


def _parse_choix(texte: str, champ: Champ) -> str:
    if texte not in champ.choix:
        raise ValeurRefusee(f"attendu : {', '.join(champ.choix)}")
    return texte


FORMES: Mapping[str, Callable[[str, Champ], Valeur]] = MappingProxyType(
    {
        "texte": _parse_texte,
        "nom": _parse_texte,
        "courriel": _parse_courriel,
        "texte_bancaire": _parse_texte_bancaire,
        "siren": _parse_cle("SIREN", 9, siren.validate),
        "siret": _parse_cle("SIRET", 14, siret.validate),
        "iban": _parse_iban,
        "bic": _parse_bic,
        "identifiant": _parse_motif(IDENTIFIANT, "20 lettres, chiffres et tirets au plus"),
        "convention": _parse_motif(CONVENTION, "numéro de 1 à 7 chiffres attendu"),
        "code_postal": _parse_motif(CODE_POSTAL, "code postal attendu"),
        "pays": _parse_motif(PAYS, "code du pays attendu, en deux majuscules"),
        "rum": _parse_motif(RUM, "35 caractères au plus, de ceux que SEPA permet"),
        "date": _parse_date,
        "departement": _parse_motif(
            DEPARTEMENT, "département métropolitain attendu, comme 01 ou 2A"
        ),
        "campagne": _parse_campagne,
        "premier_du_mois": _parse_premier_du_mois,
        "mois": _parse_mois,
        "ppm": _parse_entier(0, PPM, f"entier de 0 à {PPM} attendu (parties par million)"),
        "rang": _parse_entier(1, PPM, "rang attendu, à partir de 1"),
        "booleen": _parse_booleen,
        "choix": _parse_choix,
    }
)
