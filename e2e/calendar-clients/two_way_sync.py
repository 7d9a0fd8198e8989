"""vdirsyncer (Debian) between a folder of files and a running system, with random edits on both sides.

After every round both sides are synchronized; at the end they must hold the same tasks with the same states: none lost, none
doubled. Usage: two_way_sync.py URL JWT USER TOKEN FOLDER SEED ROUNDS. Exits 1 when the sides differ.
"""

import datetime as dt
import glob
import json
import os
import random
import subprocess
import sys
import urllib.request
import uuid

import vobject
from dateutil.tz import UTC

URL, JWT, USER, TOKEN, FOLDER, SEED, ROUNDS = sys.argv[1:8]
HERE = f"{FOLDER}/files/inbox"
CONFIG = f"{FOLDER}/config"
random.seed(int(SEED))
made = 0


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
    vdirsyncer("discover")


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
    global made
    files = glob.glob(f"{HERE}/*.ics")
    drawn = random.random()
    if drawn < 0.45 or not files:
        made += 1
        calendar = vobject.iCalendar()
        todo = calendar.add("vtodo")
        uid = str(uuid.uuid4())
        todo.add("uid").value = uid
        todo.add("summary").value = f"here {turn}.{made}"
        todo.add("dtstamp").value = dt.datetime.now(UTC)
        if random.random() < 0.4:
            todo.add("due").value = dt.datetime(2030, 12, random.randint(1, 28), 9, tzinfo=UTC)
        write(f"{HERE}/{uid}.ics", calendar)
        return
    path = random.choice(files)
    if drawn > 0.85:
        os.unlink(path)
        return
    calendar = read(path)
    todo = calendar.vtodo
    if drawn < 0.7:
        todo.summary.value += "*"
    else:
        if not hasattr(todo, "status"):
            todo.add("status")
        todo.status.value = "COMPLETED"
        if not hasattr(todo, "completed"):
            todo.add("completed").value = dt.datetime.now(UTC)
    write(path, calendar)


def edit_there(turn, tasks):
    global made
    drawn = random.random()
    if drawn < 0.45 or not tasks:
        made += 1
        api("POST", "/tasks", {"title": f"there {turn}.{made}"})
        return
    task = tasks.pop(random.randrange(len(tasks)))
    if drawn < 0.7:
        api("PATCH", f"/tasks/{task['id']}", {"title": task["title"] + "+"}, {"if-match": f'"{task["version"]}"'})
    elif drawn < 0.85:
        api("POST", f"/tasks/{task['id']}/complete")
    else:
        api("DELETE", f"/tasks/{task['id']}")


def by_title(pairs):
    states = {}
    for title, done in pairs:
        states.setdefault(title, []).append(done)
    return {title: sorted(all_of) for title, all_of in states.items()}


write_config()
for turn in range(int(ROUNDS)):
    for _ in range(random.randint(2, 8)):
        edit_here(turn)
    open_to_edit = tasks_there()
    for _ in range(random.randint(2, 8)):
        edit_there(turn, open_to_edit)
    vdirsyncer("sync")
for _ in range(2):  # what the first one resolved goes back with the second
    vdirsyncer("sync")

todos = [read(path).vtodo for path in glob.glob(f"{HERE}/*.ics")]
here = by_title((todo.summary.value, hasattr(todo, "status") and todo.status.value == "COMPLETED") for todo in todos)
there = by_title((task["title"], task["status"] == "done") for task in tasks_there())
for title in sorted(here.keys() | there.keys()):
    if here.get(title) != there.get(title):
        print(f"{title}: here {here.get(title)}, there {there.get(title)}")
print(f"seed {SEED}, {ROUNDS} rounds: {len(todos)} tasks here, {'the same' if here == there else 'not the same'} there")
sys.exit(0 if here == there else 1)
