-- Proves: the hours of the days are those of the indemnities and of the counters; an employee has no more than
-- nine indemnified hours a day, 45 an ISO week, one waiting hour a week, all employers together; a day bears no
-- more than it lost. Source: Code du travail, D5424-12 to D5424-14; choices I-01, I-02, I-43.
with jours as (
    select siren, declaration, salarie, date, year(date) as annee, perdues_centiemes as perdues,
        carence_centiemes as carence, indemnisees_centiemes as indemnisees,
        premieres_centiemes as premieres
    from jours_intemperies
), comparees as (
    select siren, declaration, salarie, annee, indemnisees, premieres, 0 as dites, 0 as dites_a_10
    from jours
    union all
    select siren, declaration, salarie, annee, 0, 0, indemnisees_centiemes, premieres_centiemes
    from indemnites_intemperies
), comptees as (
    select siren, salarie, annee, perdues, carence, indemnisees, premieres
    from jours
    union all
    select siren, salarie, annee, -perdues_centiemes, -carence_centiemes, -indemnisees_centiemes,
        -premieres_centiemes
    from cumuls_intemperies
)
select siren, declaration, annee::bigint as annee, sum(indemnisees)::bigint as heures,
    sum(dites)::bigint as dites
from comparees
group by siren, declaration, salarie, annee
having sum(indemnisees) <> sum(dites) or sum(premieres) <> sum(dites_a_10)
union all
select siren, null, annee, sum(indemnisees)::bigint, sum(perdues)::bigint
from comptees
group by siren, salarie, annee
having sum(perdues) <> 0 or sum(carence) <> 0 or sum(indemnisees) <> 0 or sum(premieres) <> 0
union all
select siren, declaration, annee, indemnisees, perdues
from jours
where carence + indemnisees > perdues or premieres > indemnisees or least(carence, premieres) < 0
union all
select min(siren), null, min(annee), sum(indemnisees)::bigint, null
from jours
group by salarie, date
having sum(indemnisees) > 900
union all
select min(siren), null, min(annee), sum(indemnisees)::bigint, sum(carence)::bigint
from jours
group by salarie, isoyear(date), week(date)
having sum(indemnisees) > 4500 or sum(carence) > 100
