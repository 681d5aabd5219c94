"""Who really wrote it: authentication results, SPF, DKIM, our own reply tokens and signatures."""
