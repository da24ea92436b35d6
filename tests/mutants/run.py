#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR GPL-2.0-only
"""Which mutants of core/ does a test see?

    run.py BUILD [--jobs N] [--seed N --count N] [--file core/X.c] [--results FILE]

Each mutant is compiled (one object) and linked with the objects of the tests in BUILD, which must be
up to date. killers.tsv says which tests may see a mutant of a file, in the order in which they run.
Seen means: a test reports a failure in its own words, an assertion aborts, or the test crashes. A test
that runs into its time limit, or into the explorer's limit of events, has not seen the mutant.

The run fails if a mutant is neither seen nor listed in spared.tsv, or if a listed one is seen. A mutant
that is not listed and only runs into a time limit is printed as undecided, and not counted as seen. With
--seed and --count the run takes so many of those that are not listed, drawn by that seed.
"""
import argparse
import collections
import concurrent.futures
import ctypes
import json
import os
import random
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import time

import mutate

ROOT = os.path.dirname(os.path.dirname(mutate.HERE))
SEEN = ('report', 'abort', 'crash')
UNSEEN = ('survived', 'timeout', 'limit', 'unclear')
Killer = collections.namedtuple('Killer', 'file seconds command report')


def table(name, columns):
    for line in open(os.path.join(mutate.HERE, name), encoding='utf-8'):
        if line.strip() and not line.startswith('#'):
            cells = line.rstrip('\n').split('\t')
            if len(cells) != columns:
                sys.exit(f'{name}: {len(cells)} columns, not {columns}: {line}')
            yield cells


def spared():
    """{(file, function, kind, before, after): (what happens, reason)}"""
    return {tuple(c[:5]): (c[5], c[6]) for c in table('spared.tsv', 7)}


def killers_of(file):
    return [k for k in (Killer(*c) for c in table('killers.tsv', 4)) if k.file == file]


class Build:
    """Compile and link commands of a build folder, for a changed file of core/."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.links = {}
        self.compiles = {}
        for c in json.load(open(os.path.join(folder, 'compile_commands.json'), encoding='utf-8')):
            path = os.path.normpath(os.path.join(c['directory'], c['file']))
            self.compiles[c['output'].split('.p/')[0], os.path.relpath(path, ROOT)] = c['command']

    def link(self, target):
        if target not in self.links:
            lines = subprocess.run(['ninja', '-t', 'commands', target], cwd=self.folder, check=True,
                                   capture_output=True, text=True).stdout.splitlines()
            self.links[target] = shlex.split(lines[-1])
        return self.links[target]

    def archive(self, target, file):
        """The library of @target that has an object of @file in it."""
        return next(a for a in self.link(target) if (a, file) in self.compiles)

    def compile(self, archive, file, source, out, options):
        words = shlex.split(self.compiles[archive, file])
        words = [w for w in words if w not in ('ccache', '-g', '-MD', '-Werror')]
        for option in ('-MQ', '-MF'):
            at = words.index(option)
            del words[at:at + 2]
        words[words.index('-o') + 1] = out
        words[words.index('-c') + 1] = source
        return subprocess.run([*words, *options, '-g0', '-w', '-iquote', os.path.join(ROOT, 'core')],
                              cwd=self.folder, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def program(self, target, obj, out, options):
        words = [*self.link(target), *options]
        words[words.index('-o') + 1] = out
        words.insert(words.index('-o') + 2, obj)
        subprocess.run(words, cwd=self.folder, check=True)


LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def limits(seconds):
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)        # a mutant that hangs ends with the runner
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 26, 1 << 26))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)


def run(command, seconds, folder):
    """Returns (exit status or None for a time limit, output)."""
    log = os.path.join(folder, 'log')
    with open(log, 'wb') as out:
        p = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                             start_new_session=True, preexec_fn=lambda: limits(seconds))
        try:
            rc = p.wait(30 + 6 * seconds)
        except subprocess.TimeoutExpired:
            rc = None
    try:
        os.killpg(p.pid, signal.SIGKILL)        # the test and all processes that the test started
    except ProcessLookupError:
        pass
    p.wait()
    return rc, open(log, 'rb').read(1 << 22).decode(errors='replace')


def verdict(rc, output, report):
    if rc == 0:
        return 'survived'
    if rc is None or rc in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ):
        return 'timeout'
    if 'limit of events' in output:
        return 'limit'
    if rc == -signal.SIGABRT or 'Sanitizer' in output:
        return 'abort'
    if rc < 0 or 'Test failed with exception' in output:
        return 'crash'
    return 'report' if re.search(report, output, re.M) else 'unclear'


class Runner:
    def __init__(self, build):
        self.build = build
        self.sound = {}
        self.texts = {f: open(os.path.join(ROOT, f), encoding='utf-8').read()
                      for f in mutate.sources(ROOT)}

    def compile(self, file, text, target, folder, options):
        """The object of @file with @text for @target; None if @text does not compile."""
        archive = self.build.archive(target, file)
        source = os.path.join(folder, os.path.basename(file))
        out = os.path.join(folder, archive.replace('/', '_') + ''.join(options) + '.o')
        open(source, 'w', encoding='utf-8').write(text)
        return out if self.build.compile(archive, file, source, out, options) else None

    def sound_code(self, file, target, folder, options):
        """The object of the unchanged file."""
        key = (file, self.build.archive(target, file), options)
        if key not in self.sound:
            out = self.compile(file, self.texts[file], target, folder, options)
            if not out:
                sys.exit(f'{file} does not compile as it is')
            self.sound[key] = open(out, 'rb').read()
        return self.sound[key]

    def command(self, file, text, killer, folder):
        """Returns (words, None), or (None, why there is nothing to run)."""
        words = []
        for word in killer.command.split():
            if word[0] == '{':
                target, _, sanitizer = word[1:-1].partition('+')
                options = ('-fsanitize=' + sanitizer,) if sanitizer else ()
                for o in dict.fromkeys(((), options)):
                    sound = self.sound_code(file, target, folder, o)
                    obj = self.compile(file, text, target, folder, o)
                    if not obj:
                        return None, 'no mutant'
                    if text != self.texts[file] and open(obj, 'rb').read() == sound:
                        return None, 'same code'
                word = os.path.join(folder, os.path.basename(target))
                self.build.program(target, obj, word, options)
            elif word[0] == '@':
                word = os.path.join(ROOT, word[1:])
            words.append(word)
        return words, None

    def check_sound(self, killer):
        """What @killer finds in the unchanged file: a list, empty if all is well."""
        with tempfile.TemporaryDirectory(prefix='mutant-') as folder:
            words, _ = self.command(killer.file, self.texts[killer.file], killer, folder)
            found = verdict(*run(words, int(killer.seconds), folder), killer.report)
        return [] if found == 'survived' else [f'{found} in {killer.command}, and nothing is broken']

    def judge(self, m):
        """Returns (what happened, by which test)."""
        worst, text = 'same code', self.texts[m.file]
        text = text[:m.start] + m.new + text[m.end:]
        with tempfile.TemporaryDirectory(prefix='mutant-') as folder:
            for killer in killers_of(m.file):
                command, why = self.command(m.file, text, killer, folder)
                if why == 'no mutant':
                    return why, 'the compiler'
                if why:                         # in this build; the code of another build may differ
                    continue
                found = verdict(*run(command, int(killer.seconds), folder), killer.report)
                if found in SEEN:
                    return found, killer.command
                worst = found if found != 'survived' or worst == 'same code' else worst
        return worst, '-'


def key(m):
    return (m.file, m.function, m.kind, m.before, m.after)


def describe(m):
    return f'{m.file}:{m.line}:{m.kind} in {m.function}\n    - {m.before}\n    + {m.after}'


def choose(args, listed):
    mutants = mutate.universe(ROOT, args.file)
    if args.count:
        mutants = [m for m in mutants if key(m) not in listed]
        mutants = random.Random(args.seed).sample(mutants, min(args.count, len(mutants)))
        print(f'seed {args.seed}: {len(mutants)} mutants')
    return mutants


def carry_out(args, mutants):
    """Yields (mutant, what happened, test), in the order of @mutants."""
    runner = Runner(Build(args.build))
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        tests = {k.command: k for m in mutants for k in killers_of(m.file)}
        wrong = sum(pool.map(runner.check_sound, tests.values()), [])
        if wrong:
            sys.exit('\n'.join(wrong))
        for m, (found, test) in zip(mutants, pool.map(runner.judge, mutants)):
            print(f'{found:9} {m.file}:{m.line}:{m.kind}  {test}', flush=True)
            yield m, found, test


def faults(args, results, listed):
    """Returns what is wrong with the results: a list of texts."""
    wrong = []
    for m, found, test in results:
        said = listed.get(key(m), (None, ''))[0]
        # How far a mutant that hangs comes within its time differs from run to run and decides nothing.
        if found == 'timeout' and not said:
            print(f'undecided within the time limit: {describe(m)}')
        elif found in UNSEEN and said != found:
            wrong.append(f'{found}, but {"listed as " + said if said else "not listed"}: {describe(m)}')
        elif found not in UNSEEN and said:
            wrong.append(f'listed as {said}, but {found} ({test}): {describe(m)}')
    if not args.count and not args.file:
        there = {key(m) for m, _, _ in results}
        wrong += [f'listed, but there is no such mutant: {" | ".join(k)}' for k in listed
                  if k not in there]
    return wrong


def summary(results):
    files = collections.defaultdict(collections.Counter)
    for m, found, _ in results:
        files[m.file][found] += 1
        files['all'][found] += 1
    print('\n| file | mutants | seen | not seen | time or event limit |\n|---|---|---|---|---|')
    for file, n in files.items():
        seen = sum(n[s] for s in SEEN)
        unseen = n['survived'] + n['unclear']
        late = n['timeout'] + n['limit']
        print(f'| {file} | {seen + unseen + late} | {seen} | {unseen} | {late} |')
    n = files['all']
    real = sum(n[s] for s in (*SEEN, *UNSEEN))
    print(f'\n{len(results)} changes: {n["no mutant"]} do not compile, {n["same code"]} give the same '
          f'machine code; of {real} mutants tests see {sum(n[s] for s in SEEN)} '
          f'({n["report"]} by a report, {n["abort"]} by an assertion, {n["crash"]} by a crash)')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('build')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int)
    parser.add_argument('--file', action='append')
    parser.add_argument('--results')
    args = parser.parse_args()
    listed, start = spared(), time.monotonic()
    results = list(carry_out(args, choose(args, listed)))
    if args.results:
        with open(args.results, 'w', encoding='utf-8') as out:
            for m, found, test in results:
                print(*key(m), found, test, m.line, sep='\t', file=out)
    summary(results)
    wrong = faults(args, results, listed)
    print('\n'.join(wrong))
    print(f'{len(wrong)} wrong, {time.monotonic() - start:.0f} s')
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
