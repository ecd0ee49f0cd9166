"""Rows to records: each row of a table, read by its entity's mapping.

A row that cannot be used is rejected with its place and reason and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import orjson

from ingestion.contract import Pull, Record, Rejection, SourceError
from ingestion.sources.files import cells
from ingestion.sources.files.cells import CellError, Read, cell_text
from ingestion.sources.files.fields import FIELDS
from ingestion.sources.files.mapping import ColumnSource, EntityMapping, Mapping, Returns
from ingestion.sources.files.readers import Table, delimiter_hint, did_you_mean, told_columns

BATCH_ROWS = 5000
ALL_BAD_ROWS = 10  # so many rows and none that can be used: the mapping is wrong, not the rows
ALL_BAD_STOP = 1000


class Step(NamedTuple):
    """One field of a row: which cells it takes, how they are read, whether they may be empty."""

    field: str
    columns: tuple[str, ...]
    pick: Callable[[list], object]
    read: Read
    is_needed: bool


class EntityReader:
    """Reads the tables of one entity.

    It counts in `rows`, `rejected`, `superseded` and `future_rows` what it saw and notes in `used`
    the columns of the last table that the mapping takes. A document that it read in one table it
    leaves out of the next ones: give it the last file first.
    """

    def __init__(self, mapping: Mapping, entity: EntityMapping, pull: Pull) -> None:
        self.mapping, self.entity, self.pull = mapping, entity, pull
        self.rows = self.rejected = self.superseded = self.future_rows = 0
        self.first_future = self.first_superseded = ""
        self.dated_sales = self.timed_sales = 0
        self.documents: set[str] = set()
        self.used: set[str] = set()
        now = datetime.now(ZoneInfo(mapping.formats.time_zone))
        self.tomorrow = (now.date() + timedelta(days=1)).isoformat()
        self.constants = {f: s.constant for f, s in entity.columns.items() if s.how == "value"}
        kinds = FIELDS[entity.entity]
        self.dated = [f for f in entity.columns if kinds[f].kind in ("date", "timestamp")]
        self.is_return = self._return_rule()
        self._readers: dict[str, Read] = {}

    def _return_rule(self) -> Callable[[dict], str | None] | None:
        rule, columns = self.mapping.returns, self.entity.columns
        is_told = "is_return" in columns or "is_return" not in FIELDS[self.entity.entity]
        if rule is None or rule.field not in columns or is_told:
            return None
        return _return_test(rule)

    def records(self, table: Table) -> Iterator[list[Record]]:
        """The records of a table, in batches of 5,000.

        Raises SourceError when a mapped column is missing or not one of its rows can be used.
        """
        steps = self._steps(table)
        self.used = {column for step in steps for column in step.columns}
        record_id = self._record_id(table)
        whole = _WholeDocuments(self.entity, self.documents)
        columns, source = table.columns, {"file": table.file, "sheet": table.sheet}
        batch: list[Record] = []
        good = bad = 0
        for number, row, fault in table.rows:
            mapped = dict(self.constants)
            culprit = None
            try:
                for step in steps:
                    _, _, pick, read, is_needed = step
                    value = read(pick(row))
                    if value is not None:
                        mapped[step[0]] = value
                    elif is_needed:
                        raise CellError("is empty, and the record cannot do without it")
            except CellError as error:
                if not fault:
                    fault, culprit = str(error), _of_cell(step, error.position)
            position_id = record_id(mapped)  # a row that is rejected takes its position too
            if whole.is_superseded(mapped, position_id, bool(fault)):
                self._supersede(table, number, mapped)
                continue
            texts = [cell if type(cell) is str else cell_text(cell) for cell in row]
            payload = dict(zip(columns, texts, strict=False))
            if fault:
                if len(texts) > len(columns):
                    payload["beyond the header"] = ",".join(texts[len(columns) :])
                bad += 1
                self._reject(table, number, payload, culprit, fault)
                self._stop_when_all_bad(table, good, bad, last=False)
                continue
            good += 1
            if self.is_return is not None:
                self._set_return(mapped)
            if self.dated:
                self._note_future(table, number, mapped)
                self._note_clock(mapped)
            payload["_mapped"] = mapped
            payload["_source"] = {**source, "row": number}
            batch.append(Record(position_id, orjson.dumps(payload).decode()))
            if len(batch) >= BATCH_ROWS:
                yield batch
                batch = []
        self.rows, self.rejected = self.rows + good + bad, self.rejected + bad
        self._stop_when_all_bad(table, good, bad, last=True)
        if batch:
            yield batch
        self.documents |= whole.here
        if self.pull.documents:
            self.pull.documents.read |= whole.here - whole.incomplete

    def tell_future(self) -> None:
        """Warn of dates after tomorrow, once for all tables read."""
        if self.future_rows:
            self.pull.warn(
                f"{self.future_rows:,} rows have a date after tomorrow; they are loaded. The first:"
                f" {self.first_future}. Is the till's clock or date_formats wrong?"
            )

    def tell_clock(self, day_cutoff: str) -> None:
        """Warn when sales have dates without a time of day, and midnight is before the cut-off."""
        if self.dated_sales and not self.timed_sales and day_cutoff != "00:00":
            self.pull.warn(
                f"no sale has a time of day, and day_cutoff is {day_cutoff}: every sale counts on"
                " the day before its date. Set day_cutoff to 00:00 in pos_accounts.csv."
            )

    def tell_superseded(self, hint: str) -> None:
        """Warn of rows whose document stands in a later file too, once for all tables read."""
        if self.superseded:
            self.pull.warn(
                f"{self.superseded:,} rows were passed over: a later file holds the same"
                f" {self.entity.whole_field}, whole. The first: {self.first_superseded}. {hint}"
            )

    # One row

    def _supersede(self, table: Table, number: int, mapped: dict) -> None:
        self.superseded += 1
        self.first_superseded = self.first_superseded or (
            f"{table.place} row {number:,}, {mapped.get(self.entity.whole_field)}"
        )

    def _record_id(self, table: Table) -> Callable[[dict], str]:
        """Gives the record id of a row's mapped values; rows must come in the order of the file."""
        fields, document = self.entity.id_fields, self.entity.document_field
        if document:
            positions: dict[str, int] = {}
            separator = f"|{table.file}|" if self.entity.is_spread else "|"

            def by_position(mapped: dict) -> str:
                name = mapped.get(document)
                position = positions[name] = positions.get(name, 0) + 1
                return f"{name}{separator}{position}"

            return by_position
        if len(fields) == 1:
            field = fields[0]
            return lambda mapped: mapped.get(field, "")
        return lambda mapped: "|".join([mapped.get(field, "") for field in fields])

    def _set_return(self, mapped: dict) -> None:
        is_return = self.is_return(mapped)
        if is_return is not None:
            mapped["is_return"] = is_return

    def _note_future(self, table: Table, number: int, mapped: dict) -> None:
        for field in self.dated:
            value = mapped.get(field)
            if value is not None and value[:10] > self.tomorrow:
                self.future_rows += 1
                self.first_future = (
                    self.first_future or f"{table.place} row {number:,}, {field} {value}"
                )
                return

    def _note_clock(self, mapped: dict) -> None:
        sold_at = mapped.get("sold_at")
        if sold_at is not None:
            self.dated_sales += 1
            self.timed_sales += sold_at[11:19] != "00:00:00"

    def _reject(
        self, table: Table, number: int, payload: dict, step: Step | None, reason: str
    ) -> None:
        columns = step.columns if step else ()
        payload = payload | {"_source": {"file": table.file, "sheet": table.sheet, "row": number}}
        self.pull.reject(
            Rejection(
                file=table.file,
                sheet=table.sheet,
                row_number=number,
                column=", ".join(columns),
                field=step.field if step else "",
                value=" ".join(payload[column] for column in columns),
                reason=reason,
                payload=orjson.dumps(payload).decode(),
            )
        )

    def _stop_when_all_bad(self, table: Table, good: int, bad: int, last: bool) -> None:
        if good or bad < (ALL_BAD_ROWS if last else ALL_BAD_STOP):
            return
        first = self.pull.rejections[-bad]
        raise SourceError(
            f"{table.place}: none of its rows can be used. The first, row {first.row_number},"
            f' column "{first.column}" (field {first.field}): {first.value!r} {first.reason}.'
            f" Mend {self.mapping.file} or the file; nothing was closed."
        )

    # A table's columns

    def _steps(self, table: Table) -> list[Step]:
        needed = self.entity.needed
        steps = [
            self._step(table, field, source, field in needed)
            for field, source in self.entity.columns.items()
            if source.how != "value"
        ]
        # The document first: a row that is rejected for another cell must tell it.
        return sorted(steps, key=lambda step: step.field != self.entity.whole_field)

    def _step(self, table: Table, field: str, source: ColumnSource, is_needed: bool) -> Step:
        wanted = source.columns
        if source.how == "any_of":
            present = [c for c in wanted if _plain(c) in table.columns]
            wanted = tuple(present[:1]) or wanted
        names = tuple(self._column(table, field, column, source) for column in wanted)
        pick = itemgetter(*(table.columns.index(name) for name in names))
        return Step(field, names, pick, self._reader(field, source), is_needed)

    def _reader(self, field: str, source: ColumnSource) -> Read:
        if field not in self._readers:
            kind, formats = FIELDS[self.entity.entity][field].kind, self.mapping.formats
            if source.how == "join":
                read = cells.joining_reader(kind, len(source.columns), formats)
            elif source.how == "sum":
                read = cells.summing_reader(len(source.columns), formats)
            else:
                read = cells.field_reader(kind, formats, source.values)
            self._readers[field] = read
        return self._readers[field]

    def _column(self, table: Table, field: str, column: str, source: ColumnSource) -> str:
        name = _plain(column)
        if name in table.repeated:
            raise SourceError(
                f'{table.place}: the column "{name}" (field {field}) stands there more than once.'
                " Rename one of them in the till's export or in the file."
            )
        if name in table.columns:
            return name
        wanted = f'"{name}"'
        if source.how == "any_of":
            wanted = "any of " + ", ".join(f'"{c}"' for c in source.columns)
        mapped = [_plain(c) for s in self.entity.columns.values() for c in s.columns]
        raise SourceError(
            f"{table.place}: has no column {wanted} (field {field})."
            f"{told_columns(table.columns, mapped)}{did_you_mean(name, table.columns)}"
            f"{delimiter_hint(table, 'set delimiter.')}"
            f" Mend the file, or the mapping {self.mapping.file}."
        )


class _WholeDocuments:
    """The documents of one table; those in `later` were read whole in a later file."""

    def __init__(self, entity: EntityMapping, later: set[str]) -> None:
        self._field, self._document_of, self._later = entity.whole_field, entity.document_of, later
        self.here: set[str] = set()
        self.incomplete: set[str] = set()

    def is_superseded(self, mapped: dict, record_id: str, is_rejected: bool) -> bool:
        """Whether a later file holds the row's document. Notes the document otherwise; with a
        rejected row it is not whole, and nothing of it may be closed.
        """
        if not mapped.get(self._field):
            return False
        document = self._document_of(record_id)
        if document in self._later:
            return True
        self.here.add(document)
        if is_rejected:
            self.incomplete.add(document)
        return False


def _of_cell(step: Step, position: int | None) -> Step:
    """The step as it concerns one of its cells only."""
    return step if position is None else step._replace(columns=(step.columns[position],))


def _plain(column: str) -> str:
    return " ".join(column.split())


def _return_test(rule: Returns) -> Callable[[dict], str | None]:
    def test(mapped: dict) -> str | None:
        value = mapped.get(rule.field)
        if value is None:
            return None
        if rule.test == "is":
            found = value.startswith("-")
        elif rule.test == "starts_with":
            found = value.startswith(rule.words)
        else:
            found = value in rule.words
        return "true" if found else "false"

    return test
