"""Documents that companies receive: pure functions, values in, bytes out.

`valeurs` says what a document contains; `rapport_xml`, `rapport_pdf`, `appel_pdf` and `appel_csv`
write it; `formats` writes amounts and dates in French. No clock, no random, no disk but the
templates and schemas shipped in `specs`: the same values always give the same bytes.
"""
