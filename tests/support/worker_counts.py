"""Counts, inside the extension's service worker, the ports that pages open and the Hosts that it starts."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from playwright.sync_api import BrowserContext, Worker

COUNT: Final = """() => {
  globalThis.counts = {ports: 0, hosts: 0};
  chrome.runtime.onConnect.addListener(({sender}) => {
    if (sender.origin !== location.origin) globalThis.counts.ports += 1;
  });
  const connectNative = chrome.runtime.connectNative;
  chrome.runtime.connectNative = (...given) => {
    globalThis.counts.hosts += 1;
    return connectNative.apply(chrome.runtime, given);
  };
}"""


class Counts(Struct, frozen=True):
    """What happened in the worker since it began to count."""

    ports: int
    hosts: int


def worker_of(context: BrowserContext) -> Worker:
    """The extension's service worker, as soon as it runs."""
    return context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")


def count(worker: Worker) -> None:
    """Begin at zero."""
    worker.evaluate(COUNT)


def counts(worker: Worker) -> Counts:
    """So far."""
    return Counts(**worker.evaluate("() => globalThis.counts"))
