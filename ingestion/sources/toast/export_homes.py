"""Which day of an export has the last word on what several days list."""

from __future__ import annotations

from collections.abc import Mapping, Set

from ingestion.contract import Documents
from ingestion.sources.toast.export_days import PAYMENTS, Export, File

ELSEWHERE = "elsewhere"
HOMES = "homes"  # in the bookmark: id -> the day it was loaded from, and others with rows of it


class Homes:
    """The day on which an id counts: the last that lists it and can be read.

    What is not of one day alone is remembered with its days. While one of them waits or is gone, it
    stays as it was loaded: only a day that is whole has a say. `pays` is the file whose rows belong
    to it too, in whichever day.
    """

    def __init__(self, export: Export, file: File, pays: File | None = None) -> None:
        self._export, self._file = export, file
        self.listed = _days_by(export, file, file.id_column)
        self.paid = _days_by(export, pays, "Order Id") if pays else {}
        self._loaded: dict[str, str] = export.pull.bookmark.setdefault(HOMES, {})
        self._concerned: set[str] = set()
        self._settled: dict[str, str] = {}
        self._noted: dict[str, str] = {}
        self._kept: set[str] = set()
        self._gone: set[str] = set()

    def concerned(self, new: Set[str]) -> list[str]:
        """The days to read when `new` ones are there: these, and all that list what they list or
        pay, or listed or paid as it was loaded.
        """
        for days_by in (self.listed, self.paid):
            self._concerned |= {id_ for id_, days in days_by.items() if not new.isdisjoint(days)}
        loaded = ((id_, days.split()) for id_, days in self._loaded.items())
        self._concerned |= {id_ for id_, days in loaded if not new.isdisjoint(days)}
        theirs = (self.listed.get(id_, ()) for id_ in self._concerned)
        return sorted(new.intersection(self._export.days(self._file)).union(*theirs))

    def disputed(self, days: list[str]) -> list[str]:
        """Those of the days that list what another day lists, or did when it was loaded."""
        ids = filter(self._is_disputed, self._concerned)
        return sorted({day for id_ in ids for day in self.listed.get(id_, ())}.intersection(days))

    def settle(self, usable: Mapping[str, Set[str]]) -> None:
        """Decide by what can be used: day -> ids, of all disputed days that are whole. What else
        was loaded from one of these days is read again with it, and stays where it cannot be.
        """
        beside = {id_ for id_, days in self._loaded.items() if days.partition(" ")[0] in usable}
        for id_ in self._concerned | beside:
            listed = self.listed.get(id_, ())
            told = [day for day in listed if id_ in usable.get(day, ())]
            if not self._can_be_read_again(id_, usable):
                self._kept.add(id_)
            elif id_ not in self._concerned or not self._is_disputed(id_):
                continue
            elif told:
                self._settled[id_] = told[-1]
            elif listed:
                self._kept.add(id_)
            else:
                self._gone.add(id_)
                del self._loaded[id_]
        if self._kept:
            self._export.pull.warn(
                f"{len(self._kept):,} records of several days stay as they were loaded: one of"
                " these days cannot be read whole, or has no folder any more."
            )

    def home(self, id_: str | None) -> str | None:
        """The day that has the last word; None where none has, and for what stays as it is."""
        if id_ is None or id_ in self._kept:
            return None
        if id_ in self._settled:
            return self._settled[id_]
        return self._loaded.get(id_, "").partition(" ")[0] or self.listed.get(id_, (None,))[-1]

    def note(self, id_: str, day: str, others: Set[str] = frozenset()) -> None:
        """Remember from which days it is loaded; just before it is yielded."""
        self._noted[id_] = day
        if others or len(self.listed[id_]) > 1:
            self._loaded[id_] = " ".join((day, *sorted(others)))
        else:
            self._loaded.pop(id_, None)

    def documents(self) -> Documents:
        """A document per day, and one that is closed of what counts on another day or on none."""

        def of(record_id: str) -> str:
            day, _, id_ = record_id.partition("|")
            if id_ in self._kept:
                return ""
            is_elsewhere = self._noted.get(id_, day) != day or id_ in self._gone
            return ELSEWHERE if is_elsewhere else day

        why = "their day was exported without them, or another day has them now"
        return Documents(of, why=why, read={ELSEWHERE})

    def _can_be_read_again(self, id_: str, usable: Mapping[str, Set[str]]) -> bool:
        """Whether all days that it was loaded from still tell of it, or that they no longer do."""
        home, *others = self._loaded.get(id_, "").split() or [""]
        has_home = id_ in usable.get(home, ()) or self._export.is_told(home, self._file)
        return not home or (has_home and all(self._export.is_whole(d, PAYMENTS) for d in others))

    def _is_disputed(self, id_: str) -> bool:
        return len(self.listed.get(id_, ())) > 1 or id_ in self._loaded


def _days_by(export: Export, file: File, column: str) -> dict[str, tuple[str, ...]]:
    """The days, first to last, in whose file an id stands in the column."""
    found: dict[str, tuple[str, ...]] = {}
    for day in export.days(file):
        for id_ in export.distinct(day, file, column):
            found[id_] = (*found.get(id_, ()), day)
    return found
