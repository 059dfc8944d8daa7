"""Which questions lean on what came before, and on how much of it."""

import pytest

from qa.followup import depends, leans_on

WHO = "Who signed the Partnership for Peace document?"


def user(*questions: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question} for question in questions]


@pytest.mark.parametrize("question", ["And when?", "Who signed it?", "Why is that?", "What about Georgia?", "When?"])
def test_pronouns_openings_and_short_questions_depend(question: str) -> None:
    """These cannot be understood alone."""
    assert depends(question)
    assert leans_on(question, user(WHO)) == (WHO,)


@pytest.mark.parametrize("question", [WHO, "Which embassy is NATO's contact point in Azerbaijan?"])
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    """A topic change is not dragged back."""
    assert leans_on(question, user("How high is the tower?")) == ()


def test_a_chain_of_follow_ups_reaches_back_to_its_start() -> None:
    """Each question that leans on another brings that one too, the last one first, and none before."""
    history = user("How high is the tower of the harbour?", WHO, "And when?")
    assert leans_on("And where?", history) == ("And when?", WHO)


def test_only_the_users_words_count() -> None:
    """Answers, empty messages and messages without content are passed over."""
    history = [
        *user(WHO),
        {"role": "assistant", "content": "In 1994."},
        {"role": "user", "content": " "},
        {"role": "user"},
    ]
    assert leans_on("And when?", history) == (WHO,)
    assert leans_on("And when?", []) == ()


def test_four_turns_are_enough() -> None:
    """A long chain is not followed for ever."""
    assert len(leans_on("And when?", user(*["And how?"] * 9))) == 4
