-- Proves: a balance is what remains of the calls of the centre and of their late increases, less the
-- credit that waits; each age of it is what is overdue since that many days; what was called is there.
-- Source: cotisations sections 8 and 9.
with dues as (
    select
        siren, cdg, montant_centimes as appele, majorations_centimes as majorations,
        reste_centimes + reste_majorations_centimes as du,
        case when etat = 'ECHUE' then nuit.date_arrete - date_exigibilite end as age
    from creances
    cross join nuit
), attendus as (
    select
        siren, cdg, sum(appele) as appele, sum(majorations) as majorations, sum(du) as du,
        coalesce(sum(du) filter (age is null), 0) as a_echoir,
        coalesce(sum(du) filter (age <= 30), 0) as a_30,
        coalesce(sum(du) filter (age between 31 and 60), 0) as a_60,
        coalesce(sum(du) filter (age between 61 and 90), 0) as a_90,
        coalesce(sum(du) filter (age > 90), 0) as a_plus
    from dues
    group by all
)
select
    coalesce(s.siren, a.siren) as siren, coalesce(s.cdg, a.cdg) as cdg,
    s.solde_centimes, s.avoir_centimes, coalesce(a.du, 0)::bigint as du_centimes,
    s.echu_centimes, s.appele_centimes, coalesce(a.appele, 0)::bigint as appels_centimes
from soldes s
full join attendus a using (siren, cdg)
where s.solde_centimes is distinct from coalesce(a.du, 0) - s.avoir_centimes
    or s.echu_centimes <> s.echu_0_30_centimes + s.echu_31_60_centimes + s.echu_61_90_centimes
        + s.echu_plus_90_centimes
    or (s.appele_centimes, s.majorations_centimes, s.a_echoir_centimes, s.echu_0_30_centimes,
        s.echu_31_60_centimes, s.echu_61_90_centimes, s.echu_plus_90_centimes)
    <> (coalesce(a.appele, 0), coalesce(a.majorations, 0), coalesce(a.a_echoir, 0),
        coalesce(a.a_30, 0), coalesce(a.a_60, 0), coalesce(a.a_90, 0), coalesce(a.a_plus, 0))
