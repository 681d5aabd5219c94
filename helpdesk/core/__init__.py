"""The rules of the desk, pure: standard library only, no clock, no input or output; `now` is a parameter.

Three doors answer with a `Decision`: `receive` when a mail came, `tick` when time has passed, and `staffing` when an
agent is not there any more. `record` ends each of them. They write, store and send nothing.

`words` is what all of it is said in, `clocks` what is owed and who is told as time runs out. An arrow points from the
doors to `staffing`, from there to `record`, `clocks` and `words`, and never back.
"""
