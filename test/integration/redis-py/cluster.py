"""redis-py's own client of a Redis Cluster."""

from check import check
from redis.cluster import RedisCluster


def cluster(r):
    address = r.connection_pool.connection_kwargs
    rc = RedisCluster(host=address["host"], port=address["port"], decode_responses=True)
    check(all(node.server_type == "primary" for node in rc.get_nodes()), True)
    values = {f"key{i}": str(i) for i in range(100)}
    for name, value in values.items():
        check(rc.set(name, value), True)
    check([rc.get(name) for name in values], list(values.values()))
    check(rc.mget_nonatomic(*values, "none"), [*values.values(), None])
    check(rc.mset_nonatomic({"a": "1", "b": "2"}), [True, True])
    check(set(rc.scan_iter(match="key1?")), {f"key1{i}" for i in range(10)})
    check(rc.keyslot("key1"), rc.cluster_keyslot("key1"))
    check(rc.cluster_info(target_nodes=rc.get_random_node())["cluster_state"], "ok")

    with rc.pipeline() as pipe:
        for name in values:
            pipe.incr(name)
        check(pipe.execute(), [i + 1 for i in range(100)])
    check(rc.eval("return redis.call('get', KEYS[1])", 1, "key1"), "2")
    listener = rc.pubsub()
    listener.subscribe("news")
    check(listener.get_message(timeout=5)["type"], "subscribe")
    check(rc.publish("news", "hello"), 1)
    check(listener.get_message(timeout=5)["data"], "hello")
    with rc.lock("lock", timeout=100) as held:
        check(held.owned(), True)
    check(rc.exists("lock"), 0)
    rc.close()
