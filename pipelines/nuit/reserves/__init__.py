"""What fails for one deposit or one company never stops the others.

A deposit is set aside, a company is held at what was last published of it, the rest is published
« avec réserves ».
"""
