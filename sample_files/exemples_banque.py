"""The small files of the bank, `banque/bons/` and `banque/mauvais/`, with what each must give.

`python -m sample_files.exemples_banque` writes them again, byte for byte; those of `banque/cas/`,
forms of messages that banks send, are kept as they are. Beside `x.xml`, `x.attendu.json` holds
`verdict`, `codes` ([code, line] of each anomaly) and `mouvements` ([nature, cents, reason]).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sample_files.generateur.banque import Ligne, write_releve, write_statut
from specs.caisse import read_caisse

RACINE = Path(__file__).parent / "banque"
CONFORME, NON_CONFORME, ILLISIBLE = "CONFORME", "NON_CONFORME", "ILLISIBLE"
SIREN = "999090012"
REMISE = "PRLV-20260420-00002"
LOT = f"{REMISE}-B20260427RCUR"
VIREMENTS = (
    Ligne(288_855, reference="COTISATIONS C900101-202603-01", reference_banque="BQ2604280001"),
    Ligne(100_000, reference="appel c900101 202605 01 acompte", reference_banque="BQ2604280002"),
    Ligne(4_200, reference="sans reference", reference_banque="BQ2604280003"),
    Ligne(-1_250, "AUTRE", reference="frais de tenue de compte", reference_banque="BQ2604280004"),
)
DEBITS = (
    Ligne(125_000, "PRELEVEMENT", bout_en_bout=f"P{SIREN}-20260427-01", rum="A09001-1", remise=LOT),
    Ligne(80_050, "PRELEVEMENT", bout_en_bout=f"P{SIREN}-20260427-02", rum="A09001-2", remise=LOT),
)
RETOUR = Ligne(
    -125_000,
    "RETOUR",
    jour=date(2026, 4, 30),
    bout_en_bout=f"P{SIREN}-20260427-01",
    rum="A09001-1",
    reference_banque="BQ2604300001",
    code="AM04",
)
ANCIEN = Ligne(
    50_000,
    reference="COTISATIONS C900101-202606-01",
    reference_banque="BQ2604280010",
    nom="TRAVAUX DU VAL",
    iban="FR7699999000010000000900178",
)


@dataclass(frozen=True, slots=True)
class Exemple:
    """One file, its verdict, the code and line of its anomalies, what it tells."""

    nom: str
    octets: bytes
    verdict: str = CONFORME
    codes: tuple[tuple[str, int | None], ...] = ()
    mouvements: tuple[tuple[str, int, str | None], ...] = ()

    def attendu(self) -> str:
        """What it must give, as JSON text."""
        contenu = {"verdict": self.verdict, "codes": self.codes, "mouvements": self.mouvements}
        return json.dumps(contenu, indent=2) + "\n"


def exemples() -> Iterator[Exemple]:
    """Every file of the bank: good ones, then bad ones."""
    for nom, octets, mouvements in _bons():
        yield Exemple(f"bons/{nom}", octets, mouvements=mouvements)
    yield from _etranges()
    yield from _mauvais()


def write_exemples(racine: Path) -> None:
    """Write the files and what they must give under `racine`."""
    for exemple in exemples():
        chemin = racine / exemple.nom
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.with_suffix(".xml").write_bytes(exemple.octets)
        chemin.with_suffix(".attendu.json").write_text(exemple.attendu(), "utf-8")


def _told(*lignes: Ligne) -> tuple[tuple[str, int, str | None], ...]:
    return tuple((ligne.nature or "", ligne.centimes, ligne.code) for ligne in lignes)


def _bons() -> Iterator[tuple[str, bytes, tuple[tuple[str, int, str | None], ...]]]:
    yield "camt053_virements", write_releve([*VIREMENTS, DEBITS]), _told(*VIREMENTS, *DEBITS)
    yield "camt054_retour", write_releve([RETOUR], "camt.054", numero="AVIS-1"), _told(RETOUR)
    rejets = ((f"P{SIREN}-20260427-02", "AC04"), (f"P{SIREN}-20260427-03", "MD01"))
    statut = write_statut(REMISE, [(LOT, None, rejets)])
    yield "pain002_rejets", statut, (("REJET", 0, "AC04"), ("REJET", 0, "MD01"))
    for version in (2, 3, 4):
        octets = write_releve([ANCIEN], numero=f"RELEVE-V{version}", version=version)
        yield f"camt053_version_{version}", octets, _told(ANCIEN)


def _etranges() -> Iterator[Exemple]:
    """Files that are read, with something said: a version, an entry or a total."""
    tout = _told(*VIREMENTS, *DEBITS)
    recent = write_releve([ANCIEN], numero="RELEVE-V6", version=6)
    yield Exemple("bons/camt053_version_6", recent, CONFORME, (("B016", 2),), _told(ANCIEN))
    rejet = write_statut(REMISE, [(LOT, None, ((f"P{SIREN}-20260427-02", "AC04"),))], version=3)
    refus = (("REJET", 0, "AC04"),)
    yield Exemple("bons/pain002_version_3", rejet, CONFORME, (("B016", 2),), refus)
    bon = write_releve([*VIREMENTS, DEBITS], numero="RELEVE-2")
    sans = _told(*(ligne for ligne in VIREMENTS if ligne.centimes != 100_000), *DEBITS)  # noqa: PLR2004
    entier = (*_told(*VIREMENTS), ("PRELEVEMENT", 205_050, None))
    for nom, avant, apres, code, mouvements in (
        ("ecriture_en_dollars", b'"EUR">1000.00', b'"USD">1000.00', "B005", sans),
        ("trois_decimales", b">1000.00<", b">1000.001<", "B004", sans),
        ("total_inexplique", b"<NbOfNtries>5<", b"<NbOfNtries>6<", "B006", tout),
    ):
        octets = _altered(bon, avant, apres)
        yield Exemple(f"bons/{nom}", octets, CONFORME, ((code, _line(bon, avant)),), mouvements)
    detail = _altered(bon, b">800.50<", b">800.51<")
    ecriture = bon[: bon.rindex(b"<Ntry>")].count(b"\n") + 1
    yield Exemple("bons/detail_inexplique", detail, CONFORME, (("B006", ecriture),), entier)


def _mauvais() -> Iterator[Exemple]:
    bon = write_releve([*VIREMENTS, DEBITS])
    iban = read_caisse().creancier.iban.encode()
    autre = _altered(bon, iban, b"FR1420041010050500013M02606")
    yield Exemple("mauvais/compte_d_un_autre", autre, NON_CONFORME, (("B008", _line(bon, iban)),))
    avant = b"<BookgDt>\n          <Dt>2026-04-28"
    date_fausse = _altered(bon, avant, b"<BookgDt>\n          <Dt>28/04/2026")
    ligne = _line(bon, avant) + 1
    codes = (("B013", ligne), ("B004", ligne))
    yield Exemple("mauvais/date_fausse", date_fausse, NON_CONFORME, codes)
    coupe = bon[: bon.index(b"<Ntry>") + 400]
    yield Exemple("mauvais/tronque", coupe, ILLISIBLE, (("B001", coupe.count(b"\n") + 1),))
    avec_dtd = bon.replace(b"<Document", b"<!DOCTYPE Document>\n<Document", 1)
    yield Exemple("mauvais/avec_dtd", avec_dtd, ILLISIBLE, (("B001", None),))
    inconnu = bon.replace(b"camt.053.001.08", b"camt.052.001.08")
    yield Exemple("mauvais/message_inconnu", inconnu, ILLISIBLE, (("B002", 2),))


def _altered(octets: bytes, avant: bytes, apres: bytes) -> bytes:
    """The file with a text changed, the first time it stands."""
    if avant not in octets:
        raise ValueError(f"texte absent : {avant!r}")
    return octets.replace(avant, apres, 1)


def _line(octets: bytes, texte: bytes) -> int:
    """Number of the line where a text first stands."""
    return octets[: octets.index(texte)].count(b"\n") + 1


if __name__ == "__main__":
    write_exemples(RACINE)
