"""Publishes one order through Dapr, and prints every order that it gets."""
import json, os, threading, time, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(os.environ.get("APP_PORT", "6002"))
PUBSUB = os.environ.get("PUBSUB_NAME", "pubsub")
DAPR = f"http://127.0.0.1:{os.environ.get('DAPR_HTTP_PORT', '3500')}"

class App(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/dapr/subscribe":
            self.answer([{"pubsubname": PUBSUB, "topic": "orders", "route": "/orders"}])
        else:
            self.send_error(404)

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        print(f"got order {event['data']['id']} from {event['data']['from']}", flush=True)
        self.answer({"status": "SUCCESS"})

    def answer(self, body):
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass

threading.Thread(target=ThreadingHTTPServer(("0.0.0.0", PORT), App).serve_forever).start()
order = {"id": time.time_ns() // 1_000_000, "from": "python"}
while True:
    try:
        urllib.request.urlopen(urllib.request.Request(
            f"{DAPR}/v1.0/publish/{PUBSUB}/orders", json.dumps(order).encode(), {"content-type": "application/json"}))
        break
    except urllib.error.URLError:
        time.sleep(1)  # Dapr is not ready yet
print(f"published order {order['id']}", flush=True)
