"""What an author of katas runs: proofs of a bank, stubs, a new kata begun."""
