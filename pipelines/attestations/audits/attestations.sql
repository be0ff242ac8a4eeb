-- Proves: a new certificate is of tonight, of a company in order, with the figures of its situation; a
-- published one is still there, unchanged but for its end; each is in force, ended or revoked as its
-- dates say. Source: cotisations section 11; features F05.
with jugees as (
    select
        a.*, v.attestation is null as nouvelle, s.a_jour,
        (a.dsn_attendues, a.dsn_recues, a.echu_centimes, a.majorations_centimes,
            a.solde_exigible_centimes)
        <> (s.dsn_attendues, s.dsn_recues, s.echu_centimes, s.majorations_centimes,
            s.solde_exigible_centimes) as autre_preuve
    from attestations a
    left join attestations_avant v using (attestation)
    left join situations s on s.siren = a.siren
)
select j.siren, j.attestation, j.date_arrete, j.etat, j.solde_exigible_centimes
from jugees j
cross join nuit
where j.nouvelle
    and (
        not coalesce(j.a_jour, false)
        or j.autre_preuve
        or j.date_arrete <> nuit.date_arrete
        or j.fin_validite <= j.date_arrete
    )
    or j.etat <> case
        when j.revoquee_le is not null then 'REVOQUEE'
        when j.fin_validite < nuit.date_arrete then 'EXPIREE'
        else 'EN_REGLE'
    end
union all
select p.siren, p.attestation, p.date_arrete, p.etat, p.solde_exigible_centimes
from attestations_avant p
left join attestations a using (attestation)
where a.attestation is null
    or (a.siren, a.adherent, a.date_arrete, a.fin_validite, a.motif, a.dsn_attendues, a.dsn_recues,
        a.echu_centimes, a.majorations_centimes, a.solde_exigible_centimes)
    <> (p.siren, p.adherent, p.date_arrete, p.fin_validite, p.motif, p.dsn_attendues, p.dsn_recues,
        p.echu_centimes, p.majorations_centimes, p.solde_exigible_centimes)
    or a.demande is distinct from p.demande
    or p.revoquee_le is not null and a.revoquee_le is distinct from p.revoquee_le
