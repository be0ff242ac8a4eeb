"""Faults put into a good exchange file, each with the code that a reader must give, and no other.

Some change a field of the first record that has it, totals and hash being right; the others, the
bytes of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sample_files.generateur.lignes_echanges import Ligne

NOMMES = ("10", "20", "31", "40")  # records that name an employee
MODULO, COUPE = 97, 100


@dataclass(frozen=True, slots=True)
class FauteLigne:
    """A field of these records with another value, made from the right one."""

    codes: tuple[str, ...]
    champ: str
    valeur: Callable[[Any], object]
    attendu: str

    def spoil(self, lignes: Sequence[Ligne]) -> list[Ligne]:
        """The same records, the first of these codes with the fault."""
        rang = next(rang for rang, (code, _) in enumerate(lignes) if code in self.codes)
        code, champs = lignes[rang]
        fautive = champs | {self.champ: self.valeur(champs[self.champ])}
        return [*lignes[:rang], (code, fautive), *lignes[rang + 1 :]]


@dataclass(frozen=True, slots=True)
class FauteOctets:
    """The bytes of the file made otherwise; `attendu_en_xml`: the code in that form."""

    spoil: Callable[[bytes], bytes]
    attendu: str
    attendu_en_xml: str


Faute = FauteLigne | FauteOctets
FAUTES: Mapping[str, Faute] = {
    "nom_en_minuscules": FauteLigne(NOMMES, "surname", str.lower, "F013"),
    "cle_nir_fausse": FauteLigne(NOMMES, "nir_key", lambda c: f"{int(c) % MODULO + 1:02}", "F016"),
    "brut_invraisemblable": FauteLigne(("10",), "gross", lambda brut: brut * 10, "CG-005"),
    "reprise_avant_le_depart": FauteLigne(
        ("20",), "resume", lambda jour: jour - timedelta(days=30), "F017"
    ),
    "jours_en_trop": FauteLigne(("20",), "days", lambda jours: jours + 100, "D109"),
    "versement_a_l_entreprise": FauteLigne(("20",), "pay_to", lambda _: "E", "D111"),
    "effectif_faux": FauteLigne(("30",), "n_workers", lambda nombre: nombre + 1, "IN-007"),
    "heures_au_dela_de_l_horaire": FauteLigne(("32",), "lost", lambda h: h + 200, "IN-024"),
    "iban_faux": FauteLigne(
        ("40",), "iban", lambda iban: f"{iban[:-1]}{(int(iban[-1]) + 1) % 10}", "RB-001"
    ),
    "motif_de_releve_inconnu": FauteLigne(("45",), "reason", lambda _: "XX", "F015"),
    "code_de_base_inconnu": FauteLigne(("46",), "base_code", lambda _: "99", "F015"),
    "fichier_sans_contenu": FauteOctets(lambda _: b"", "F012", "F012"),
    "transfert_interrompu": FauteOctets(lambda octets: octets[:-COUPE], "F003", "F010"),
}


def find_attendu(nom: str, *, xml: bool) -> str:
    """The code of a fault, none without a fault."""
    if not nom:
        return ""
    faute = FAUTES[nom]
    return faute.attendu_en_xml if xml and isinstance(faute, FauteOctets) else faute.attendu


def list_fautes(lignes: Sequence[Ligne]) -> list[str]:
    """Faults that these records can be given, in their order."""
    codes = {code for code, _ in lignes}
    return [
        nom
        for nom, faute in FAUTES.items()
        if isinstance(faute, FauteOctets) or codes.intersection(faute.codes)
    ]
