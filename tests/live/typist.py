"""A client that edits a text and notifies the classifier of it."""

from __future__ import annotations

from redline.live.hints import parse
from redline.live.origin import Classifier
from redline.live.places import Extent, Place
from redline.live.text import LiveText

CODE = """\
import os


def first(rows):
    total = sum(rows)
    return total


def second(x):
    return x * 2
"""
BLOCK = """\
def gather(paths):
    found = sorted(paths)
    return [path.name for path in found if path.exists()]
"""
OTHER = """\
def scatter(names):
    chosen = random.choice(names)
    return [name.upper() for name in names if name != chosen]
"""


class Typist:
    """It edits a text, notifies of it, and knows what the time is."""

    def __init__(self, text=CODE, removals=None):
        self.text = LiveText(text)
        self.classifier = Classifier(removals)
        self.version = 1
        self.time = 100.0
        self.told = []

    def wait(self, seconds):
        self.time += seconds

    def place(self, offset):
        before = str(self.text)[:offset]
        return Place(before.count("\n"), len(before) - before.rfind("\n") - 1)

    def extent(self, words):
        at = str(self.text).index(words)
        return Extent(self.place(at), self.place(at + len(words)))

    def notify(self, *changes, **more):
        """Each change: an extent of the text as it is by then, and what comes there."""
        edits = [self.text.apply(extent.start, extent.end, text) for extent, text in changes]
        self.version += 1
        landing = self.classifier.observe(self.version, edits, self.time, **more)
        self.told.append(landing)
        return landing

    def before(self, words):
        start = self.extent(words).start
        return Extent(start, start)

    def behind(self, words):
        end = self.extent(words).end
        return Extent(end, end)

    def put(self, words, text, **more):
        return self.notify((self.before(words), text), **more)

    def replace(self, words, text, **more):
        return self.notify((self.extent(words), text), **more)

    def type(self, words, text, pause=0.1):
        """Type behind some words, a notification for each key."""
        landings = []
        for change in self.keys(self.extent(words).end, text):
            self.wait(pause)
            landings.append(self.notify(change))
        return landings

    def keys(self, place, text):
        """The changes that typing ``text`` at a place comes to."""
        changes = []
        for key in text:
            changes.append((Extent(place, place), key))
            place = Place(place.line + 1, 0) if key == "\n" else Place(place.line, place.column + 1)
        return changes

    def blocks(self, landing):
        return [self.text.slice(extent) for extent in landing.blocks]

    def hint(self, kind, version=None, **more):
        document = {"uri": "file:///x.py", "version": self.version if version is None else version}
        told = parse({"textDocument": document, "kind": kind, "via": "test", **more})
        return self.classifier.hear(told, self.time)
