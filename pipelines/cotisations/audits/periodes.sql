-- Sum made once: the period of each cumul (campaign from April, or civil year) that each month
-- belongs to, its first and last months. Source: cotisations sections 5 and 6; decisions C-05, C-06.
with debuts as (
    select
        c.cumul, c.droit, m.mois, m.jour,
        case coalesce(c.periode, o.choix) when 'campagne' then 4 else 1 end as numero
    from mois_vus m
    cross join cumuls c
    left join options o on o.option = 'periode_tranches' and vaut(o.debut, o.fin, m.mois)
), bornees as (
    select *, make_date(year(jour) - (month(jour) < numero)::bigint, numero, 1) as debut
    from debuts
)
select
    b.cumul, b.droit, b.mois,
    strftime(b.debut, '%Y-%m') as premier,
    rang_mois(b.debut) as rang_premier,
    rang_mois(b.debut) + 11 as rang_dernier,
    case b.numero
        when 1 then strftime(b.debut, '%Y')
        else strftime(b.debut, '%Y-') || strftime(b.debut + interval 1 year, '%y')
    end as periode,
    v.valeur as annuel_centimes
from bornees b
left join valeurs_datees v
    on v.code = b.cumul and v.serie = 'montant_annuel_centimes'
    and vaut(v.debut, v.fin, strftime(b.debut, '%Y-%m'))
