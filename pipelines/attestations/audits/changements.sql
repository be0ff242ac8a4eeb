-- Proves: the changes of a company follow one another, the published ones unchanged, and the last one
-- says how it stands tonight. Source: cotisations section 11; features F05.
with suivis as (
    select
        *,
        row_number() over serie as place,
        lag(apres) over serie as precedent,
        lead(rang) over serie is null as dernier
    from changements_situation
    window serie as (partition by siren order by rang)
)
select c.siren, c.rang, c.date, c.apres::int as apres
from suivis c
left join situations s using (siren)
where c.rang <> c.place
    or c.avant is distinct from c.precedent
    or c.avant is not distinct from c.apres
    or c.dernier and c.apres is distinct from s.a_jour
union all
select p.siren, p.rang, p.date, p.apres::int
from changements_situation_avant p
left join changements_situation c using (siren, rang)
where (c.adherent, c.date, c.apres) is distinct from (p.adherent, p.date, p.apres)
    or c.avant is distinct from p.avant
    or c.motif is distinct from p.motif
