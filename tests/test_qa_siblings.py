"""What is said of another than was asked about."""

import pytest

from qa.siblings import of_a_sibling


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Why should I not use MD5?", "Use of MD4 is not recommended."),
        ("How long is a SHA-256 digest?", "A SHA512 digest has 64 octets."),
        ("Who won the election of 2012?", "Obama won the election in 2008."),
        ("Is TLS 1.3 supported?", "TLS 1.2 is supported since version 3."),
        ("what does ipv6 change", "IPv4 stays as it is."),
    ],
)
def test_a_sibling_is_told_by_its_number(question: str, quote: str) -> None:
    """Whatever hyphens and capitals it is written with."""
    assert of_a_sibling(question, quote, "Manual")
    assert not of_a_sibling(question, f"{quote} {question}", "Manual")


def test_what_title_or_headings_name_the_quote_need_not() -> None:
    """A section on MD5 may speak of MD4 too, and a report on 2022 of the year before."""
    quote = "There were 14 accidents, compared with 19 in 2021."
    assert of_a_sibling("How many accidents were there in 2022?", quote, "Brightwater Seeds")
    assert not of_a_sibling("How many accidents were there in 2022?", quote, "Report of 2022 — Accidents")


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Who won?", "Obama won in 2008."),
        ("What happened from 1995 to 2000?", "By 2000 it had doubled."),
        ("Are there more than 20 stations?", "The line has 34 stations."),
        ("When was MD5 published?", "It was published in 1992."),
        ("Does it run on ARM64?", "It needs at least version 2.4."),
    ],
)
def test_other_numbers_are_no_siblings(question: str, quote: str) -> None:
    """An amount names nothing; a year that the question names too, or another kind of number, is no other."""
    assert not of_a_sibling(question, quote, "")
