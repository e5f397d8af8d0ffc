"""A real browser for the tests: Chromium, spoken to through ChromeDriver by the W3C's WebDriver protocol, JSON over HTTP."""

import base64
import json
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from http.client import HTTPConnection

# As root, without a display, and without anything that would ask the network.
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1280,900"
).split()


def missing():
    """Why there is no browser, if there is none."""
    lacking = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    return f"{' and '.join(lacking)} not installed: apt-get install chromium chromium-driver" if lacking else ""


@contextmanager
def running():
    """A browser with an empty profile, ended with all its processes."""
    with tempfile.TemporaryDirectory(prefix="dedup-browser-", ignore_cleanup_errors=True) as profile:
        driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            port = None
            for line in driver.stdout:
                if match := re.search(rb"started successfully on port (\d+)", line):
                    port = int(match[1])
                    break
            browser = Browser(port, profile)
            try:
                yield browser
            finally:
                browser.call("DELETE", "")
        finally:
            driver.terminate()
            driver.wait()
            driver.stdout.close()


class Browser:
    """One window; every method waits until what it asks for is done."""

    def __init__(self, port, profile):
        self._port, self._path = port, "/session"
        options = {"binary": shutil.which("chromium"), "args": [*ARGUMENTS, f"--user-data-dir={profile}"]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.call("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self._path = f"/session/{session['sessionId']}"

    def call(self, method, path, body=None):
        """One command of the protocol."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            content = None if method != "POST" else json.dumps(body or {})
            connection.request(method, self._path + path, content, {"Content-Type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        assert not (isinstance(value, dict) and "error" in value), value
        return value

    def devtools(self, command, **parameters):
        """One command of Chromium's own protocol."""
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, path):
        """Open a page from disk."""
        self.call("POST", "/url", {"url": "about:blank"})
        self.log()
        self.call("POST", "/url", {"url": path.absolute().as_uri()})

    def run(self, script, *arguments):
        """What a function body returns on the page."""
        return self.call("POST", "/execute/sync", {"script": script, "args": arguments})

    def press(self, *keys):
        """Press keys one after the other, as at a keyboard."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})

    def click(self, selector):
        """Click the middle of an element, which must be seen there."""
        self.run("document.querySelector(arguments[0])?.scrollIntoView({ block: 'center' })", selector)
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        self.call("POST", f"/element/{next(iter(found.values()))}/click")

    def log(self):
        """What the console has said since it was last asked."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]

    def size(self, width, height):
        """The window as a screen of so many pixels."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def prefer(self, scheme):
        """Dark or light."""
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, path):
        """A PNG of what is seen."""
        path.write_bytes(base64.b64decode(self.call("GET", "/screenshot")))
