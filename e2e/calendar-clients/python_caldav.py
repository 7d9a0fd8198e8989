"""python-caldav (Debian python3-caldav) against a running system: what a program that keeps tasks does, step by step.

Usage: python_caldav.py URL USER TOKEN. Prints a line for each step; exits 1 at the first that is not so.
"""

import datetime as dt
import sys

import caldav
from caldav.elements import dav

URL, USER, TOKEN = sys.argv[1:4]
UTC = dt.timezone.utc
SERIES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Tasks//EN
BEGIN:VTODO
UID:water-the-plants
DTSTAMP:20261101T000000Z
SUMMARY:Water the plants
DTSTART;TZID=Europe/Berlin:20301201T080000
DUE;TZID=Europe/Berlin:20301201T080000
RRULE:FREQ=DAILY
X-KEPT-BY-THE-PROGRAM:as it is
END:VTODO
END:VCALENDAR
"""


def step(what, right):
    print(("ok: " if right else "WRONG: ") + what, flush=True)
    if not right:
        sys.exit(1)


def titles(todos):
    return sorted(todo.vobject_instance.vtodo.summary.value for todo in todos)


principal = caldav.DAVClient(URL, username=USER, password=TOKEN).principal()
step("the lists are found", "Inbox" in [one.name for one in principal.calendars()])
tasks = principal.make_calendar(name="Groceries", supported_calendar_component_set=["VTODO"])
milk = tasks.save_todo(summary="Milk", due=dt.datetime(2030, 12, 5, 10, 0, tzinfo=UTC), priority=1)
tasks.save_todo(ical=SERIES)
step("both tasks are listed", titles(tasks.todos()) == ["Milk", "Water the plants"])
span = {"start": dt.datetime(2030, 12, 1, tzinfo=UTC), "end": dt.datetime(2030, 12, 3, tzinfo=UTC)}
step("a span of time finds the series", "Water the plants" in titles(tasks.search(todo=True, expand=False, **span)))

known = tasks.objects(load_objects=True)
milk.complete()
changed, deleted = known.sync()
step("a sync brings the one change", (len(list(changed)), len(list(deleted))) == (1, 0))
step("a completed task is not open", titles(tasks.todos()) == ["Water the plants"])

tasks.todo_by_uid("water-the-plants").complete(handle_rrule=True)
step("a completed occurrence leaves one open", titles(tasks.todos()) == ["Water the plants"])
every = tasks.todos(include_completed=True)
step("and one done", titles(every) == ["Milk", "Water the plants", "Water the plants"])
step("what only the program knows is kept", "X-KEPT-BY-THE-PROGRAM:as it is" in tasks.todo_by_uid("water-the-plants").data)

milk.delete()
step("a deleted task is gone", len(tasks.todos(include_completed=True)) == 2)
tasks.set_properties([dav.DisplayName("Shopping")])
step("the list has its new name", "Shopping" in [one.name for one in principal.calendars()])
tasks.delete()
step("the list is gone", [one.name for one in principal.calendars()] == ["Inbox"])
