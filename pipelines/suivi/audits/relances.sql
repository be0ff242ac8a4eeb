-- Proves: a published reminder is still there as it was; a new one is of tonight, about a month that
-- is not received, past its limit date, at a level that was not reached.
-- Source: features F34 (reminders, each level once); options of the follow-up.
select p.siren, p.siret, p.mois, p.niveau, p.date
from relances_avant p
left join relances r using (siret, mois, niveau)
where r.siren is null
    or (r.siren, r.adherent, r.cdg, r.date, r.date_limite, r.etat)
    <> (p.siren, p.adherent, p.cdg, p.date, p.date_limite, p.etat)
union all
select r.siren, r.siret, r.mois, r.niveau, r.date
from relances r
anti join relances_avant p using (siret, mois, niveau)
left join declarations_attendues a using (siret, mois)
left join relances_avant v on v.siret = r.siret and v.mois = r.mois and v.niveau >= r.niveau
cross join nuit
where r.date <> nuit.date_arrete
    or r.date_limite >= nuit.date_arrete
    or coalesce(a.etat, 'RECUE') = 'RECUE'
    or a.relances <> r.niveau
    or v.niveau is not null
