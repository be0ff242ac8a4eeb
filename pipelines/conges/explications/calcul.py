"""A certificate and a right found again: by the rules of the night, then from the articles (pure).

The second time in plain integers, one rounding each, without the rules of the night.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.conges.explications.valeurs import Certificat, Droit
from pipelines.explications.valeurs import Ecart, Rangee
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.montants import PPM, round_half_away
from specs.periodes import Mois

MOIS, CENT, MARS = 7_020_000, 100, 3
HEURES_DU_MOIS = 15_000  # hundredths: 150 hours of certificates or bad weather are a month
PLEIN = 15_167  # hundredths of an hour: what a month of absence stands for
# How the difference of a value is written, by what its name ends with.
QUOI = {"fractions": "temps", "centimes": "euros", "centiemes": "centièmes"}
REPORT, PRINCIPAL, CINQUIEME = codes_of(
    "compteurs_conges", "compteur", "REPORT", "PRINCIPAL", "CINQUIEME"
)
(OUVRIER,) = codes_of("droits", "categorie", "O")


def check_certificat(certificat: Certificat) -> Iterator[Ecart]:
    """What of a certificate is not found again: each value, then its lines added up."""
    publie, nom = certificat.certificat, certificat.certificat["certificat"]
    yield from _check_same(nom, publie, certificat.recalcule)
    lus = certificat.lus
    travail = [ligne for ligne in certificat.heures if not ligne["partielle"]]
    sommes = {
        "brut_centimes": _add(certificat.bases, "quantite") + _add(lus, "brut"),
        "heures_centiemes": _add(travail, "mesure_centiemes") + _add(lus, "heures"),
    }
    for champ, somme in sommes.items():
        if somme != publie[champ]:
            yield Ecart(f"{nom}, {champ} ligne à ligne", _how(champ), somme, publie[champ])


def _add(rangees: tuple[Rangee, ...] | list[Rangee], champ: str) -> int:
    return sum(rangee[champ] or 0 for rangee in rangees)


def _how(champ: str) -> str:
    return QUOI.get(champ.rpartition("_")[2], "")


def _check_same(nom: str, publie: Rangee, recalcule: Rangee | None) -> Iterator[Ecart]:
    """Every number of a row against the same computed again."""
    for champ, valeur in publie.items():
        retrouve = recalcule[champ] if recalcule and champ in recalcule else None
        if _how(champ) and valeur is not None and retrouve != valeur:
            yield Ecart(f"{nom}, {champ}", _how(champ), retrouve, valeur)


def check_droit(droit: Droit, savoir: Connaissances) -> Iterator[Ecart]:
    """What of a right is not found again: each value, its days, its last pay, its counters."""
    publie, nom = droit.droit, droit.droit["droit"]
    yield from _check_same(nom, publie, droit.recalcule)
    jours = compute_days(droit, savoir)
    if jours != publie["jours_legaux"]:
        yield Ecart(nom, "jours", jours * CENT, publie["jours_legaux"] * CENT)
    btp = publie["indemnite_btp_centimes"]
    if btp is not None:
        exacte = publie["r_centimes"] * publie["mois_retenus_fractions"]
        refaite = round_half_away(exacte, 10 * MOIS)
        if refaite != btp:
            yield Ecart(f"{nom}, dernière paie", "euros", refaite, btp)
    yield from _check_counters(droit)


def _check_counters(droit: Droit) -> Iterator[Ecart]:
    """Days acquired by the rules; days left: those acquired less those taken.

    Days carried over were acquired once, on the counter they come from.
    """
    nom = droit.droit["droit"]
    for compteur in droit.compteurs:
        acquis = compteur["acquis_centiemes"]
        attendu = droit.recompte.get(compteur["compteur"], acquis)
        if attendu != acquis:
            yield Ecart(f"{nom}, {compteur['compteur']}", "jours", attendu, acquis)
    siens = [c for c in droit.compteurs if c["compteur"] != REPORT]
    reste = _add(siens, "acquis_centiemes") - _add(droit.compteurs, "pris_centiemes")
    reste += _count_excess(siens)
    publie = _add(droit.compteurs, "reste_centiemes")
    if reste != publie:
        yield Ecart(f"{nom}, reste", "jours", reste, publie)


def _count_excess(compteurs: Sequence[Rangee]) -> int:
    """Days taken beyond a right that became smaller: they leave nothing, not less (L-54)."""
    groupes: dict[str, int] = {}
    for compteur in compteurs:
        nom = compteur["compteur"]
        groupe = PRINCIPAL if nom == CINQUIEME else nom  # they share the legal days
        exces = compteur["pris_centiemes"] - compteur["acquis_centiemes"]
        groupes[groupe] = groupes.get(groupe, 0) + exces
    return sum(max(exces, 0) for exces in groupes.values())


def read_value(droit: Droit, savoir: Connaissances, code: str, serie: str) -> int:
    """A dated value of the leave year; 0 when none is known."""
    return savoir.baremes[code].find(serie, Mois(droit.droit["exercice"], MARS)) or 0


def cite(droit: Droit, savoir: Connaissances, code: str, serie: str) -> str:
    """Title of the source of a dated value of the leave year."""
    return savoir.baremes[code].cite(serie, Mois(droit.droit["exercice"], MARS))


def compute_days(droit: Droit, savoir: Connaissances) -> int:
    """Two and a half days a month retained, the integer above, 30 at most; or the short scale."""
    if is_short(droit, savoir):
        heures = _hours_of_scale(droit, savoir)
        seuils = (
            read_value(droit, savoir, "PETITES_DUREES_CONGES", serie)
            for serie in ("un_jour_centiemes", "deux_jours_centiemes")
        )
        return sum(heures >= seuil * MOIS * PPM for seuil in seuils)
    par_mois = read_value(droit, savoir, "ACQUISITION_CONGES", "jours_mois_centiemes")
    maximum = read_value(droit, savoir, "ACQUISITION_CONGES", "jours_maximum")
    exact: int = par_mois * droit.droit["mois_retenus_fractions"]
    return min(maximum, -(-exact // (MOIS * CENT)))


def is_short(droit: Droit, savoir: Connaissances) -> bool:
    """Whether an ouvrier of full time has too few hours in the year for months to count (L-14)."""
    plafond = read_value(droit, savoir, "PETITES_DUREES_CONGES", "plafond_centiemes")
    return (
        droit.droit["categorie"] == OUVRIER
        and bool(droit.dernier.get("plein"))
        and (_add(droit.certificats, "heures_centiemes") > 0
             or not droit.droit["mois_travail_fractions"])
        and _hours_of_scale(droit, savoir) < plafond * MOIS * PPM
    )  # fmt: skip


def _hours_of_scale(droit: Droit, savoir: Connaissances) -> int:
    """Hours x MOIS x PPM: worked, of short time, absences counted, three quarters of weather."""
    poids = read_value(droit, savoir, "CONGES_INTEMPERIES", "poids_ppm")
    absences: int = (
        droit.acquis["mois_assimiles_fractions"] + droit.acquis["mois_maladie_fractions"]
    )
    entieres = sum(
        _add(droit.certificats, champ)
        for champ in ("heures_centiemes", "heures_activite_partielle_centiemes")
    )
    intemperies = _add(droit.certificats, "heures_intemperies_centiemes")
    return (entieres * MOIS + absences * PLEIN) * PPM + intemperies * MOIS * poids


def measure_weather(droit: Droit, savoir: Connaissances) -> int:
    """The quarter of the hours of bad weather, in fractions of a month, that does not count."""
    poids = read_value(droit, savoir, "CONGES_INTEMPERIES", "poids_ppm")
    heures = _add(droit.certificats, "heures_intemperies_centiemes")
    return round_half_away(heures * MOIS * (PPM - poids), HEURES_DU_MOIS * PPM)


def measure_sickness(droit: Droit, savoir: Connaissances) -> int:
    """Sickness as it gave days: what of the time retained is neither work nor leave paid before."""
    ligne: Rangee = droit.droit
    travail = ligne["mois_travail_fractions"] - measure_weather(droit, savoir)
    reste = int(ligne["mois_retenus_fractions"] - travail - ligne["forfait_fractions"])
    return max(0, min(reste, int(ligne["mois_maladie_fractions"])))
