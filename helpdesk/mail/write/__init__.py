"""Values to bytes: a letter as one mail, ready for the wire."""
