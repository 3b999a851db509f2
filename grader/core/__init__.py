"""The ground floor: nouns that every room speaks of, the store, and where files are."""
