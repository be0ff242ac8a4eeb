-- Proves: an establishment is asked for every month that it is open and followed, once its limit date
-- is past, and for no other; a month is received when a declaration that counts, or a wage return,
-- tells it, and only then; it is said to be estimated when bases stand for it.
-- Source: features F05 (every declaration due received), F15 (estimated call), F34; option
-- echeance_dsn (the fifteenth of the following month, the fifth for the largest, if the fund says so).
with premiers as (
    select siren, min(mois_appel) as premier from declarations where statut = 'RETENUE' group by siren
), suivis as (
    select
        e.siren, e.siret, e.cdg,
        greatest(
            date_trunc('month', e.debut),
            premier_jour(coalesce(a.suivi_depuis, p.premier))
        )::date as depuis,
        least(nuit.date_arrete, e.fin) as jusque
    from etablissements e
    anti join tenues using (siren)
    join adherents a using (siren)
    left join premiers p using (siren)
    cross join nuit
    where coalesce(a.suivi_depuis, p.premier) is not null
), mois_dus as (
    select
        siren, siret, cdg,
        unnest(generate_series(depuis::timestamp, jusque::timestamp, interval 1 month))::date as jour
    from suivis
), dus as (
    select
        d.siren, d.siret, d.cdg, strftime(d.jour, '%Y-%m') as mois,
        (d.jour + interval 1 month + to_days(l.valeur::int - 1))::date as limite
    from mois_dus d
    join valeurs_datees l
        on l.code = 'ECHEANCE_DSN' and l.serie = 'generale_jour'
        and vaut(l.debut, l.fin, strftime(d.jour, '%Y-%m'))
), recues as (
    select siret, mois_appel as mois, true as dsn from declarations where statut = 'RETENUE' group by all
), retours as (
    select siret, mois_appel as mois, bool_or(source = 'ESTIMATION') as estimee,
        bool_or(source = 'RELEVE') as tdp
    from (
        select siret, mois_appel, source from bases_sommees
        union all
        select siret, mois_appel, 'RELEVE' from releves_tdp where statut = 'RETENUE'
    )
    group by all
), jugees as (
    select
        coalesce(a.siren, d.siren) as siren, coalesce(a.siret, d.siret) as siret,
        coalesce(a.mois, d.mois) as mois, a.etat, a.date_limite, a.estimee, d.limite,
        a.cdg is distinct from d.cdg as ailleurs,
        coalesce(r.dsn, false) as dsn, coalesce(t.tdp, false) as tdp,
        coalesce(t.estimee, false) as estimation
    from declarations_attendues a
    full join dus d using (siret, mois)
    left join recues r on r.siret = coalesce(a.siret, d.siret) and r.mois = coalesce(a.mois, d.mois)
    left join retours t on t.siret = coalesce(a.siret, d.siret) and t.mois = coalesce(a.mois, d.mois)
)
select siren, siret, mois, etat, date_limite, limite as limite_generale, dsn::int as declaree
from jugees
cross join nuit
where case when etat is null then limite < nuit.date_arrete
    else limite is null
        or ailleurs
        or date_limite >= nuit.date_arrete
        or date_limite > limite
        or dsn and etat not in ('RECUE', 'PARTIELLE')
        or etat = 'RECUE' and not dsn and not tdp
        or estimee <> estimation
end
