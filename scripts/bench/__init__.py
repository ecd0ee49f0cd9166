"""The sections of `python -m scripts.benchmark`, one module each.

Each measures its subject beside something comparable, in one run, and prints its own table.
`run(console, wishes)` gives what did not hold of what must hold on every machine, such as an event
that was lost. A bound of speed that is missed is shown in the table and is no fault.
"""
