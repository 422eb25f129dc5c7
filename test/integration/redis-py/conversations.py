"""What goes on between a client and a server besides single commands on a key."""

import asyncio
import threading
import time

import redis
import redis.asyncio
from check import another, check, raises, wait_until


def pipelines(r):
    with r.pipeline(transaction=False) as pipe:
        for i in range(1000):
            pipe.set(f"key{i}", i).get(f"key{i}")
        check(pipe.execute(), [each for i in range(1000) for each in (True, str(i))])
        pipe.lpush("key1", "x").get("key2")
        error, value = pipe.execute(raise_on_error=False)
        check((type(error), value), (redis.ResponseError, "2"))


def transactions(r):
    with r.pipeline(transaction=True) as pipe:
        check(pipe.set("{t}a", "1").incr("{t}a").hgetall("{t}h").execute(), [True, 2, {}])
        pipe.lpush("{t}a", "x").get("{t}a")
        error, value = pipe.execute(raise_on_error=False)
        check((type(error), value), (redis.ResponseError, "2"))
        pipe.execute_command("NOSUCH").set("{t}a", "3")
        check("unknown command" in raises(redis.ResponseError, pipe.execute), True)

        pipe.watch("{t}a")
        check(pipe.get("{t}a"), "2")
        pipe.multi()
        check(pipe.incr("{t}a").execute(), [3])

        pipe.watch("{t}a")
        r.set("{t}a", "9")
        pipe.multi()
        pipe.set("{t}a", "lost")
        raises(redis.WatchError, pipe.execute)
        check(r.get("{t}a"), "9")

        pipe.watch("{t}a")
        r.set("{t}a", "10")
        pipe.unwatch()
        check(pipe.get("{t}a").execute(), ["10"])
    check(r.transaction(lambda pipe: pipe.multi() or pipe.incr("{t}a"), "{t}a"), [11])


def scripts(r):
    check(r.eval("return {KEYS[1], ARGV[1], 1, false}", 1, "k", "v"), ["k", "v", 1, None])
    check("boom" in raises(redis.ResponseError, lambda: r.eval("return redis.error_reply('boom')", 0)), True)
    double = r.register_script("return redis.call('incrby', KEYS[1], ARGV[1] * 2)")
    check([double(keys=[f"key{i}"], args=[i]) for i in range(30)], [2 * i for i in range(30)])
    check(r.script_flush(), True)
    check([double(keys=[f"key{i}"], args=[0]) for i in range(30)], [2 * i for i in range(30)])
    sha = r.script_load("return 'loaded'")
    check(r.script_exists(sha, "0" * 40), [True, False])
    check(r.evalsha(sha, 1, "any"), "loaded")
    raises(redis.exceptions.NoScriptError, lambda: r.evalsha("0" * 40, 0))
    for transaction in (False, True):
        with r.pipeline(transaction=transaction) as pipe:
            double(keys=["{t}n"], args=[1], client=pipe)
            double(keys=["{t}n"], args=[1], client=pipe)
            pipe.getdel("{t}n")
            check(pipe.execute(), [2, 4, "4"])


def functions(r):
    code = """#!lua name=mine
redis.register_function('put', function(keys, args) return redis.call('set', keys[1], args[1]) end)"""
    check(r.function_load(code), "mine")
    check("already exists" in raises(redis.ResponseError, lambda: r.function_load(code)), True)
    check(r.function_load(code, replace=True), "mine")
    check([r.fcall("put", 1, f"key{i}", i) for i in range(30)], ["OK"] * 30)
    check(r.mget(f"key{i}" for i in range(30)), [str(i) for i in range(30)])
    check([library[1] for library in r.function_list()], ["mine"])
    check(r.function_delete("mine"), True)
    check(r.function_list(), [])


def pubsub(r):
    listener = r.pubsub()
    listener.subscribe("news", "sport")
    listener.psubscribe("we*")
    told = [listener.get_message(timeout=5) for _ in range(3)]
    check(
        sorted((each["type"], each["channel"], each["data"]) for each in told),
        [("psubscribe", "we*", 3), ("subscribe", "news", 1), ("subscribe", "sport", 2)],
    )
    check(sorted(r.pubsub_channels()), ["news", "sport"])
    check(r.pubsub_numsub("news", "none"), [("news", 1), ("none", 0)])
    check(r.pubsub_numpat(), 1)
    check([r.publish(channel, "hello") for channel in ("news", "weather", "none")], [1, 1, 0])
    told = sorted([listener.get_message(timeout=5) for _ in range(2)], key=lambda each: each["type"])
    check([(each["type"], each["channel"], each["data"]) for each in told],
          [("message", "news", "hello"), ("pmessage", "weather", "hello")])
    listener.ping("here?")
    check(listener.get_message(timeout=5)["data"], "here?")
    listener.unsubscribe()
    listener.punsubscribe()
    check([listener.get_message(timeout=5)["data"] for _ in range(3)], [2, 1, 0])

    heard = []
    listener.subscribe(**{"handled": lambda message: heard.append(message["data"])})
    thread = listener.run_in_thread(sleep_time=0.01)
    wait_until(lambda: r.pubsub_numsub("handled") == [("handled", 1)])
    for i in range(100):
        r.publish("handled", i)
    wait_until(lambda: len(heard) == 100)
    thread.stop()
    thread.join()
    check(heard, [str(i) for i in range(100)])


def blocking(r):
    def while_blocked(call, then):
        """What a call returns that waits until something else is done."""
        result = []
        thread = threading.Thread(target=lambda: result.append(call()))
        thread.start()
        wait_until(lambda: r.info("clients")["blocked_clients"] == 1)
        then()
        thread.join(10)
        return result

    def push():
        r.rpush("{l}a", "a")

    def add():
        r.zadd("z", {"m": 1.5})

    check(r.blpop("none", timeout=0.01), None)
    check(r.bzpopmin("none", timeout=0.01), None)
    check(while_blocked(lambda: r.blpop(["{l}b", "{l}a"], timeout=5), push), [("{l}a", "a")])
    check(while_blocked(lambda: r.brpop("{l}a"), push), [("{l}a", "a")])
    check(while_blocked(lambda: r.blmove("{l}a", "{l}b", 5), push), ["a"])
    check(while_blocked(lambda: r.brpoplpush("{l}a", "{l}b", 5), push), ["a"])
    check(while_blocked(lambda: r.blmpop(5, 1, "{l}a", direction="LEFT"), push), [["{l}a", ["a"]]])
    check(while_blocked(lambda: r.bzpopmin("z"), add), [("z", "m", 1.5)])
    check(while_blocked(lambda: r.bzpopmax("z", timeout=5), add), [("z", "m", 1.5)])
    check(
        while_blocked(lambda: r.xread({"x": "$"}, block=5000), lambda: r.xadd("x", {"f": "v"}, id="1-1")),
        [[["x", [("1-1", {"f": "v"})]]]],
    )


def connection(r):
    check((r.ping(), r.echo("x")), (True, "x"))
    one = another(r, single_connection_client=True, client_name="one")
    check(one.client_getname(), "one")
    check(one.client_setname("first"), True)
    mine = one.client_info()
    check((mine["id"], mine["name"], mine["db"]), (one.client_id(), "first", 0))
    check([each["name"] for each in r.client_list() if each["id"] == str(one.client_id())], ["first"])
    check(r.client_kill_filter(_id=one.client_id()), 1)
    raises(redis.ConnectionError, one.ping)
    check(one.client_getname(), "one")
    check(r.client_no_evict("ON"), "OK")
    check(r.client_pause(1), True)
    check(r.client_unpause(), "OK")
    check((one.reset(), one.client_getname()), ("RESET", None))

    other = another(r, db=1)
    check((r.set("a", "0"), other.set("a", "1")), (True, True))
    check((r.get("a"), other.get("a"), other.dbsize()), ("0", "1", 1))
    check(one.select(1), True)
    check(one.get("a"), "1")
    check(r.swapdb(0, 1), True)
    check(r.get("a"), "1")
    check("out of range" in raises(redis.ResponseError, another(r, db=99).ping), True)


def users(r):
    ada = another(r, username="ada", password="secret")
    check((ada.acl_whoami(), r.acl_whoami()), ("ada", "default"))
    check((ada.set("a", "1"), ada.get("a")), (True, "1"))
    raises(redis.exceptions.NoPermissionError, lambda: ada.get("b"))
    raises(redis.exceptions.NoPermissionError, lambda: ada.delete("a"))
    for name, password in (("ada", "wrong"), ("nobody", "secret")):
        wrong = another(r, username=name, password=password)
        check(raises(redis.ResponseError, wrong.ping)[:9], "WRONGPASS")


def server(r):
    check(r.mset({f"key{i}": i for i in range(100)}), True)
    check(r.dbsize(), 100)
    info = r.info()
    check((info["redis_version"].split(".")[0], info["role"], info["db0"]["keys"]), ("7", "master", 100))
    check(r.info("keyspace")["db0"]["keys"], 100)
    seconds, microseconds = r.time()
    check(abs(seconds + microseconds / 1e6 - time.time()) < 60, True)
    check(r.config_get("databases"), {"databases": "16"})
    check(r.lastsave().year, time.gmtime().tm_year)
    check(r.role()[0], "master")
    check(r.memory_usage("key1") > 0, True)
    check(r.command_count() > 200, True)
    check(r.command_getkeys("MSET", "a", 1, "b", 2), ["a", "b"])
    check(r.command()["get"]["arity"], 2)
    check((r.slowlog_reset(), r.slowlog_len(), r.slowlog_get()), (True, 0, []))
    check(r.acl_whoami(), "default")
    check(r.wait(0, 1), 0)
    with r.monitor() as monitor:
        r.set("watched", "x y")
        lines = (line["command"] for line in monitor.listen())
        check(next(line for line in lines if line.startswith("SET")), "SET watched x y")
    check(r.flushdb(), True)
    check(r.dbsize(), 0)
    r.set("a", "1")
    check(r.flushall(asynchronous=True), True)
    check(r.dbsize(), 0)


def lock(r):
    first, second = r.lock("lock", timeout=100), r.lock("lock", timeout=100)
    check((first.acquire(), second.acquire(blocking=False)), (True, False))
    check((first.locked(), first.owned(), second.owned()), (True, True, False))
    check(first.extend(100), True)
    check(100 < r.ttl("lock") <= 200, True)
    check(first.reacquire(), True)
    check(r.ttl("lock") <= 100, True)
    first.release()
    raises(redis.exceptions.LockError, second.release)
    check(second.acquire(blocking_timeout=5), True)
    r.set("lock", "of another")
    raises(redis.exceptions.LockNotOwnedError, second.release)
    with r.lock("other", timeout=100):
        check(r.exists("other"), 1)
    check(r.exists("other"), 0)


def asynchronous(r):
    async def talk(client):
        names = [f"key{i}" for i in range(200)]
        check(await asyncio.gather(*(client.set(name, name) for name in names)), [True] * 200)
        check(await client.mget(names), names)
        check({name async for name in client.scan_iter(match="key1?")}, {f"key1{i}" for i in range(10)})
        async with client.pipeline(transaction=True) as pipe:
            check(await pipe.set("{t}a", "1").incr("{t}a").execute(), [True, 2])
        async with client.pubsub() as listener:
            await listener.subscribe("news")
            check((await listener.get_message(timeout=5))["type"], "subscribe")
            check(await client.publish("news", "hello"), 1)
            check((await listener.get_message(timeout=5))["data"], "hello")
        popping = client.blpop("list", timeout=5)
        check(await asyncio.gather(popping, client.rpush("list", "x")), [("list", "x"), 1])
        async with client.lock("lock", timeout=100) as lock:
            check(await lock.owned(), True)
        await client.close(close_connection_pool=True)

    asyncio.run(talk(redis.asyncio.Redis(**r.connection_pool.connection_kwargs)))
