"""vdirsyncer and todoman (Debian) on a folder of files, and a running system's API, with random edits on both sides.

After every round both sides are synchronized. At the end they must hold the same tasks with the same states; what nobody deleted
is there, each once; and a series has one open task, however many of its occurrences either side completed, skipped or changed.
Usage: two_way_sync.py URL JWT USER TOKEN FOLDER SEED LENGTH. LENGTH is a number of rounds, or minutes such as 60m. Exits 1 when
something is not so.
"""

import datetime as dt
import glob
import json
import os
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

import vobject
from dateutil.tz import UTC

URL, JWT, USER, TOKEN, FOLDER, SEED, LENGTH = sys.argv[1:8]
HERE = f"{FOLDER}/files/inbox"
CONFIG = f"{FOLDER}/config"
TODOMAN = f"{FOLDER}/todoman.py"
ZONE = "Europe/Berlin"
random.seed(int(SEED))
made = 0
counts = {}
removed = set()
ever = set()


def write_config():
    os.makedirs(f"{FOLDER}/status", exist_ok=True)
    os.makedirs(HERE, exist_ok=True)
    with open(CONFIG, "w") as file:
        file.write(
            f"""[general]
status_path = "{FOLDER}/status/"
[pair tasks]
a = "files"
b = "system"
collections = ["inbox"]
conflict_resolution = "b wins"
[storage files]
type = "filesystem"
path = "{FOLDER}/files/"
fileext = ".ics"
[storage system]
type = "caldav"
url = "{URL}/dav/"
username = "{USER}"
password = "{TOKEN}"
item_types = ["VTODO"]
"""
        )
    with open(TODOMAN, "w") as file:
        file.write(
            f'path = "{FOLDER}/files/*"\ncache_path = "{FOLDER}/todoman.sqlite3"\ndefault_list = "inbox"\n'
            'date_format = "%Y-%m-%d"\ntime_format = "%H:%M"\nhumanize = False\n'
        )
    vdirsyncer("discover")


def todoman(*words):
    done = subprocess.run(["todoman", "-c", TODOMAN, *words], capture_output=True, text=True, check=False)
    if "read-only mode" in done.stdout + done.stderr:
        count("refused by todoman: more than one VTODO in the file")  # a changed occurrence beside its series
    elif done.returncode:
        sys.exit(f"todoman {words} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def new_title(side, turn):
    global made
    made += 1
    title = f"{side} {turn}.{made}"
    ever.add(title)
    return title


def base(title):
    return title.rstrip("*+!")


def count(what):
    counts[what] = counts.get(what, 0) + 1


def vdirsyncer(command):
    done = subprocess.run(
        ["vdirsyncer", "-c", CONFIG, command], capture_output=True, text=True, input="y\n" * 9, check=False
    )
    if done.returncode:
        sys.exit(f"vdirsyncer {command} failed:\n{(done.stdout + done.stderr)[-2000:]}")


def api(method, path, body=None, headers=None):
    request = urllib.request.Request(
        f"{URL}/api/v1{path}",
        method=method,
        headers={"authorization": f"Bearer {JWT}", "content-type": "application/json", **(headers or {})},
        data=None if body is None else json.dumps(body).encode(),
    )
    with urllib.request.urlopen(request) as response:
        text = response.read()
        return json.loads(text) if text else None


def tasks_there():
    found, cursor = [], ""
    while True:
        page = api("GET", "/tasks?status=all&limit=100" + (f"&cursor={cursor}" if cursor else ""))
        found += page["items"]
        cursor = page.get("nextCursor")
        if not cursor:
            return found


def write(path, calendar):
    with open(path, "w", newline="") as file:
        file.write(calendar.serialize())


def read(path):
    with open(path, newline="") as file:
        return vobject.readOne(file.read())


def edit_here(turn):
    """A program that writes files, or todoman."""
    files = glob.glob(f"{HERE}/*.ics")
    drawn = random.random()
    if drawn < 0.25 or not files:
        calendar = vobject.iCalendar()
        todo = calendar.add("vtodo")
        uid = str(uuid.uuid4())
        todo.add("uid").value = uid
        todo.add("summary").value = new_title("here", turn)
        todo.add("dtstamp").value = dt.datetime.now(UTC)
        todo.add("x-kept").value = uid
        if random.random() < 0.4:
            todo.add("due").value = dt.datetime(2030, 12, random.randint(1, 28), 9, tzinfo=UTC)
        write(f"{HERE}/{uid}.ics", calendar)
        count("made in a file")
    elif drawn < 0.4:
        todoman("new", "-l", "inbox", "-d", f"2030-12-{random.randint(1, 28):02} 09:00", new_title("todoman", turn))
        count("made by todoman")
    elif drawn < 0.65:
        open_ones = [one for one in json.loads(todoman("--porcelain", "list")) if not one["completed"]]
        if open_ones:
            todoman("done", str(random.choice(open_ones)["id"]))
            count("done by todoman")
    else:
        path = random.choice(files)
        calendar = read(path)
        todo = calendar.vtodo
        if drawn > 0.93:
            removed.add(base(todo.summary.value))
            os.unlink(path)
            count("file deleted")
            return
        if drawn < 0.8:
            todo.summary.value += "*"
            count("title in a file")
        elif not hasattr(todo, "rrule"):
            if not hasattr(todo, "status"):
                todo.add("status")
            todo.status.value = "COMPLETED"
            if not hasattr(todo, "completed"):
                todo.add("completed").value = dt.datetime.now(UTC)
            count("done in a file")
        write(path, calendar)


def edit_there(turn, tasks):
    """The API."""
    drawn = random.random()
    if drawn < 0.35 or not tasks:
        if random.random() < 0.4:
            day = random.randint(1, 28)
            due = random.choice(
                [
                    {"kind": "date", "date": f"2030-12-{day:02}"},
                    {"kind": "local", "local": f"2030-12-{day:02}T09:30", "zone": ZONE},
                ]
            )
            rule = random.choice(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY"])
            api("POST", "/tasks", {"title": new_title("series", turn), "due": due, "recurrence": {"rule": rule}})
            count("series made")
        else:
            api("POST", "/tasks", {"title": new_title("there", turn)})
            count("made by the API")
        return
    task = tasks.pop(random.randrange(len(tasks)))
    tag = {"if-match": f'"{task["version"]}"'}
    repeats = task["recurrence"] is not None and task["status"] == "open"
    if drawn < 0.45:
        api("PATCH", f"/tasks/{task['id']}", {"title": task["title"] + "+"}, tag)
        count("title by the API")
    elif drawn < 0.55 and repeats:
        api("POST", f"/tasks/{task['id']}/skip", {})
        count("skipped")
    elif drawn < 0.65 and repeats:
        api("PATCH", f"/tasks/{task['id']}", {"title": task["title"] + "!", "scope": "this"}, tag)
        count("only this one")
    elif drawn < 0.92:
        api("POST", f"/tasks/{task['id']}/complete")
        count("done by the API")
    else:
        removed.add(base(task["title"]))
        api("DELETE", f"/tasks/{task['id']}")
        count("deleted by the API")


def by_title(pairs):
    states = {}
    for title, done in pairs:
        states.setdefault(title, []).append(done)
    return {title: sorted(all_of) for title, all_of in states.items()}


def goes_on(turn, began):
    if LENGTH.endswith("m"):
        return time.monotonic() - began < float(LENGTH[:-1]) * 60
    return turn < int(LENGTH)


write_config()
began = time.monotonic()
turn = 0
while goes_on(turn, began):
    open_to_edit = tasks_there()
    for _ in range(random.randint(2, 6)):
        edit_here(turn)
    for _ in range(random.randint(2, 6)):
        edit_there(turn, open_to_edit)
    vdirsyncer("sync")
    turn += 1
time.sleep(5)  # the successors of what was completed last
for _ in range(3):  # what the first one resolved goes back with the second
    vdirsyncer("sync")

there_now = tasks_there()
todos = [read(path).vtodo for path in glob.glob(f"{HERE}/*.ics")]
wrong = []
here = by_title((todo.summary.value, hasattr(todo, "status") and todo.status.value == "COMPLETED") for todo in todos)
there = by_title(((task.get("usual") or {}).get("title", task["title"]) if task["status"] == "open" else task["title"], task["status"] == "done") for task in there_now)
for title in sorted(here.keys() | there.keys()):
    if here.get(title) != there.get(title):
        wrong.append(f"{title}: here {here.get(title)}, there {there.get(title)}")
by_base = {}
for task in there_now:
    by_base.setdefault(base(task["title"]), []).append(task)
made_titles = {base(title) for title in by_base} | removed
for title, tasks in by_base.items():
    open_ones = [task for task in tasks if task["status"] == "open"]
    if title.startswith("series"):
        if len(open_ones) > 1 or (not open_ones and title not in removed):
            wrong.append(f"{title}: {len(open_ones)} open tasks of the series")
        dues = [json.dumps(task["dueAt"]) for task in tasks]
        if len(set(dues)) < len(dues):
            wrong.append(f"{title}: two tasks for one occurrence: {sorted(dues)}")
    elif len(tasks) > 1:
        wrong.append(f"{title}: {len(tasks)} tasks")
for title in sorted(ever - made_titles):
    wrong.append(f"{title}: lost")
for line in wrong:
    print(line)
minutes = (time.monotonic() - began) / 60
print(f"seed {SEED}, {turn} rounds in {minutes:.1f} minutes: {len(todos)} tasks here, {len(there_now)} there, {len(wrong)} wrong")
print("edits: " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
sys.exit(1 if wrong else 0)
