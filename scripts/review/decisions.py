"""People's decisions in the override seeds: read, checked against each other, added to.

A decision names both records by account and the till's own id, so it outlives renamed products and
new scores; what a till holds under a new id is the same record. Lines that are there are never
touched.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingestion.accounts import PROJECT_DIR, seeds_dir
from scripts.atomic import write_whole
from scripts.export_csv import cell

KINDS = ("product", "customer")
ANSWERS = ("same", "different", "unsure")

Record = tuple[str, str]  # account_id, the till's own id


class ReviewError(Exception):
    """Answers that cannot be taken; the text names them and what to mend."""


@dataclass(frozen=True)
class Decision:
    """One answer on two records, and where it stands (`place`, for messages)."""

    kind: str
    one: Record
    other: Record
    answer: str
    note: str
    by: str
    on: str
    place: str
    names: tuple[str, str] = ("", "")

    @property
    def pair(self) -> frozenset[Record]:
        """The two records, in no order."""
        return frozenset((self.one, self.other))

    @property
    def told(self) -> str:
        """The two, as a person knows them."""
        names = (
            f"{name or record[1]} ({record[0]})"
            for record, name in zip((self.one, self.other), self.names, strict=True)
        )
        return " and ".join(names)


def seed_path(kind: str) -> Path:
    """The seed of one kind, in the folder of seeds in use."""
    return seeds_dir() / "mapping" / f"{kind}_overrides.csv"


def read_decisions(kind: str) -> list[Decision]:
    """The decisions of a seed, in its order. Raises ReviewError when it cannot be read."""
    path = seed_path(kind)
    shown = path.relative_to(PROJECT_DIR).as_posix()
    rows = csv.DictReader(io.StringIO(_text(path)[0], newline=""))
    absent = [name for name in _columns(kind) if name not in (rows.fieldnames or [])]
    if absent:
        raise ReviewError(f"{shown}: missing column {', '.join(absent)}.")
    decisions = []
    for row in rows:
        place = f"{shown} line {rows.line_num}"
        if row["decision"] not in ANSWERS:
            raise ReviewError(
                f"{place}: its decision {row['decision'] or ''!r} is none of {', '.join(ANSWERS)}."
                " Mend or delete the line."
            )
        one, other = (
            (row["account_id"], row[f"{kind}_id"]),
            (row["other_account_id"], row[f"other_{kind}_id"]),
        )
        told = (row[name] or "" for name in ("reason", "decided_by", "decided_on"))
        decisions.append(Decision(kind, one, other, row["decision"], *told, place))
    return decisions


def new_decisions(standing: Sequence[Decision], answers: Iterable[Decision]) -> list[Decision]:
    """Those of the answers that are not decided yet, each pair once.

    Raises ReviewError naming every answer that contradicts another, or what was decided before.
    """
    last = {one.pair: one for one in sorted(standing, key=lambda one: one.on)}
    added: dict[frozenset[Record], Decision] = {}
    wrong = []
    for answer in answers:
        before = added.get(answer.pair) or last.get(answer.pair)
        if before is None or (before.answer == "unsure" and answer.pair not in added):
            if before is None or before.answer != answer.answer:
                added[answer.pair] = answer
        elif before.answer != answer.answer:
            wrong.append(
                f"{answer.place}: {answer.told} are {answer.answer} here and {before.answer} in"
                f" {before.place}{_stamp(before)}. Keep one of them."
            )
    wrong += _contradictions([*{**last, **added}.values()])
    if wrong:
        raise ReviewError("\n".join(wrong))
    return list(added.values())


def under_new_ids(decision: Decision, new_ids: Mapping[Record, Record]) -> Decision:
    """The decision with the ids that its records have today; as it is when both are one."""
    one, other = (new_ids.get(record, record) for record in (decision.one, decision.other))
    return decision if one == other else replace(decision, one=one, other=other)


def refuse_unknown(decisions: Iterable[Decision], known: Collection[Record]) -> None:
    """Raise ReviewError naming every decision on a record that is not `known`.

    Only for new decisions: those of a seed outlive records that are gone for a time.
    """
    accounts = {account for account, _ in known}
    wrong = []
    for one in decisions:
        for account, identity in (one.one, one.other):
            if account not in accounts:
                wrong.append(
                    f"{one.place}: the warehouse has no {one.kind} of account {account!r}."
                )
            elif (account, identity) not in known:
                wrong.append(
                    f"{one.place}: the warehouse has no {one.kind} {identity!r} of account"
                    f" {account!r}."
                )
    if wrong:
        wrong.append(
            "Put account and id right, load and build what is missing, or empty the answer."
        )
        raise ReviewError("\n".join(wrong))


def add_decisions(kind: str, decisions: Sequence[Decision]) -> Path:
    """Write the decisions below those that the seed holds; returns its path.

    A note that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    path = seed_path(kind)
    text, mark = _text(path)
    end = "\r\n" if "\r\n" in text else "\n"
    header = next(csv.reader(io.StringIO(text)))
    lines = io.StringIO()
    writer = csv.DictWriter(lines, header, lineterminator=end)
    for one in decisions:
        values = (*one.one, *one.other, one.answer, cell(one.note), cell(one.by), one.on)
        writer.writerow(dict(zip(_columns(kind), values, strict=True)))
    whole = text + ("" if text.endswith("\n") else end) + lines.getvalue()
    with write_whole(path, encoding="utf-8-sig" if mark else "utf-8") as file:
        file.write(whole)
    return path


def _contradictions(decisions: list[Decision]) -> list[str]:
    """Pairs that are different although others make them the same, with the way between them."""
    same: dict[Record, dict[Record, Decision]] = {}
    for one in decisions:
        if one.answer == "same":
            same.setdefault(one.one, {})[one.other] = one
            same.setdefault(one.other, {})[one.one] = one
    found = []
    for one in decisions:
        way = _way(same, one.one, one.other) if one.answer == "different" else []
        if way:
            told = "; ".join(f"{step.told} in {step.place}{_stamp(step)}" for step in way)
            found.append(
                f"{one.place}{_stamp(one)}: {one.told} are different, yet these are the same:"
                f" {told}. One of these answers is wrong."
            )
    return found


def _way(same: dict[Record, dict[Record, Decision]], start: Record, end: Record) -> list[Decision]:
    """The shortest way of `same` from one record to another; empty when there is none."""
    ways: dict[Record, list[Decision]] = {start: []}
    queue = deque([start])
    while queue:
        record = queue.popleft()
        if record == end:
            return ways[record]
        for following, decision in same.get(record, {}).items():
            if following not in ways:
                ways[following] = [*ways[record], decision]
                queue.append(following)
    return []


def _stamp(one: Decision) -> str:
    return f" ({one.by}, {one.on})" if one.by or one.on else ""


def _columns(kind: str) -> tuple[str, ...]:
    return (
        *("account_id", f"{kind}_id", "other_account_id", f"other_{kind}_id"),
        *("decision", "reason", "decided_by", "decided_on"),
    )


def _text(path: Path) -> tuple[str, bool]:
    """The seed's text, and whether it begins with a byte order mark."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise ReviewError(f"{path} is missing. Copy it from the project's seeds.") from None
    except UnicodeDecodeError as error:
        raise ReviewError(f"{path}: byte {error.start} is not UTF-8. Save it so.") from None
    return text, content.startswith(b"\xef\xbb\xbf")
