-- Proves: the tax years of an employee add up to his statements, less those whose transfer came back and
-- that no other one pays; of an employee of a company held, tonight tells a part. Source: rules of leave 6.2; choices L-42, L-73.
with derniers as (
    select regexp_replace(p.du, '-H[0-9]+$', '') as decompte, arg_max(v.etat, (v.date_emission, v.reglement)) as etat
    from reglements_dus_avant p
    join reglements_avant v using (reglement)
    group by 1
), verses as (
    select d.salarie, min(d.siren) as siren, sum(d.brut_centimes) as brut, sum(d.pas_centimes) as pas
    from decomptes d
    left join derniers v using (decompte)
    where coalesce(v.etat, 'EMIS') in ('EMIS', 'PAYE')
    group by d.salarie
), attestes as (
    select salarie, sum(brut_centimes) as brut, sum(pas_centimes) as pas
    from attestations_fiscales
    group by salarie
)
select v.siren, v.brut::bigint as brut, a.brut::bigint as atteste
from verses v
full join attestes a using (salarie)
where (coalesce(v.brut, 0) <> coalesce(a.brut, 0) or coalesce(v.pas, 0) <> coalesce(a.pas, 0))
    and salarie not in (select salarie from certificats_entiere where siren in (from tenues))
