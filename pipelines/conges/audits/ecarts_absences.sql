-- Proves: what a company is asked to correct is leave that a statement in force pays, within its days, and the block to
-- send tells it as paid leave. Source: S21.G00.65.001 = 200.
select e.siren, e.decompte, e.mois
from ecarts_absences e
left join decomptes d on d.decompte = e.decompte
where d.decompte is null
    or exists (select 1 from decomptes m where m.annule = e.decompte)
    or e.debut < d.debut or e.fin > d.fin
    or e.bloc not like '%''200''%'
