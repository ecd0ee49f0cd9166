"""What orders of an export come to beyond their lines: told, as it may be rows that were lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from ingestion.contract import Pull
from ingestion.sources.toast.export_days import some

CHARGED = "charged"  # in the bookmark: the days with orders that hold more than their items


class Rest:
    """Amounts per day: of charges that no row names, and of what no line explains."""

    def __init__(self, pull: Pull) -> None:
        self._pull = pull
        self._charges: dict[str, list[Decimal]] = defaultdict(list)
        self._unexplained: dict[str, list[Decimal]] = defaultdict(list)
        self._others: set[str] = set()

    def note(self, day: str, made: dict, amount: Decimal) -> None:
        """An order as it was made, and what its row says that it comes to without tax and tip."""
        checks = made["checks"]
        charges = [c for check in checks for c in check["appliedServiceCharges"]]
        charge = sum((Decimal(c["chargeAmount"]) for c in charges if not c["gratuity"]), Decimal(0))
        left = amount - charge - sum(Decimal(check["amount"]) for check in checks)
        if charge:
            self._charges[day].append(charge)
        if left and not made["voided"]:
            self._unexplained[day].append(left)

    def remember(self, read: Iterable[str]) -> None:
        """Note in the bookmark which days have charges, now that these days were read."""
        self._others = set(self._pull.bookmark.get(CHARGED, [])).difference(read)
        if days := sorted(self._others.union(self._charges)):
            self._pull.bookmark[CHARGED] = days
        else:
            self._pull.bookmark.pop(CHARGED, None)

    def tell(self) -> None:
        """Warn of what is unexplained; of charges while no other day has any: who charges for
        service need not hear it each night.
        """
        if self._charges and not self._others:
            self._pull.warn(
                f"{_told(self._charges)} more than their items: it is taken as service charges,"
                " for which the export has no rows. If you charge none, rows of items or modifiers"
                " are missing: copy the day again, or ask Toast for it."
            )
        if self._unexplained:
            self._pull.warn(
                f"{_told(self._unexplained)} that their items do not explain: it is shown as"
                " unreconciled. Copy the day again, or ask Toast for it."
            )


def _told(found: dict[str, list[Decimal]]) -> str:
    amounts = [amount for of_day in found.values() for amount in of_day]
    total = sum(map(abs, amounts), Decimal(0))
    return f"{some(sorted(found))}: {len(amounts):,} orders hold {total:,.2f}"
