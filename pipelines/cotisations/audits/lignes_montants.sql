-- Proves: an amount is (base - abatement) x rate, rounded once half away from zero on the sum of the
-- calls of a month, at the rate of the month of attachment (or of call, by the option).
-- Source: cotisations section 2; decisions C-02, C-04, C-08.
select
    l.siren, l.cdg, l.mois_appel, l.mois_rattachement, l.cotisation,
    l.base_centimes::bigint as base_centimes, l.abattement_centimes::bigint as abattement_centimes,
    coalesce(a.taux_ppm, l.taux_ppm) as taux_ppm, l.montant_centimes::bigint as montant_centimes
from lignes_appelees l
left join lignes_attendues a using (siren, cdg, mois_appel, mois_rattachement, cotisation)
where l.montant_centimes is distinct from arrondi(
    (l.base_centimes - l.abattement_centimes) * coalesce(a.taux_ppm, l.taux_ppm), 1000000
)
