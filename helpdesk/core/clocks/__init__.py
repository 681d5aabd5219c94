"""What is owed on a case, and what happens as time runs out.

`timeline` reads the clocks of a case out of its events; none is ever stored. `ladder` takes the steps that a policy
names, `calling` goes from seat to seat until somebody has a case, `suspicion` does so for what may be worse than it is
called. `turn` says whose the next word is, `owed` what a mail may promise. `overview`, `attainment`, `credit` and
`answers` add up many cases.
"""
