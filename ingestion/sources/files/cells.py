"""Cells to text: what one cell of a file says, as a number, date, time, boolean or plain text.

Every reader takes a cell (text, or what Excel holds: float, bool, date, time) and gives the text
that `_mapped` carries, None for an empty cell, or raises CellError with a reason for a person.
Cells repeat a lot, so each reader remembers the texts that it has already read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

Read = Callable[[object], str | None]

EXCEL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
EXCEL_DAY_ZERO = datetime(1899, 12, 30)
EXCEL_SERIALS = range(20_000, 80_001)  # 1954 to 2119: days that a plain number may stand for
REMEMBERED = 200_000
TRUE_WORDS = {"true", "t", "yes", "y", "1"}
FALSE_WORDS = {"false", "f", "no", "n", "0"}

_SIGNS = "$¢£¤¥֏؋৲৳฿៛₠-⃀﷼﹩＄￠￡￥￦"
_MONEY_BEFORE = re.compile(rf"^([-+(]?)\s*(?:[A-Z]{{0,3}}[{_SIGNS}]|[A-Z]{{3}}(?=[\s0-9.,(-]))\s*")
_MONEY_AFTER = re.compile(rf"\s*(?:[{_SIGNS}]|[A-Z]{{3}})\s*([-)]?)$")
_CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6})[0-9]*)?)?(?:\s*([ap])\.?m\.?)?", re.I
)


class CellError(ValueError):
    """A cell that does not say what its field needs; the text is the reason.

    `position` says which cell it is where a field is made of several.
    """

    position: int | None = None


@dataclass(frozen=True)
class Formats:
    """How a till writes: decimal and thousands sign, date formats (or `iso`), zone of its clock."""

    decimal: str = "."
    thousands: str = ","
    date_formats: tuple[str, ...] = ("iso",)
    time_zone: str = "UTC"


class Memo(dict):
    """`memo[key]` is `read(key)`, read once per key; it forgets all when it grows too large."""

    def __init__(self, read: Callable):
        super().__init__()
        self.read = read

    def __missing__(self, key):
        if len(self) >= REMEMBERED:
            self.clear()
        value = self[key] = self.read(key)
        return value


def cell_text(cell: object) -> str:
    """A cell as text: CSV text as it is, Excel numbers shortest and exact, dates as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return str(cell)
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime):
        return _to_milliseconds(cell).isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if cell is None else str(cell)


def field_reader(kind: str, formats: Formats, values: Mapping[str, str] | None = None) -> Read:
    """The reader of one column for a field of `kind` (see fields.Field, and `time`).

    `values` maps a cell's text to the text that is read instead (`Y` -> `true`); a text that it
    does not list is read as it stands.
    """
    parse = _PARSERS[kind](formats)
    from_excel = _FROM_EXCEL.get(kind)
    renamed = values or {}

    def read_text(text: str) -> str | None:
        stripped = text.strip()
        stripped = renamed.get(stripped, stripped)
        if not stripped:
            return None
        if stripped in EXCEL_ERRORS:
            raise CellError("is an Excel error, not a value")
        if "\0" in stripped:
            raise CellError("holds a NUL character")
        return parse(stripped)

    remembered = Memo(read_text)

    def read(cell: object) -> str | None:
        if type(cell) is str:
            return remembered[cell]
        text = cell_text(cell)
        if from_excel is None or text in renamed:
            return remembered[text]
        return from_excel(cell, formats)

    return read


def summing_reader(count: int, formats: Formats) -> Read:
    """A reader of a tuple of `count` cells: the sum of those that are not empty."""
    readers = [field_reader("number", formats) for _ in range(count)]

    def read(cells: tuple) -> str | None:
        numbers = _read_each(readers, cells)
        present = [Decimal(number) for number in numbers if number is not None]
        return format(sum(present), "f") if present else None

    return read


def joining_reader(kind: str, count: int, formats: Formats) -> Read:
    """A reader of a tuple of `count` cells: a date and a time of day, or texts with a space."""
    if kind == "timestamp":
        return _date_and_time_reader(formats)
    readers = [field_reader(kind, formats) for _ in range(count)]

    def read(cells: tuple) -> str | None:
        return " ".join(text for text in _read_each(readers, cells) if text) or None

    return read


def _date_and_time_reader(formats: Formats) -> Read:
    readers = [field_reader("date", formats), field_reader("time", formats)]
    zone = ZoneInfo(formats.time_zone)
    joined = Memo(lambda text: timestamp_text(datetime.fromisoformat(text), zone))

    def read(cells: tuple) -> str | None:
        day, clock = _read_each(readers, cells)
        if day is None:
            if clock is not None:
                raise CellError("has a time but no date")
            return None
        return joined[f"{day}T{clock or '00:00:00'}"]

    return read


def _read_each(readers: list[Read], cells: tuple) -> list[str | None]:
    texts = []
    try:
        for read, cell in zip(readers, cells, strict=True):
            texts.append(read(cell))
    except CellError as error:
        error.position = len(texts)
        raise
    return texts


def number_parser(formats: Formats) -> Callable[[str], str]:
    """A parser of numbers as people and tills write them; gives `-12.50`: plain, `.` as sign.

    Reads `(12.50)`, `12.50-`, `-$12.50`, `12,50 EUR`, `1.234,56` (by `formats`), `1E+3`; refuses
    groups that are not of three digits, so that a wrong decimal sign is found and not misread.
    """
    group = {"": None, " ": "[ \u00a0\u202f]", "'": "['\u2019]"}.get(
        formats.thousands, re.escape(formats.thousands)
    )
    grouped = f"[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}|" if group else ""
    number = re.compile(
        rf"({grouped}[0-9]+)?(?:{re.escape(formats.decimal)}([0-9]*))?(?:[eE]([+-]?[0-9]{{1,2}}))?"
    )

    def parse(text: str) -> str:
        bare, is_negative = _without_sign(text)
        match = number.fullmatch(bare)
        if match is None or not (match[1] or match[2]):
            signs = f'"{formats.decimal}" as decimal sign'
            raise CellError(f"is not a number ({signs}, see decimal and thousands of the mapping)")
        whole = re.sub("[^0-9]", "", match[1] or "").lstrip("0") or "0"
        plain = f"{whole}.{match[2]}" if match[2] else whole
        if match[3]:
            plain = format(Decimal(f"{plain}e{match[3]}"), "f")
        if len(plain.partition(".")[0]) > 18:
            raise CellError("has more than 18 digits: not an amount")
        return f"-{plain}" if is_negative and plain.strip("0.") else plain

    return parse


def _without_sign(text: str) -> tuple[str, bool]:
    text = text.replace("\u2212", "-")
    text = _MONEY_AFTER.sub(r"\1", _MONEY_BEFORE.sub(r"\1", text))
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.startswith("-"):
        return text[1:].strip(), True
    if text.endswith("-"):
        return text[:-1].strip(), True
    return text.removeprefix("+").strip(), False


def timestamp_text(moment: datetime, zone: ZoneInfo) -> str:
    """ISO with offset; a naive moment is the clock of `zone`, first time round in autumn."""
    _check_year(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone, fold=0)
    if moment.utcoffset() % timedelta(minutes=1):  # local mean time of long ago
        moment = moment.astimezone(ZoneInfo("UTC"))
    return moment.isoformat()


def _moment_parser(formats: Formats) -> Callable[[str], datetime]:
    def parse(text: str) -> datetime:
        for date_format in formats.date_formats:
            try:
                if date_format == "iso":
                    return datetime.fromisoformat(text)
                return datetime.strptime(text, date_format)
            except ValueError:
                continue
        raise CellError(f"is no date of the form {' or '.join(formats.date_formats)}")

    return parse


def _date_parser(formats: Formats) -> Callable[[str], str]:
    parse = _moment_parser(formats)
    return lambda text: _date_text(parse(text))


def _timestamp_parser(formats: Formats) -> Callable[[str], str]:
    parse, zone = _moment_parser(formats), ZoneInfo(formats.time_zone)
    return lambda text: timestamp_text(parse(text), zone)


def _parse_time(text: str) -> str:
    match = _CLOCK.fullmatch(text)
    try:
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        if match[5]:
            if not 1 <= hour <= 12:
                raise ValueError
            hour = hour % 12 + (12 if match[5].lower() == "p" else 0)
        return time(hour, minute, second, int((match[4] or "0").ljust(6, "0"))).isoformat()
    except (TypeError, ValueError):
        raise CellError("is no time of day such as 14:05, 14:05:30 or 2:05 PM") from None


def _parse_boolean(text: str) -> str:
    word = text.lower()
    if word in TRUE_WORDS or word in FALSE_WORDS:
        return "true" if word in TRUE_WORDS else "false"
    raise CellError("is neither true nor false; give its words under values in the mapping")


def _parse_id(text: str) -> str:
    """A whole number that some program wrote as 17850.0 is the id 17850."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def _excel_number(cell: object, _formats: Formats) -> str:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise CellError("is a date, time or true/false in Excel, not a number")
    if not abs(cell) < 1e18:
        raise CellError("has more than 18 digits: not an amount")
    return cell_text(cell)


def _excel_moment(cell: object) -> datetime:
    if isinstance(cell, datetime):
        return _to_milliseconds(cell)
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, (int, float)) and int(cell) in EXCEL_SERIALS:
        return _to_milliseconds(EXCEL_DAY_ZERO + timedelta(days=cell))
    raise CellError("is not a date in Excel")


def _excel_date(cell: object, formats: Formats) -> str:
    return _date_text(_excel_moment_or_text(cell, formats))


def _excel_timestamp(cell: object, formats: Formats) -> str:
    return timestamp_text(_excel_moment_or_text(cell, formats), ZoneInfo(formats.time_zone))


def _excel_moment_or_text(cell: object, formats: Formats) -> datetime:
    """20220301 in a number cell is text to `%Y%m%d`; other numbers are Excel's day numbers."""
    if isinstance(cell, float) and cell.is_integer() and int(cell) not in EXCEL_SERIALS:
        return _moment_parser(formats)(cell_text(cell))
    return _excel_moment(cell)


def _excel_time(cell: object, _formats: Formats) -> str:
    if isinstance(cell, float) and 0 <= cell < 1:
        cell = timedelta(days=cell)
    if isinstance(cell, timedelta) and timedelta() <= cell < timedelta(days=1):
        cell = EXCEL_DAY_ZERO + cell
    if isinstance(cell, datetime):
        cell = _to_milliseconds(cell).time()
    if isinstance(cell, time):
        return cell.isoformat()
    raise CellError("is not a time of day in Excel")


def _to_milliseconds(moment: datetime) -> datetime:
    """Excel counts time in binary fractions of a day: 10:15 may come as 10:14:59.9999999."""
    rest = moment.microsecond % 1000
    return moment + timedelta(microseconds=(1000 - rest) if rest >= 500 else -rest)


def _date_text(moment: datetime) -> str:
    _check_year(moment)
    return moment.date().isoformat()


def _check_year(moment: datetime) -> None:
    if moment.year < 1900:
        raise CellError(f"is a date in the year {moment.year}")


_PARSERS: dict[str, Callable[[Formats], Callable[[str], str]]] = {
    "text": lambda _: str,
    "id": lambda _: _parse_id,
    "number": number_parser,
    "boolean": lambda _: _parse_boolean,
    "date": _date_parser,
    "timestamp": _timestamp_parser,
    "time": lambda _: _parse_time,
}

_FROM_EXCEL: dict[str, Callable[[object, Formats], str]] = {
    "number": _excel_number,
    "date": _excel_date,
    "timestamp": _excel_timestamp,
    "time": _excel_time,
}
