-- Proves: the gross of a statement is its indemnity and its bonus, its net what is left once its lines are
-- withheld; what is taken back for an employee never exceeds what he owed; a payment tells the days that
-- were taken for it, and nothing of a statement changes once published.
-- Source: rules of leave 6.1; choices L-47, L-72, L-73.
with retenues as (
    select decompte, sum(montant_centimes) as retenu
    from lignes_decompte
    group by decompte
), prises as (
    select siren, demande, exercice, tour, sum(jours_centiemes) as jours
    from prises_conges
    where sens > 0
    group by all
), dettes as (
    select d.salarie,
        sum(greatest(-d.net_centimes, 0)) - sum(coalesce(t.repris, 0)) as dette
    from decomptes d
    left join (
        select decompte, sum(montant_centimes) as repris
        from lignes_decompte where code = 'TROP' group by decompte
    ) t using (decompte)
    group by d.salarie
)
select d.siren, d.decompte, d.brut_centimes::bigint as brut, r.retenu::bigint as retenu
from decomptes d
left join retenues r using (decompte)
where d.brut_centimes <> d.indemnite_centimes + d.prime_centimes
    or d.brut_centimes - coalesce(r.retenu, 0) <> d.net_centimes
union all
select d.siren, d.decompte, d.jours_centiemes::bigint, p.jours::bigint
from decomptes d
left join prises p using (siren, demande, exercice, tour)
where d.motif = 'PAIEMENT' and d.jours_centiemes is distinct from p.jours
union all
select d.siren, d.decompte, t.dette::bigint, null
from decomptes d
join dettes t using (salarie)
where t.dette < 0
    and d.salarie not in (select salarie from certificats_entiere where siren in (from tenues))
union all
select a.siren, a.decompte, a.net_centimes::bigint, d.net_centimes::bigint
from decomptes_avant a
left join decomptes d using (decompte)
where (a.brut_centimes, a.net_centimes, a.jours_centiemes, a.date_paiement)
    is distinct from (d.brut_centimes, d.net_centimes, d.jours_centiemes, d.date_paiement)
