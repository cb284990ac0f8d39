"""Drives Debian's Chromium without a window, over its DevTools protocol on a pair of pipes. It needs nothing but Python.

A Page does as a person would: presses keys, types, clicks, and looks at what is shown. It keeps the errors that the
page wrote to the console.
"""
import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
KEYS = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
OF_THE_PAGE = ("file:", "about:", "blob:")  # addresses that no network is needed for
PATIENCE = 60  # seconds until an answer or a condition is given up


def find():
    """Returns the path of the browser, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def move_up(descriptor):
    """Returns a copy of DESCRIPTOR that is at least 10, and closes it."""
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return copy


def words_of(exception):
    """Returns the message of an EXCEPTION of JavaScript."""
    return exception.get("exception", {}).get("description", exception["text"])


class Browser:
    def __init__(self, program=None):
        self.folder = tempfile.mkdtemp(prefix="chromium.")
        # The browser reads its commands from descriptor 3, and answers on 4. Ours are above, to be copied there.
        read_end, self.to, self.back, write_end = map(move_up, os.pipe() + os.pipe())
        start = f"exec 3<&{read_end} 4>&{write_end} {read_end}<&- {write_end}>&-; exec \"$@\""
        self.process = subprocess.Popen(
            ["bash", "-c", start, "bash", program or find(), "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", f"--user-data-dir={self.folder}", "about:blank"],
            pass_fds=(read_end, write_end), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.folder})
        os.close(read_end)
        os.close(write_end)
        self.rest = b""
        self.number = 0
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
            self.process.wait(10)
        except Exception:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def receive(self, patience):
        """Returns the next message, or None if there is none for so many seconds."""
        end = time.monotonic() + patience
        while b"\0" not in self.rest:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.back], [], [], left)[0]:
                return None
            piece = os.read(self.back, 1 << 20)
            if not piece:
                raise RuntimeError("the browser has ended")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        """Calls METHOD and returns its result. Events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        while True:
            answer = self.receive(PATIENCE)
            if answer is None:
                raise RuntimeError(f"{method}: no answer")
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            if "id" not in answer:
                self.events.append(answer)

    def page(self, path="", width=1280, height=900, dark=False):
        return Page(self, path, width, height, dark)


class Page:
    def __init__(self, browser, path, width, height, dark):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.resize(width, height)
        self.dark(dark)
        if path:
            self.open("file://" + os.path.abspath(path))

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def dark(self, on):
        value = "dark" if on else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])

    def open(self, address):
        self.call("Page.navigate", url=address)
        self.wait("document.documentElement?.dataset.ready")

    def js(self, expression):
        """Returns the value of a JavaScript expression on the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(f"{words_of(details)} in {expression[:200]}")
        return result["result"].get("value")

    def wait(self, expression):
        """Waits until EXPRESSION is true."""
        end = time.monotonic() + PATIENCE
        while not self.js(expression):
            if time.monotonic() > end:
                raise RuntimeError("never true: " + expression)
            self.js("new Promise((resolve) => setTimeout(resolve, 20))")

    def text(self, selector):
        """Returns the text that a person reads in the first element that SELECTOR finds."""
        return self.js(f"document.querySelector({json.dumps(selector)})?.innerText")

    def texts(self, selector):
        return self.js(f"Array.from(document.querySelectorAll({json.dumps(selector)}), (e) => e.innerText)")

    def place(self, selector, words=None):
        """Returns the middle of the first element that SELECTOR finds whose text or label begins with WORDS, in view."""
        found = self.js(f"""(() => {{
            const words = {json.dumps(words)};
            const element = Array.from(document.querySelectorAll({json.dumps(selector)})).find((e) =>
                e.offsetParent !== null && (words === null || e.innerText.startsWith(words) ||
                                            (e.getAttribute("aria-label") ?? "").startsWith(words)));
            element?.scrollIntoView({{block: "nearest"}});
            const box = element?.getBoundingClientRect();
            return box && [box.left + box.width / 2, box.top + box.height / 2];
        }})()""")
        if not found:
            raise RuntimeError(f"nothing to click: {selector} {words or ''}")
        return found

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def hover(self, selector, words=None):
        self.mouse("mouseMoved", *self.place(selector, words))

    def click(self, selector, words=None):
        x, y = self.place(selector, words)
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, button="left", clickCount=1)
        self.mouse("mouseReleased", x, y, button="left", clickCount=1)

    def press(self, key):
        code = {"windowsVirtualKeyCode": KEYS[key]} if key in KEYS else {}
        text = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, **code)

    def type(self, text):
        for character in text:
            self.press(character)

    def choose(self, name, value):
        """Chooses VALUE in the menu called NAME, as its owner would: an event follows."""
        self.js(f"""(() => {{
            const menus = Array.from(document.querySelectorAll("select[name={name}]"));
            const menu = menus.find((e) => e.offsetParent !== null);
            menu.value = {json.dumps(value)};
            menu.dispatchEvent(new Event("change", {{bubbles: true}}));
        }})()""")

    def back(self):
        before = self.js("location.href")
        self.js("history.back()")
        self.wait(f"location.href !== {json.dumps(before)}")

    def picture(self, path, whole=False):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def errors(self):
        """Returns the errors and warnings on the console, and addresses asked for, since the browser began."""
        self.js("1")
        lines = []
        for event in self.browser.events:
            method, given = event["method"], event.get("params", {})
            if method == "Runtime.exceptionThrown":
                lines.append(words_of(given["exceptionDetails"]))
            elif method == "Runtime.consoleAPICalled" and given["type"] in ("error", "warning"):
                lines.append(str(given["args"]))
            elif method == "Log.entryAdded" and given["entry"]["level"] in ("error", "warning"):
                lines.append(given["entry"]["text"] + " " + given["entry"].get("url", ""))
            elif method == "Network.requestWillBeSent" and not given["request"]["url"].startswith(OF_THE_PAGE):
                lines.append("network: " + given["request"]["url"][:200])
        return lines
