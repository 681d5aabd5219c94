"""Who has a case: `assignment` says whom a new one goes to, `relief` who has it instead of somebody who is not there.

Somebody who is there hears (design law 18): nothing that is due before its agent is back is told to them alone.
`vacancy` finds the seats that will be empty, before the night comes in which somebody is called.
"""
