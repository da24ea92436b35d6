#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR GPL-2.0-only
"""The layout of C, headers, shell scripts and meson files, as far as a program can tell.

usage: tests/format.py [--fix] [FILE...]	every file that git knows unless told
--fix writes what needs no judgement: rulers that stand on one line, white space at the ends.

No formatter lays out this tree: it would break tables, macros and comments that a person has laid
out. What a formatter or a hurried hand leaves behind is found here instead.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
COLUMNS = 100		# a tab goes to the next multiple of 8
MAX_NUMBER_LINES = 2	# lines in a row that hold one number each

C_FILE = re.compile(r'\.[chS]$')
OTHER_FILE = re.compile(r'\.(sh|py|build)$|(^|/)(Makefile|Kbuild|meson\.options)$')
RULER = re.compile(r'/\* ---- (\S.*?) -+ \*/$')
RULER_LIKE = re.compile(r'^\s*(/\*|\*)?\s*(----|.*-{10,}( \*/)?$)')
STRING = re.compile(r'"(?:\\.|[^"\\])*"')
NUMBER_LINE = re.compile(r'\s*[{}]*\s*-?(0x[0-9a-fA-F]+|\d+)[uUlL]*\s*[{}]*,?[{}]*,?$')


def width(line):
    return len(line.expandtabs(8))


def ruler(title):
    return '/* ---- ' + title + ' ' + '-' * (COLUMNS - len('/* ----  ') - len(title) - 3) + ' */'


# ---- the files -----------------------------------------------------------------------------------

def is_script(path):
    if '.' in os.path.basename(path):
        return False
    with open(path, 'rb') as file:
        return file.read(2) == b'#!'


def listed():
    """The files that git knows, or all files in a tree without git."""
    known = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, capture_output=True, text=True)
    if not known.returncode:
        return [path for path in known.stdout.split('\0') if os.path.isfile(os.path.join(ROOT, path))]
    found = []
    for folder, inner, names in os.walk(ROOT):
        if folder == ROOT:
            inner[:] = [d for d in inner if not re.match(r'\.|build|out$', d)]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return found


def wanted(path):
    return C_FILE.search(path) or OTHER_FILE.search(path) or is_script(os.path.join(ROOT, path))


# ---- the rules: each yields the numbers of lines, from 0, and what is wrong there --------------------

def ends_of_lines(lines):
    for n, line in enumerate(lines):
        if line != line.rstrip():
            yield n, 'white space at the end of the line'


def end_of_file(lines):
    if lines[-1] != '':
        yield len(lines) - 1, 'no newline at the end of the file'
    elif len(lines) > 1 and not lines[-2].strip():
        yield len(lines) - 2, 'an empty line at the end of the file'


def indentation(lines):
    for n, line in enumerate(lines):
        if re.match(r'\t* {8}', line):
            yield n, 'eight spaces, where a tab belongs'
        elif re.match(r' +\t', line):
            yield n, 'a space before a tab'


def long_lines(lines):
    """A string that a person may search for is not broken, whatever its length."""
    for n, line in enumerate(lines):
        if width(line) > COLUMNS and width(STRING.sub('', line)) > COLUMNS - len('""'):
            yield n, f'{width(line)} columns, at most {COLUMNS}'
        elif width(line) > COLUMNS and not STRING.search(line):
            yield n, f'{width(line)} columns, at most {COLUMNS}'


def is_ruler_like(line):
    """Dashes in a comment. A picture also has other signs, and a PEM text is a string."""
    return RULER_LIKE.match(line) and not re.search(r'["`|\'>]', line)


def rulers(lines):
    for n, line in enumerate(lines):
        if not is_ruler_like(line):
            continue
        match = RULER.match(line)
        if not match:
            yield n, 'a ruler is one line: /* ---- text ---- */'
        elif line != ruler(match[1]):
            yield n, f'a ruler ends at column {COLUMNS}'


def comments(lines):
    for n, line in enumerate(lines):
        code = STRING.sub('""', line).strip()
        opened, closed = code.rfind('/*'), code.rfind('*/')
        if opened > closed and not re.fullmatch(r'/\*\*?', code):
            yield n, 'a comment of several lines begins with "/*" on a line of its own'
        if closed >= 0 and '/*' not in code and code != '*/':
            yield n, 'a comment of several lines ends with "*/" on a line of its own'


def numbers(lines):
    first = 0
    for n, line in enumerate(lines):
        if NUMBER_LINE.match(line):
            continue
        if n - first > MAX_NUMBER_LINES:
            yield first, f'{n - first} lines of one number each'
        first = n + 1


def braces(lines):
    for n, line in enumerate(lines):
        code = STRING.sub('""', line)
        if re.search(r'=\s*\{[.\w"{]', code) or re.search(r'\{\{|\{\.\w', code):
            yield n, 'a space belongs after the brace of an initialiser'
        if re.match(r'\s*\{\s*\\$', line) and n and lines[n - 1].startswith('#define'):
            yield n, "a brace alone in a macro's line"


ALL_RULES = [ends_of_lines, end_of_file]
C_RULES = [indentation, long_lines, rulers, comments, numbers, braces]


# ---- the test --------------------------------------------------------------------------------------

def fixed(path, text):
    lines = [line.rstrip() for line in text.split('\n')]
    if C_FILE.search(path):
        lines = [RULER.sub(lambda match: ruler(match[1]), line) for line in lines]
    return '\n'.join(lines).rstrip('\n') + '\n'


def check(path, text):
    lines = text.split('\n')
    found = [fault for rule in ALL_RULES for fault in rule(lines)]
    if C_FILE.search(path):
        found += [fault for rule in C_RULES for fault in rule(lines)]
    for n, what in sorted(found):
        print(f'{path}:{n + 1}: {what}')
    return len(found)


def main(args):
    fix = args[:1] == ['--fix']
    paths = [path for path in args[fix:] or listed() if wanted(path)]
    faults = 0
    for path in paths:
        with open(os.path.join(ROOT, path), encoding='utf-8', newline='') as file:
            text = file.read()
        if fix and fixed(path, text) != text:
            text = fixed(path, text)
            with open(os.path.join(ROOT, path), 'w', encoding='utf-8', newline='') as file:
                file.write(text)
        faults += check(path, text)
    print(f'{len(paths)} files, {faults} faults')
    sys.exit(faults != 0 or not paths)


main(sys.argv[1:])
