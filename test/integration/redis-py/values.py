"""Each type of value, and keys of any. The keys of a command share a hash tag, but where it is split by key."""

import time

from check import another, check, raises, wait_until
from redis import ResponseError


def strings(r):
    check(r.set("a", "1"), True)
    check(r.set("a", "2", nx=True), None)
    check(r.set("a", "2", get=True, ex=100), "1")
    check(r.get("none"), None)
    check(r.incrby("a", 40), 42)
    check(r.incrbyfloat("a", 0.5), 42.5)
    check(r.append("a", "!"), 5)
    check(r.strlen("a"), 5)
    check(r.getrange("a", 0, 1), "42")
    check(r.setrange("a", 4, "?"), 5)
    check(r.getset("a", "new"), "42.5?")
    check(r.getex("a", persist=True), "new")
    check(r.getdel("a"), "new")
    check(r.setnx("a", "1"), True)
    check(r.setex("b", 100, "2"), True)
    check(r.psetex("c", 100_000, "3"), True)
    check(r.decr("c"), 2)
    numbers = {f"number{i}": str(i) for i in range(100)}
    check(r.mset(numbers), True)
    check(r.mget(*numbers, "none"), [*numbers.values(), None])
    check(r.msetnx({"{t}a": "ohmytext", "{t}b": "mynewtext"}), True)
    check(r.msetnx({"{t}b": "3", "{t}c": "3"}), False)
    check(r.lcs("{t}a", "{t}b"), "mytext")
    check(r.set("bytes", b"\x00\r\n" * 100_000), True)
    check(r.get("bytes"), "\x00\r\n" * 100_000)


def bitmaps(r):
    check([r.setbit("{b}a", at, 1) for at in (1, 7, 15)], [0, 0, 0])
    check(r.getbit("{b}a", 7), 1)
    check(r.bitcount("{b}a"), 3)
    check(r.bitcount("{b}a", 0, 7, "BIT"), 2)
    check(r.bitpos("{b}a", 1), 1)
    check(r.bitop("NOT", "{b}not", "{b}a"), 2)
    check(r.bitcount("{b}not"), 13)
    field = r.bitfield("{b}f", default_overflow="SAT")
    check(field.incrby("u8", 0, 300).get("u8", 0).set("i4", "#2", -1).execute(), [255, 255, 0])


def hashes(r):
    check(r.hset("h", mapping={"f": "1", "g": "two"}), 2)
    check(r.hset("h", "f", "2"), 0)
    check(r.hsetnx("h", "f", "3"), False)
    check(r.hget("h", "f"), "2")
    check(r.hmget("h", "f", "none"), ["2", None])
    check(r.hgetall("h"), {"f": "2", "g": "two"})
    check(r.hgetall("none"), {})
    check(r.hincrby("h", "f", 3), 5)
    check(r.hincrbyfloat("h", "f", 0.5), 5.5)
    check(r.hexists("h", "g"), True)
    check(r.hstrlen("h", "g"), 3)
    check((r.hlen("h"), r.hkeys("h"), r.hvals("h")), (2, ["f", "g"], ["5.5", "two"]))
    check(sorted(r.hrandfield("h", 2)), ["f", "g"])
    check(dict(r.hscan_iter("h", match="g*")), {"g": "two"})
    check(r.hdel("h", "f", "none"), 1)
    check(raises(ResponseError, lambda: r.lpush("h", "x"))[:9], "WRONGTYPE")


def lists(r):
    check(r.rpush("{l}a", "b", "c"), 2)
    check(r.lpush("{l}a", "a"), 3)
    check(r.lpushx("none", "a"), 0)
    check(r.linsert("{l}a", "AFTER", "b", "B"), 4)
    check(r.lrange("{l}a", 0, -1), ["a", "b", "B", "c"])
    check(r.lset("{l}a", 2, "d"), True)
    check((r.llen("{l}a"), r.lindex("{l}a", 2), r.lpos("{l}a", "d")), (4, "d", 2))
    check(r.lrem("{l}a", 1, "d"), 1)
    check(r.lmove("{l}a", "{l}b", "LEFT", "RIGHT"), "a")
    check(r.rpoplpush("{l}a", "{l}b"), "c")
    check(r.lmpop(2, "{l}none", "{l}b", direction="LEFT", count=2), ["{l}b", ["c", "a"]])
    check((r.lpop("{l}a", 2), r.rpop("{l}a")), (["b"], None))
    check(r.rpush("{l}a", *range(10)), 10)
    check(r.ltrim("{l}a", 2, 4), True)
    check(r.sort("{l}a", desc=True), ["4", "3", "2"])
    check(r.sort("{l}a", start=0, num=2, store="{l}sorted"), 2)


def sets(r):
    check(r.sadd("{s}a", "a", "b", "c"), 3)
    check(r.sadd("{s}b", "b", "c", "d"), 3)
    check(r.smembers("{s}a"), {"a", "b", "c"})
    check((r.scard("{s}a"), r.sismember("{s}a", "a")), (3, True))
    check(r.smismember("{s}a", "a", "d"), [1, 0])
    check(r.sinter("{s}a", "{s}b"), {"b", "c"})
    check(r.sintercard(2, ["{s}a", "{s}b"], limit=1), 1)
    check(r.sunion("{s}a", "{s}b"), {"a", "b", "c", "d"})
    check(r.sdiff("{s}a", "{s}b"), {"a"})
    check(r.sinterstore("{s}c", "{s}a", "{s}b"), 2)
    check(r.smove("{s}a", "{s}c", "a"), True)
    check(set(r.sscan_iter("{s}c")), {"a", "b", "c"})
    check(len(r.srandmember("{s}c", -10)), 10)
    check((sorted(r.spop("{s}c", 3)), r.spop("{s}c")), (["a", "b", "c"], None))
    check(r.srem("{s}b", "b", "none"), 1)


def sorted_sets(r):
    check(r.zadd("{z}a", {"a": 1, "b": 2.5, "c": 3}), 3)
    check(r.zadd("{z}a", {"a": 0.5, "d": 4}, gt=True, ch=True), 1)
    check(r.zadd("{z}a", {"d": 1}, incr=True), 5.0)
    check(r.zscore("{z}a", "b"), 2.5)
    check(r.zmscore("{z}a", ["b", "none"]), [2.5, None])
    check(r.zrange("{z}a", 0, 1, withscores=True), [("a", 1.0), ("b", 2.5)])
    check(r.zrange("{z}a", "(1", "+inf", byscore=True, offset=1, num=1), ["c"])
    check(r.zrevrange("{z}a", 0, 0), ["d"])
    check(r.zrangebyscore("{z}a", 2, 3), ["b", "c"])
    check(r.zrangestore("{z}s", "{z}a", 0, 1), 2)
    check((r.zcard("{z}a"), r.zcount("{z}a", 1, 3), r.zlexcount("{z}a", "-", "+")), (4, 3, 4))
    check((r.zrank("{z}a", "b"), r.zrevrank("{z}a", "b"), r.zrank("{z}a", "none")), (1, 2, None))
    check(r.zincrby("{z}a", -10, "d"), -5.0)
    check(r.zpopmin("{z}a"), [("d", -5.0)])
    check(r.zadd("{z}b", {"b": 1}), 1)
    check(r.zunion(["{z}a", "{z}b"], withscores=True), [("a", 1.0), ("c", 3.0), ("b", 3.5)])
    check(r.zinter(["{z}a", "{z}b"], aggregate="MAX", withscores=True), [("b", 2.5)])
    check(r.zdiff(["{z}a", "{z}b"]), ["a", "c"])
    check(r.zunionstore("{z}u", {"{z}a": 2, "{z}b": 1}), 3)
    check(r.zrange("{z}u", 0, -1, withscores=True), [("a", 2.0), ("b", 6.0), ("c", 6.0)])
    check(r.zmpop(2, ["{z}none", "{z}u"], max=True), ["{z}u", [["c", "6"]]])
    check(dict(r.zscan_iter("{z}a")), {"a": 1.0, "b": 2.5, "c": 3.0})
    check(r.zremrangebyscore("{z}a", 2, 3), 2)
    check(r.zrem("{z}a", "a"), 1)


def streams(r):
    check([r.xadd("{x}a", {"n": n}, id=f"1-{n}") for n in (1, 2, 3)], ["1-1", "1-2", "1-3"])
    check(r.xlen("{x}a"), 3)
    check(r.xrange("{x}a", min="1-2"), [("1-2", {"n": "2"}), ("1-3", {"n": "3"})])
    check(r.xrevrange("{x}a", count=1), [("1-3", {"n": "3"})])
    check(r.xread({"{x}a": "1-2", "{x}b": 0}), [["{x}a", [("1-3", {"n": "3"})]]])
    check(r.xread({"{x}none": 0}), [])
    check(r.xgroup_create("{x}a", "group", id="0"), True)
    check(
        r.xreadgroup("group", "me", {"{x}a": ">"}, count=2),
        [["{x}a", [("1-1", {"n": "1"}), ("1-2", {"n": "2"})]]],
    )
    check(r.xack("{x}a", "group", "1-1"), 1)
    check(r.xpending("{x}a", "group")["pending"], 1)
    check([each["message_id"] for each in r.xpending_range("{x}a", "group", "-", "+", 10)], ["1-2"])
    check(r.xclaim("{x}a", "group", "you", 0, ["1-2"]), [("1-2", {"n": "2"})])
    check(r.xautoclaim("{x}a", "group", "me", 0, justid=True), ["1-2"])
    check(r.xinfo_stream("{x}a")["length"], 3)
    check([group["name"] for group in r.xinfo_groups("{x}a")], ["group"])
    check(sorted(each["name"] for each in r.xinfo_consumers("{x}a", "group")), ["me", "you"])
    check(r.xdel("{x}a", "1-1"), 1)
    check(r.xtrim("{x}a", maxlen=1, approximate=False), 1)
    check(r.xgroup_destroy("{x}a", "group"), 1)


def geo(r):
    palermo, catania = (13.361389, 38.115556, "Palermo"), (15.087269, 37.502669, "Catania")
    check(r.geoadd("{g}a", palermo + catania), 2)
    check(r.geodist("{g}a", "Palermo", "Catania", "km"), 166.2742)
    check(r.geohash("{g}a", "Palermo", "none"), ["sqc8b49rny0", None])
    check([round(each, 3) for each in r.geopos("{g}a", "Palermo")[0]], [13.361, 38.116])
    check(
        r.geosearch("{g}a", longitude=15, latitude=37, radius=200, unit="km", sort="ASC", withdist=True),
        [["Catania", 56.4413], ["Palermo", 190.4424]],
    )
    check(r.geosearchstore("{g}b", "{g}a", member="Catania", radius=100, unit="km"), 1)
    check(r.georadius("{g}a", 15, 37, 100, unit="km"), ["Catania"])
    check(r.georadiusbymember("{g}a", "Palermo", 1, unit="km"), ["Palermo"])


def hyperloglog(r):
    check(r.pfadd("{p}a", "a", "b", "c"), 1)
    check(r.pfadd("{p}a", "a"), 0)
    check(r.pfadd("{p}b", "c", "d"), 1)
    check(r.pfcount("{p}a", "{p}b"), 4)
    check(r.pfmerge("{p}c", "{p}a", "{p}b"), True)
    check(r.pfcount("{p}c"), 4)


def generic(r):
    names = [f"key{i}" for i in range(300)]
    check(r.mset(dict.fromkeys(names, "value")), True)
    check(r.exists(*names, "none"), 300)
    check(r.touch(*names[:10]), 10)
    check(sorted(r.keys("key1?")), [f"key1{i}" for i in range(10)])
    check(r.delete(*names[:100]), 100)
    check(r.unlink(*names[100:200], "none"), 100)
    check(r.randomkey() in names[200:], True)
    check((r.type("key200"), r.type("none")), ("string", "none"))
    check(r.object("encoding", "key200"), "embstr")
    check(r.set("{r}a", "1"), True)
    check(r.rename("{r}a", "{r}b"), True)
    check(r.renamenx("{r}b", "{r}a"), True)
    check(r.copy("{r}a", "{r}c"), True)
    dumped = another(r, decode_responses=False).dump("{r}a")
    check(r.restore("{r}d", 0, dumped), "OK")
    check(r.mget("{r}a", "{r}b", "{r}c", "{r}d"), ["1", None, "1", "1"])
    check("syntax" in raises(ResponseError, lambda: r.execute_command("SET", "a", "1", "FOO")), True)


def expiry(r):
    check(r.set("a", "1"), True)
    check((r.ttl("a"), r.ttl("none")), (-1, -2))
    check(r.expire("a", 100), True)
    check(r.expire("a", 50, gt=True), False)
    check(0 < r.pttl("a") <= 100_000, True)
    check(r.persist("a"), True)
    at = int(time.time()) + 1000
    check(r.expireat("a", at), True)
    check((r.expiretime("a"), r.pexpiretime("a")), (at, at * 1000))
    check(r.pexpire("a", 1), True)
    wait_until(lambda: r.get("a") is None)


def scan_iter(r):
    texts, lists = {f"text{i}" for i in range(500)}, {f"list{i}" for i in range(20)}
    r.mset(dict.fromkeys(texts, ""))
    for name in lists:
        r.rpush(name, "x")
    check(set(r.scan_iter()), texts | lists)
    check(set(r.scan_iter(match="text1*", count=7)), {name for name in texts if name.startswith("text1")})
    check(set(r.scan_iter(_type="list")), lists)
