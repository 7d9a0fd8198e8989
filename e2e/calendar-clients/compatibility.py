"""python-caldav's own tester of servers (caldav-server-tester, PyPI) against a running system: which features it finds wanting.

Usage: compatibility.py URL USER TOKEN. Prints each feature that is not in full support, with its reason here, and how many are.
Exits 1 for one that is not among the reasons, and for a reason that no longer holds: both belong into
docs/how-to/use-a-calendar-app.md.
"""

import inspect
import logging
import sys

from caldav.davclient import get_davclient
from caldav_server_tester import checks
from caldav_server_tester.checker import ServerQuirkChecker
from caldav_server_tester.checks_base import Check

URL, USER, TOKEN = sys.argv[1:4]

EVENTS = "not judged: the tester stores an event first, which these collections of tasks refuse"
# What is wanting, and why it is: feature (a dot at the end: all below it), reason.
REASONS = {
    "create-calendar.auto": "a collection is made by MKCALENDAR, not by storing into it",
    "freebusy-query": "a task takes nobody's time",
    "principal-search.": "a person finds nobody else",
    "scheduling": "RFC 6638 is not offered",
    "save-load.journal.": "only tasks (VTODO)",
    "well-known": "not asked on localhost",
    "save-load.": EVENTS,
    "save.": EVENTS,
    "search.": EVENTS,
    "sync-token.": EVENTS,
    "synchronous-write": EVENTS,
    "url.encode-at.": EVENTS,
}


def reason_of(feature):
    for known, reason in sorted(REASONS.items(), key=lambda one: -len(one[0])):
        if feature == known.rstrip(".") or (known.endswith(".") and feature.startswith(known)):
            return known, reason
    return None, None

logging.disable(logging.CRITICAL)
stopped = []
with get_davclient(url=URL, username=USER, password=TOKEN) as client:
    checker = ServerQuirkChecker(client)
    try:
        for name, check in inspect.getmembers(checks, inspect.isclass):
            if check.__module__ != checks.__name__ or not issubclass(check, Check) or check is Check:
                continue
            try:
                check(checker).run_check(only_once=True)
            except AssertionError:  # a check that gives up, such as on a server without events
                stopped.append(name)
    finally:
        checker.cleanup(force=True)
features = checker.features_checked.dotted_feature_set_list(compact=False)
wanting = {name: info for name, info in features.items() if info.get("support", "full") != "full"}
used = set()
wrong = 0
for name, info in sorted(wanting.items()):
    known, reason = reason_of(name)
    used.add(known)
    wrong += reason is None
    print(f"{name}: {info['support']}: {reason or 'NO REASON'}")
for known in sorted(set(REASONS) - used):
    wrong += 1
    print(f"{known}: now in full support: remove its reason")
print(f"checks that gave up: {', '.join(stopped) or 'none'}")
print(f"{len(features)} features, {len(features) - len(wanting)} in full support, {wrong} unexplained")
sys.exit(1 if wrong else 0)
