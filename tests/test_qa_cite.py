"""What is shown of a quote and its place."""

from qa import cite


def test_what_steers_a_terminal_is_not_printed() -> None:
    """Escape sequences and bidirectional controls are made visible; newlines, tabs and joiners stay."""
    assert cite.printable("a\x1b[31mb\u202ec\n\td") == "a\ufffd[31mb\ufffdc\n\td"
    assert cite.printable("👩\u200d🚀 می\u200cخواهم") == "👩\u200d🚀 می\u200cخواهم"
