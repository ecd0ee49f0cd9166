"""What a source gives, what one load lands, and what the warehouse then holds, for the tests."""

from __future__ import annotations

from datetime import date
from types import ModuleType

from ingestion.accounts import Account
from ingestion.contract import Entity, Pull
from ingestion.destinations import Warehouse
from ingestion.load import load
from ingestion.run_log import RunRow


def read_all(
    source: ModuleType, account: Account, entity: Entity, pull: Pull | None = None
) -> dict[str, str]:
    """Everything the source yields, record_id -> payload; the last one stands."""
    batches = source.read(account, entity, pull or Pull())
    return {record.record_id: record.payload for batch in batches for record in batch}


def load_one(warehouse: Warehouse, account_id: str, entity: str, **wishes) -> RunRow:
    """The line of the run log of one entity's load."""
    (row,) = load(warehouse, accounts=[account_id], entities=[entity], **wishes)
    return row


def days(warehouse: Warehouse, entity: str) -> dict[date, str]:
    """The status of each day of a history."""
    with warehouse.connect() as db:
        rows = db.fetch("select * from raw_tillhouse.sync_windows where entity = ?", (entity,))
    return {row["window_start"]: row["status"] for row in rows}


def raw(warehouse: Warehouse, table: str) -> dict[str, bool]:
    """record_id -> whether its last version is current."""
    with warehouse.connect() as db:
        rows = db.fetch(f"select record_id, _dlt_valid_to from raw_{table}")
    found: dict[str, bool] = {}
    for row in rows:
        found[row["record_id"]] = found.get(row["record_id"], False) or row["_dlt_valid_to"] is None
    return found
