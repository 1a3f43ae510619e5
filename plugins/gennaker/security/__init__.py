"""What keeps secrets secret and requests honest: signatures, the guard of outgoing URLs, redaction."""
