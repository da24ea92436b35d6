#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR GPL-2.0-only
"""Lists the images of a host's repository with their verdicts, then updates the host.

usage: list-and-update.py HOST [REPOSITORY]

The same as list-and-update.c, through ctypes. A class below names the members of a struct of
<seamstep/...> up to the last that this program reads: the library may add members behind them.
"""
import ctypes as c
import sys

lib = c.CDLL('libseamstep.so.0')
libc = c.CDLL(None)
P, TEXT, U32 = c.c_void_p, c.c_char_p, c.c_uint32
VERDICT_ROUTE, VERDICT_NO = 2, 3
BAD_REQUEST = 2


class Version(c.Structure):
    _fields_ = [('major', c.c_uint16), ('minor', c.c_uint16), ('update', c.c_uint16)]

    def __str__(self):
        return f'{self.major}.{self.minor}.{self.update:02}'


class Image(c.Structure):
    _fields_ = [('path', TEXT), ('name', TEXT), ('unreadable', TEXT), ('file', P), ('bytes', c.c_size_t),
                ('bare', c.c_bool), ('good', c.c_bool), ('has_version', c.c_bool), ('version', Version)]


class Compat(c.Structure):
    _fields_ = [('refused', U32)]


class Listed(c.Structure):
    _fields_ = [('image', c.POINTER(Image)), ('verdict', c.c_int), ('updates', U32),
                ('compat', c.POINTER(Compat))]


class RouteRequest(c.Structure):
    _fields_ = [('size', c.c_size_t), ('to', TEXT), ('small_steps', c.c_bool),
                ('require_fallback', c.c_bool), ('has_left', c.c_bool), ('left', U32), ('waived', U32),
                ('tcb', P), ('tcb_status', c.c_int)]


Progress = c.CFUNCTYPE(None, P, TEXT, c.c_uint64, c.c_uint64)


class Request(c.Structure):
    _fields_ = [('size', c.c_size_t), ('route', RouteRequest), ('file', TEXT), ('signer', TEXT),
                ('fallbacks', TEXT * 7), ('nr_fallbacks', U32), ('no_fallback', c.c_bool),
                ('reinstall', c.c_bool), ('allow_older', c.c_bool), ('allow_debug', c.c_bool),
                ('rehearse', c.c_bool), ('waived', U32), ('td_build', c.c_int), ('timeout_ms', U32),
                ('arg', P), ('progress', Progress)]


class Hop(c.Structure):
    _fields_ = [('image', c.POINTER(Image)), ('from_', Version), ('to', Version)]


class Update(c.Structure):
    _fields_ = [('before', Version), ('has_to', c.c_bool), ('to', Version), ('nothing', TEXT),
                ('nr_hops', U32), ('hops', c.POINTER(c.POINTER(Hop))), ('next', U32)]


def declare(name, result, *arguments):
    function = getattr(lib, 'seamstep_' + name)
    function.restype, function.argtypes = result, arguments
    return function


new = declare('new', P)
free = declare('free', None, P)
error = declare('error', TEXT, P)
end_name = declare('end_name', TEXT, c.c_int)
host_open = declare('host_open', c.c_int, P, TEXT, c.POINTER(P))
host_close = declare('host_close', None, P)
host_repository = declare('host_repository', TEXT, P)
host_lock = declare('host_lock', c.c_int, P, TEXT, c.c_uint)
host_refresh = declare('host_refresh', c.c_int, P, P)
repo_open = declare('repo_open', c.c_int, P, TEXT, c.POINTER(P))
repo_close = declare('repo_close', None, P)
list_images = declare('list', c.c_int, P, c.POINTER(c.POINTER(c.POINTER(Listed))))
list_free = declare('list_free', None, P)
verdict_name = declare('verdict_name', TEXT, c.c_int)
first_reason = declare('first_reason_text', P, P, U32)
update_plan = declare('update_plan', c.c_int, P, c.POINTER(Request), c.POINTER(c.POINTER(Update)))
update_step = declare('update_step', c.c_int, P)
update_free = declare('update_free', None, P)
libc.free.argtypes = [P]


class Failed(Exception):
    pass


class Context:
    """A context; every call that can fail goes through it."""

    def __init__(self):
        self.s = new()

    def __call__(self, function, *arguments):
        end = function(*arguments)
        if end:
            raise Failed(end, f'{end_name(end).decode()}: {error(self.s).decode()}')


def reason(listed):
    if listed.verdict not in (VERDICT_ROUTE, VERDICT_NO):
        return ''
    text = first_reason(listed.compat, listed.compat.contents.refused)
    try:
        return c.cast(text, TEXT).value.decode()
    finally:
        libc.free(text)


def print_list(call, host):
    images = c.POINTER(c.POINTER(Listed))()
    call(list_images, host, c.byref(images))
    i = 0
    while images[i]:
        listed = images[i].contents
        image = listed.image.contents
        print(f'{str(image.version) if image.has_version else "?":8} '
              f'{verdict_name(listed.verdict).decode():9} {reason(listed)}')
        i += 1
    list_free(images)


def run_update(call, host):
    progress = Progress(lambda _, phase, done, total: print(f'  {done + 1}/{total} {phase.decode()}'))
    request = Request(size=c.sizeof(Request), timeout_ms=60000, progress=progress)
    request.route.size = c.sizeof(RouteRequest)
    update = c.POINTER(Update)()
    call(update_plan, host, c.byref(request), c.byref(update))
    plan = update.contents
    if plan.nothing:
        print('nothing to do:', plan.nothing.decode())
    while plan.next < plan.nr_hops:
        call(update_step, update)
        hop = plan.hops[plan.next - 1].contents
        print(f'updated {hop.from_} -> {hop.to}')
    update_free(update)


def main(name, repository=None):
    call, host, repo = Context(), P(), P()
    try:
        call(host_open, call.s, name.encode(), c.byref(host))
        directory = repository.encode() if repository else host_repository(host)
        if directory:
            call(repo_open, call.s, directory, c.byref(repo))
        # The lock first: what is read from here on stays true until the update.
        call(host_lock, host, b'list-and-update.py', 10)
        call(host_refresh, host, repo)
        print_list(call, host)
        run_update(call, host)
    except Failed as failed:
        print(failed.args[1], file=sys.stderr)
        return failed.args[0]
    finally:
        host_close(host)
        repo_close(repo)
        free(call.s)
    return 0


if len(sys.argv) not in (2, 3):
    print(__doc__, file=sys.stderr)
    sys.exit(BAD_REQUEST)
sys.exit(main(*sys.argv[1:]))
