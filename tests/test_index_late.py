"""Late interaction over four-bit token vectors stays close to the same over the vectors themselves."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from corpus.records import Span
from index.encoder import Encoded
from index.late import TokenMatrix, rotation, sentence_scores, token_cosines

GENERATOR = np.random.default_rng(7)


def unit(*shape: int) -> np.ndarray:
    rows = GENERATOR.normal(size=shape)
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def encoded(tokens: np.ndarray, starts: list[int]) -> Encoded:
    spans = np.array([(start, start + 1) for start in starts], np.int32).reshape(-1, 2)
    return Encoded(np.zeros(tokens.shape[1], np.float32), tokens, spans)


def plain(question: np.ndarray, weights: np.ndarray, tokens: np.ndarray) -> float:
    """Return the weighted MaxSim as its definition has it."""
    return float((weights * (question @ tokens.T).max(axis=1)).sum() / weights.sum())


@pytest.mark.parametrize("dimension", [1, 2, 7, 64, 384])
def test_the_rotation_keeps_lengths_and_angles(dimension: int):
    """Its rows are orthonormal, and it is the same at every call."""
    turn = rotation(dimension)
    assert turn.dtype == np.float32
    np.testing.assert_allclose(turn @ turn.T, np.eye(dimension), atol=1e-5)
    np.testing.assert_array_equal(turn, rotation.__wrapped__(dimension))


def test_the_rotation_is_the_one_that_indexes_were_made_with():
    """Stored codes mean nothing under another rotation: its first numbers are part of the format."""
    np.testing.assert_allclose(rotation(3)[0], [0.09567, -0.33464, 0.93748], atol=1e-4)


@pytest.mark.parametrize("dimension", [64, 65, 384])
def test_scores_are_within_a_small_bound_of_the_exact_ones(dimension: int):
    """Four bits a dimension cost less than 0.05 of cosine, with an even and an odd number of dimensions."""
    tokens, question, weights = unit(12, dimension), unit(5, dimension), np.array([1, 0.5, 1, 2, 0.5], np.float32)
    sentences = [Span(100, 104), Span(104, 105), Span(106, 120)]
    matrix = TokenMatrix.pack(encoded(tokens, list(range(12))), 100, sentences)
    assert matrix.counts.tolist() == [4, 2, 6]
    assert matrix.codes.shape == (12, (dimension + 1) // 2)
    (scores,) = sentence_scores(question, weights, [matrix])
    exact = [plain(question, weights, part) for part in (tokens[:4], tokens[4:6], tokens[6:])]
    np.testing.assert_allclose(scores, exact, atol=0.05)


@pytest.mark.parametrize("dimension", [63, 384])
def test_a_token_is_nearest_to_itself(dimension: int):
    """A question that is one of the passage's tokens scores almost 1, its opposite almost -1."""
    tokens = unit(1, dimension)
    matrix = TokenMatrix.pack(encoded(tokens, [0]), 0, [Span(0, 1)])
    one = np.ones(1, np.float32)
    (same,), (opposite,) = sentence_scores(tokens, one, [matrix])[0], sentence_scores(-tokens, one, [matrix])[0]
    assert same == pytest.approx(1, abs=0.03)
    assert opposite == pytest.approx(-same)


def test_weights_are_shares():
    """Only the proportion of the weights counts, and a token of weight two counts like two tokens of weight one."""
    matrix = TokenMatrix.pack(encoded(unit(3, 8), [0, 1, 2]), 0, [Span(0, 3)])
    question = unit(2, 8)
    (scores,) = sentence_scores(question, np.array([2, 1], np.float32), [matrix])
    (larger,) = sentence_scores(question, np.array([20, 10], np.float32), [matrix])
    (twice,) = sentence_scores(question[[0, 0, 1]], np.ones(3, np.float32), [matrix])
    np.testing.assert_allclose(larger, scores, atol=1e-6)
    np.testing.assert_allclose(twice, scores, atol=1e-6)


def test_passages_are_scored_apart():
    """Every passage is scored as if it were the only one; no passage, no scores."""
    matrices = [TokenMatrix.pack(encoded(unit(n, 8), list(range(n))), 0, [Span(0, n)]) for n in (1, 3)]
    question, weights = unit(2, 8), np.ones(2, np.float32)
    together = sentence_scores(question, weights, matrices)
    for matrix, scores in zip(matrices, together, strict=True):
        np.testing.assert_array_equal(sentence_scores(question, weights, [matrix])[0], scores)
    assert sentence_scores(question, weights, []) == []


def test_a_sentence_without_tokens_scores_minus_one():
    """What the model did not see (the end of a truncated passage, a sentence of no tokens) cannot win."""
    sentences = [Span(0, 2), Span(2, 4), Span(4, 6), Span(6, 8)]
    matrix = TokenMatrix.pack(encoded(unit(3, 8), [2, 4, 5]), 0, sentences)
    assert matrix.counts.tolist() == [0, 1, 2, 0]
    (scores,) = sentence_scores(unit(2, 8), np.ones(2, np.float32), [TokenMatrix.from_bytes(matrix.to_bytes())])
    assert scores[[0, 3]].tolist() == [-1, -1]
    assert (scores[[1, 2]] > -1).all()


def test_a_passage_without_tokens_scores_minus_one():
    """A passage that the model saw nothing of survives being stored, and every sentence scores -1."""
    matrix = TokenMatrix.pack(encoded(unit(0, 8), []), 0, [Span(0, 1), Span(1, 2)])
    back = TokenMatrix.from_bytes(matrix.to_bytes())
    assert back.counts.tolist() == [0, 0]
    assert [s.tolist() for s in sentence_scores(unit(1, 8), np.ones(1, np.float32), [back])] == [[-1, -1]]


def test_stored_bytes_are_laid_out_as_documented():
    """Number of sentences (4 bytes), tokens of each (2 bytes), then the codes, high half first; little-endian."""
    matrix = TokenMatrix(np.array([[0x12], [0x34], [0x56]], np.uint8), np.array([1, 2], np.uint16))
    assert matrix.to_bytes() == bytes.fromhex("02000000 0100 0200 12 34 56")


@settings(max_examples=50, deadline=None)
@given(counts=st.lists(st.integers(0, 4), min_size=1, max_size=6), width=st.integers(1, 5))
def test_bytes_come_back_as_they_went(counts: list[int], width: int):
    """What is stored is what is read, whatever the shape."""
    codes = GENERATOR.integers(0, 256, (sum(counts), width)).astype(np.uint8)
    matrix = TokenMatrix(codes, np.array(counts, np.uint16))
    back = TokenMatrix.from_bytes(matrix.to_bytes())
    assert back.counts.dtype == np.uint16
    assert back.codes.dtype == np.uint8
    assert back.counts.tolist() == counts
    assert back.codes.tobytes() == codes.tobytes()
    assert len(back.codes) == sum(counts)


def test_tokens_belong_to_the_sentence_they_begin_in():
    """A token in the white space after a sentence belongs to it, one that begins with the next to the next."""
    sentences = [Span(10, 13), Span(15, 18)]
    assert TokenMatrix.pack(encoded(unit(3, 4), [0, 4, 5]), 10, sentences).counts.tolist() == [2, 1]


def test_cosines_of_tokens_are_those_behind_the_scores():
    """Close to the vectors' own; the mean of each row's greatest is the score."""
    question, tokens = unit(3, 64), unit(5, 64)
    matrix = TokenMatrix.pack(encoded(tokens, list(range(5))), 0, [Span(0, 5)])
    cosines = token_cosines(question, matrix)
    np.testing.assert_allclose(cosines, question @ tokens.T, atol=0.06)
    (score,) = sentence_scores(question, np.ones(3, np.float32), [matrix])
    assert cosines.max(axis=1).mean() == pytest.approx(float(score[0]))


def test_scoring_leaves_the_threads_of_others_as_they_were():
    """It does with one; what else computes in this process may have more, also after many questions at once."""
    vectors = unit(2, 384)
    tokens = TokenMatrix.pack(encoded(vectors, [0, 2]), 0, [Span(0, 3)])
    weights = np.ones(2, np.float32)
    with threadpool_limits(limits=2, user_api="blas"):
        before = [pool["num_threads"] for pool in threadpool_info()]
        with ThreadPoolExecutor(4) as several:
            for scores in several.map(lambda _: sentence_scores(vectors, weights, [tokens]), range(40)):
                np.testing.assert_allclose(scores[0], [1.0], atol=0.05)
        assert [pool["num_threads"] for pool in threadpool_info()] == before
