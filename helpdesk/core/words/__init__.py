"""What the rules speak of: values, and no rule that changes a case.

`case` is what its `events` say. `decision` is what goes into a decision (`Arrival`, one mail with its place) and what
comes out of it (`Decision`, with a `Draft` for each mail to write). `terms` is what applies to a case, `people` who is
who. `placement` says which case a mail belongs to, `addressee` whom its answers go to, `drafts` and `desk_mail` what
each kind of mail says. A `clock` is one promise, measured.
"""
