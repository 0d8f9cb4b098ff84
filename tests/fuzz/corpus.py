#!/usr/bin/env python3
"""Writes the seeds of the fuzzer: corpus.py GOLDEN-DIR CORPUS-DIR."""
import pathlib
import sys

golden, corpus = map(pathlib.Path, sys.argv[1:])
corpus.mkdir(parents=True, exist_ok=True)
for case in sorted(golden.glob("*.case")):
    text = case.read_bytes()
    start = text.find(b"--- config\n")
    if start < 0:
        continue
    config = text[start + len(b"--- config\n"):].split(b"\n--- ")[0]
    (corpus / case.stem).write_bytes(config + b"\n")
