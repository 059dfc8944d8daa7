"""What is shown of a quote and its place."""

from qa import cite


def test_what_steers_a_terminal_is_not_printed() -> None:
    """Escape sequences and bidirectional controls are made visible; newlines, tabs and joiners stay."""
    assert cite.printable("a\x1b[31mb\u202ec\n\td") == "a\ufffd[31mb\ufffdc\n\td"
    assert cite.printable("👩\u200d🚀 می\u200cخواهم") == "👩\u200d🚀 می\u200cخواهم"


def test_no_probability_is_shown_as_none_or_all() -> None:
    shown = [cite.percent(probability) for probability in (0.0, 0.004, 0.006, 0.42, 0.994, 0.996, 1.0)]
    assert shown == ["under 1%", "under 1%", "1%", "42%", "99%", "over 99%", "over 99%"]
