"""The page of one employee: what is published of him, in plain words, behind a link and a code."""
