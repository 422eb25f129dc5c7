"""What the groups have in common."""

import time

import redis


def check(actual, expected):
    assert actual == expected, f"{actual!r}, not {expected!r}"


def raises(kind, call):
    """What the error says that a call raises."""
    try:
        call()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def wait_until(holds):
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it never holds"
        time.sleep(0.005)


def another(r, **options):
    """Another client of the same server."""
    return redis.Redis(**{**r.connection_pool.connection_kwargs, **options})
