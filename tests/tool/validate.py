#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR GPL-2.0-only
"""Validate JSON documents, one per file or one per line (--lines), against the schemas that they name."""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)


def errors_of(document, folder):
    name = document.get("schema", "")
    path = folder / (name.replace("/", ".") + ".json")
    if not path.exists():
        return [f"there is no schema for '{name}'"]
    validator = jsonschema.Draft7Validator(json.loads(path.read_text()))
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(document)]


def documents(path, lines):
    text = pathlib.Path(path).read_text()
    return [json.loads(line) for line in text.splitlines()] if lines else [json.loads(text)]


def main():
    folder, *rest = sys.argv[1:]
    lines = "--lines" in rest
    bad = 0
    for path in (r for r in rest if r != "--lines"):
        for document in documents(path, lines):
            for error in errors_of(document, pathlib.Path(folder)):
                print(f"{path}: {error}")
                bad += 1
    return 1 if bad else 0


sys.exit(main())
