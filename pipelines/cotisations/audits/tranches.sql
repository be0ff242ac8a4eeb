-- Proves: a line within a threshold bears what its twin beyond it does not, so that a base is in one
-- of the two tranches, once. Source: decisions C-06 (t1 + t2 = base of the month).
with tranches as (
    select l.siren, l.cdg, l.mois_appel, l.mois_rattachement, c.cumul,
        max(l.base_centimes) as base_centimes,
        sum(l.base_centimes - l.abattement_centimes) as appelee_centimes,
        count(*) as lignes
    from lignes_appelees l
    join (select distinct cotisation, cumul, partie from cotisations_appelees) c using (cotisation)
    where c.cumul in (select cumul from cotisations_appelees where partie = 'EN_DECA')
    group by all
)
select
    siren, cdg, mois_appel, mois_rattachement, base_centimes::bigint as base_centimes,
    appelee_centimes::bigint as appelee_centimes
from tranches
where lignes = 2 and appelee_centimes <> base_centimes
