"""Questions to a person, and the answers: `python -m scripts.review --help`."""
