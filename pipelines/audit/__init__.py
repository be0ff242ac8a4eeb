"""The audit of a night: SQL on DuckDB, a second engine that checks what the first one computed.

Each business gives its audits as files of SQL that return the rows that are wrong; this room runs
them all on the lake as it is about to be published, and knows no business.
"""
