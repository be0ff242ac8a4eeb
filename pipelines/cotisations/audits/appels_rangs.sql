-- Proves: the calls of a centre and month are numbered from 1 without a hole, under that number; the
-- first is the call of the month (or its estimate), the others complete it; a new call falls due the
-- day that the rule says, of the month after its own, or after that of its publication.
-- Source: decisions C-07, C-08; cotisations section 8.
with situes as (
    select
        a.*,
        row_number() over (partition by a.cdg, a.mois_appel order by a.rang, a.appel) as place,
        v.appel is null as nouveau,
        case when a.rang = 1 then premier_jour(a.mois_appel)
            else date_trunc('month', a.date_arrete)::date
        end as mois
    from appels a
    left join appels_avant v on v.appel = a.appel
), dates as (
    select
        s.*,
        (s.mois + to_months(r.decalage_mois::int) + to_days(r.jour::int - 1))::date as legale,
        p.choix = 'jour_ouvre_suivant' as reportee
    from situes s
    join options o
        on o.option = 'regle_exigibilite' and vaut(o.debut, o.fin, strftime(s.mois, '%Y-%m'))
    join regles_exigibilite r on r.regle = o.choix
    left join options p
        on p.option = 'report_exigibilite' and vaut(p.debut, p.fin, strftime(s.mois, '%Y-%m'))
)
select siren, appel, cdg, mois_appel, rang, nature, date_exigibilite, legale as date_attendue
from dates
where rang <> place
    or appel <> cdg || '-' || replace(mois_appel, '-', '') || '-' || lpad(rang::varchar, 2, '0')
    or (rang = 1) <> (nature in ('INITIAL', 'ESTIME'))
    or (rang > 1) <> (nature = 'COMPLEMENTAIRE')
    or nouveau and not reportee and date_exigibilite <> legale
    -- A day that banks are closed goes to the next one they are not: five days at most, at Easter.
    or nouveau and reportee and date_exigibilite not between legale and legale + 5
