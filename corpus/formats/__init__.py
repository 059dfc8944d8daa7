"""Readers, one file a family of formats: bytes to documents."""
