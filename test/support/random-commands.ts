import { randomSource } from './random-source.js';

/** Numbers are texts already: both sides are to send the same. */
export type Argument = string | Buffer;

/** A command that two servers of the same data answer in the same way, but for the order of what has none. */
export interface RandomCommand {
  readonly name: string;
  readonly args: Argument[];
  /** The reply is a set, which each server keeps in an order of its own. */
  readonly isUnordered: boolean;
}

/** What `COMMAND` says of one command: as much as is needed to call it. */
export interface KnownCommand {
  readonly name: string;
  readonly arity: number;
}

/** Their replies or effects depend on chance, on the clock, or on which process answers. */
const UNREPEATABLE = new Set([
  ...['info', 'randomkey', 'time', 'lastsave', 'monitor', 'slowlog', 'latency'],
  // It waits for replicas that are not there.
  'wait',
  // They are about a proxy's connection, of which a client in the process has none.
  ...['client', 'config', 'reset', 'memory', 'role', 'subscribe', 'psubscribe', 'ssubscribe'],
  ...['unsubscribe', 'punsubscribe', 'sunsubscribe'],
  // A client has its own `multi()`.
  ...['multi', 'exec', 'discard'],
  // They may wait: in a proxy's connection what comes behind them waits as well, in a client it does not.
  ...['blpop', 'brpop', 'blmove', 'blmpop', 'brpoplpush', 'bzpopmin', 'bzpopmax', 'bzmpop'],
  // They would leave nothing to compare.
  ...['flushall', 'flushdb'],
  ...['spop', 'srandmember', 'hrandfield', 'zrandmember', 'xadd', 'xautoclaim', 'xclaim', 'dump', 'restore'],
  ...['pttl', 'ttl', 'expire', 'pexpire', 'expireat', 'pexpireat', 'expiretime', 'pexpiretime', 'psetex'],
  ...[
    'setex',
    'set',
    'getex',
    'object',
    'memory',
    'hello',
    'hscan',
    'sscan',
    'command',
    'quit',
    'xreadgroup',
  ],
]);

const UNORDERED = new Set([
  ...['smembers', 'sinter', 'sunion', 'sdiff', 'hkeys', 'hvals', 'hgetall', 'spop', 'keys'],
]);

/** A key space so small that commands meet each other's keys, of all types and forms. */
const KEYS: readonly Argument[] = [
  ...Array.from({ length: 24 }, (_, i) => `key${i}`),
  ...['{a}1', '{a}2', '{a}3', '{b}1', '{b}2', 'x{b}y', '{}1', '{}2', '}{c', '{{a}}', 'schlüssel', ''],
  ...[
    [0],
    [0x0d, 0x0a],
    [0xff, 0xfe, 0x80],
    [0x7b, 0x61, 0x7d, 0x00, 0xff],
    [0x7b, 0xff, 0x7d],
    [0x24, 0x31, 0x0d, 0x0a, 0x78],
  ].map((bytes) => Buffer.from(bytes)),
  'long'.repeat(100),
];

type Template = readonly (string | number)[];

/**
 * Words that stand for something else: K a key, T a key of one tag, V a value, N a small number, F a field, I the id
 * of an entry of a stream; `K+` some keys, `KV+` pairs, `FV+` fields and values, `NF+` scores and members.
 */
const TEMPLATES: readonly Template[] = [
  ...['get K', 'set K V', 'set K V NX', 'set K V XX GET', 'getset K V', 'getdel K', 'append K V', 'strlen K'],
  ...['setnx K V', 'setrange K N V', 'getrange K N N', 'incr K', 'decrby K N', 'incrbyfloat K 1.5', 'type K'],
  ...['mget K+', 'mset KV+', 'del K+', 'unlink K+', 'exists K+', 'touch K+', 'msetnx KV+', 'mget', 'mset K'],
  ...['persist K', 'expireat K 4000000000', 'expireat K 1', 'rename T T', 'renamenx K K', 'copy T T REPLACE'],
  ...['setbit K N 1', 'getbit K N', 'bitcount K', 'bitpos K 1', 'bitop OR T T T', 'bitfield K INCRBY u8 N 3'],
  ...['hset K FV+', 'hget K F', 'hmget K F F', 'hdel K F F', 'hgetall K', 'hkeys K', 'hvals K', 'hlen K'],
  ...['hincrby K F N', 'hincrbyfloat K F 0.5', 'hsetnx K F V', 'hexists K F', 'hstrlen K F', 'hmset K FV+'],
  ...[
    'lpush K V V',
    'rpush K V',
    'lpop K',
    'rpop K N',
    'lrange K 0 -1',
    'llen K',
    'lindex K N',
    'lset K N V',
  ],
  ...[
    'linsert K BEFORE V V',
    'lrem K N V',
    'ltrim K N N',
    'lmove T T LEFT RIGHT',
    'rpoplpush T T',
    'lpos K V',
  ],
  ...['lmpop 2 T T LEFT COUNT N', 'lpushx K V', 'sadd K F F', 'srem K F', 'smembers K', 'sismember K F'],
  ...['smismember K F F', 'scard K', 'smove T T F', 'sinter T T', 'sunion T T', 'sdiff T T', 'spop K 1000'],
  ...['sinterstore T T T', 'sunionstore T T T', 'sdiffstore T T T', 'sintercard 2 T T', 'sunion K K K'],
  ...['zadd K NF+', 'zadd K GT CH NF+', 'zadd K INCR N F', 'zrange K 0 -1 WITHSCORES', 'zrangebyscore K N N'],
  ...[
    'zrevrange K 0 N',
    'zscore K F',
    'zmscore K F F',
    'zrank K F',
    'zcard K',
    'zcount K 0 N',
    'zincrby K N F',
  ],
  ...['zrem K F F', 'zpopmin K', 'zpopmax K N', 'zunionstore T 2 T T WEIGHTS 1 N', 'zinterstore T 2 T T'],
  ...[
    'zunion 2 T T WITHSCORES',
    'zdiff 2 T T',
    'zrangestore T T 0 N',
    'zremrangebyrank K 0 N',
    'zlexcount K - +',
  ],
  ...[
    'zmpop 1 T MIN',
    'zintercard 2 T T',
    'zunionstore T -1 T',
    'zunionstore T 5 T',
    'zunion x T',
    'zscan K 0',
  ],
  ...['xadd K I f V', 'xlen K', 'xrange K - +', 'xrevrange K + - COUNT N', 'xdel K I', 'xtrim K MAXLEN N'],
  ...[
    'xgroup CREATE K F 0',
    'xgroup CREATE K F 0 MKSTREAM',
    'xgroup DESTROY K F',
    'xread COUNT N STREAMS T T 0 0',
  ],
  ...['xack K F I', 'xpending K F', 'xread STREAMS T', 'xgroup NONSENSE K'],
  ...['pfadd K F F', 'pfcount K K', 'pfmerge T T', 'geoadd K 13.3 38.1 F', 'geodist K F F', 'geopos K F'],
  ...['sort K', 'sort K ALPHA', 'sort K STORE K', 'sort T BY nosort STORE T', 'object ENCODING K', 'lcs T T'],
  ...['eval "return_{KEYS[1],ARGV[1]}" 1 K V', 'eval "return_redis.call(\'incr\',KEYS[1])" 1 K'],
  ...[
    'eval "return_1" 0',
    'eval "return_1" -1 K',
    'eval "return_1" 9 K',
    'eval "return_1" x K',
    'evalsha 0 1 K',
  ],
  ...['ping', 'ping V', 'echo V', 'ping V V', 'select 0', 'select 1', 'auth V', 'dbsize', 'keys V'],
  ...['watch K', 'wait 0 0', 'save'],
  ...['scan 0', 'cluster SLOTS', 'migrate V', 'move K 1', 'unknown', 'unknown V K', 'get', 'set K'],
].map((line) => line.split(' ').map((word) => word.replaceAll('_', ' ').replaceAll('"', '')));

/** Makes one random command after the other: most of them sensible, the rest any command with any arguments. */
export class RandomCommands {
  readonly #random: () => number;
  readonly #known: readonly KnownCommand[];

  constructor(seed: number, known: readonly KnownCommand[]) {
    this.#random = randomSource(seed);
    this.#known = known.filter(({ name }) => !UNREPEATABLE.has(name));
  }

  next(): RandomCommand {
    const [name, ...args] = this.#random() < 0.75 ? this.#sensible() : this.#anything();
    return { name: String(name), args, isUnordered: UNORDERED.has(String(name)) };
  }

  #sensible(): Argument[] {
    const tag = this.#pick(['{a}', '{b}', '{\u00e9}']);
    return this.#pick(TEMPLATES).flatMap((word) => this.#filled(String(word), tag));
  }

  /** Arguments that are too few, too many, of the wrong kind. */
  #anything(): Argument[] {
    const { name, arity } = this.#pick(this.#known);
    const count = Math.max(0, Math.abs(arity) - 1 + this.#below(4) - 1);
    const words = Array.from({ length: count }, () => this.#pick(['K', 'T', 'V', 'N', 'F', 'I']));
    return [name, ...words.flatMap((word) => this.#filled(word, '{a}'))];
  }

  #filled(word: string, tag: string): Argument[] {
    switch (word) {
      case 'K':
        return [this.#pick(KEYS)];
      case 'T':
        return [`${tag}${1 + this.#below(4)}`];
      case 'V':
        return [this.#value()];
      case 'N':
        return [String(this.#below(12) - 3)];
      case 'F':
        return [`field${this.#below(6)}`];
      case 'I':
        return [`${1 + this.#below(40)}-${this.#below(3)}`];
      case 'K+':
        return this.#many('K', tag);
      case 'KV+':
        return this.#many('K V', tag);
      case 'FV+':
        return this.#many('F V', tag);
      case 'NF+':
        return this.#many('N F', tag);
      default:
        return [word];
    }
  }

  #many(words: string, tag: string): Argument[] {
    const once = () => words.split(' ').flatMap((word) => this.#filled(word, tag));
    return Array.from({ length: 1 + this.#below(8) }, once).flat();
  }

  #value(): Argument {
    const kind = this.#below(8);
    if (kind < 3) return String(this.#below(1_000));
    if (kind === 3) return Buffer.from(Array.from({ length: this.#below(40) }, () => this.#below(256)));
    if (kind === 4) return '$5\r\nwrong\r\n'.repeat(this.#below(3));
    if (kind === 5) return 'größe 💾'.repeat(this.#below(60));
    return `value${this.#below(50)}`;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)];
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
