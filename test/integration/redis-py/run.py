"""run.py PORT GROUP: a group of commands on a server, whose data it deletes. Fails at a wrong reply."""

import sys

import cluster
import conversations
import redis
import values

port, group = sys.argv[1:]
client = redis.Redis("127.0.0.1", int(port), decode_responses=True)
client.flushall()
{**vars(values), **vars(conversations), **vars(cluster)}[group](client)
print(group)
