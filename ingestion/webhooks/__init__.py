"""Events that tills send us: `python -m ingestion webhooks serve` and `webhooks apply`.

till -> receiver (checks the signature) -> queue (SQLite, on the disk before we answer)
     -> raw_tillhouse.webhook_events (each load, exactly once) -> the records concerned, by id

DuckDB has one writer, so the receiver never waits for the warehouse. An event says only that
something changed: what it is comes from the till itself, and a lost event costs nothing but time,
because each load reads all that changed.
"""
