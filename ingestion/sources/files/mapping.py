"""A column mapping: which file, sheet and column is which entity and field (YAML, checked whole).

`load_mapping("amberpos")` or `load_mapping("my/mapping.yml")` gives a `Mapping`; anything it
cannot mean raises MappingError with file, key, value and what to do. See README.md for the keys.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

import yaml

from ingestion.accounts import PROJECT_DIR
from ingestion.contract import SourceError
from ingestion.sources.files.cells import CellError, Formats, field_reader
from ingestion.sources.files.fields import DOCUMENT_FIELDS, FIELDS, OWN_IDS, Field
from ingestion.sources.files.readers import Layout, did_you_mean

MAPPINGS_DIR = Path(__file__).parent / "mappings"
RETURN_ENTITIES = ("sales", "sale_lines")
KEYS = (
    *("name", "mode", "encoding", "delimiter", "decimal", "thousands", "date_formats"),
    *("time_zone", "returns", "entities"),
)
ENTITY_KEYS = ("files", "sheet", "header_row", "id", "documents", "columns")
COLUMN_KEYS = ("column", "any_of", "sum", "value", "values")
RETURN_TESTS = ("is", "starts_with", "equals")


class MappingError(SourceError):
    """A mapping that cannot be used; the text names the file, the key, the value and the mend."""


@dataclass(frozen=True)
class ColumnSource:
    """Where a field's value comes from.

    `how`: column (one), any_of (the first that the file has), join (a date and a time, or texts
    with a space), sum (numbers) or value (`constant`, the same in every row).
    """

    how: str
    columns: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    constant: str = ""


@dataclass(frozen=True)
class EntityMapping:
    """One entity: its files and its fields. `id_fields` make the record id; when they are empty,
    `document_field` and the position within that document do. `is_spread`: the rows of one
    document may be spread over files; otherwise a file holds a document whole.
    """

    entity: str
    files: str
    sheet: str
    header_row: int
    id_fields: tuple[str, ...]
    document_field: str
    columns: dict[str, ColumnSource]
    is_spread: bool = False

    @property
    def needed(self) -> set[str]:
        """The fields that no row may leave empty."""
        always = {f.name for f in FIELDS[self.entity].values() if f.is_needed}
        return always | set(self.id_fields)

    @property
    def whole_field(self) -> str:
        """The field that says which rows are read as a whole; empty when each stands alone.

        Then the last file that holds such a document gives all its rows. In a spread document
        these are its rows of one file.
        """
        document = DOCUMENT_FIELDS.get(self.entity, "")
        if self.id_fields and (self.is_spread or self.id_fields[0] != document):
            return ""
        return document

    def document_of(self, record_id: str) -> str:
        """The document that a record id belongs to: its part before the position or the last ids"""
        return record_id.rsplit("|", max(1, len(self.id_fields) - 1))[0]


@dataclass(frozen=True)
class Returns:
    """The rule that tells returns: `field` `test` one of `words`."""

    field: str
    test: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Mapping:
    """A whole mapping. `content` is the file's bytes: another content means reading files anew."""

    name: str
    file: str
    is_snapshot: bool
    encoding: str
    delimiter: str
    formats: Formats
    returns: Returns | None
    entities: dict[str, EntityMapping]
    content: bytes

    def layout(self, entity: EntityMapping) -> Layout:
        """How to open the files of `entity`."""
        return Layout(self.encoding, self.delimiter, entity.sheet, entity.header_row)


def mapping_path(name: str) -> Path:
    """Where a mapping lies: a name in mappings/, or a path relative to the project's folder."""
    if name.endswith((".yml", ".yaml")) or "/" in name:
        path = PROJECT_DIR / name
        if not path.is_file():
            raise MappingError(f"{name}: no such mapping file; give its path from the project.")
        return path
    path = MAPPINGS_DIR / f"{name}.yml"
    if not path.is_file():
        known = sorted(p.stem for p in MAPPINGS_DIR.glob("*.yml") if p.stem != "template")
        raise MappingError(
            f'there is no mapping "{name}".{did_you_mean(name, known)} There are'
            f" {', '.join(known)}; or give the path of a .yml file (see mappings/template.yml)."
        )
    return path


def load_mapping(name: str, time_zone: str = "UTC") -> Mapping:
    """The mapping `name` (see `mapping_path`). `time_zone` is used when it names none."""
    path = mapping_path(name)
    content = path.read_bytes()
    try:
        tree = yaml.load(content, _TextLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name}: is not YAML: {error}") from None
    return _Checker(path.name, content, time_zone).mapping(tree)


class _TextLoader(yaml.BaseLoader):
    """YAML with every value as the text it is (`no`, `1.10` and `Y` stay so), no key twice."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f'the key "{key.value}" stands twice', key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


class _Checker:
    """Turns the YAML tree into a Mapping, refusing what it cannot mean."""

    def __init__(self, file: str, content: bytes, time_zone: str) -> None:
        self.file, self.content, self.time_zone = file, content, time_zone
        self.formats = Formats()

    def refuse(self, key: str, value: object, mend: str) -> None:
        raise MappingError(f"{self.file}: {key} is {value!r}. {mend}")

    def mapping(self, tree: object) -> Mapping:
        tree = self.keys("the mapping", tree, KEYS, needed=("name", "mode", "entities"))
        self.formats = self.read_formats(tree)
        entities = self.keys("entities", tree["entities"], tuple(FIELDS))
        if not entities:
            self.refuse("entities", entities, f"Map one or more of {', '.join(FIELDS)}.")
        mapped = {name: self.entity(name, entities[name]) for name in FIELDS if name in entities}
        return Mapping(
            name=tree["name"],
            file=self.file,
            is_snapshot=self.one_of("mode", tree["mode"], ("snapshot", "append")) == "snapshot",
            encoding=self.encoding(tree.get("encoding", "utf-8")),
            delimiter=self.delimiter(tree.get("delimiter", ",")),
            formats=self.formats,
            returns=self.returns(tree["returns"], mapped) if "returns" in tree else None,
            entities=mapped,
            content=self.content,
        )

    # Small checks

    def keys(
        self, place: str, value: object, known: Iterable[str], needed: Iterable[str] = ()
    ) -> dict:
        if not isinstance(value, dict):
            self.refuse(place, value, f"Give it keys, some of {', '.join(known)}.")
        for key in value:
            if key not in known:
                hint = did_you_mean(key, known) or f" It may hold {', '.join(known)}."
                raise MappingError(
                    f'{self.file}: {place} holds the unknown key "{key}" ({value[key]!r}).{hint}'
                )
        for key in needed:
            if not value.get(key):
                raise MappingError(f'{self.file}: {place} needs "{key}". Add a line "{key}: ...".')
        return value

    def text(self, key: str, value: object, mend: str = "Give one text.") -> str:
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, value, mend)
        return value

    def texts(self, key: str, value: object, at_least: int = 1) -> tuple[str, ...]:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or len(values) < at_least:
            self.refuse(key, value, f"Give a list of {at_least} or more, such as [A, B].")
        return tuple(self.text(key, item) for item in values)

    def one_of(self, key: str, value: object, known: tuple[str, ...]) -> str:
        if value not in known:
            self.refuse(key, value, f"Use {' or '.join(known)}.{did_you_mean(str(value), known)}")
        return value

    # Top level

    def encoding(self, value: object) -> str:
        try:
            codecs.lookup(self.text("encoding", value))
        except LookupError:
            self.refuse("encoding", value, "Use a name such as utf-8, cp1252 or utf-16.")
        return value

    def delimiter(self, value: object) -> str:
        if not isinstance(value, str) or len(value) != 1 or value in '"\r\n':
            self.refuse("delimiter", value, r'Use one character in quotes: ",", ";", "|" or "\t".')
        return value

    def read_formats(self, tree: dict) -> Formats:
        decimal = self.one_of("decimal", tree.get("decimal", "."), (".", ","))
        default = "," if decimal == "." else "."
        thousands = tree.get("thousands", default)
        self.one_of("thousands", thousands, (",", ".", " ", "'", ""))
        if thousands == decimal:
            self.refuse("thousands", thousands, "It cannot be the decimal sign too.")
        date_formats = self.texts("date_formats", tree.get("date_formats", "iso"))
        for date_format in date_formats:
            self.date_format(date_format)
        zone = tree.get("time_zone", self.time_zone)
        if zone not in available_timezones():
            self.refuse("time_zone", zone, "Use an IANA name such as America/Vancouver.")
        return Formats(decimal, thousands, date_formats, zone)

    def date_format(self, value: str) -> None:
        mend = "Use iso, or codes such as %Y-%m-%d %H:%M:%S, %d/%m/%Y, %m/%d/%y %I:%M %p."
        moment = datetime(2022, 3, 14, 13, 15)
        try:
            read = moment if value == "iso" else datetime.strptime(moment.strftime(value), value)
        except ValueError as error:
            self.refuse("date_formats", value, f"{error}. {mend}")
        if read.date() != moment.date():
            self.refuse("date_formats", value, f"It leaves out the day, month or year. {mend}")

    def returns(self, value: object, entities: dict[str, EntityMapping]) -> Returns:
        rule = self.keys("returns", value, ("field", *RETURN_TESTS), needed=("field",))
        tests = [test for test in RETURN_TESTS if test in rule]
        if len(tests) != 1:
            self.refuse("returns", value, f"Give exactly one of {', '.join(RETURN_TESTS)}.")
        name = self.text("returns.field", rule["field"])
        mapped = [e for e in RETURN_ENTITIES if e in entities and name in entities[e].columns]
        if not mapped:
            known = [c for e in RETURN_ENTITIES if e in entities for c in entities[e].columns]
            self.refuse(
                "returns.field", name, f"Map it in sales or sale_lines.{did_you_mean(name, known)}"
            )
        if tests[0] == "is":
            self.one_of("returns.is", rule["is"], ("negative",))
            if FIELDS[mapped[0]][name].kind != "number":
                self.refuse("returns.field", name, "Only a number can be negative.")
        return Returns(name, tests[0], self.texts(f"returns.{tests[0]}", rule[tests[0]]))

    # Entities

    def entity(self, name: str, value: object) -> EntityMapping:
        place = f"entities.{name}"
        keys = self.keys(place, value, ENTITY_KEYS, needed=("files", "columns"))
        columns = self.keys(f"{place}.columns", keys["columns"], tuple(FIELDS[name]))
        for f in FIELDS[name].values():
            if f.is_needed and f.name not in columns:
                self.refuse(f"{place}.columns", list(columns), f"{f.name} is needed: map it.")
        sources = {
            f: self.source(f"{place}.columns.{f}", FIELDS[name][f], columns[f]) for f in columns
        }
        header_row = keys.get("header_row", "1")
        if not str(header_row).isdecimal() or int(header_row) < 1:
            self.refuse(f"{place}.header_row", header_row, "Use a row number, 1 for the first.")
        id_fields = self.id_fields(name, keys, columns)
        documents = self.one_of(
            f"{place}.documents", keys.get("documents", "whole"), ("whole", "spread")
        )
        if "documents" in keys and name not in DOCUMENT_FIELDS:
            self.refuse(f"{place}.documents", documents, f"Only {', '.join(DOCUMENT_FIELDS)} have.")
        return EntityMapping(
            entity=name,
            files=self.text(f"{place}.files", keys["files"], 'Use a pattern: "items*.xlsx".'),
            sheet=self.text(f"{place}.sheet", keys["sheet"]) if "sheet" in keys else "",
            header_row=int(header_row),
            id_fields=id_fields,
            document_field="" if id_fields else DOCUMENT_FIELDS[name],
            columns=sources,
            is_spread=documents == "spread",
        )

    def id_fields(self, name: str, keys: dict, columns: dict) -> tuple[str, ...]:
        if "id" not in keys:
            return tuple(f for f in OWN_IDS.get(name, ()) if f in columns)
        fields = self.texts(f"entities.{name}.id", keys["id"])
        for f in fields:
            if f not in columns:
                hint = did_you_mean(f, columns)
                self.refuse(f"entities.{name}.id", f, f"Name fields that columns maps.{hint}")
        return fields

    def source(self, place: str, target: Field, value: object) -> ColumnSource:
        if isinstance(value, str):
            return ColumnSource("column", (self.text(place, value, "Name a column."),))
        if isinstance(value, list):
            return self.joined(place, target, value)
        keys = self.keys(place, value, COLUMN_KEYS)
        ways = [way for way in COLUMN_KEYS[:-1] if way in keys]
        if len(ways) != 1:
            self.refuse(place, value, "Give exactly one of column, any_of, sum or value.")
        how = ways[0]
        if "values" in keys and how in ("sum", "value"):
            self.refuse(place, value, f"values goes with column or any_of, not with {how}.")
        if how == "value":
            constant = self.parsed(f"{place}.value", target, keys["value"])
            return ColumnSource("value", constant=constant)
        if how == "sum" and target.kind != "number":
            self.refuse(place, value, f"Only numbers can be summed; {target.name} is none.")
        columns = self.texts(f"{place}.{how}", keys[how], at_least=2 if how == "sum" else 1)
        if how == "column" and len(columns) > 1:
            self.refuse(place, value, "Name one column, or use any_of or a bare list.")
        return ColumnSource(how, columns, self.values(place, target, keys.get("values", {})))

    def joined(self, place: str, target: Field, value: list) -> ColumnSource:
        columns = self.texts(place, value, at_least=2)
        if target.kind == "timestamp" and len(columns) != 2:
            self.refuse(place, value, "Name two columns, the date and the time.")
        if target.kind not in ("timestamp", "text", "id"):
            self.refuse(place, value, f"{target.name} is a {target.kind}: name one column, or sum.")
        return ColumnSource("join", columns)

    def values(self, place: str, target: Field, value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            self.refuse(f"{place}.values", value, "Give pairs, such as {Y: true, N: false}.")
        for word, meaning in value.items():
            if meaning:  # empty: the word stands for an empty cell
                self.parsed(f"{place}.values.{word}", target, meaning)
        return {word.strip(): meaning for word, meaning in value.items()}

    def parsed(self, place: str, target: Field, value: object) -> str:
        """A value written in the mapping itself, as its field reads it."""
        try:
            parsed = field_reader(target.kind, self.formats)(self.text(place, value))
        except CellError as error:
            self.refuse(place, value, f"For {target.name} ({target.kind}) it {error}.")
        return parsed
