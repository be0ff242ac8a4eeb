"""Faults put into a good file, each with what a reader must answer.

A fault takes the lines of a good message that holds an individual and gives the bytes of a bad
file, the expected verdict, and the expected anomalies: code and line (None when the whole file is
meant). Faults of one line touch optional rubrics, so that one fault is one anomaly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sample_files.generateur.ecriture import PIED, Lignes, encode
from sample_files.generateur.entreprises import compute_cle

CONFORME, NON_CONFORME, ILLISIBLE = "CONFORME", "NON_CONFORME", "ILLISIBLE"
MATRICULE, VOIE, NOM = "S21.G00.30.019", "S21.G00.30.008", "S21.G00.30.002"
VERSION, TOTAL_LIGNES, TOTAL_DSN = "S10.G00.00.006", f"{PIED}.001", f"{PIED}.002"
CODE_POSTAL, LOCALITE = "S21.G00.06.005", "S21.G00.06.006"
ETABLISSEMENT, CONTACT, RETRAITE = "S21.G00.11", "S20.G00.07", "S21.G00.71"
LIGNE_GEANTE = 1_000_000
SIREN_INCONNU, NIC_INCONNU = "99999999", "0001"


@dataclass(frozen=True, slots=True)
class Constat:
    """A faulty file and what must be said of it; `codes` sorted by line then code."""

    octets: bytes
    verdict: str
    codes: tuple[tuple[str, int | None], ...]


Faute = Callable[[Sequence[str], str], Constat]


def find(lignes: Sequence[str], prefixe: str, apres: int = 0) -> int:
    """Index of the first line that starts with `prefixe`, from `apres` on; ValueError if none."""
    for rang in range(apres, len(lignes)):
        if lignes[rang].startswith(prefixe):
            return rang
    raise ValueError(f"aucune ligne {prefixe}")


def _end(lignes: Sequence[str], bloc: str) -> int:
    """Index of the line that follows the first block of this kind."""
    rang = find(lignes, bloc)
    while lignes[rang].startswith(bloc):
        rang += 1
    return rang


def count_again(lignes: Sequence[str]) -> Lignes:
    """The same lines with a footer that states their number."""
    rang = find(lignes, TOTAL_LIGNES)
    nombre = sum(1 for ligne in lignes if ligne)
    return [*lignes[:rang], f"{TOTAL_LIGNES},'{nombre}'", *lignes[rang + 1 :]]


def _changed(lignes: Sequence[str], rang: int, ligne: str, fin: str, code: str) -> Constat:
    """One line written otherwise, one anomaly there."""
    nouvelles = [*lignes[:rang], ligne, *lignes[rang + 1 :]]
    return Constat(encode(nouvelles, fin), NON_CONFORME, ((code, rang + 1),))


def _inserted(
    lignes: Sequence[str], rang: int, ajout: Sequence[str], fin: str, code: str
) -> Constat:
    """Lines added before the one of index `rang`, totals right, one anomaly at the first."""
    nouvelles = count_again([*lignes[:rang], *ajout, *lignes[rang:]])
    return Constat(encode(nouvelles, fin), NON_CONFORME, ((code, rang + 1),))


def _valued(lignes: Sequence[str], rubrique: str, valeur: str, fin: str, code: str) -> Constat:
    """The first line of a rubric with another value."""
    return _changed(lignes, find(lignes, rubrique), f"{rubrique},'{valeur}'", fin, code)


def _unreadable(octets: bytes, code: str, ligne: int | None) -> Constat:
    return Constat(octets, ILLISIBLE, ((code, ligne),))


def vide(_lignes: Sequence[str], _fin: str) -> Constat:
    """No byte at all."""
    return _unreadable(b"", "F020", None)


def binaire(_lignes: Sequence[str], _fin: str) -> Constat:
    """An archive or an image, not a text."""
    return _unreadable(b"PK\x03\x04" + bytes(range(256)) * 8, "F004", 1)


def utf16(lignes: Sequence[str], fin: str) -> Constat:
    """The file saved again as UTF-16."""
    octets = encode(lignes, fin).decode("latin-1").encode("utf-16-le")
    return _unreadable(b"\xff\xfe" + octets, "F004", 1)


def utf8(lignes: Sequence[str], fin: str) -> Constat:
    """The file saved again as UTF-8: accented letters take two bytes."""
    return _unreadable(encode(lignes, fin).decode("latin-1").encode(), "F004", 1)


def version_inconnue(lignes: Sequence[str], fin: str) -> Constat:
    """A version of the norm that nobody reads any more."""
    rang = find(lignes, VERSION)
    nouvelles = [*lignes[:rang], f"{VERSION},'P19V01'", *lignes[rang + 1 :]]
    return _unreadable(encode(nouvelles, fin), "F022", 1)


def ligne_tronquee(lignes: Sequence[str], fin: str) -> Constat:
    """A line cut before its closing apostrophe."""
    rang = find(lignes, MATRICULE)
    return _changed(lignes, rang, lignes[rang][:-3], fin, "F021")


def fichier_tronque(lignes: Sequence[str], fin: str) -> Constat:
    """No footer: the transfer stopped."""
    debut = list(lignes[: find(lignes, PIED)])
    return Constat(encode(debut, fin), NON_CONFORME, (("F023", len(debut)),))


def total_lignes_faux(lignes: Sequence[str], fin: str) -> Constat:
    """The footer states one line too many."""
    return _valued(lignes, TOTAL_LIGNES, str(len(lignes) + 1), fin, "CST-11")


def total_declarations_faux(lignes: Sequence[str], fin: str) -> Constat:
    """The footer states seven declarations."""
    return _valued(lignes, TOTAL_DSN, "7", fin, "CST-11")


def ligne_geante(lignes: Sequence[str], fin: str) -> Constat:
    """A line of a million characters that names no rubric."""
    return _changed(lignes, find(lignes, MATRICULE), "X" * LIGNE_GEANTE, fin, "CV02")


def ligne_vide(lignes: Sequence[str], fin: str) -> Constat:
    """An empty line in the middle."""
    return _inserted(lignes, find(lignes, ETABLISSEMENT), [""], fin, "CV07")


def rubrique_inconnue(lignes: Sequence[str], fin: str) -> Constat:
    """A rubric that no version has, in a known block."""
    rang = find(lignes, MATRICULE) + 1
    return _inserted(lignes, rang, ["S21.G00.30.199,'X1'"], fin, "CV10")


def bloc_inconnu(lignes: Sequence[str], fin: str) -> Constat:
    """A block that no version has."""
    rang = find(lignes, ETABLISSEMENT)
    return _inserted(lignes, rang, ["S21.G00.49.001,'01'"], fin, "CV13")


def valeur_vide(lignes: Sequence[str], fin: str) -> Constat:
    """A rubric without value."""
    return _valued(lignes, MATRICULE, "", fin, "CST-06")


def rubrique_en_double(lignes: Sequence[str], fin: str) -> Constat:
    """The same rubric twice in a block that stands only once."""
    rang = find(lignes, CODE_POSTAL) + 1
    return _inserted(lignes, rang, [lignes[rang - 1]], fin, "CST-09")


def rubriques_en_desordre(lignes: Sequence[str], fin: str) -> Constat:
    """Two rubrics swapped in a block that stands only once: the second one steps back."""
    rang = find(lignes, CODE_POSTAL)
    nouvelles = [*lignes[:rang], lignes[rang + 1], lignes[rang], *lignes[rang + 2 :]]
    return Constat(encode(nouvelles, fin), NON_CONFORME, (("CST-05", rang + 2),))


def bloc_mal_place(lignes: Sequence[str], fin: str) -> Constat:
    """A contact of the declaration after the establishment."""
    debut = find(lignes, CONTACT)
    contact = [ligne for ligne in lignes[debut : debut + 4] if ligne.startswith(CONTACT)]
    return _inserted(lignes, _end(lignes, ETABLISSEMENT), contact, fin, "CST-01")


def bloc_absent(lignes: Sequence[str], fin: str) -> Constat:
    """No pension scheme under a contract, which needs at least one."""
    rang = find(lignes, RETRAITE)
    contrat = max(n for n in range(rang) if lignes[n].startswith("S21.G00.40.001"))
    nouvelles = count_again([*lignes[:rang], *lignes[rang + 1 :]])
    return Constat(encode(nouvelles, fin), NON_CONFORME, (("CST-02", contrat + 1),))


def bloc_interdit(lignes: Sequence[str], fin: str) -> Constat:
    """A block of end-of-contract reports in a monthly declaration."""
    rang = _end(lignes, "S21.G00.40")
    return _inserted(lignes, rang, ["S21.G00.45.002,'00000'"], fin, "CST-02")


def rubrique_absente(lignes: Sequence[str], fin: str) -> Constat:
    """No family name: the block of the individual lacks a mandatory rubric."""
    rang = find(lignes, NOM)
    individu = max(n for n in range(rang) if lignes[n].startswith("S21.G00.30.001"))
    nouvelles = count_again([*lignes[:rang], *lignes[rang + 1 :]])
    return Constat(encode(nouvelles, fin), NON_CONFORME, (("CST-03", individu + 1),))


def rubrique_interdite(lignes: Sequence[str], fin: str) -> Constat:
    """The identifier of a cancelled declaration, which no monthly one carries."""
    rang = find(lignes, "S20.G00.05.007")
    return _inserted(lignes, rang, ["S20.G00.05.006,'020120261'"], fin, "CST-04")


def code_faux(lignes: Sequence[str], fin: str) -> Constat:
    """A code out of its closed list."""
    return _valued(lignes, "S21.G00.40.007", "98", fin, "CSL-11")


def date_fausse(lignes: Sequence[str], fin: str) -> Constat:
    """30 February."""
    annee = lignes[find(lignes, "S20.G00.05.005")][-5:-1]
    return _valued(lignes, "S21.G00.51.001", f"3002{annee}", fin, "CSL-04")


def forme_de_date(lignes: Sequence[str], fin: str) -> Constat:
    """A date written year first, with hyphens, cut to eight characters."""
    return _valued(lignes, "S21.G00.51.001", "26-03-01", fin, "CSL-03")


def montant_avec_virgule(lignes: Sequence[str], fin: str) -> Constat:
    """A decimal comma."""
    return _valued(lignes, "S21.G00.78.004", "1500,00", fin, "CSL-02")


def montant_sans_decimale(lignes: Sequence[str], fin: str) -> Constat:
    """An amount with one decimal."""
    return _valued(lignes, "S21.G00.78.004", "1500.5", fin, "CSL-00")


def valeur_trop_longue(lignes: Sequence[str], fin: str) -> Constat:
    """An address of 60 characters where 50 are allowed."""
    return _valued(lignes, VOIE, "RUE " * 14 + "DROITE", fin, "CSL-01")


def caractere_interdit(lignes: Sequence[str], fin: str) -> Constat:
    """A character that the norm does not allow."""
    return _valued(lignes, VOIE, "12 RUE DU TEST # 3", fin, "CSL-05")


def espace_autour(lignes: Sequence[str], fin: str) -> Constat:
    """A value that ends with a blank."""
    return _valued(lignes, VOIE, "12 RUE DU TEST ", fin, "CSL-05")


def cle_siren_fausse(lignes: Sequence[str], fin: str) -> Constat:
    """A wrong key in the SIREN of the sender."""
    siren = lignes[find(lignes, "S10.G00.01.001")][-10:-1]
    return _valued(lignes, "S10.G00.01.001", _wrong_key(siren), fin, "CSL-11")


def cle_siret_fausse(lignes: Sequence[str], fin: str) -> Constat:
    """A wrong key in the NIC of the establishment."""
    nic = lignes[find(lignes, f"{ETABLISSEMENT}.001")][-6:-1]
    return _valued(lignes, f"{ETABLISSEMENT}.001", _wrong_key(nic), fin, "CSL-12")


def siret_inconnu(lignes: Sequence[str], fin: str) -> Constat:
    """A SIRET with good keys that the fund does not know: a good DSN, which waits."""
    siren = SIREN_INCONNU + compute_cle(SIREN_INCONNU)
    siret = siren + NIC_INCONNU + compute_cle(siren + NIC_INCONNU)
    valeurs = {
        "S21.G00.06.001": siren,
        "S21.G00.06.002": siret[9:],
        "S21.G00.11.001": siret[9:],
        "S21.G00.40.019": siret,
    }
    nouvelles = [
        f"{ligne[:14]},'{valeurs[ligne[:14]]}'" if ligne[:14] in valeurs else ligne
        for ligne in lignes
    ]
    return Constat(encode(nouvelles, fin), CONFORME, (("CP-03", None),))


def _wrong_key(chiffres: str) -> str:
    return chiffres[:-1] + str((int(chiffres[-1]) + 1) % 10)


FAUTES: dict[str, Faute] = {
    faute.__name__: faute
    for faute in (
        vide,
        binaire,
        utf16,
        utf8,
        version_inconnue,
        ligne_tronquee,
        fichier_tronque,
        total_lignes_faux,
        total_declarations_faux,
        ligne_geante,
        ligne_vide,
        rubrique_inconnue,
        bloc_inconnu,
        valeur_vide,
        rubrique_en_double,
        rubriques_en_desordre,
        bloc_mal_place,
        bloc_absent,
        bloc_interdit,
        rubrique_absente,
        rubrique_interdite,
        code_faux,
        date_fausse,
        forme_de_date,
        montant_avec_virgule,
        montant_sans_decimale,
        valeur_trop_longue,
        caractere_interdit,
        espace_autour,
        cle_siren_fausse,
        cle_siret_fausse,
        siret_inconnu,
    )
}
