"""Golden cases and what-ifs: small situations in YAML, run by the very rules of the night.

Vocabulary: docs/cas.md. `lecture` reads, `domaines` says which rules run a case, `ecarts` compares.
"""
