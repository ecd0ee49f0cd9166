"""Lightspeed Restaurant K-Series, from its API."""

from ingestion.sources.lightspeed_k.entities import ENTITIES
from ingestion.sources.lightspeed_k.reading import read

__all__ = ["ENTITIES", "read"]
