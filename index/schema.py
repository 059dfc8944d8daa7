"""The tables of the catalog."""

FORMAT_VERSION = 2
"""Raised by any change after which an older index cannot be read."""

SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS setting  (name TEXT PRIMARY KEY, value NOT NULL);
CREATE TABLE IF NOT EXISTS root     (path TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS excluded (source TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS file     (id INTEGER PRIMARY KEY, source TEXT UNIQUE NOT NULL, size INTEGER NOT NULL,
                                     modified_ns INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS failure  (source TEXT PRIMARY KEY, reason TEXT NOT NULL,
                                     size INTEGER NOT NULL, modified_ns INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS document (id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE,
                                     source TEXT UNIQUE NOT NULL, title TEXT NOT NULL, format TEXT NOT NULL,
                                     language TEXT NOT NULL, text TEXT NOT NULL, pages TEXT NOT NULL,
                                     sections TEXT NOT NULL, notes TEXT NOT NULL, indexed_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS document_file ON document (file);
CREATE INDEX IF NOT EXISTS document_language ON document (language);
CREATE TABLE IF NOT EXISTS passage  (id INTEGER PRIMARY KEY AUTOINCREMENT, generation INTEGER NOT NULL,
                                     document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
                                     start INTEGER NOT NULL, text TEXT NOT NULL, headings TEXT NOT NULL,
                                     sentences TEXT NOT NULL, pages TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passage_document ON passage (document);
CREATE INDEX IF NOT EXISTS passage_generation ON passage (generation);
CREATE TABLE IF NOT EXISTS vector   (passage INTEGER PRIMARY KEY REFERENCES passage ON DELETE CASCADE,
                                     vector BLOB NOT NULL, tokens BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS removed  (passage INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS removed_generation ON removed (generation);
CREATE TRIGGER IF NOT EXISTS remember_removed AFTER DELETE ON passage BEGIN
    INSERT INTO removed SELECT old.id, value + 1 FROM setting WHERE name = 'generation';
END;
INSERT OR IGNORE INTO setting
    VALUES ('format', {FORMAT_VERSION}), ('generation', 0), ('origin', lower(hex(randomblob(8))));
COMMIT;
"""

FEEDBACK = """
CREATE TABLE IF NOT EXISTS feedback (id TEXT PRIMARY KEY, given_at TEXT NOT NULL, verdict TEXT NOT NULL,
                                     reason TEXT NOT NULL, comment TEXT NOT NULL, question TEXT NOT NULL,
                                     understood TEXT NOT NULL, before TEXT NOT NULL, answered INTEGER NOT NULL,
                                     confidence REAL NOT NULL, quotes TEXT NOT NULL)
"""
# Made with the first vote and not with the catalog: an index of an older version takes votes too, and an older version
# reads an index that has some, so that the format's version stays.
