"""Step 8: keys of the NIR, SIREN and SIRET, and who an employee is within the file (F016, X-21)."""

from __future__ import annotations

import polars as pl

from parsers.dsn.cles import is_wrong
from parsers.echanges.constats import Constats
from parsers.echanges.valeurs import is_wrong as is_malformed
from parsers.echanges.valeurs import zone_of
from parsers.echanges.zones import PIECE, RANG, colonne_of
from specs.echanges import Champ, Enregistrement

CODE = "F016"
SALARIE = "salarie"
PERSONNE = ("matricule", "birth", "surname")
MODULO = 97
CORSE = {"2A": "19", "2B": "18"}


def check_identities(
    frame: pl.DataFrame, enregistrement: Enregistrement, siren: pl.Expr | None, constats: Constats
) -> None:
    """Keys of a record; those that it only repeats (`liens`) are told on the one that it follows.

    `siren`: of the header of each, None when it is not to be judged: establishments are of any.
    """
    noms = {c.nom: c for c in enregistrement.champs if c.nom not in enregistrement.liens}
    if {"NIR", "NIR_KEY"} <= noms.keys():
        _check_nir(frame, enregistrement.code, noms["NIR"], noms["NIR_KEY"], constats)
    for champ in noms.values():
        if champ.format in ("siren", "siret"):
            _check_siret(frame, enregistrement.code, champ, siren, constats)


def _check_nir(frame: pl.DataFrame, bloc: str, nir: Champ, cle: Champ, constats: Constats) -> None:
    attendue = compute_cle_nir(zone_of(nir))
    justes = ~is_malformed(nir, xml=True) & ~is_malformed(cle, xml=True)
    fausse = attendue != zone_of(cle).cast(pl.Int64, strict=False)
    trouves = frame.filter(justes & fausse).select(RANG, valeur=zone_of(cle))
    constats.add(trouves, CODE, bloc, cle.nom, "nir")


def compute_cle_nir(nir: pl.Expr) -> pl.Expr:
    """Key of a NIR, a number (Corsican departments are 19 and 18); null for one malformed."""
    numero = nir
    for corse, departement in CORSE.items():
        numero = numero.str.replace(corse, departement, literal=True)
    return MODULO - numero.cast(pl.Int64, strict=False) % MODULO


def _check_siret(
    frame: pl.DataFrame, bloc: str, champ: Champ, siren: pl.Expr | None, constats: Constats
) -> None:
    """A key (Luhn) that is wrong; an establishment of another SIREN than the header's."""
    colonne = colonne_of(champ)
    ecrits = frame.filter(zone_of(champ).is_not_null() & ~is_malformed(champ, xml=True))
    if champ.format == "siret" and siren is not None:
        ailleurs = ~zone_of(champ).str.starts_with(siren)
        trouves = ecrits.filter(ailleurs).select(RANG, valeur=colonne, attendu=siren)
        constats.add(trouves, CODE, bloc, champ.nom, "autre_siren")
        ecrits = ecrits.filter(~ailleurs)
    faux = ecrits.filter(is_wrong(ecrits[colonne], champ.format))
    constats.add(faux.select(RANG, valeur=colonne), CODE, bloc, champ.nom, champ.format)


def with_employees(frame: pl.DataFrame, bloc: str, constats: Constats) -> pl.DataFrame:
    """The lines with `salarie`: who they are about, by NIR, else by number, birth and surname.

    A number without NIR that several NIR of one birth and surname bear names nobody (F016).
    """
    par_numero = frame.filter(pl.col("nir").is_not_null() & pl.col("matricule").is_not_null())
    connus = par_numero.group_by(PIECE, *PERSONNE).agg(
        pl.col("nir").n_unique().alias("porteurs"), pl.col("nir").min().alias("connu")
    )
    cle = [PIECE, *PERSONNE]
    suivis = frame.join(connus, on=cle, how="left", maintain_order="left", nulls_equal=True)
    sans = pl.col("nir").is_null()
    plusieurs = suivis.filter(sans & (pl.col("porteurs") > 1))
    constats.add(plusieurs.select(RANG, valeur="matricule"), CODE, bloc, "MATRICULE", "matricule")
    seul = pl.when(pl.col("porteurs") == 1).then("connu")
    personne = pl.concat_str(*PERSONNE, separator="\n", ignore_nulls=True)
    numerote = pl.when(pl.col("matricule").is_not_null()).then(personne)
    return suivis.with_columns(pl.coalesce("nir", seul, numerote).alias(SALARIE)).drop(
        "porteurs", "connu"
    )
