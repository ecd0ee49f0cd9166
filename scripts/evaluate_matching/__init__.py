"""How good the matching is on labelled data: `python -m scripts.evaluate_matching --help`."""
