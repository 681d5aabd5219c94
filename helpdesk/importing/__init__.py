"""What comes from elsewhere.

`mail` is worked like new mail, `history` is only put on the cases of its threads, `cases` are those of another desk,
and `desk` is a whole one in our own shape.
"""
