"""Every error that Pullquote raises on purpose.

PullquoteError
├── InputError (also ValueError)      what was asked for cannot be done; the caller can mend it
│   ├── QuestionError                 empty, or longer than the limit
│   ├── PathError                     no such path, or nothing to read there
│   └── SettingError                  a setting or argument outside its range
├── DocumentError                     one document cannot be read; the others go on
│   ├── UnsupportedFormatError        a kind of file that no reader knows
│   ├── DamagedDocumentError          the file is not what its kind requires
│   ├── ProtectedDocumentError        a password is needed
│   ├── EmptyDocumentError            the file opens and holds no text
│   └── DocumentLimitError            too large, too many pages, too slow, too much memory
├── IndexFolderError                  the index cannot be used as it is
│   ├── IndexMismatchError            made by another model or version
│   ├── IndexLockedError              another process is writing
│   └── IndexDamagedError             the catalog cannot be read
└── ModelError                        the model is missing, damaged or of the wrong kind

A message gives the value, the limit and the remedy. That the documents do not answer is a result, not an error.
"""


class PullquoteError(Exception):
    """The root of the tree: catch it to catch everything that Pullquote raises on purpose."""


class InputError(PullquoteError, ValueError):
    """What was asked for cannot be done; the caller can mend it."""


class QuestionError(InputError):
    """The question is empty, or longer than the limit."""


class PathError(InputError):
    """The path does not exist, or there is nothing to read there."""


class SettingError(InputError):
    """A setting or an argument is outside its range."""


class DocumentError(PullquoteError):
    """One document cannot be read; the others go on."""


class UnsupportedFormatError(DocumentError):
    """No reader knows this kind of file."""


class DamagedDocumentError(DocumentError):
    """The file is not what its kind requires."""


class ProtectedDocumentError(DocumentError):
    """The file opens only with a password."""


class EmptyDocumentError(DocumentError):
    """The file opens and holds no text."""


class DocumentLimitError(DocumentError):
    """The file is too large, has too many pages, or takes too much time or memory to read."""


class IndexFolderError(PullquoteError):
    """The index cannot be used as it is."""


class IndexMismatchError(IndexFolderError):
    """The index was made by another model or another version."""


class IndexLockedError(IndexFolderError):
    """Another process is writing to the index."""


class IndexDamagedError(IndexFolderError):
    """The index's catalog cannot be read."""


class ModelError(PullquoteError):
    """The model is missing, damaged, or of the wrong kind."""
