"""Search: passages to vectors and words, a question to candidates. Knows `corpus`; knows nothing of `qa`."""
