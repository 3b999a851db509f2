"""What an author of katas runs: proofs of a bank, mutation, stubs, a new kata begun."""
