"""The steps of the collection: match movements, settle debits and mandates, debit, hand over.

Movements are matched once, after the calls; debits are settled before the accounts, and those of
tonight decided after them; `write_remise_sepa` gives the file that is owed to the bank's box. What
is published of a debit never changes but its state.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl
from sqlalchemy import Connection

from pipelines.nuit.date_arrete import is_forcee, read_forcages
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import (
    Part,
    in_part,
    part_of,
)
from pipelines.nuit.reserves.depots import set_aside
from pipelines.nuit.reserves.fautifs import PASSAGERES, find_fautifs
from pipelines.nuit.versions import frame_fingerprint
from pipelines.reglements.lecture import (
    frames_of,
    read_dossiers,
    read_mouvements,
    read_parametres,
    read_reperes,
    read_situation,
)
from pipelines.reglements.pain import Prelevement, find_invalid
from pipelines.reglements.regles.etats import compute_etats_prelevements
from pipelines.reglements.regles.identifiants import batch_identifier, file_identifier
from pipelines.reglements.regles.mandats import (
    compute_etats_mandat,
    compute_suspensions,
)
from pipelines.reglements.regles.montants import with_amounts
from pipelines.reglements.regles.prelevements import Emissions, compute_emissions
from pipelines.reglements.regles.rapprochement import (
    Rapprochement,
    Reperes,
    hold_encaissements,
    match_mouvements,
)
from specs.baremes import valeur_at
from specs.caisse import read_caisse
from specs.contrats import columns_of
from specs.periodes import Mois
from warehouse.alertes import next_publication
from warehouse.maison import Maison
from warehouse.nuits import Vue
from warehouse.publications import read_table_publiee
from warehouse.registre import (
    read_adherents,
    read_comptes_bancaires,
    read_iban,
    read_mandats,
)

TOUTES = pl.lit(value=True)
INVALIDE = "le prélèvement ne peut pas être écrit comme la banque l'exige"
RAPPROCHEMENT, PRELEVEMENTS = "rapprochement", "prelevements"


class PrelevementInterdit(RuntimeError):  # noqa: N818 - named in French
    """A forced night was about to publish debits."""


def prepare_rapprochement(maison: Maison, ensemble: Part, date_arrete: date) -> Travail:
    """What every movement of the bank means: for all shards at once, references being so.

    A movement of a company held waits, with what was last published of it beside.
    """
    mouvements = read_mouvements(maison)
    reperes = read_reperes(maison, date_arrete)

    def produce() -> Production:
        rapprochement = hold_encaissements(
            _match(maison, mouvements, reperes, date_arrete),
            with_amounts(mouvements),
            read_table_publiee(maison, "encaissements").collect(),
            read_table_publiee(maison, "decaissements").collect(),
            ensemble.tenues,
        )
        part = part_of(maison.reglages.nombre_parts).alias("part")
        tables = {
            nom: getattr(rapprochement, nom).with_columns(part).select(columns_of(nom))
            for nom in ("encaissements", "decaissements")
        }
        tables["encaissements_non_affectes"] = rapprochement.encaissements_non_affectes
        tables["mouvements_ecartes"] = rapprochement.mouvements_ecartes
        noms = ("encaissements", "decaissements", "non_affectes", "ecartes")
        return Production(tables, dict(zip(noms, map(len, tables.values()), strict=True)))

    entrees = frame_fingerprint(mouvements, *frames_of(reperes))
    return Travail(f"{entrees}:{name_night(maison, date_arrete)}", produce)


def _match(
    maison: Maison, mouvements: pl.DataFrame, reperes: Reperes, date_arrete: date
) -> Rapprochement:
    """The meaning of the movements, without those of a new deposit that makes it fail."""
    try:
        return match_mouvements(mouvements, reperes)
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - raised again when it is no new deposit's
        connus = read_table_publiee(maison, "depots").select("depot").collect()
        nouveaux = mouvements.join(connus, on="depot", how="anti")["depot"].unique().to_list()

        def without(choisis: Collection[str]) -> pl.DataFrame:
            ecartes = [depot for depot in nouveaux if depot not in choisis]
            return mouvements.filter(~pl.col("depot").is_in(ecartes))

        fautifs = find_fautifs(nouveaux, lambda d: match_mouvements(without(d), reperes), erreur)
        set_aside(maison, date_arrete, RAPPROCHEMENT, fautifs)
        return match_mouvements(without(set(nouveaux) - fautifs.keys()), reperes)


def prepare_etats(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """The published debits of one shard in their present state, and that of its mandates.

    Done again before the debits of tonight are all decided, it takes back what was left of them.
    """
    dossiers = read_dossiers(maison, part)

    def produce() -> Production:
        prelevements = compute_etats_prelevements(
            dossiers.prelevements, dossiers.encaissements, dossiers.ecartes
        )
        etats = compute_etats_mandat(
            dossiers.mandats,
            dossiers.evenements,
            compute_suspensions(prelevements, dossiers.decisions, dossiers.mandats),
            prelevements,
            date_arrete,
            valeur_at("MANDAT_SEPA", "caducite_mois", Mois.from_date(date_arrete)),
        )
        tables = {
            "prelevements": prelevements,
            "prelevements_appels": dossiers.prelevements_appels,
            "etats_mandat": in_part("etats_mandat", etats, part),
        }
        return Production(tables, {"prelevements": len(prelevements), "mandats": len(etats)})

    entrees = f"{dossiers.empreinte}:{name_night(maison, date_arrete)}"
    return Travail(entrees, produce, jusqu_a=PRELEVEMENTS)


def prepare_emissions(maison: Maison, part: Part, date_arrete: date) -> Travail | None:
    """The debits of tonight after those that are published; none of a night that is forced.

    The accounts follow from what is in the key, and are not in it: once they have counted these
    debits, they would say that nothing is due.
    """
    if is_forcee(maison, date_arrete):  # `prepare_etats` has taken back what was there
        return None
    dossiers = read_dossiers(maison, part)

    def produce() -> Production:
        situation = read_situation(maison, part, dossiers, date_arrete)
        remise = file_identifier(date_arrete, next_number(maison))
        nouveaux = _without_invalid(
            maison,
            part,
            compute_emissions(situation, read_parametres(date_arrete), remise, date_arrete),
            date_arrete,
        )
        emis = in_part("prelevements", nouveaux.prelevements, part)
        payes = in_part("prelevements_appels", nouveaux.appels, part)
        tables = {
            "prelevements": pl.concat([situation.prelevements, emis]),
            "prelevements_appels": pl.concat([dossiers.prelevements_appels, payes]),
            "prelevements_ecartes": in_part("prelevements_ecartes", nouveaux.ecartes, part),
        }
        return Production(tables, {"nouveaux": len(emis), "ecartes": len(nouveaux.ecartes)})

    return Travail(f"{dossiers.empreinte}:{name_night(maison, date_arrete)}", produce)


def _without_invalid(
    maison: Maison, part: Part, emissions: Emissions, date_arrete: date
) -> Emissions:
    """The same, less the debits that the schema of the bank's file would refuse: set aside."""
    nouveaux = emissions.prelevements
    if nouveaux.is_empty():
        return emissions
    with maison.moteur.connect() as connexion:
        debits = complete_debits(connexion, nouveaux, part.vue)
    refuses = find_invalid(debits, read_caisse().creancier, date_arrete)
    gardes = pl.col("prelevement").is_in([d.prelevement for d in debits]) & ~pl.col(
        "prelevement"
    ).is_in(list(refuses))
    ecartes = nouveaux.filter(~gardes).with_columns(cause=pl.lit(INVALIDE))
    return Emissions(
        nouveaux.filter(gardes),
        emissions.appels.filter(gardes),
        pl.concat([emissions.ecartes, ecartes.select(emissions.ecartes.columns)]),
    )


def read_nouveaux_prelevements(maison: Maison) -> pl.DataFrame:
    """Debits of the lake that are not published yet (contract `prelevements`), by key."""
    publies = read_table_publiee(maison, "prelevements").select("prelevement")
    lus = maison.lac.read("prelevements").join(publies, on="prelevement", how="anti")
    return lus.collect().sort("prelevement")


def check_sans_prelevement(maison: Maison, date_arrete: date) -> None:
    """PrelevementInterdit when a forced night is about to publish debits."""
    if is_forcee(maison, date_arrete) and not read_nouveaux_prelevements(maison).is_empty():
        raise PrelevementInterdit("nuit forcée : des prélèvements allaient être émis")


def complete_debits(connexion: Connection, lignes: pl.DataFrame, vue: Vue) -> list[Prelevement]:
    """Debits with what only the registry knows: holder, address, account, signature."""
    version = vue.registre
    mandats = read_mandats(connexion, version).select("rum", "date_signature")
    comptes = read_comptes_bancaires(connexion, version).select("compte", "bic", nom="titulaire")
    adherents = read_adherents(connexion, version).select(
        "siren", "code_postal", "ville", "pays", rue="adresse"
    )
    complets = (
        lignes.with_columns(
            batch_identifier().alias("lot"),
            pl.format("Cotisations {}", "reference_paiement").alias("texte"),
        )
        .join(mandats, on="rum")
        .join(comptes, on="compte")
        .join(adherents, on="siren")
        .sort("prelevement")
    )
    champs = [nom for nom in Prelevement.__dataclass_fields__ if nom != "iban"]
    ibans = [read_iban(connexion, compte, version) for compte in complets["compte"]]
    debits = complets.select(champs).iter_rows(named=True)
    return [Prelevement(iban=iban, **debit) for iban, debit in zip(ibans, debits, strict=True)]


def next_number(maison: Maison) -> int:
    """Number of the publication that tonight is for."""
    with maison.moteur.connect() as connexion:
        return next_publication(connexion)


def name_night(maison: Maison, date_arrete: date) -> str:
    """What makes the orders of a night its own, for the keys of its steps."""
    nombre = maison.reglages.nombre_parts
    nuit = f"{next_number(maison)}:{nombre}:{date_arrete.isoformat()}"
    # A night that an officer forced takes back the debits of one that was cut: they are done again.
    forcages = len(read_forcages(maison))
    if not forcages:
        return nuit
    return f"{nuit}:{forcages}:{'forcee' if is_forcee(maison, date_arrete) else ''}"
