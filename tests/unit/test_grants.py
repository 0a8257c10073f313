from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from support.grants import paths_under, paths_with_key
from windowsill.grant_store import GrantStore
from windowsill.grants import LOCAL_FILES, Asker, Grants
from windowsill.protocol import Decision

ASKER = Asker(profile="p", origin="https://example.com", client=1, incognito=False)
HIDDEN = replace(ASKER, incognito=True)
DECISIONS: list[Decision] = ["allow", "once", "block", "dismiss"]


@pytest.fixture
def store(tmp_path: Path) -> GrantStore:
    return GrantStore(paths_with_key(tmp_path))


@pytest.fixture
def grants(store: GrantStore) -> Grants:
    return Grants(store)


@pytest.mark.parametrize("asker", [ASKER, HIDDEN])
def test_an_origin_without_an_answer_has_to_ask(grants: Grants, asker: Asker) -> None:
    assert grants.state(asker) is None


@pytest.mark.parametrize("decision", ["allow", "block"])
def test_an_answer_holds_for_other_documents_and_the_next_host(
    grants: Grants, store: GrantStore, decision: Decision
) -> None:
    grants.decide(ASKER, decision)
    assert grants.state(replace(ASKER, client=2)) == decision
    assert Grants(store).state(ASKER) == decision


@pytest.mark.parametrize("decision", ["allow", "block"])
@pytest.mark.parametrize("other", [{"profile": "q"}, {"origin": "https://example.com:8443"}])
def test_an_answer_holds_for_no_other_profile_or_origin(
    grants: Grants, decision: Decision, other: dict[str, str]
) -> None:
    grants.decide(ASKER, decision)
    assert grants.state(replace(ASKER, **other)) is None


def test_what_is_allowed_to_a_local_file_holds_for_that_document_alone(grants: Grants, store: GrantStore) -> None:
    file = replace(ASKER, origin=LOCAL_FILES)
    grants.decide(file, "allow")
    assert grants.state(file) == "once"
    assert grants.state(replace(file, client=2)) is None
    assert Grants(store).state(file) is None


def test_of_what_is_kept_for_local_files_only_a_refusal_holds(grants: Grants, store: GrantStore) -> None:
    file = replace(ASKER, origin=LOCAL_FILES)
    store.put(file.profile, LOCAL_FILES, "allow")
    assert grants.state(file) is None
    grants.decide(file, "block")
    assert grants.state(replace(file, client=2)) == "block"


def test_not_now_changes_nothing(grants: Grants) -> None:
    grants.decide(ASKER, "dismiss")
    assert grants.state(ASKER) is None
    assert grants.list("p") == ()


@pytest.mark.parametrize("asker", [ASKER, HIDDEN])
def test_this_time_holds_for_one_document_until_it_goes(grants: Grants, store: GrantStore, asker: Asker) -> None:
    grants.decide(asker, "once")
    assert grants.state(asker) == "once"
    assert grants.state(replace(asker, client=2)) is None
    assert grants.state(replace(asker, origin="https://other.example")) is None
    assert store.list() == ()
    grants.forget_client(2)
    assert grants.state(asker) == "once"
    grants.forget_client(1)
    assert grants.state(asker) is None


def test_a_kept_answer_outweighs_this_time(grants: Grants, store: GrantStore) -> None:
    grants.decide(ASKER, "once")
    store.put("p", ASKER.origin, "block")
    assert grants.state(ASKER) == "block"


@pytest.mark.parametrize("decision", DECISIONS)
def test_incognito_leaves_nothing_on_disk_or_in_lists(grants: Grants, tmp_path: Path, decision: Decision) -> None:
    before = set((tmp_path / "data").iterdir())
    grants.decide(HIDDEN, decision)
    assert set((tmp_path / "data").iterdir()) == before
    assert grants.list("p") == ()


@pytest.mark.parametrize("decision", ["allow", "block"])
def test_incognito_keeps_an_answer_in_memory_for_its_profile_and_origin(grants: Grants, decision: Decision) -> None:
    grants.decide(HIDDEN, decision)
    assert grants.state(replace(HIDDEN, client=2)) == decision
    assert grants.state(replace(HIDDEN, profile="q")) is None
    assert grants.state(replace(HIDDEN, origin="https://other.example")) is None
    assert grants.state(ASKER) is None


@pytest.mark.parametrize("decision", ["allow", "once", "block"])
def test_incognito_is_forgotten_as_a_whole_and_nothing_else_is(grants: Grants, decision: Decision) -> None:
    grants.decide(ASKER, "once")
    grants.decide(HIDDEN, decision)
    grants.forget_incognito()
    assert grants.state(HIDDEN) is None
    assert grants.state(ASKER) == "once"


def test_a_kept_answer_reaches_incognito_only_to_refuse(grants: Grants, store: GrantStore) -> None:
    grants.decide(ASKER, "allow")
    assert grants.state(HIDDEN) is None
    grants.decide(HIDDEN, "allow")
    store.put("p", ASKER.origin, "block")
    assert grants.state(HIDDEN) == "block"


@pytest.mark.parametrize("incognito", [False, True])
@pytest.mark.parametrize("decision", ["allow", "once", "block"])
def test_an_opaque_origin_is_refused_and_can_be_given_nothing(
    grants: Grants, incognito: bool, decision: Decision
) -> None:
    opaque = replace(ASKER, origin="null", incognito=incognito)
    assert grants.state(opaque) == "block"
    with pytest.raises(ValueError, match="opaque"):
        grants.decide(opaque, decision)
    assert grants.state(opaque) == "block"
    grants.decide(opaque, "dismiss")


def test_the_list_shows_what_holds_in_a_profile_once_an_origin(grants: Grants, store: GrantStore) -> None:
    store.put("*", "https://a.example", "allow")
    store.put("*", "https://b.example", "allow")
    store.put("p", "https://b.example", "block")
    store.put("q", "https://c.example", "allow")
    grants.decide(ASKER, "once")
    grants.decide(replace(ASKER, client=2), "once")
    assert [(grant.profile, grant.origin, grant.state) for grant in grants.list("p")] == [
        ("*", "https://a.example", "allow"),
        ("p", "https://b.example", "block"),
        ("p", "https://example.com", "once"),
    ]


def test_revoking_forgets_every_answer_that_holds_and_no_other(grants: Grants, store: GrantStore) -> None:
    for profile in ("p", "*", "q"):
        store.put(profile, ASKER.origin, "allow")
    store.put("p", "https://other.example", "allow")
    grants.decide(ASKER, "once")
    grants.decide(replace(ASKER, profile="q"), "once")
    grants.decide(HIDDEN, "allow")
    assert grants.revoke("p", ASKER.origin) == 4
    assert grants.state(ASKER) is None
    assert grants.state(HIDDEN) is None
    assert grants.revoke("p", ASKER.origin) == 0
    assert grants.state(replace(ASKER, profile="q")) == "allow"
    assert grants.state(replace(ASKER, origin="https://other.example")) == "allow"


def test_revoking_for_every_profile_counts_a_record_once(grants: Grants, store: GrantStore) -> None:
    store.put("*", ASKER.origin, "allow")
    assert grants.revoke("*", ASKER.origin) == 1


def test_an_answer_that_another_process_keeps_or_removes_holds_at_once(grants: Grants, tmp_path: Path) -> None:
    command_line = GrantStore(paths_under(tmp_path))
    assert grants.state(ASKER) is None
    command_line.put("*", ASKER.origin, "allow")
    assert grants.state(ASKER) == "allow"
    command_line.remove(ASKER.origin)
    assert grants.state(ASKER) is None


IMPORTS = """
import asyncio, json, sys
from pathlib import Path
from windowsill.file_watch import FileWatch
from windowsill.grants import Asker, Grants
from windowsill.grant_store import GrantStore
from windowsill.settings import Paths
root = Path(sys.argv[1])
heavy = ("keyring", "cryptography", "sqlite3", "watchdog")
paths = Paths(root / "config", root / "data", root / "cache", root / "run")
grants = Grants(GrantStore(paths))
async def watching():
    FileWatch([root], print)
asyncio.run(watching())
steps = [[name for name in heavy if name in sys.modules]]
asker = Asker("p", "https://example.com", 1, False)
grants.state(asker)
steps.append([name for name in heavy if name in sys.modules])
grants.decide(asker, "allow")
steps.append([name for name in heavy if name in sys.modules])
print(json.dumps(steps))
"""


def test_a_host_imports_nothing_heavy_before_there_are_grants_and_no_keychain_beside_a_key_file(
    store: GrantStore, tmp_path: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", IMPORTS, str(tmp_path)]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == [[], [], ["cryptography", "sqlite3"]]
