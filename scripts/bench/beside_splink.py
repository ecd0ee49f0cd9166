"""Splink 5 on a list of people, for the side-by-side of `scripts.bench.matching`.

Runs with whatever Python has splink (it is no dependency of Tillhouse) and imports nothing else of
the project: `PYTHON scripts/bench/beside_splink.py people.csv`. Prints the seconds of its work and,
as a person would have to choose one, the F1 of its clusters at the best of all thresholds.
"""

from __future__ import annotations

import json
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI

BOTH = "cluster_id, people.cluster"
THRESHOLDS = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999)


def main(path: str) -> None:
    """Match, measure, print one line of JSON."""
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    connection.execute(
        "create table people as select * from read_csv(?, header = true, all_varchar = true)",
        [path],
    )
    start = time.perf_counter()
    linker = _linker(connection)
    predictions = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    seconds = time.perf_counter() - start
    best = {"f1": 0.0}
    for threshold in THRESHOLDS:
        began = time.perf_counter()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predictions, threshold_match_probability=threshold
        )
        clustering = time.perf_counter() - began
        score = _score(connection, clusters.physical_name)
        if score["f1"] > best["f1"]:
            best = score | {"threshold": threshold, "seconds": seconds + clustering}
    print(json.dumps(best))


def _linker(connection: duckdb.DuckDBPyConnection) -> Linker:
    """The settings that Splink's own examples give for such a list, trained on the list."""
    rules = [
        block_on("given_name", "surname"), block_on("surname", "birth_date"),
        block_on("given_name", "birth_date"), block_on("email"), block_on("phone"),
        block_on("postcode", "birth_date"), block_on("surname", "postcode"),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.LevenshteinAtThresholds("address", [2, 5]),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=rules,
    )
    api = DuckDBAPI(connection)
    linker = Linker(api.register("people"), settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("email"), block_on("given_name", "surname", "birth_date")], recall=0.7
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6)
    training.estimate_parameters_using_expectation_maximisation(block_on("surname", "birth_date"))
    training.estimate_parameters_using_expectation_maximisation(block_on("email"))
    return linker


def _score(connection: duckdb.DuckDBPyConnection, clusters: str) -> dict[str, float]:
    """Precision, recall and F1 of the pairs within clusters, from the sizes of the groups."""

    def pairs(by: str) -> int:
        return connection.execute(
            "select coalesce(sum(n * (n - 1)), 0) / 2 from (select count(*) as n"
            f" from {clusters} as clusters join people on clusters.id = people.id group by {by})"
        ).fetchall()[0][0]

    found, wanted, right = pairs("cluster_id"), pairs("people.cluster"), pairs(BOTH)
    f1 = 2 * right / (found + wanted)
    return {"precision": right / max(found, 1), "recall": right / wanted, "f1": f1}


if __name__ == "__main__":
    main(sys.argv[1])
