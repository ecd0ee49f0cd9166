"""Being let in to a till: personal tokens, signing in (OAuth), machine log-ins.

`auth_for(account)` is what a source gives to its `Http`. `vendors` holds each till's facts,
`store` keeps tokens on disk, `token_server` asks for them, `auth` renews them when needed, and
`sign_in` is `python -m ingestion connect`. What is heavy is imported when it is needed: a load
from files never does.
"""

from __future__ import annotations

from ingestion.connect.auth import auth_for

__all__ = ["auth_for"]
