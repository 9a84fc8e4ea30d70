"""Identity: one-time codes, by which a customer shows that the registered number is theirs."""
