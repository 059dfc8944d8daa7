"""Which questions lean on what came before, and on how much of it."""

from collections.abc import Mapping, Sequence

import pytest

from qa.followup import Understood, depends, understand

WHO = "Who signed the Partnership for Peace document?"


KINDS = (
    {"Georgia", "Azerbaijan"},
    {"Ardala", "Benmor", "Corvey"},
    {"NATO", "Partnership for Peace"},
    {"Treaty of Ardala", "Treaty of Benmor"},
    {"Harbour Board", "Road Board"},
)
NEARER = {"Secretary", "Corvey"}


def likeness(text: str, others: Sequence[str]) -> list[float]:
    """Say that names of one kind are alike, and that two of no kind are a little more so."""
    alike = [0.5 if any({text, other} <= kind for kind in KINDS) else 0.1 for other in others]
    return [0.55 if {text, other} == NEARER else value for other, value in zip(others, alike, strict=True)]


def leans_on(question: str, history: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    asked, before, _ = understand(question, history, likeness)
    assert asked == question
    return before


def user(*questions: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question} for question in questions]


@pytest.mark.parametrize("question", ["And when?", "Who signed it?", "Why is that?", "What about Georgia?", "When?"])
def test_pronouns_openings_and_short_questions_depend(question: str) -> None:
    """These cannot be understood alone."""
    assert depends(question)
    assert leans_on(question, user(WHO)) == (WHO,)


@pytest.mark.parametrize(
    "question",
    [
        "When did he sign his name?",
        "What did their ministers sign in Ardala?",
        "How long did Berg stay there?",
        "When was that?",
        "What came of that treaty?",
        "Which is the largest?",
        "Any others in Ardala and Benmor today?",
        "Who paid for the second one?",
        "What did the ministers of Ardala do then?",
        "Who signed for those?",
    ],
)
def test_words_that_point_back_make_a_follow_up(question: str) -> None:
    """A pronoun, a place, a time, a thing that only what was said before can tell."""
    assert depends(question)


@pytest.mark.parametrize(
    "question", ["How many votes for a decision?", "What became of the sexton?", "Does the nephew get the books?"]
)
def test_few_words_that_name_nothing_make_a_follow_up(question: str) -> None:
    """Whose sexton that is was said before."""
    assert depends(question)


@pytest.mark.parametrize(
    "question",
    [
        "How did Ida Berg earn her living?",
        "When did Ardala elect its first mayor?",
        "How many rivers are there in Ardala?",
        "What is the law that ended the long war between the two northern kingdoms?",
        "Which of the mayors of Ardala said that there was no money?",
        "What happened to those who signed the treaty of 1994?",
        "What is one of the rivers of Ardala?",
        WHO,
        "Which embassy is NATO's contact point in Azerbaijan?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    """A topic change is not dragged back."""
    assert leans_on(question, user("How high is the tower?")) == ()


def test_a_chain_of_follow_ups_reaches_back_to_its_start() -> None:
    """Each question that leans on another brings that one too, the last one first, and none before."""
    history = user("How high is the tower of the harbour?", WHO, "And when?")
    assert leans_on("And where?", history) == ("And when?", WHO)


def test_only_the_users_questions_are_leant_on() -> None:
    """Answers, empty messages and messages without content are passed over."""
    history = [
        *user(WHO),
        {"role": "assistant", "content": "In 1994."},
        {"role": "user", "content": " "},
        {"role": "user"},
    ]
    assert leans_on("And when?", history) == (WHO,)
    assert leans_on("And when?", []) == ()


@pytest.mark.parametrize(
    ("last", "given"),
    [
        ({"role": "assistant", "content": "Ida Berg signed it."}, "Ida Berg signed it."),
        (
            {"role": "assistant", "content": "“Ida Berg signed it.”\n  — Treaty, p. 3 (treaty.pdf)"},
            "“Ida Berg signed it.”",
        ),
        ({"role": "assistant", "content": "The documents don't seem to answer this. The closest passage:\n“A."}, ""),
        ({"role": "assistant", "content": "a\ud800" + 999 * "b"}, "a\ufffd" + 598 * "b"),
        ({"role": "assistant", "content": None}, ""),
        ({"role": "tool", "content": "Anything."}, ""),
    ],
)
def test_the_quote_given_last_is_leant_on(last: dict[str, str], given: str) -> None:
    """Without its citation; no refusal, and nothing where the question stands alone or nobody answered."""
    assert understand("When did she?", [*user(WHO), last], likeness) == Understood("When did she?", (WHO,), given)
    assert understand("How high is Ardala's tower?", [*user(WHO), last], likeness).before == ()
    assert understand("When did she?", [last, *user(WHO)], likeness).given == ""


def test_four_turns_are_enough() -> None:
    """A long chain is not followed for ever."""
    assert len(leans_on("And when?", user(*["And how?"] * 9))) == 4


JOINED = "When did Azerbaijan join the Partnership for Peace?"


@pytest.mark.parametrize(
    ("previous", "question", "expected"),
    [
        ("When was Ardala founded?", "What about Benmor?", "When was Benmor founded?"),
        ("When was Ardala founded?", "And in Benmor?", "When was Benmor founded?"),
        ("Who was the mayor of Ardala's port?", "How about Corvey's?", "Who was the mayor of Corvey's port?"),
        ("What happened in 1994?", "and what about 1995?", "What happened in 1995?"),
        ("Who ruled Ardala in 1994?", "And in 1995?", "Who ruled Ardala in 1995?"),
        (JOINED, "What about NATO?", "When did Azerbaijan join the NATO?"),
        (JOINED, "What about Georgia?", "When did Georgia join the Partnership for Peace?"),
        ("Who is the President of Azerbaijan?", "What about Georgia?", "Who is the President of Georgia?"),
        ("When was the Treaty of Ardala signed?", "And the Treaty of Benmor?", "When was the Treaty of Benmor signed?"),
        ("Who is Ardala's Secretary?", "What about Corvey?", "Who is Corvey's Secretary?"),
        ("Who leads Ardala's Harbour Board?", "And the Road Board?", "Who leads Ardala's Road Board?"),
    ],
)
def test_what_about_asks_the_same_of_something_else(previous: str, question: str, expected: str) -> None:
    """The name or the year takes the place of its like; of several names the nearest in meaning."""
    assert understand(question, user(previous), likeness) == Understood(expected)


def test_what_about_goes_on_from_what_was_understood() -> None:
    """A second one exchanges the name that the first one brought, and what the question leaned on stays."""
    history = user("When was Ardala founded?", "What about Benmor?")
    assert understand("And Corvey?", history, likeness) == Understood("When was Corvey founded?")
    history = user("How high is the tower?", "Was it built in Ardala?")
    assert understand("And in Corvey?", history, likeness) == Understood(
        "Was it built in Corvey?", ("How high is the tower?",)
    )


@pytest.mark.parametrize("question", ["What about the price?", "And when?", "What about 1994?"])
def test_what_has_no_like_is_mixed_as_before(question: str) -> None:
    """No name, or no name of that kind in the question before: the two are searched for together."""
    assert leans_on(question, user("When was Ardala founded?")) == ("When was Ardala founded?",)
