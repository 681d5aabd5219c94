"""Bytes in, bytes out: SMTP, LMTP, IMAP, Maildir. Wires know nothing of cases."""
