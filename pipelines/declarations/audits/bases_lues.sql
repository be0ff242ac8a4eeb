-- Proves: what the files hold is retained, left out, waiting, replaced or of another fund, to the
-- line and the centime, each in its month of attachment; nothing is there twice.
-- Source: decisions D-01 (the declaration that counts), D-03 (nature 01 feeds the call), D-04 (a base
-- that cannot be attributed is left out and counted apart), D-06 (month of the end of the period, or
-- of its start by the option; a base of the establishment belongs at most to the main month).
with lues as (
    select
        depot, rang_declaration, code_base, attribution, debut, fin,
        rang_individu is null as d_etablissement,
        sum(quantite) as quantite, count(*) as nombre
    from bases_lues
    where attribution <> 'AUTRE_CAISSE'
    group by all
), porteuses as (
    select d.siren, d.depot, d.rang_declaration, d.mois_appel, coalesce(o.choix, 'fin') as choix
    from declarations d
    left join options o
        on o.option = 'mois_de_rattachement' and vaut(o.debut, o.fin, d.mois_appel)
    where d.nature = '01' and d.statut in ('RETENUE', 'EN_ATTENTE')
), datees as (
    select
        p.siren, p.mois_appel, l.*,
        strftime(case p.choix when 'debut' then l.debut else l.fin end, '%Y-%m') as mois
    from lues l
    join porteuses p using (depot, rang_declaration)
), comparees as (
    select
        siren, depot, rang_declaration, code_base,
        case when d_etablissement then least(mois, mois_appel) else mois end as mois_rattachement,
        attribution in ('MIXTE', 'SANS_CONTRAT') or mois is null as ecartee,
        quantite as lues, nombre as lignes_lues, 0 as portees, 0 as lignes_portees
    from datees
    union all
    select
        siren, depot, rang_declaration, code_base, mois_rattachement, statut = 'ECARTEE', 0, 0,
        quantite, nombre
    from bases_sommees
    where source = 'DSN'
)
select
    siren, depot, rang_declaration, code_base, mois_rattachement, ecartee::int as ecartee,
    sum(lues)::bigint as lues, sum(portees)::bigint as portees,
    sum(lignes_lues)::bigint as lignes_lues, sum(lignes_portees)::bigint as lignes_portees
from comparees
group by all
having sum(lues) <> sum(portees) or sum(lignes_lues) <> sum(lignes_portees)
