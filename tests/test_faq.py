"""Documents that ask and answer, with the packaged models: lists of questions, minutes of a call, a contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Chatbot

FAQ = """\
Frequently asked questions

Q: How do I reset my password?
A: Click "Forgot" on the sign-in page and follow the mail.

How long does delivery take? Usually three working days.

Can I cancel my order?
Yes, until it has been shipped.

What are the symptoms of a cold?

- Fever
- Cough
- A running nose

How do I return a damaged parcel? For damaged parcels please see Section 4.2, “How do I return a damaged parcel?”.

The driver collects a damaged parcel at your door and gives you a receipt for it.
"""
CALL = """\
Call about the harbour

Alice: When is the deadline for the tender?
Bob: Friday at noon.
Alice: Who sends the report?
Bob: I do, but Carol has to sign it first.
"""
LEASE = """\
1. Rent and Deposit

The tenant pays 900 crowns on the first day of each month, and two months' rent before
moving in.

2. End of this Lease

Either side may end it by letter, three months ahead; the letter has to reach the other by
registered mail.
"""
ASKED = {
    "How do I reset my password?": "\n".join(FAQ.splitlines()[2:4]),
    "how long does delivery take": "How long does delivery take? Usually three working days.",
    "Can I cancel my order?": "Can I cancel my order?\nYes, until it has been shipped.",
    "symptoms of a cold": "What are the symptoms of a cold?\n\n- Fever\n- Cough\n- A running nose",
    "How do I return a damaged parcel?": FAQ.splitlines()[-1],
    "When is the deadline for the tender?": "Alice: When is the deadline for the tender?\nBob: Friday at noon.",
    "Who sends the report?": "Alice: Who sends the report?\nBob: I do, but Carol has to sign it first.",
    "How does the lease end?": LEASE.split("\n\n")[3].rstrip(),
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    folder: Path = tmp_path_factory.mktemp("papers")
    for name, text in (("faq", FAQ), ("call", CALL), ("lease", LEASE)):
        (folder / f"{name}.txt").write_text(text, "utf-8")
    with Chatbot.open(folder, index=tmp_path_factory.mktemp("index") / "index") as opened:
        yield opened


@pytest.mark.parametrize("question", ASKED)
def test_the_answer_is_quoted_and_not_the_question_alone(bot: Chatbot, question: str) -> None:
    """With the question where the answer says nothing without it; not the sentence that only points to the answer."""
    answer = bot.ask(question)
    assert answer.answered
    assert answer.quotes[0].text == ASKED[question]


def test_a_clause_is_named_in_the_citation(bot: Chatbot) -> None:
    """Its title is the heading of what stands beneath."""
    assert bot.ask("How does the lease end?").quotes[0].heading == "2. End of this Lease"
