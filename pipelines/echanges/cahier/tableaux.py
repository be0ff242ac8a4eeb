"""The tables of the specification that come from data, each by the name that its prose gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pipelines.echanges.cahier.blocs import Cellule, Colonne, Ligne, Tableau
from pipelines.echanges.cahier.prose import Ancres, parse_texte
from specs.dsn import VERSIONS, read_dates, read_norme
from specs.echanges import Champ, Genre, read_genres
from specs.echanges.cahier import read_chapitres, read_journal
from specs.echanges.listes import read_sepa
from specs.echanges.textes import (
    EFFETS,
    NOMS_EFFETS,
    Refus,
    read_formats,
    read_refus,
)
from specs.messages import read_message, render_message
from specs.typographie import format_date, format_jour

SERVICES = {"conges": "congés", "intemperies": "intempéries", "comptabilite": "comptabilité"}
TOTAUX = ("SUM_1", "SUM_2", "SUM_HOURS")
FAMILLES = ("F", "CG", "D", "IN", "RB", "TD")
RUBRIQUES = {
    "motifs_fin": ("S21.G00.62.002", "099"),
    "arrets": ("S21.G00.60.001", "99"),
    "suspensions": ("S21.G00.65.001", "998"),
}


def render_tableau(
    colonnes: Sequence[tuple[str, int]],
    lignes: Iterable[Sequence[str | Sequence[str]]],
    ancres: Ancres,
    *,
    titre: str = "",
    name: Callable[[str], str] | None = None,
) -> Tableau:
    """A table of texts; a cell is one, or several, a line each.

    `name`: anchor of a row, by its first cell. ValueError when a row has not a cell a column.
    """
    rangees = []
    for ligne in lignes:
        if len(ligne) != len(colonnes):
            raise ValueError(
                f"{len(colonnes)} colonnes, mais une ligne qui commence par {ligne[0]}"
            )
        cellules = tuple(_cell(cellule, ancres) for cellule in ligne)
        rangees.append(Ligne(cellules, name(str(ligne[0])) if name else ""))
    return Tableau(titre, tuple(Colonne(*colonne) for colonne in colonnes), tuple(rangees))


def _cell(cellule: str | Sequence[str], ancres: Ancres) -> Cellule:
    textes = [cellule] if isinstance(cellule, str) else cellule
    return tuple(parse_texte(texte, ancres) for texte in textes if texte)


def say_positions(champ: Champ) -> str:
    """« 3–6 », or « 11 » for one byte."""
    fin = champ.debut + champ.longueur - 1
    return str(fin) if champ.longueur == 1 else f"{champ.debut}–{fin}"


def list_tableaux() -> Mapping[str, Callable[[Ancres], Tableau]]:
    """Every table that the prose may name."""
    return {
        "genres": _kinds,
        "formats": _formats,
        "totaux": _sums,
        "portees": _effects,
        "messages": _messages,
        "pays_sepa": _countries,
        "journal": _versions,
        "versions_norme": _norms,
        **{f"refus_{famille}": _refusals(famille) for famille in FAMILLES},
        **{nom: _codes_of(nom) for nom in RUBRIQUES},
    }


def _kinds(ancres: Ancres) -> Tableau:
    chapitres = read_chapitres()
    lignes = [
        (
            f"§{genre.nom} `{genre.nom}`",
            "vers la caisse" if genre.entrant else "vers l'entreprise",
            ", ".join(filter(None, (genre.convention, SERVICES.get(genre.service))))
            or "toute convention",
            chapitres[genre.nom]["resume"],
        )
        for genre in read_genres().values()
    ]
    titres = (("Genre", 20), ("Sens", 28), ("Convention, service", 36), ("Contenu", -1))
    return render_tableau(titres, lignes, ancres)


def _formats(ancres: Ancres) -> Tableau:
    lignes = [
        (f"**{f.nom}**", f.sens, f"`{f.fixe}`" if f.fixe else "", f"`{f.xml}`" if f.xml else "")
        for f in read_formats().values()
    ]
    titres = (("Format", 31), ("Sens", -1), ("Forme fixe", 43), ("XML", 43))
    return render_tableau(titres, lignes, ancres)


def _sums(ancres: Ancres) -> Tableau:
    lignes = [
        (f"`{genre.nom}`", *(_sum(genre, somme) for somme in TOTAUX), _count(genre))
        for genre in read_genres().values()
    ]
    titres = (("Genre", 16), *((f"{somme}", -1) for somme in TOTAUX), ("N_EMP compte", 34))
    return render_tableau(titres, lignes, ancres)


def _sum(genre: Genre, somme: str) -> str:
    zones = [
        f"`{nom}` du `{code}`" for code, noms in genre.totaux.get(somme, {}).items() for nom in noms
    ]
    return ", ".join(zones) + _share(genre, somme) if zones else "0"


def _share(genre: Genre, somme: str) -> str:
    """Which lines go to that sum, when the value of a field decides it."""
    partage = genre.partage
    if not partage or somme not in TOTAUX[:2]:
        return ""
    if somme in partage:
        return f" où `{partage['champ']}` vaut " + ", ".join(f"`{v}`" for v in partage[somme])
    return f" pour tout autre `{partage['champ']}`"


def _count(genre: Genre) -> str:
    if not genre.salaries:
        return "0"
    quoi = "les enregistrements" if genre.compte_enregistrements else "les salariés des"
    return f"{quoi} `{genre.salaries}`"


def _effects(ancres: Ancres) -> Tableau:
    lignes = [(f"**{NOMS_EFFETS.get(nom, nom)}**", sens) for nom, sens in EFFETS.items()]
    return render_tableau((("Portée", 30), ("Ce qui se passe", -1)), lignes, ancres)


def _refusals(famille: str) -> Callable[[Ancres], Tableau]:
    def build(ancres: Ancres) -> Tableau:
        refus = [r for r in read_refus().values() if r.famille == famille]
        titres = (("Code", 18), ("Portée", 22), ("Cause", -1), ("Que faire", 58))
        return render_tableau(titres, map(_refusal, refus), ancres, name=str)

    return build


def _refusal(refus: Refus) -> tuple[str | tuple[str, ...], ...]:
    portees = ", ".join(NOMS_EFFETS.get(effet, effet) for effet in refus.effets)
    titre = refus.titre[0].upper() + refus.titre[1:]
    return refus.code, portees, (f"**{titre}**", refus.cause), refus.remede


def _messages(ancres: Ancres) -> Tableau:
    """Every sentence that an answer may hold, without its values, family by family."""
    lignes = []
    for code, refus in sorted(read_refus().items(), key=lambda r: FAMILLES.index(r[1].famille)):
        dits = {render_message(code, v): read_message(code, v).remede for v in refus.messages}
        lignes += [(code, message, remede) for message, remede in dits.items()]
    titres = (("Code", 18), ("Message", -1), ("Que faire", 72))
    return render_tableau(titres, lignes, ancres)


def _codes_of(nom: str) -> Callable[[Ancres], Tableau]:
    def build(ancres: Ancres) -> Tableau:
        rubrique, annulation = RUBRIQUES[nom]
        codes = _read_codes(rubrique)
        lignes = [
            (
                f"`{code}`",
                libelle,
                "toutes" if len(versions) == len(VERSIONS) else ", ".join(versions),
            )
            for code, (libelle, versions) in sorted(codes.items())
            if code != annulation
        ]
        titres = (("Code", 18), ("Sens", -1), ("Versions de la norme", 42))
        return render_tableau(titres, lignes, ancres)

    return build


def _read_codes(rubrique: str) -> dict[str, tuple[str, list[str]]]:
    """Meaning of each code of a rubric, in its last version, and the versions that have it."""
    codes: dict[str, tuple[str, list[str]]] = {}
    for version in VERSIONS:
        norme = read_norme(version)
        liste = norme.rubriques.filter(rubrique=rubrique)["liste"].item()
        for code, libelle in norme.codes.filter(liste=liste).select("code", "libelle").iter_rows():
            codes[code] = (libelle, [*codes.get(code, ("", []))[1], version])
    return codes


def _norms(ancres: Ancres) -> Tableau:
    """The version that a date takes its codes from: one a calendar year, none before the first."""
    annees = [str(mois.year) for mois in read_dates("dernier_mois").values()]
    annees[0] += " et avant"
    annees[-1] += " et après"
    lignes = [(f"`{version}`", annee) for version, annee in zip(VERSIONS, annees, strict=True)]
    return render_tableau((("Version", 25), ("Année de la date", -1)), lignes, ancres)


def _countries(ancres: Ancres) -> Tableau:
    lignes = [
        (f"`{code}`", str(pays.longueur), format_date(pays.depuis) if pays.depuis else "")
        for code, pays in read_sepa().items()
    ]
    titres = (("Pays", 25), ("Longueur de l'IBAN", 45), ("Admis depuis le", -1))
    return render_tableau(titres, lignes, ancres)


def _versions(ancres: Ancres) -> Tableau:
    lignes = [(f"`{v.version}`", format_jour(v.jour), v.changements) for v in read_journal()]
    titres = (("Version", 22), ("Date", 26), ("Ce qui change", -1))
    return render_tableau(titres, lignes, ancres)
