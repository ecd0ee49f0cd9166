"""The report page: words, charts and layout over the rows of the `rpt_` models."""
