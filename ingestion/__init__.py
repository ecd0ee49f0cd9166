"""Tillhouse ingestion: lands every till's records unchanged, with their history."""
