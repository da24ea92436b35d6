#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR GPL-2.0-only
"""Mutants of core/ that are written by hand, in named.txt.

    mutate.py named LIST                    one line a mutant: number, file, program, kind of failure
    mutate.py named LIST NUMBER ROOT OUT    the file of this mutant, changed, as OUT
"""
import difflib
import os
import re
import sys


# ---- by hand --------------------------------------------------------------------------------


def named(path):
    """{number: {breaks, file, shows, changes: [(old lines, new lines)]}}"""
    mutants, m = {}, None
    for line in open(path, encoding='ascii'):
        line = line.rstrip('\n')
        if not line or line.startswith('#'):
            continue
        word, _, rest = line.partition('\t') if line[0] in '-+' else line.partition(
            ' ' if line.startswith('mutant ') else '\t')
        if word == 'mutant':
            m = mutants[int(rest)] = {'changes': []}
        elif word == '-' and (not m['changes'] or m['changes'][-1][1]):
            m['changes'].append(([rest], []))
        elif word in '-+':
            m['changes'][-1]['-+'.index(word)].append(rest)
        else:
            m[word] = rest.strip()
    return mutants


def nearest(text, anchor):
    """The lines of @text that resemble @anchor most."""
    want = [' '.join(line.split()) for line in anchor]
    lines = [' '.join(line.split()) for line in text.split('\n')]
    best = max(range(len(lines)), key=lambda i: difflib.SequenceMatcher(
        None, '\n'.join(want), '\n'.join(lines[i:i + len(want)])).ratio())
    return '\n'.join(f'    {best + i + 1}: {lines[best + i]}'
                     for i in range(min(len(want), len(lines) - best)))


def apply_one(number, m, text, old, new):
    words = [re.escape(word) for word in ' '.join(old).split()]
    found = list(re.finditer(r'\s+'.join(words), text))
    if len(found) == 1:
        at = found[0]
        return text[:at.start()] + '\n'.join(new) + text[at.end():]
    where = 'it occurs in lines ' + ', '.join(
        str(text.count('\n', 0, at.start()) + 1) for at in found) if found else \
        'it is gone; the nearest text is\n' + nearest(text, old)
    sys.exit(f"mutant {number} ({m['breaks']}) does not apply exactly once to {m['file']}:\n"
             f"the anchor in tests/mutants/named.txt is\n    " + '\n    '.join(old) + f'\n{where}')


def apply_named(number, m, text):
    for old, new in m['changes']:
        text = apply_one(number, m, text, old, new)
    return text


def main(args):
    if args[:1] == ['named'] and len(args) == 2:
        for number, m in named(args[1]).items():
            print(number, m['file'], m['shows'])
    elif args[:1] == ['named'] and len(args) == 5:
        _, path, number, root, out = args
        m = named(path)[int(number)]
        text = open(os.path.join(root, m['file']), encoding='utf-8').read()
        open(out, 'w', encoding='utf-8').write(apply_named(int(number), m, text))
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main(sys.argv[1:])
