#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR GPL-2.0-only
"""Mutants of core/: twenty written by hand (named.txt), and those that the rules below make.

    mutate.py named LIST                    one line a mutant: number, file, program, kind of failure
    mutate.py named LIST NUMBER ROOT OUT    the file of this mutant, changed, as OUT
    mutate.py list ROOT [FILE...]           the generated mutants that the runner takes

A generated mutant is one small change on one place. Its name is file:line:kind; the text before and
after, and the function, say the same where lines have moved.
"""
import collections
import difflib
import hashlib
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
Mutant = collections.namedtuple('Mutant', 'file line function kind start end new before after')

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


# ---- generated ------------------------------------------------------------------------------

RELATIONS = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '=='}
LOGIC = {'&&': '||', '||': '&&'}
ARITHMETIC = {'+': '-', '-': '+', '*': '+', '/': '*', '%': '/', '<<': '>>', '>>': '<<', '&': '|',
              '|': '&', '^': '|'}
ASSIGN = {'+=': '-=', '-=': '+=', '|=': '&=', '&=': '|=', '^=': '|='}
STEP = {'++': '--', '--': '++'}
ORDER = {'ss_publish': 'ss_store', 'ss_load_acquire': 'ss_load'}
TRUTH = {'true': 'false', 'false': 'true'}
BINARY = {'relation': RELATIONS, 'logic': LOGIC, 'arithmetic': ARITHMETIC, 'assign': ASSIGN}
TYPES = r'(const|static|struct|enum|union|unsigned|bool|int|char|void|size_t|u?int\d+_t)\b'
NO_STATEMENT = r'(return|goto|case|default|else|do|if|for|while|switch|sizeof|typedef|' + TYPES + ')'


def blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


def code_of(text):
    """@text with comments, literals and preprocessor lines blanked; same length."""
    text = re.sub(r'/\*.*?\*/|//[^\n]*|"(\\.|[^"\\\n])*"|\'(\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.S)
    return re.sub(r'^[ \t]*#([^\n]*\\\n)*[^\n]*', blank, text, flags=re.M)


def close(code, at):
    """The position after the bracket that closes the bracket at @at."""
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] in '({[') - (code[i] in ')}]')
        if not depth:
            return i + 1
    return len(code)


def substitutions(code):
    """Yields (kind, start, end, new) for changes of one token."""
    for kind, table in BINARY.items():
        words = '|'.join(re.escape(w) for w in sorted(table, key=len, reverse=True))
        for m in re.finditer(r'(?<=[\w)\]] )(' + words + r')(?=\s)', code):
            yield kind, m.start(), m.end(), table[m.group()]
    for m in re.finditer(r'\+\+|--', code):
        yield 'step', m.start(), m.end(), STEP[m.group()]
    for m in re.finditer(r'\b(' + '|'.join([*ORDER, *TRUTH]) + r')\b', code):
        kind = 'order' if m.group() in ORDER else 'constant'
        yield kind, m.start(), m.end(), {**ORDER, **TRUTH}[m.group()]
    for m in re.finditer(r'(?<![\w.])(0x[0-9a-fA-F]+|\d+)([uUlL]*)(?![\w.])', code):
        new = hex(int(m.group(1), 16) + 1) if m.group(1)[:2] == '0x' else str(int(m.group(1)) + 1)
        yield 'constant', m.start(), m.end(), new + m.group(2)


def conditions(code):
    for m in re.finditer(r'\b(if|while) \(', code):
        end = close(code, m.end() - 1)
        yield 'condition', m.end() - 1, end, '(!' + code[m.end() - 1:end] + ')'


def statements(code):
    """Deleted statements: calls, assignments, break and continue."""
    for m in re.finditer(r'(?<=[;{}:)])(\s+)((?:\+\+|--|\*)?[a-zA-Z_][^;{}]*;)|\belse\s+([a-z][^;{}]*;)',
                         code):
        group = 2 if m.group(2) else 3
        text, at = m.group(group), m.start(group)
        while re.match(r'(else )?\s*(if|for|while) \(', text):
            inner = close(text, text.index('('))
            skip = len(text[inner:]) - len(text[inner:].lstrip())
            text, at = text[inner + skip:], at + inner + skip
        if text.count('(') == text.count(')') and not re.match(NO_STATEMENT, text) and len(text) > 1:
            yield 'delete', at, at + len(text), ';'


def swaps(text, kind, pattern):
    """Two neighbours of one kind in a table change places: the first group of each @pattern match."""
    found = list(re.finditer(pattern, text, flags=re.M))
    for one, two in zip(found, found[1:]):
        (a, b), (c, d) = one.span(1), two.span(1)
        if not re.search(r'#define|^$', text[b:c], flags=re.M):
            yield kind, a, d, text[c:d] + text[b:c] + text[a:b]


def table(text):
    """The step table: two columns of a row swapped, and the functions of two rows."""
    yield from swaps(text, 'columns', r'\] = ((?:TO|SS_END)\(\w+\))')
    yield from swaps(text, 'rows', r'^\tX\(\w+, (\w+, \w+_NR)\)')


def function_at(text, at):
    """The function, table or macro that @at lies in, or '-'."""
    heads = re.findall(r'^[a-zA-Z_][^;={}#]*?(\w+)(?:\[\w*\] = \{|\()|^#define (\w+)', text[:at],
                       flags=re.M)
    return ''.join(heads[-1]) if heads else '-'


def one_line(text):
    return ' '.join(text.split())


def generate(root, file):
    """All mutants of @file that differ from it."""
    text = open(os.path.join(root, file), encoding='utf-8').read()
    code = code_of(text)
    seen, twins = set(), collections.Counter()
    for kind, start, end, new in sorted([*substitutions(code), *conditions(code),
                                         *statements(code), *table(text)]):
        first = text.rfind('\n', 0, start) + 1
        last = text.find('\n', end)
        before = one_line(text[first:last])
        after = one_line(text[first:start] + new + text[end:last])
        function = function_at(text if kind in ('columns', 'rows') else code, start)
        if function == '-' or before == after or (start, end, new) in seen:
            continue
        seen.add((start, end, new))
        twins[function, kind, before, after] += 1
        nth = twins[function, kind, before, after]
        function += f'#{nth}' if nth > 1 else ''        # the line occurs again in this function
        yield Mutant(file, text.count('\n', 0, start) + 1, function, kind, start, end, new, before,
                     after)


def chosen(m, percent):
    """The choice depends on what the mutant changes, not on the line number."""
    key = '\0'.join((m.file, m.function.split('#')[0], m.kind, m.before, m.after)).encode()
    return int(hashlib.sha256(key).hexdigest()[:8], 16) % 100 < percent


# Percent of the mutants of each kind: more of the rarer kinds.
SHARE = {'order': 100, 'columns': 50, 'rows': 50, 'step': 25, 'delete': 15, 'condition': 15, 'logic': 20,
         'relation': 15, 'arithmetic': 10, 'assign': 25, 'constant': 5}


def sources(root):
    return sorted('core/' + f for f in os.listdir(os.path.join(root, 'core')) if f.endswith('.c'))


def universe(root, files=None):
    return [m for f in files or sources(root) for m in generate(root, f) if chosen(m, SHARE[m.kind])]


def main(args):
    if args[:1] == ['named'] and len(args) == 2:
        for number, m in named(args[1]).items():
            print(number, m['file'], m['shows'])
    elif args[:1] == ['named'] and len(args) == 5:
        _, path, number, root, out = args
        m = named(path)[int(number)]
        text = open(os.path.join(root, m['file']), encoding='utf-8').read()
        open(out, 'w', encoding='utf-8').write(apply_named(int(number), m, text))
    elif args[:1] == ['list'] and len(args) > 1:
        for m in universe(args[1], args[2:]):
            print(f'{m.file}:{m.line}:{m.kind} in {m.function}\n    - {m.before}\n    + {m.after}')
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main(sys.argv[1:])
