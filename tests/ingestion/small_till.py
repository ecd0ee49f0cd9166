"""A till made up for the tests of the loader: the test sets what it gives and how it fails."""

from __future__ import annotations

import json
import sys
from types import ModuleType

from ingestion import accounts, load
from ingestion.contract import Entity, Record

SALES = Entity("sales")
STOCK = Entity("stock", snapshot=True)


class SmallTill(ModuleType):
    """A source with the entities sales (merged) and stock (a full list each time).

    `gives[(account_id, entity)]` is a list of steps: a dict of records is one batch, an
    exception is raised there, a function is called with the pull.
    """

    ENTITIES = (SALES, STOCK)

    def __init__(self) -> None:
        super().__init__("ingestion.sources.small_till")
        self.gives: dict[tuple[str, str], list] = {}
        self.pulls: dict[tuple[str, str], object] = {}

    def read(self, account, entity, pull):
        """Yield what the test has set."""
        self.pulls[account.account_id, entity.name] = pull
        for step in self.gives.get((account.account_id, entity.name), [{}]):
            if isinstance(step, Exception):
                raise step
            if callable(step):
                step(pull)
            else:
                yield [Record(key, json.dumps(value)) for key, value in step.items()]


def switch_on(monkeypatch) -> SmallTill:
    """Make the till a source that accounts may name, the only one that is on."""
    till = SmallTill()
    monkeypatch.setitem(sys.modules, till.__name__, till)
    for module in (accounts, load):
        monkeypatch.setattr(module, "switched_on_sources", lambda: ["small_till"])
    return till
