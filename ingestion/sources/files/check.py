"""Trying a file against its mapping before it is loaded: `python -m ingestion check-file`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from ingestion.contract import Pull, Rejection, SourceError
from ingestion.sources.files.fields import FIELDS
from ingestion.sources.files.mapping import EntityMapping, Mapping, load_mapping
from ingestion.sources.files.readers import open_table, sheet_names
from ingestion.sources.files.rows import EntityReader

SHOWN_REJECTIONS = 20


@dataclass
class EntityCheck:
    """What one entity would get from the file. `totals`: field -> sum over the rows accepted."""

    entity: str
    sheet: str
    rows: int = 0
    repeated_ids: int = 0
    columns: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    rejections: list[Rejection] = field(default_factory=list)
    first: dict[str, str] = field(default_factory=dict)
    totals: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class CheckReport:
    """What a mapping makes of a file. `problems` stop a load, `notes` do not."""

    file: str
    mapping: str
    entities: list[EntityCheck] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Rows that would be rejected, over all entities."""
        return sum(len(check.rejections) for check in self.entities)

    @property
    def ok(self) -> bool:
        """Whether every row of the file would be loaded."""
        return bool(self.entities) and not self.problems and not self.rejected

    def unused_columns(self) -> dict[str, list[str]]:
        """Sheet -> columns that no field is mapped to; they stay in the payload."""
        unused: dict[str, list[str]] = {}
        for check in self.entities:
            used = {c for e in self.entities if e.sheet == check.sheet for c in e.used}
            unused[check.sheet] = [c for c in check.columns if c not in used]
        return {sheet: columns for sheet, columns in unused.items() if columns}

    def print(self, console: Console) -> None:
        """Show the report to a person."""
        console.print(f"[bold]{escape(self.file)}[/] read as [bold]{escape(self.mapping)}[/]")
        for check in self.entities:
            _print_entity(console, check)
        for sheet, columns in self.unused_columns().items():
            where = f" in sheet {sheet}" if sheet else ""
            _say(console, f"Not mapped{where}, kept in the payload: {', '.join(columns)}.")
        for note in self.notes:
            _say(console, note, "yellow")
        for problem in self.problems:
            _say(console, problem, "red")
        if self.ok:
            _say(console, "All of it can be loaded.", "green")
        elif self.rejected:
            _say(console, f"{self.rejected:,} rows would be rejected, the others loaded.", "red")


def check_file(mapping_name: str, file_path: Path | str, time_zone: str = "UTC") -> CheckReport:
    """Read `file_path` as the mapping would and report what it gives; nothing is loaded.

    Args:
        mapping_name: a name in mappings/ or the path of a .yml file.
        file_path: the file, anywhere; its name decides which entities it serves.
        time_zone: zone of the till's clock when the mapping names none.

    Raises MappingError for a mapping that cannot be used. All that is wrong with the file is in
    the report.
    """
    path = Path(file_path)
    mapping = load_mapping(mapping_name, time_zone)
    report = CheckReport(path.name, mapping.name)
    if path.is_dir():
        report.problems.append(_of_folder(path))
        return report
    if not path.is_file():
        report.problems.append(f"{path}: there is no such file.")
        return report
    served = [e for e in mapping.entities.values() if _serves(e, path.name)]
    if not served:
        patterns = ", ".join(sorted({e.files for e in mapping.entities.values()}))
        report.problems.append(
            f"{path.name}: {mapping.file} reads no file of this name, only {patterns}. Rename the"
            " file or mend `files` in the mapping."
        )
    for entity in served:
        _check_entity(report, mapping, entity, path)
    _note_unread_sheets(report, path)
    return report


def _of_folder(path: Path) -> str:
    names = sorted(p.name for p in path.iterdir() if p.is_file())[:10]
    return f"{path}: is a folder. Name one of its files: {', '.join(names) or 'it holds none'}."


def _serves(entity: EntityMapping, name: str) -> bool:
    return fnmatchcase(name.lower(), entity.files.lower().rpartition("/")[2])


def _check_entity(report: CheckReport, mapping: Mapping, entity: EntityMapping, path: Path) -> None:
    pull = Pull()
    reader = EntityReader(mapping, entity, pull)
    numbers = [f for f in entity.columns if FIELDS[entity.entity][f].kind == "number"]
    totals: Counter = Counter()
    ids: set[str] = set()
    accepted = 0
    try:
        table = open_table(path, mapping.layout(entity))
        check = EntityCheck(entity.entity, table.sheet, columns=table.columns)
        for batch in reader.records(table):
            for record in batch:
                mapped = orjson.loads(record.payload)["_mapped"]
                check.first = check.first or {"record id": record.record_id, **mapped}
                totals.update({f: Decimal(mapped[f]) for f in numbers if f in mapped})
                ids.add(record.record_id)
            accepted += len(batch)
    except SourceError as error:
        report.problems.append(str(error))
        return
    reader.tell_future()
    check.rows, check.used, check.rejections = reader.rows, reader.used, pull.rejections
    check.totals, check.repeated_ids = dict(totals), accepted - len(ids)
    report.entities.append(check)
    if not reader.rows:
        report.problems.append(
            f"{table.place}: has column names and no row below them. Export it again."
        )
    report.notes += [f"{entity.entity}: {warning}" for warning in pull.warnings]
    if check.repeated_ids:
        report.notes.append(
            f"{entity.entity}: {check.repeated_ids:,} rows repeat the id of another row; of each id"
            " only the last row is kept. If they are different records, name more fields in `id`."
        )


def _note_unread_sheets(report: CheckReport, path: Path) -> None:
    if not report.entities:
        return
    read = {check.sheet for check in report.entities}
    unread = [name for name in sheet_names(path) if name not in read]
    if unread:
        report.notes.append(f"Sheets that no entity reads: {', '.join(unread)}.")


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _print_entity(console: Console, check: EntityCheck) -> None:
    where = f" (sheet {check.sheet})" if check.sheet else ""
    rejected = len(check.rejections)
    _say(console, f"\n{check.entity}{where}: {check.rows:,} rows, {rejected:,} rejected", "bold")
    if check.first:
        table = RichTable("field", "first row is understood as", "sum of the column")
        for name, value in check.first.items():
            total = f"{check.totals[name]:,f}" if name in check.totals else ""
            table.add_row(escape(name), escape(value), total)
        console.print(table)
    if check.rejections:
        table = RichTable("row", "column", "field", "value", "reason", title="Rejected")
        for r in check.rejections[:SHOWN_REJECTIONS]:
            cells = (str(r.row_number), r.column, r.field, r.value, r.reason)
            table.add_row(*(escape(cell) for cell in cells))
        console.print(table)
        if rejected > SHOWN_REJECTIONS:
            _say(console, f"... and {rejected - SHOWN_REJECTIONS:,} more.")
