"""An invented toy shop's exports in its tills' own shapes, with the truth beside them."""

from ingestion.demo.bulk import write_lightspeed_day, write_lightspeed_export
from ingestion.demo.write import write_demo

__all__ = ["write_demo", "write_lightspeed_day", "write_lightspeed_export"]
