"""Time, certificates, rights: what an employee acquires."""
