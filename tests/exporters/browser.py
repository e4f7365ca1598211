"""A real Chromium without a window, for tests of what a page does: the DevTools protocol over one socket.

Everything that a page must not do is kept: errors on its console, refusals by its policy, requests.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_STARTED_WITHIN = 60  # seconds: a first start on a busy machine is slow

_KEYS = {
    "Tab": 9,
    "Enter": 13,
    "End": 35,
    "Home": 36,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
}


class PageError(AssertionError):
    """An expression that threw in the page."""


class Page:
    """One tab of a browser."""

    def __init__(self, address: str) -> None:
        # Chromium refuses sockets with an origin that it was not told of.
        self._socket = websocket.create_connection(address, timeout=120, suppress_origin=True)
        self._last = 0
        self.complaints: list[str] = []
        """Errors and warnings of the page, of its policy and of its network, as the console shows them."""
        self.requests: list[str] = []
        """Addresses that were asked for, the page's own aside."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def open(self, file: Path) -> None:
        """Load a file and wait until it and its fonts are there."""
        self.complaints.clear()
        self.requests.clear()
        self._loaded = False
        self.call("Page.navigate", url=file.resolve().as_uri())
        while not self._loaded:
            self._take(json.loads(self._socket.recv()))
        self.run("document.fonts.ready.then(() => true)")

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited; PageError where it throws."""
        done = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            details = done["exceptionDetails"]
            raise PageError(details.get("exception", {}).get("description") or details["text"])
        return done["result"].get("value")

    def state(self) -> Any:
        """What the panel of the page shows, as numbers and texts."""
        return self.run("casebookLive.state()")

    def press(self, *keys: str) -> None:
        """Press keys by name, one after the other; a single character is typed."""
        for key in keys:
            about: dict[str, Any] = {"key": key, "text": key} if len(key) == 1 else {"key": key, "code": key}
            if key in _KEYS:
                about["windowsVirtualKeyCode"] = _KEYS[key]
            if key == "Enter":
                about["text"] = "\r"
            self.call("Input.dispatchKeyEvent", type="keyDown", **about)
            self.call("Input.dispatchKeyEvent", type="keyUp", **{**about, "text": ""})

    def show(self, width: int, *, height: int = 900, dark: bool = False, medium: str = "") -> None:
        """Set the size of the window, the scheme of colours and the medium (`print`)."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=medium, features=[scheme])

    def picture(self, selector: str | None = None) -> bytes:
        """A PNG of an element (or of the window) as it looks now."""
        clip: dict[str, Any] = {}
        if selector:
            box = self.run(
                f"(({{x, y, width, height}}) => ({{x: x + scrollX, y: y + scrollY, width, height}}))"
                f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
            )
            clip = {"clip": {**box, "scale": 1}, "captureBeyondViewport": True}
        return base64.b64decode(self.call("Page.captureScreenshot", **clip)["data"])

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the DevTools protocol and give its result."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._last:
                assert "error" not in message, f"{method}: {message['error']['message']}"
                return message["result"]
            self._take(message)

    def close(self) -> None:
        """Leave the tab."""
        self._socket.close()

    def _take(self, event: Mapping[str, Any]) -> None:
        about = event.get("params", {})
        match event.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Log.entryAdded":
                self.complaints.append(about["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(about["exceptionDetails"]["exception"]["description"])
            case "Runtime.consoleAPICalled" if about["type"] in ("error", "warning", "assert"):
                self.complaints.append(str(about["args"]))
            case "Network.requestWillBeSent":
                address = about["request"]["url"]
                if about["type"] != "Document" and not address.startswith("data:"):
                    self.requests.append(address)


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """Start Chromium with a profile of its own and give its first tab; stop it at the end."""
    assert CHROMIUM is not None
    options = ["--headless=new", "--remote-debugging-port=0", "--disable-gpu", "--hide-scrollbars"]
    options += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    options += ["--disable-dev-shm-usage", "--force-color-profile=srgb", "--lang=en-US"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium's own sandbox does not work for root
    process = subprocess.Popen(
        [CHROMIUM, *options, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        page = Page(_address(profile, process))
        yield page
        page.close()
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(profile: Path, process: subprocess.Popen[bytes]) -> str:
    """The socket of the first tab, once the browser has written down where it listens."""
    from urllib.request import ProxyHandler, build_opener

    listens = profile / "DevToolsActivePort"
    end = time.monotonic() + _STARTED_WITHIN
    while time.monotonic() < end:
        assert process.poll() is None, f"Chromium ended at once, with {process.returncode}"
        if listens.is_file() and (port := listens.read_text().partition("\n")[0]):
            # No proxy of the environment: this is the machine itself.
            with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/json/list") as answer:
                tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
            if tabs:
                return str(tabs[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise AssertionError(f"Chromium did not start within {_STARTED_WITHIN} seconds")
