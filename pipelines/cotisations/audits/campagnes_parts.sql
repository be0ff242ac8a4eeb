-- Proves: the assiette of a month is shared over the (centre, code) whose base is positive, by largest
-- remainder of the amount without its sign (ties: centre, then contribution, as text); a base that is
-- nil or negative is its own abatement. Source: decisions C-05.
with appelees as (
    select a.siren, a.cumul, p.periode, a.mois_rattachement as mois, a.cdg, a.cotisation,
        sum(a.base_centimes) as base_centimes
    from lignes_attendues a
    join periodes p on p.cumul = a.cumul and p.mois = a.mois_rattachement
    where a.partie = 'AU_DELA'
    group by all
), positives as (
    select b.*, m.assiette_centimes,
        sum(greatest(b.base_centimes, 0)) over du_mois as total_centimes
    from appelees b
    join campagnes_mois m using (siren, cumul, periode, mois)
    window du_mois as (partition by b.siren, b.cumul, b.periode, b.mois)
), pesees as (
    select
        *,
        abs(assiette_centimes) * greatest(base_centimes, 0) // total_centimes as entiere,
        abs(assiette_centimes) * greatest(base_centimes, 0) % total_centimes as reste
    from positives
    where total_centimes > 0
), coupees as (
    select
        *,
        sign(assiette_centimes) * (
            entiere + (
                row_number() over (
                    partition by siren, cumul, periode, mois order by reste desc, cdg, cotisation
                ) <= abs(assiette_centimes) - sum(entiere) over (
                    partition by siren, cumul, periode, mois
                )
            )::int
        ) as part_centimes
    from pesees
), portees as (
    select siren, cdg, cotisation, mois_rattachement as mois,
        sum(base_centimes - abattement_centimes) as portee_centimes
    from lignes_appelees
    group by all
)
select
    c.siren, c.periode, c.mois, c.cdg, c.cotisation, c.base_centimes::bigint as base_centimes,
    c.part_centimes::bigint as part_centimes,
    coalesce(p.portee_centimes, 0)::bigint as portee_centimes
from coupees c
left join portees p using (siren, cdg, cotisation, mois)
where c.part_centimes <> coalesce(p.portee_centimes, 0)
