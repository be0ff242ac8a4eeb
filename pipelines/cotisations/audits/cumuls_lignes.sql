-- Proves: what the calls of a month charge beyond a cumul is what the cumul adds that month, for the
-- companies of which no line of it waits. Source: decisions C-05, C-06, C-08.
with au_dela as (
    select distinct cotisation, cumul
    from cotisations_appelees
    where partie = 'AU_DELA'
        and cotisation in (select code from valeurs_datees where serie = 'taux_ppm')
), comparees as (
    select l.siren, c.cumul, l.mois_appel,
        l.base_centimes - l.abattement_centimes as appelee_centimes, 0 as assiette_centimes
    from lignes_appelees l
    join au_dela c using (cotisation)
    union all
    select siren, cumul, mois_appel, 0, assiette_centimes
    from cumuls_cotisations
    where cumul in (select cumul from au_dela)
)
select
    siren, cumul, mois_appel, sum(appelee_centimes)::bigint as appelee_centimes,
    sum(assiette_centimes)::bigint as assiette_centimes
from comparees
where (siren, cumul) not in (
    select (siren, cumul) from lignes_attendues where attend and cumul is not null
)
group by all
having sum(appelee_centimes) <> sum(assiette_centimes)
