"""Precision, recall and F1 of what was found, end to end: every true pair counts, found or not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from itertools import combinations

from scripts.evaluate_matching.found import Found
from scripts.evaluate_matching.truth import Pair, Truth, groups_of

BANDS = ("certain", "likely", "review", "unlikely")
EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0001)


@dataclass(frozen=True)
class Score:
    """`found` of them `right`, and `wanted` in truth."""

    found: int
    right: int
    wanted: int

    @property
    def precision(self) -> float:
        """The share of the found that is right; 1 when nothing is found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the wanted that is found; 1 when nothing is wanted."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 1.0


@dataclass(frozen=True)
class Bin:
    """Pairs whose score lies from `low` to below `high`: how many, what they claim, what is so."""

    low: float
    high: float
    pairs: int
    right: int
    mean_score: float


@dataclass(frozen=True)
class Figures:
    """All that an evaluation says. `pairs` judges the pairs in one group, `links` those linked
    directly, `groups` whole groups of two or more, right only when no member is missing or extra.
    """

    pairs: Score
    links: Score
    groups: Score
    bands: dict[str, Score]
    bins: list[Bin]
    false_pairs: frozenset[Pair]
    missed_pairs: frozenset[Pair]

    def as_dict(self) -> dict:
        """The figures as plain values, for a file."""
        return {
            **{name: _plain(getattr(self, name)) for name in ("pairs", "links", "groups")},
            "bands": {band: _plain(score) for band, score in self.bands.items()},
            "calibration": [asdict(one) for one in self.bins],
        }


def measure(found: Found, truth: Truth) -> Figures:
    """Judge what was found by the truth."""
    grouped = {
        pair
        for group in found.groups
        for pair in combinations(sorted(group), 2)
        if truth.judges(pair)
    }
    judged = [pair for pair in found.pairs if truth.judges(pair.pair)]
    links = {pair.pair for pair in judged if pair.is_link}
    wanted_groups = groups_of(truth.pairs)
    bands = {
        band: _score({pair.pair for pair in judged if pair.band == band}, truth.pairs)
        for band in BANDS
    }
    return Figures(
        pairs=_score(grouped, truth.pairs),
        links=_score(links, truth.pairs),
        groups=Score(
            len(found.groups), len(found.groups & wanted_groups), len(wanted_groups)
        ),
        bands=bands,
        bins=_bins([(pair.score, pair.pair in truth.pairs) for pair in judged]),
        false_pairs=frozenset(grouped - truth.pairs),
        missed_pairs=frozenset(truth.pairs - grouped),
    )  # fmt: skip


def _score(found: Collection[Pair], wanted: Collection[Pair]) -> Score:
    return Score(len(found), sum(pair in wanted for pair in found), len(wanted))


def _bins(scored: list[tuple[float, bool]]) -> list[Bin]:
    bins = []
    for low, high in zip(EDGES, EDGES[1:], strict=False):
        here = [(score, right) for score, right in scored if low <= score < high]
        if here:
            mean = sum(score for score, _ in here) / len(here)
            right = sum(right for _, right in here)
            bins.append(Bin(low, min(high, 1.0), len(here), right, mean))
    return bins


def _plain(score: Score) -> dict:
    figures = {name: round(getattr(score, name), 4) for name in ("precision", "recall", "f1")}
    return asdict(score) | figures
