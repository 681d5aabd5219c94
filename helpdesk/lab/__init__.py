"""The laboratory: the same desk on virtual time, in memory."""
