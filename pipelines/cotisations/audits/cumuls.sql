-- Proves: the position of a company in a cumul follows from the bases of its lines, month of call by
-- month of call: what is beyond the abatement or the threshold, and what each month adds to it.
-- Source: decisions C-05, C-06; cotisations sections 5 and 6.
with appelees as (
    select a.siren, a.cumul, p.periode, a.mois_appel, sum(a.base_centimes) as base_attendue
    from lignes_attendues a
    join periodes p on p.cumul = a.cumul and p.mois = a.mois_rattachement
    where a.partie = 'AU_DELA' and p.annuel_centimes is not null
    group by all
), suivis as (
    select
        *,
        sum(base_centimes) over serie as cumul_attendu,
        greatest(0, cumul_centimes - droit_centimes) as au_dela,
        coalesce(lag(assiette_cumulee_centimes) over serie, 0) as avant
    from cumuls_cotisations
    window serie as (partition by siren, cumul, periode order by mois_appel)
)
select
    coalesce(s.siren, b.siren) as siren, coalesce(s.cumul, b.cumul) as cumul,
    coalesce(s.periode, b.periode) as periode, coalesce(s.mois_appel, b.mois_appel) as mois_appel,
    b.base_attendue::bigint as base_attendue, s.base_centimes, s.cumul_centimes, s.droit_centimes,
    s.assiette_cumulee_centimes, s.assiette_centimes, s.abattement_centimes
from suivis s
full join appelees b using (siren, cumul, periode, mois_appel)
where s.base_centimes is null
    or s.base_centimes <> coalesce(b.base_attendue, 0)
    or s.cumul_centimes <> s.cumul_attendu
    or s.assiette_cumulee_centimes <> s.au_dela
    or s.assiette_centimes <> s.au_dela - s.avant
    or s.abattement_centimes <> s.base_centimes - s.assiette_centimes
