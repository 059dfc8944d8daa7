"""Settings refuse what cannot be."""

import pytest

from corpus.errors import SettingError
from qa.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [("candidates", 0), ("quotes", 0), ("passage_tokens", -1), ("question_characters", 0), ("threshold", 1.5),
     ("threshold", -0.1), ("wait_seconds", -1)],
)  # fmt: skip
def test_a_value_outside_its_range_is_named(name: str, value: float) -> None:
    """The message names the setting and the value."""
    with pytest.raises(SettingError, match=f"{name} is {value}"):
        Settings(**{name: value})  # type: ignore[arg-type]
