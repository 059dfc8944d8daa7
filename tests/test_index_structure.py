"""What a sentence's form and place say of it."""

import numpy as np
import pytest

from index.structure import (
    CODE_LOSES,
    HANDED_ON,
    LOSES,
    SIGNATURE_LOSES,
    WORKS_LOSE,
    is_listing,
    is_signature,
    lists_works,
    placed,
    refers,
)

POINTERS = [
    "For the current release, please see Section 4.1, “Where does it run?”.",
    "The command is described further in Section 11.11, “Some like tea”.",
    "See Section 28.1 for details.",
    "See also the manual of the pump.",
    "See tide(1) for more information.",
    "Please refer to the list of ships.",
    "For more information on tides, see the almanac.",
    "The key words are listed in Section 34.1.2.",
    "In this section, we describe harbours, and how they are built.",
    "In Section 7 we evaluate our dredger.",
    "Section 3 discusses tides.",
]
TELLING = [
    "See a doctor immediately if you have a fever.",
    "Consult your physician before use.",
    "For more information, contact Ann at 555-1234.",
    "Under Article 5, “an armed attack against one” is an attack against all.",
    "As stated in Section 5, “the tenant pays the rent”.",
    "Section 12 of the Act applies to boats.",
    "In this paper, we propose a new pump.",
    "The motor (see Section 38.10.5) has two speeds.",
    "Check the oil level before every trip.",
    "He was part of “The Crew”.",
    "We see the harbour from here.",
]


@pytest.mark.parametrize("sentence", POINTERS)
def test_a_pointer_tells_nothing(sentence: str) -> None:
    """It names what is told elsewhere."""
    assert refers(sentence)


@pytest.mark.parametrize("sentence", TELLING)
def test_what_tells_something_is_no_pointer(sentence: str) -> None:
    """Advice, citations, and sentences that point only in passing."""
    assert not refers(sentence)


def test_a_question_hands_on_what_it_has() -> None:
    """Only to the very next sentence, and only what that lacks; another question gets none."""
    late = np.array([0.2, 0.9, 0.4, 0.5, 0.8, 0.7, 0.85], np.float32)
    texts = ["Ships.", "Why?", "Because.", "More.", "How?", "And when?", "Now."]
    expected = [0, -LOSES, 0.5 - HANDED_ON, 0, -LOSES, -LOSES, 0]
    np.testing.assert_allclose(placed(texts, "Ships", late), expected, atol=1e-6)


def test_a_pointer_after_a_question_is_still_one() -> None:
    """What it points to answers, not it."""
    late = np.array([0.9, 0.4], np.float32)
    np.testing.assert_allclose(placed(["Why?", "See Section 3 for details."], "", late), [-LOSES, -LOSES])


def test_nothing_has_no_place() -> None:
    """A passage without sentences is none, but costs no error."""
    assert placed([], "", np.zeros(0, np.float32)).shape == (0,)


@pytest.mark.parametrize("heading", ["References", "9. REFERENCES", "Bibliography", "Works cited:", "Further reading"])
def test_a_list_of_works_loses(heading: str) -> None:
    """The title of a book has the words of what it tells."""
    late = np.array([0.9, 0.4], np.float32)
    np.testing.assert_allclose(placed(["Boats: a history.", "Ann Lee, 1990."], heading, late), [-WORKS_LOSE] * 2)


@pytest.mark.parametrize(
    "heading", ["Terms of reference", "References to other laws", "Reading", "Sources of energy", ""]
)
def test_other_headings_list_no_works(heading: str) -> None:
    """What stands beneath them tells something."""
    assert not lists_works(heading)


def test_a_listing_loses() -> None:
    """Its comments have the words of what it is about."""
    listing = (
        "v0 := ld state[748] // load the tides from the table\nst sp[0], v0 // store the tides\nv1 := ld state[764]"
    )
    late = np.array([0.9, 0.4], np.float32)
    np.testing.assert_allclose(placed([listing, "The tides stand in a table."], "", late), [-CODE_LOSES, 0])


@pytest.mark.parametrize(
    "sentence",
    [
        "tide --table | sort > tides.txt",
        "The tide (see [3], p. 5) rises by 2.5 m at Ardala; at Brask it is 3/4 of that (1.9 m), as tables show.",
        "Use the options --all and --table=FILE, or set the variable TIDES, to have every tide in one file.",
    ],
)
def test_a_command_and_prose_with_signs_are_no_listings(sentence: str) -> None:
    """The one may be what was asked for."""
    assert not is_listing(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "pumps.start(flow=3, *, name=(None, None))",
        "int pump_start (struct pump *pump,\n                unsigned flow);",
        "Function: void pump_stop (pump p) \u00b6",
        "class pumps.Pump(flow)",
        "inline auto get(int id) const -> std::vector<Pump*>",
        "virtual void stop(Pump pump) noexcept override;",
        "class pump_store",
    ],
)
def test_a_signature_loses(sentence: str) -> None:
    """What a function does stands beneath it."""
    late = np.array([0.6, 0.5], np.float32)
    assert is_signature(sentence)
    np.testing.assert_allclose(placed([sentence, "It is started."], "", late), [-SIGNATURE_LOSES, 0])


@pytest.mark.parametrize(
    "sentence",
    [
        "The Harbour (1932)",
        "He called stop() before the tide (or so he said)",
        "f(x) = g(y)",
        "Use pumps.start().",
        "pumps.start(",
        "(all of it)",
        "class of 1932",
        "a_" * 60 + "(x)",
    ],
)
def test_prose_with_brackets_is_no_signature(sentence: str) -> None:
    """Nor is what is left of one."""
    assert not is_signature(sentence)
