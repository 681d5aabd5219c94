"""What attachments say, for looking through them: office files, PDF, RTF; and what in it is secret."""
