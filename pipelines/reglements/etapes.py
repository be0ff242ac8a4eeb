"""The steps of the collection: match movements, settle debits and mandates, debit, hand over.

In a night: `match_banque` once, after the calls; `settle_part` for each shard, before the accounts;
`debit_part` for each shard, after them; `write_remise_sepa` with the publication, which owes the
file to the bank's box. What is published of a debit never changes but its state.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from time import perf_counter_ns

import polars as pl
from sqlalchemy import Connection

from pipelines.nuit.date_arrete import is_forcee, read_forcages
from pipelines.nuit.execution import run_part
from pipelines.nuit.parts import (
    Part,
    Production,
    Travail,
    in_part,
    open_ensemble,
    part_of,
    step_key,
)
from pipelines.nuit.reserves.depots import set_aside
from pipelines.nuit.reserves.fautifs import PASSAGERES, find_fautifs
from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from pipelines.reglements.lecture import (
    frames_of,
    read_dossiers,
    read_mouvements,
    read_parametres,
    read_reperes,
    read_situation,
)
from pipelines.reglements.pain import Prelevement, find_invalid, render_pain
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
from warehouse.journal import CleEtape, is_derniere, record_etape
from warehouse.maison import Maison
from warehouse.publications import Remise, read_table_publiee
from warehouse.registre import (
    read_adherents,
    read_comptes_bancaires,
    read_iban,
    read_mandats,
)

TOUTES = pl.lit(value=True)
INVALIDE = "le prélèvement ne peut pas être écrit comme la banque l'exige"
RAPPROCHEMENT, REGLEMENTS, PRELEVEMENTS = "rapprochement", "reglements", "prelevements"


def match_banque(maison: Maison, date_arrete: date) -> None:
    """Write what every movement of the bank means: for all shards at once, references being so.

    A movement of a company held waits, with what was last published of it beside.
    """
    debut = perf_counter_ns()
    mouvements = read_mouvements(maison)
    reperes = read_reperes(maison, date_arrete)
    ensemble = open_ensemble(maison, date_arrete)
    entrees = frame_fingerprint(mouvements, *frames_of(reperes)) + ensemble.precisions
    cle = _key(maison, RAPPROCHEMENT, "banque", entrees, date_arrete)
    if _is_done(maison, cle):
        return
    rapprochement = hold_encaissements(
        _match(maison, mouvements, reperes, date_arrete),
        with_amounts(mouvements),
        read_table_publiee(maison, "encaissements").collect(),
        ensemble.tenues,
    )
    encaissements = rapprochement.encaissements.with_columns(
        part_of(maison.reglages.nombre_parts).alias("part")
    ).select(columns_of("encaissements"))
    maison.lac.write("encaissements", encaissements, None)
    attendent, ecartes = rapprochement.encaissements_non_affectes, rapprochement.mouvements_ecartes
    maison.lac.write("encaissements_non_affectes", attendent, None)
    maison.lac.write("mouvements_ecartes", ecartes, None)
    resultat = {
        "encaissements": len(encaissements),
        "non_affectes": len(attendent),
        "ecartes": len(ecartes),
    }
    _record(maison, cle, resultat, (encaissements, attendent, ecartes), debut)


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


def settle_part(maison: Maison, part: int, date_arrete: date) -> None:
    """Write the published debits of one shard in their present state, and that of its mandates.

    Done again before `debit_part` has ended, it takes back what that step may have left.
    """
    run_part(maison, prepare_etats, part, date_arrete)


def prepare_etats(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """What the bank said of the published debits, and the mandates that follow."""
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

    cles = (
        _part_key(maison, etape, part, dossiers.empreinte, date_arrete)
        for etape in (REGLEMENTS, PRELEVEMENTS)
    )
    return Travail(tuple(cles), produce)


def debit_part(maison: Maison, part: int, date_arrete: date) -> None:
    """Add to the debits of one shard those to hand over tonight; after `settle_part`.

    The accounts follow from what is in the key, and are not in it: once they have counted these
    debits, they would say that nothing is due.
    """
    run_part(maison, prepare_emissions, part, date_arrete)


def prepare_emissions(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """The debits of tonight after those that are published."""
    dossiers = read_dossiers(maison, part)

    def produce() -> Production:
        situation = read_situation(maison, part, dossiers, date_arrete)
        remise = file_identifier(date_arrete, _next_publication(maison))
        nouveaux = _without_invalid(
            maison,
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

    cle = _part_key(maison, PRELEVEMENTS, part, dossiers.empreinte, date_arrete)
    return Travail((cle,), produce)


def _without_invalid(maison: Maison, emissions: Emissions, date_arrete: date) -> Emissions:
    """The same, less the debits that the schema of the bank's file would refuse: set aside."""
    nouveaux = emissions.prelevements
    with maison.moteur.connect() as connexion:
        debits = _complete(connexion, nouveaux)
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


def write_remise_sepa(maison: Maison, date_arrete: date, servies: pl.Expr = TOUTES) -> list[Remise]:
    """The file of the debits of tonight, in the archive, owed to the bank's box; none, no file.

    `servies`: the companies whose debits are handed over. It is the one document that holds account
    numbers. RemiseRefusee when it would not be valid.
    """
    caisse = read_caisse()
    remises = []
    nouveaux = read_nouveaux_prelevements(maison).filter(servies)
    for (remise,), lignes in nouveaux.partition_by("remise", as_dict=True).items():
        with maison.moteur.connect() as connexion:
            debits = _complete(connexion, lignes)
        octets = render_pain(str(remise), debits, caisse.creancier, date_arrete)
        sha256 = maison.archive.write(octets)
        remises.append(Remise(caisse.boite_banque, f"{remise}.xml", sha256))
    return remises


def _complete(connexion: Connection, lignes: pl.DataFrame) -> list[Prelevement]:
    """Debits with what only the registry knows: holder, address, account, signature."""
    mandats = read_mandats(connexion).select("rum", "date_signature")
    comptes = read_comptes_bancaires(connexion).select("compte", "bic", nom="titulaire")
    adherents = read_adherents(connexion).select(
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
    ibans = [read_iban(connexion, compte) for compte in complets["compte"]]
    debits = complets.select(champs).iter_rows(named=True)
    return [Prelevement(iban=iban, **debit) for iban, debit in zip(ibans, debits, strict=True)]


def _next_publication(maison: Maison) -> int:
    with maison.moteur.connect() as connexion:
        return next_publication(connexion)


def _part_key(maison: Maison, etape: str, part: Part, entrees: str, date_arrete: date) -> CleEtape:
    """Key of a step on a shard that prepares the next publication."""
    return step_key(etape, part, f"{entrees}:{_night(maison, date_arrete)}")


def _key(maison: Maison, etape: str, portee: str, entrees: str, date_arrete: date) -> CleEtape:
    """Key of a step of the whole fund that prepares the next publication."""
    empreinte = f"{entrees}:{_night(maison, date_arrete)}"
    return CleEtape(etape, portee, empreinte, version_specs(), version_code())


def _night(maison: Maison, date_arrete: date) -> str:
    nombre = maison.reglages.nombre_parts
    nuit = f"{_next_publication(maison)}:{nombre}:{date_arrete.isoformat()}"
    # A night that an officer forced takes back the debits of one that was cut: they are done again.
    forcages = len(read_forcages(maison))
    if not forcages:
        return nuit
    return f"{nuit}:{forcages}:{'forcee' if is_forcee(maison, date_arrete) else ''}"


def _is_done(maison: Maison, cle: CleEtape) -> bool:
    with maison.moteur.connect() as connexion:
        return is_derniere(connexion, cle)


def _record(
    maison: Maison,
    cle: CleEtape,
    resultat: dict[str, int],
    frames: tuple[pl.DataFrame, ...],
    debut: int,
) -> None:
    with maison.moteur.begin() as connexion:
        record_etape(
            connexion,
            cle,
            resultat=resultat,
            empreinte=frame_fingerprint(*frames),
            duree_ms=(perf_counter_ns() - debut) // 1_000_000,
        )
