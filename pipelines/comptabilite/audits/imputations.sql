-- Proves: what is paid of a call and of its late increases is the sum of what was allocated to it, of
-- that very company. Source: cotisations section 9 (computed again at each partial payment).
with sommes as (
    select
        appel, siren, cdg,
        sum(montant_centimes) filter (poste <> 'MAJORATION') as principal,
        sum(montant_centimes) filter (poste = 'MAJORATION') as majorations
    from imputations
    group by all
)
select
    coalesce(s.siren, c.siren) as siren, coalesce(s.appel, c.appel) as appel, c.regle_centimes,
    s.principal::bigint as impute_centimes, c.majorations_centimes, c.reste_majorations_centimes,
    s.majorations::bigint as majorations_imputees_centimes
from creances c
full join sommes s using (appel, siren, cdg)
where c.appel is null
    or c.montant_centimes > 0 and c.regle_centimes <> coalesce(s.principal, 0)
    or c.montant_centimes <= 0 and s.appel is not null
    or c.majorations_centimes - c.reste_majorations_centimes <> coalesce(s.majorations, 0)
