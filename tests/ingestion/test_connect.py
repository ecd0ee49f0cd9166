"""Connecting an account: the sign-in at each till, what is stored, and what a person is told."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import keyring
import pytest
import requests

from ingestion.accounts import PROJECT_DIR
from ingestion.connect import auth_for
from ingestion.connect.sign_in import Wishes, connect
from ingestion.connect.store import Grant, Store
from ingestion.connect.vendors import VENDORS
from ingestion.contract import Pull, SourceError
from ingestion.fakes.sign_in import FakeSignIn
from ingestion.http import Http
from tests.ingestion.connect_till import (
    CODE_TILLS,
    Person,
    account,
    connect_by_person,
    free_port,
    settings,
)


@pytest.fixture
def till_of(tmp_path, monkeypatch, start):
    """A function: the sign-in server of a till, the environment set for the account `shop`."""

    def open_till(source: str, **options) -> FakeSignIn:
        fake = FakeSignIn(source, **options)
        for name, value in settings(fake, tmp_path / "connections").items():
            monkeypatch.setenv(name, value)
        return start(fake)

    return open_till


def things(shop) -> str:
    """One request to the till, by whatever the account proves itself with."""
    return Http(shop.path, auth_for(shop)).get("things", {}, "account shop, things", Pull())


@pytest.mark.parametrize("source", CODE_TILLS)
def test_a_person_signs_in_and_the_till_can_be_read(till_of, source):
    till = till_of(source)
    shop = account(source, till.url)
    person = connect_by_person(shop)
    assert json.loads(things(shop)) == {"data": []}
    assert [page.status_code for page in person.pages] == [200]
    assert person.said[-1].startswith("shop is connected to")
    assert till.requests == {"authorize": 1, "authorization_code": 1, "things": 1}


@pytest.mark.parametrize(
    ("source", "uses_pkce"), [("lightspeed_x", False), ("lightspeed_k", True), ("square", False)]
)
def test_pkce_is_used_where_the_till_offers_it(till_of, source, uses_pkce):
    till = till_of(source)
    shown = "\n".join(connect_by_person(account(source, till.url)).said)
    assert ("code_challenge_method=S256" in shown) == uses_pkce


def test_a_square_application_without_a_secret_proves_itself_by_pkce(till_of, monkeypatch):
    till = till_of("square")
    monkeypatch.delenv("TILLHOUSE_SHOP_CLIENT_SECRET")
    shop = account("square", till.url)
    assert "code_challenge_method=S256" in "\n".join(connect_by_person(shop).said)
    assert Store("shop").read().refresh_expires_at > 4_000_000_000, "told as a time, kept as one"


def test_a_machine_logs_in_without_a_person_and_without_connect(till_of):
    till = till_of("toast", expires_in=3600)
    shop = account("toast", till.url)
    assert things(shop)
    assert things(shop)
    assert till.requests["log_in"] == 1, "the token is kept: log-ins are counted by the till"
    connect(shop, Wishes(), lambda text: None)
    assert till.requests["log_in"] == 2


def test_a_personal_token_goes_before_a_connection(till_of, monkeypatch):
    till = till_of("lightspeed_x")
    shop = account("lightspeed_x", till.url)
    connect_by_person(shop)
    monkeypatch.setenv("TILLHOUSE_SHOP_TOKEN", "made-by-hand")
    assert auth_for(shop).token() == "made-by-hand"
    said = []
    connect(shop, Wishes(personal_token=True), said.append, ask_hidden=lambda _: "another")
    assert "TILLHOUSE_SHOP_TOKEN is set and goes before it" in said[-1]


@pytest.mark.parametrize("source", ["lightspeed_x", "square"])
def test_a_personal_token_can_be_kept_encrypted(till_of, source, tmp_path):
    till = till_of(source)
    shop = account(source, till.url)
    till.personal_token = "made-by-hand"
    connect(
        shop, Wishes(personal_token=True), lambda text: None, ask_hidden=lambda _: "made-by-hand "
    )
    assert things(shop)
    assert b"made-by-hand" not in (tmp_path / "connections" / "shop.json").read_bytes()
    assert not till.requests["authorize"]


def test_a_till_without_personal_tokens_says_so(till_of):
    till = till_of("lightspeed_k")
    with pytest.raises(SourceError, match="K-Series has no personal tokens"):
        connect(account("lightspeed_k", till.url), Wishes(personal_token=True))


@pytest.mark.parametrize("source", CODE_TILLS)
def test_lifetimes_are_the_ones_the_till_tells(till_of, source):
    till = till_of(source, expires_in=4321)
    connect_by_person(account(source, till.url))
    grant = Store("shop").read()
    assert grant.expires_at - grant.obtained_at == pytest.approx(4321, abs=2)
    forty_days = 40 * 86_400
    expected = grant.obtained_at + forty_days if source == "lightspeed_k" else None
    assert grant.refresh_expires_at == (expected and pytest.approx(expected))


def test_the_file_is_the_owners_alone_and_holds_no_readable_token(till_of, tmp_path):
    till = till_of("lightspeed_k")
    connect_by_person(account("lightspeed_k", till.url))
    folder = tmp_path / "connections"
    written = folder / "shop.json"
    assert stat.S_IMODE(os.stat(written).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    grant = Store("shop").read()
    everything = b"".join(file.read_bytes() for file in folder.iterdir())
    for secret in (grant.access_token, grant.refresh_token, till.client_secret):
        assert secret and secret.encode() not in everything


def test_state_can_be_seen_without_the_key(till_of, monkeypatch):
    till = till_of("lightspeed_k")
    connect_by_person(account("lightspeed_k", till.url))
    monkeypatch.delenv("TILLHOUSE_SECRET_KEY")
    seen = Store("shop").peek()
    assert (seen.state, seen.access_token) == ("connected", "")


def test_another_key_is_named_and_so_is_a_bad_one(till_of, monkeypatch):
    from cryptography.fernet import Fernet

    till = till_of("square")
    shop = account("square", till.url)
    connect_by_person(shop)
    monkeypatch.setenv("TILLHOUSE_SECRET_KEY", Fernet.generate_key().decode())
    with pytest.raises(SourceError, match="sealed with another key.*connect --account shop"):
        auth_for(shop).token()
    monkeypatch.setenv("TILLHOUSE_SECRET_KEY", "not-a-key")
    with pytest.raises(SourceError, match="TILLHOUSE_SECRET_KEY is no key"):
        auth_for(shop).token()


def test_one_accounts_tokens_do_not_open_as_anothers(till_of, tmp_path):
    till = till_of("square")
    connect_by_person(account("square", till.url))
    (tmp_path / "connections" / "shop.json").rename(tmp_path / "connections" / "other.json")
    with pytest.raises(SourceError, match="sealed with another key"):
        Store("other").read()


class Keyring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password


@pytest.fixture
def set_keyring():
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_the_key_may_lie_in_the_systems_keyring(till_of, monkeypatch, set_keyring):
    till = till_of("square")
    monkeypatch.delenv("TILLHOUSE_SECRET_KEY")
    ring = Keyring()
    set_keyring(ring)
    shop = account("square", till.url)
    connect_by_person(shop)
    assert things(shop)
    assert len(ring.kept) == 1


def test_without_any_key_nobody_is_sent_to_the_till(till_of, monkeypatch, set_keyring):
    from keyring.backends.fail import Keyring as NoKeyring

    till = till_of("square")
    monkeypatch.delenv("TILLHOUSE_SECRET_KEY")
    set_keyring(NoKeyring())
    with pytest.raises(SourceError, match="Make a key with .* set TILLHOUSE_SECRET_KEY"):
        connect(account("square", till.url), Wishes(open_browser=False), lambda text: None)
    monkeypatch.setenv("TILLHOUSE_SECRET_KEY", "not-a-key")
    with pytest.raises(SourceError, match="TILLHOUSE_SECRET_KEY is no key"):
        connect(account("square", till.url), Wishes(open_browser=False), lambda text: None)
    assert not till.requests


def test_a_forged_answer_is_refused_and_the_right_one_still_taken(till_of):
    till = till_of("square")
    shop = account("square", till.url)
    uri = f"http://127.0.0.1:{free_port()}/callback"
    person = Person()

    def say(text: str) -> None:
        for word in text.split():
            if "response_type=code" in word:
                person.browse(f"{uri}?code=stolen&state=guessed", word)

    connect(shop, Wishes(uri, open_browser=False, wait_seconds=10), say)
    person.finish()
    assert [page.status_code for page in person.pages] == [400, 200]
    assert things(shop)


def test_an_owner_who_says_no_is_told_so(till_of):
    till = till_of("lightspeed_x")
    till.refuse_next_person = True
    with pytest.raises(SourceError, match="account shop: the till did not agree: access_denied"):
        connect_by_person(account("lightspeed_x", till.url))
    assert Store("shop").peek() is None


def test_a_scope_that_the_till_does_not_know_is_told(till_of):
    till = till_of("lightspeed_x")
    till.allowed.remove("gift_cards:read")
    with pytest.raises(SourceError, match="the till did not agree: invalid_scope"):
        connect_by_person(account("lightspeed_x", till.url))


def test_x_series_wants_to_be_told_scopes(till_of, monkeypatch):
    monkeypatch.setitem(VENDORS, "lightspeed_x", replace(VENDORS["lightspeed_x"], scope=""))
    with pytest.raises(SourceError, match="invalid_scope"):
        connect_by_person(account("lightspeed_x", till_of("lightspeed_x").url))


def test_too_many_log_ins_are_refused_and_told(till_of):
    shop = account("toast", till_of("toast").url)
    for _ in range(10):
        connect(shop, Wishes(), lambda text: None)
    with pytest.raises(SourceError, match="account shop: not connected: the till answered 429"):
        connect(shop, Wishes(), lambda text: None)


def test_nobody_signing_in_ends_the_wait(till_of):
    till = till_of("square")
    wishes = Wishes(
        f"http://127.0.0.1:{free_port()}/callback", open_browser=False, wait_seconds=0.3
    )
    with pytest.raises(SourceError, match="nobody signed in"):
        connect(account("square", till.url), wishes, lambda text: None)


def test_without_a_browser_the_address_is_pasted(till_of):
    till = till_of("lightspeed_k")
    shop = account("lightspeed_k", till.url)
    shown = []

    def paste(prompt: str) -> str:
        url = next(word for text in shown for word in text.split() if "response_type" in word)
        return requests.get(url, allow_redirects=False, timeout=10).headers["Location"]

    connect(shop, Wishes("https://my-shop.example/done", paste=True), shown.append, paste)
    assert things(shop)


def test_another_shop_than_the_accounts_is_refused():
    from ingestion.connect.sign_in import _same_shop

    mine = account("lightspeed_x", "https://myshop.retail.lightspeed.app")
    _same_shop(mine, "http://127.0.0.1/callback?domain_prefix=myshop&code=1")
    with pytest.raises(SourceError, match="signed in to the shop 'others'"):
        _same_shop(mine, "http://127.0.0.1/callback?domain_prefix=others&code=1")


@pytest.mark.parametrize(
    ("source", "path", "sign_in", "token"),
    [
        (
            "lightspeed_x",
            "https://toys.retail.lightspeed.app",
            "https://secure.retail.lightspeed.app/connect",
            "https://toys.retail.lightspeed.app/api/1.0/token",
        ),
        (
            "lightspeed_k",
            "https://api.lsk.lightspeed.app",
            "https://auth.lsk-prod.app/realms/k-series/protocol/openid-connect/auth",
            "https://auth.lsk-prod.app/realms/k-series/protocol/openid-connect/token",
        ),
        (
            "lightspeed_k",
            "https://api.trial.lsk.lightspeed.app",
            "https://auth.lsk-demo.app/realms/k-series/protocol/openid-connect/auth",
            "https://auth.lsk-demo.app/realms/k-series/protocol/openid-connect/token",
        ),
        (
            "square",
            "https://connect.squareupsandbox.com/",
            "https://connect.squareupsandbox.com/oauth2/authorize",
            "https://connect.squareupsandbox.com/oauth2/token",
        ),
    ],
)
def test_each_till_has_its_own_addresses(source, path, sign_in, token):
    from ingestion.connect.vendors import vendor_of

    shop = account(source, path)
    assert vendor_of(shop).sign_in_address(shop) == sign_in
    assert vendor_of(shop).token_address(shop) == token


def test_the_address_asks_for_what_the_till_wants(till_of):
    till = till_of("lightspeed_x")
    shown = "\n".join(connect_by_person(account("lightspeed_x", till.url)).said)
    url = next(word for word in shown.split() if "response_type" in word)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["client_id"] == till.client_id
    assert len(asked["state"]) >= 32
    assert "sales:read" in asked["scope"].split()
    assert till.client_secret not in shown


def test_a_missing_application_id_names_the_variable(till_of, monkeypatch):
    from ingestion.accounts import AccountError

    till = till_of("square")
    monkeypatch.delenv("TILLHOUSE_SHOP_CLIENT_ID")
    with pytest.raises(AccountError, match="TILLHOUSE_SHOP_CLIENT_ID.*--personal-token"):
        connect(account("square", till.url), Wishes(open_browser=False), lambda text: None)


def test_nobody_at_the_keyboard_is_said(till_of):
    def no_keyboard(prompt: str) -> str:
        raise EOFError

    shop = account("square", till_of("square").url)
    with pytest.raises(SourceError, match="nothing was given"):
        connect(shop, Wishes(paste=True), lambda text: None, no_keyboard)
    with pytest.raises(SourceError, match="nothing was given"):
        connect(shop, Wishes(personal_token=True), lambda text: None, ask_hidden=no_keyboard)


def test_what_is_not_signed_in_to_says_so():
    from ingestion.connect.vendors import vendor_of

    with pytest.raises(SourceError, match="there is nothing to connect"):
        vendor_of(account("files", "data/drop"))
    with pytest.raises(SourceError, match="unprotected"):
        vendor_of(account("square", "http://connect.squareup.com"))


def test_a_store_that_dies_while_writing_keeps_what_it_had(till_of, monkeypatch, tmp_path):
    till_of("square")
    store = Store("shop")
    store.write(Grant(access_token="old-access", refresh_token="old-refresh"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.write(Grant(access_token="new-access", refresh_token="new-refresh"))
    assert store.read().refresh_token == "old-refresh"
    assert [file.name for file in (tmp_path / "connections").iterdir()] == ["shop.json"]


def test_a_load_of_files_imports_nothing_of_this():
    code = (
        "import sys, ingestion.cli, ingestion.load, ingestion.status, ingestion.verify\n"
        "import ingestion.sources.files, ingestion.sources.lightspeed_x\n"
        "heavy = {'authlib', 'cryptography', 'keyring', 'fastapi', 'paramiko',"
        " 'prometheus_client', 'uvicorn'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_DIR, capture_output=True)
    assert done.stdout.strip() == b"[]", done.stderr
