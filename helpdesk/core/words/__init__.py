"""What the case engine speaks of, as values: the mail that arrives, the case with its events, decisions and drafts."""
