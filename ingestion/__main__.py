"""`python -m ingestion`: load the tills, see how they are, check and archive them."""

from __future__ import annotations

import sys

from ingestion.cli import main

if __name__ == "__main__":
    sys.exit(main())
