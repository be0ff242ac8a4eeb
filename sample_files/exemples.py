"""The small files of `bons/` and `mauvais/`, with the report each one must receive.

`python -m sample_files.exemples` writes them again, byte for byte. The files `cnetp_*` and
`bloc_62_mal_place` come from elsewhere: only their expected reports are written here.
Beside `x.dsn`, `x.attendu.json` holds `verdict` and `codes`: [code, line] pairs of the controls of
file, line, structure and value, sorted by line (null when the whole file is meant).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sample_files.generateur.bulletins import Bulletin, correct
from sample_files.generateur.declarations import (
    REMPLACE,
    SANS_INDIVIDU,
    Declaration,
    message,
    write_message,
)
from sample_files.generateur.ecriture import Lignes, bloc, encode
from sample_files.generateur.entreprises import CRLF, LF, Entreprise
from sample_files.generateur.equipe import (
    CONVENTION,
    build_bulletins,
    build_declaration,
    build_entreprise,
)
from sample_files.generateur.fautes import CONFORME, FAUTES, NON_CONFORME, count_again, find
from sample_files.generateur.hasard import stream
from sample_files.generateur.meteo import METEO
from sample_files.generateur.registre import Profil, render_registre
from specs.periodes import Mois

RACINE = Path(__file__).parent
NON_ECRITES = ("ligne_geante", "siret_inconnu")  # too big; a good DSN, kept with the good ones
EXTERNES = {
    "bons/cnetp_2026-03_normale": (CONFORME, ()),
    "bons/cnetp_2026-03_annule_remplace": (CONFORME, ()),
    "bons/cnetp_2026-04_neant": (CONFORME, ()),
}
MAL_PLACE = "mauvais/bloc_62_mal_place"
SYNTHESE = "A80001;800000010;TRAVAUX PUBLICS SYNTHÈSE;C8000101;80000001000010;2015-01-01;"
RANG_SYNTHESE = 80001
ENTETE_REGISTRE = "numero_adherent;siren;raison_sociale;cdg;siret;debut;fin"

Codes = Sequence[tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class Exemple:
    """One file (`octets` None when it comes from elsewhere) and its expected report."""

    nom: str
    octets: bytes | None
    verdict: str
    codes: Codes = ()

    def attendu(self) -> str:
        """The expected report, as JSON text."""
        codes = ",\n".join(f"    {json.dumps(list(couple))}" for couple in self.codes)
        liste = f"[\n{codes}\n  ]" if codes else "[]"
        return f'{{\n  "verdict": "{self.verdict}",\n  "codes": {liste}\n}}\n'


def exemples() -> Iterator[Exemple]:
    """Every example: good ones, then bad ones, then reports of the files from elsewhere."""
    for nom, octets in _bons().items():
        yield Exemple(f"bons/{nom}", octets, CONFORME)
    lignes = message([build_declaration(Mois(2026, 3))], essai=False)
    for nom, faute in FAUTES.items():
        if nom not in NON_ECRITES:
            constat = faute(lignes, LF)
            yield Exemple(f"mauvais/{nom}", constat.octets, constat.verdict, constat.codes)
    for nom, (verdict, codes) in EXTERNES.items():
        yield Exemple(nom, None, verdict, codes)
    yield Exemple(MAL_PLACE, None, NON_CONFORME, _misplaced_62())


def write_exemples(racine: Path) -> None:
    """Write the files, their expected reports and the register under `racine`."""
    for exemple in exemples():
        chemin = racine / exemple.nom
        chemin.parent.mkdir(parents=True, exist_ok=True)
        if exemple.octets is not None:
            chemin.with_suffix(".dsn").write_bytes(exemple.octets)
        chemin.with_suffix(".attendu.json").write_text(exemple.attendu(), "utf-8")
    (racine / "bons" / "registre.csv").write_text(registre(), "utf-8")
    (racine / "bons" / "registre.yaml").write_bytes(registre_complet())


def registre() -> str:
    """Members of the good files: the company of examples and the one of `cnetp_*`."""
    e = build_entreprise()
    lignes = [
        f"{e.numero_adherent};{e.siren};{e.raison_sociale};{lieu.cdg};{lieu.siret};2015-01-01;"
        for lieu in e.etablissements
    ]
    return "\n".join([ENTETE_REGISTRE, SYNTHESE, *lignes]) + "\n"


def registre_complet() -> bytes:
    """The same members with all that the registry holds of them, and the weather."""
    numero, siren, raison_sociale, cdg, siret, *_ = SYNTHESE.split(";")
    lieu = replace(build_entreprise().siege, siret=siret, cdg=cdg)
    synthese = Entreprise(RANG_SYNTHESE, siren, numero, raison_sociale, LF, (lieu,))
    sans = Profil(adhesion=False, zero_papier=False, automatique=False, mandataire=False)
    connus = [(synthese, sans), (build_entreprise(), Profil(convention=CONVENTION))]
    return render_registre(connus, METEO)


def _bons() -> dict[str, bytes]:
    """Good files; each has its month, so that all can be deposited together."""
    normale = build_declaration(Mois(2026, 3))
    neant = replace(
        build_declaration(Mois(2026, 4)),
        type=SANS_INDIVIDU,
        bulletins=(),
        interim=0,
        rattachement_absent=True,
    )
    return {
        "mensuelle_normale": _write(normale),
        "mensuelle_annule_remplace": _write(_replaced(normale)),
        "neant_absence_rattachement": _write(neant),
        **_fractions(build_declaration(Mois(2026, 5))),
        "deux_declarations": _two_establishments(Mois(2026, 6)),
        "apostrophes_accents_crlf": encode(_lines(build_declaration(Mois(2026, 7))), CRLF),
        "rubriques_service": _with_service(build_declaration(Mois(2026, 8))),
        "lot_v01r02": _lot((build_declaration(Mois(2026, 9)), build_declaration(Mois(2026, 10)))),
        "norme_p24v01": _write(build_declaration(Mois(2024, 3))),
        "norme_p25v01": _write(build_declaration(Mois(2025, 3))),
        "siret_inconnu": FAUTES["siret_inconnu"](
            _lines(build_declaration(Mois(2026, 11))), LF
        ).octets,
    }


def _write(d: Declaration) -> bytes:
    return write_message([d], essai=False)


def _lines(d: Declaration) -> Lignes:
    return message([d], essai=False)


def _replaced(d: Declaration) -> Declaration:
    """The month again, with some gross pay corrected, made five days later."""
    bulletins: list[Bulletin] = correct(stream(1, "exemples"), d.bulletins)
    jour = d.constitution.replace(day=d.constitution.day + 5)
    return replace(d, type=REMPLACE, ordre=2, constitution=jour, bulletins=tuple(bulletins))


def _fractions(d: Declaration) -> dict[str, bytes]:
    premiere = replace(d, fraction="12", bulletins=d.bulletins[::2])
    seconde = replace(d, fraction="22", bulletins=d.bulletins[1::2], interim=0)
    return {"fraction_1_sur_2": _write(premiere), "fraction_2_sur_2": _write(seconde)}


def _two_establishments(mois: Mois) -> bytes:
    """One message, a declaration for each establishment of the company."""
    siege, chantier = build_entreprise().etablissements
    au_siege, au_chantier = build_bulletins(mois)[:4], build_bulletins(mois)[4:]
    premiere = replace(build_declaration(mois), etablissement=siege, bulletins=tuple(au_siege))
    seconde = replace(premiere, etablissement=chantier, bulletins=tuple(au_chantier), interim=0)
    return write_message([premiere, seconde], essai=False)


def _with_service(d: Declaration) -> bytes:
    """Rubrics that the network adds on the way to a fund: tracking, names, certified identity."""
    personne = d.bulletins[0].salarie.personne
    ajouts = {
        "S20.G00.05.001": bloc(
            "S10.G00.95",
            {
                "003": d.etablissement.siret,
                "006": "EDI",
                "007": "NET",
                "008": "20260905101500",
                "900": "FLUX0001",
            },
        ),
        "S21.G00.06.001": bloc("S20.G00.96", {"902": "1"}),
        "S21.G00.11.001": bloc("S21.G00.06", {"903": d.entreprise.raison_sociale}),
        "S21.G00.30.001": bloc("S21.G00.11", {"110": "69383", "904": "DÉPÔT CENTRAL"}),
        "S21.G00.40.001": bloc(
            "S21.G00.30",
            {
                "300": personne.nir,
                "301": f"{personne.naissance:%d%m%Y}",
                "302": personne.nom,
                "303": personne.prenom,
                "305": "01",
                "306": "1",
            },
        ),
    }
    lignes = _lines(replace(d, interim=0))
    for prefixe, ajout in ajouts.items():
        rang = find(lignes, prefixe)
        lignes[rang:rang] = ajout
    return encode(count_again(lignes), LF)


def _lot(declarations: Sequence[Declaration]) -> bytes:
    """Messages wrapped together as complementary bodies exchange them (protocol V01R02)."""
    nombre, lot = str(len(declarations)), "LOT0001"
    tete = bloc(
        "S05.G51.00",
        {
            "001": "V01R02",
            "002": lot,
            "003": "DSN",
            "004": "05112026",
            "005": "101500",
            "006": nombre,
        },
    )
    corps = [ligne for d in declarations for ligne in _lines(d)]
    pied = bloc("S96.G51.00", {"001": "FINSL", "002": nombre})
    pied += bloc("S95.G51.00", {"001": lot, "002": nombre})
    return encode([*tete, *bloc("S06.G51.00", {"001": "DSNOK"}), *corps, *pied], LF)


def _misplaced_62() -> Codes:
    """What the masked file holds: an end of contract after a payment, and the marks of masking.

    The masked recipient of the tax and the masked temporary number no longer agree with the rest.
    """
    texte = (RACINE / MAL_PLACE).with_suffix(".dsn").read_text("latin-1")
    lignes = texte.splitlines()
    rang = next(
        n
        for n, ligne in enumerate(lignes)
        if ligne.startswith("S21.G00.62") and lignes[n - 1].startswith("S21.G00.5")
    )
    masques = (("S21.G00.20.002/CCH-11", 68), ("S21.G00.30.020/CCH-13", 669))
    return (*masques, ("CST-01", rang + 1))


if __name__ == "__main__":
    write_exemples(RACINE)
