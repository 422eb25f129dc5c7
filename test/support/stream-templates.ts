import { createHash } from 'node:crypto';

/**
 * What a random stream is made of: per family a list of steps, commands that go together being set apart by `;`.
 *
 *   @ the step's key     K a key that lies with it     A any key        A+ AV+ some of them, with values
 *   V a value            V+ some                       F a field        F+ FV+ DF+ some, with values, with scores
 *   N an integer         P a positive one              D a number       O a longitude and a latitude
 *   I an ID in a stream  G a group, C a consumer       B a bit
 *   S seconds to live    U a time in the far future    Q a pattern of keys that lie with the step's
 *   $… one of the texts below
 *
 * What depends on chance or on the clock leaves the two sides with different contents, so the key is dropped in the
 * same step, after it: `SPOP`, and `XADD` with an ID of the server's.
 * With scores that differ, what ranges by words give depends on chance, so these have a set of their own. Only a step
 * of one command is ever spoilt by wrong arguments.
 */
export const families = {
  string: `
    GET @|GET @|GET @|SET @ V|SET @ V|SET @ V|SET @ N|SET @ V NX|SET @ V XX GET|SET @ V KEEPTTL|SET @ V EX S
    SET @ V PXAT 4102444800000 GET|SETEX @ S V|PSETEX @ 90000000 V|SETNX @ V|GETSET @ V|GETDEL @|GETEX @|GETEX @ PERSIST
    RESTORE @ 0 $string|RESTORE @ 90000000 $string REPLACE|RESTORE @ 0 V REPLACE|GETEX @ EXAT U|APPEND @ V|STRLEN @|SETRANGE @ P V|GETRANGE @ N N|SUBSTR @ N N|INCR @|INCR @|DECR @|INCRBY @ N
    DECRBY @ N|INCRBYFLOAT @ D|LCS @ K|LCS @ K LEN|LCS @ K IDX MINMATCHLEN P WITHMATCHLEN|MSETNX @ V K V|MGET A+
    MGET A+|MSET AV+|MSET @ V`,
  hash: `
    HSET @ FV+|HSET @ FV+|HSET @ FV+|RESTORE @ 0 $hash REPLACE|RESTORE @ 4102444800000 $hash ABSTTL|HMSET @ FV+|HSET @ F N|HSETNX @ F V|HGET @ F|HMGET @ F+|HDEL @ F+|HGETALL @|HKEYS @|HVALS @
    HLEN @|HEXISTS @ F|HSTRLEN @ F|HINCRBY @ F N|HINCRBYFLOAT @ F D|HRANDFIELD @|HRANDFIELD @ N|HRANDFIELD @ P WITHVALUES
    HSCAN @ 0 COUNT 1000|HSCAN @ 0 MATCH f* COUNT 1000`,
  list: `
    LPUSH @ V+|RPUSH @ V+|LPUSH @ V+|RPUSH @ V+|RPUSH @ N N N|RPUSH @ N N N|EVAL $push 1 @ V|LPUSHX @ V|RPUSHX @ V|LPOP @|RPOP @|LPOP @ P|RPOP @ P|LRANGE @ 0 -1|LRANGE @ N N
    LLEN @|LINDEX @ N|LSET @ N V|LINSERT @ BEFORE V V|LINSERT @ AFTER V V|LREM @ N V|LTRIM @ N -1|LTRIM @ -20 -1
    LMOVE @ K LEFT RIGHT|LMOVE @ @ RIGHT LEFT|RPOPLPUSH @ K|LPOS @ V|LPOS @ V RANK N COUNT P|LMPOP 2 @ K LEFT COUNT P
    SORT @|SORT @ ALPHA|SORT @ ALPHA DESC LIMIT 1 P|SORT @ BY Q GET # GET Q; TYPE @|SORT_RO @ ALPHA|SORT @ ALPHA STORE K`,
  set: `
    SADD @ F+|SADD @ F+|SADD @ F+|SADD @ N N N|SADD @ V V|SREM @ F+|SMEMBERS @|SISMEMBER @ F|SMISMEMBER @ F+|SCARD @|SMOVE @ K F
    SINTER @ K|SUNION @ K K|SDIFF @ K|SINTERSTORE @ K K|SUNIONSTORE @ K K|SDIFFSTORE @ K K|SINTERCARD 2 @ K LIMIT P
    SINTERCARD 1 @|SPOP @; DEL @|SPOP @ P; DEL @|SPOP @ 100000; DEL @|SRANDMEMBER @|SRANDMEMBER @ N|SSCAN @ 0 COUNT 1000
    SORT @ ALPHA|SORT @|SORT @ BY nosort STORE K`,
  zset: `
    ZADD @ DF+|ZADD @ DF+|ZADD @ GT CH DF+|ZADD @ LT DF+|ZADD @ NX CH DF+|ZADD @ XX INCR D F|ZADD @ 0 F 0 F 0 F|ZINCRBY @ D F
    ZREM @ F+|ZCARD @|ZSCORE @ F|ZMSCORE @ F+|ZRANK @ F|ZREVRANK @ F|ZCOUNT @ N P|ZCOUNT @ -inf (P
    ZRANGE @ 0 -1 WITHSCORES|ZRANGE @ N N REV|ZRANGE @ N P BYSCORE LIMIT 0 P|ZRANGESTORE @ K 0 P
    ZRANGEBYSCORE @ N P WITHSCORES LIMIT P P|ZREVRANGEBYSCORE @ P N|ZREVRANGE @ 0 P WITHSCORES|ZPOPMIN @|ZPOPMAX @ P
    ZMPOP 2 @ K MIN COUNT P|ZREMRANGEBYRANK @ 0 P|ZREMRANGEBYSCORE @ N P|ZUNIONSTORE @ 2 K K WEIGHTS N D
    ZINTERSTORE @ 2 K K AGGREGATE MAX|ZDIFFSTORE @ 2 K K|ZUNION 2 @ K AGGREGATE MIN WITHSCORES
    ZINTER 2 @ K AGGREGATE SUM WITHSCORES|ZDIFF 2 @ K|ZINTERCARD 2 @ K LIMIT P|ZRANDMEMBER @|ZRANDMEMBER @ N WITHSCORES
    ZSCAN @ 0 COUNT 1000|SORT @ ALPHA|DEL @; ZADD @ 0 F 0 F 0 F 0 F 0 F; ZLEXCOUNT @ [F +; ZRANGEBYLEX @ - [F
    DEL @; ZADD @ 0 F 0 F 0 F 0 F; ZREVRANGEBYLEX @ [F -; ZRANGE @ (F + BYLEX LIMIT 1 P; ZREMRANGEBYLEX @ [F +`,
  stream: `
    XADD @ I F V|XADD @ I F V F V|XADD @ I F V|XADD @ MAXLEN 10 I F V|XADD @ NOMKSTREAM I F V|XADD @ MINID = I I F V
    XADD @ * F V; DEL @|XADD @ 0-* F V|XLEN @|XRANGE @ - +|XRANGE @ I I COUNT P|XRANGE @ (I +|XREVRANGE @ + - COUNT P
    XDEL @ I I|XTRIM @ MAXLEN P|XTRIM @ MINID I|XREAD COUNT P STREAMS @ K 0 I|XREAD STREAMS @ $|XSETID @ I
    XGROUP CREATE @ G 0|XGROUP CREATE @ G 0 MKSTREAM|XGROUP CREATE @ G $ MKSTREAM|XGROUP CREATE @ G 0 MKSTREAM|XGROUP CREATE @ G I|XGROUP DESTROY @ G|XGROUP SETID @ G 0
    XGROUP CREATECONSUMER @ G C|XGROUP DELCONSUMER @ G C|XREADGROUP GROUP G C COUNT P STREAMS @ >
    XREADGROUP GROUP G C COUNT P STREAMS @ >|XREADGROUP GROUP G C NOACK STREAMS @ K > >|XREADGROUP GROUP G C STREAMS @ 0
    XACK @ G I I|XPENDING @ G|XPENDING @ G - + 10|XCLAIM @ G C 0 I I|XCLAIM @ G C 0 I FORCE JUSTID
    XAUTOCLAIM @ G C 0 0 COUNT P|XAUTOCLAIM @ G C 90000000 0|XINFO STREAM @|XINFO GROUPS @|XINFO CONSUMERS @ G`,
  hll: `
    PFADD @ F+|PFADD @ V|PFADD @|PFCOUNT @|PFCOUNT @ K|PFMERGE @ K K|STRLEN @`,
  bits: `
    SETBIT @ P B|SETBIT @ P B|GETBIT @ P|BITCOUNT @|BITCOUNT @ N N|BITCOUNT @ N N BIT|BITPOS @ B|BITPOS @ B N N BIT
    BITOP AND @ K K|BITOP OR @ K K|BITOP XOR @ K K|BITOP NOT @ K|BITFIELD @ SET u8 P P GET i5 #P
    BITFIELD @ OVERFLOW SAT INCRBY i4 P N OVERFLOW FAIL INCRBY u3 P N|BITFIELD_RO @ GET u16 P|GET @`,
  geo: `
    GEOADD @ O F|GEOADD @ O F O F|GEOADD @ NX CH O F|GEODIST @ F F|GEODIST @ F F km|GEOHASH @ F+|GEOPOS @ F+
    GEOSEARCH @ FROMLONLAT O BYRADIUS 2000 km ASC|GEOSEARCH @ FROMMEMBER F BYBOX 900 900 km DESC COUNT P WITHDIST WITHCOORD
    GEOSEARCHSTORE @ K FROMLONLAT O BYRADIUS 3000 km|GEOSEARCHSTORE @ K FROMMEMBER F BYRADIUS 900 km STOREDIST
    GEORADIUS @ O 2000 km WITHHASH ASC|GEORADIUS @ O 2000 km STORE K|GEORADIUS_RO @ O 900 km DESC
    GEORADIUSBYMEMBER @ F 800 km COUNT P ASC|GEORADIUSBYMEMBER_RO @ F 800 km ASC|ZCARD @`,
  generic: `
    DEL A+|UNLINK A+|EXISTS A+|EXISTS @ @|TOUCH A+|TYPE @|TYPE @|RENAME @ K|RENAMENX @ K|COPY @ K|COPY @ K REPLACE|DUMP @
    EXPIRE @ S|EXPIRE @ S NX|EXPIRE @ -1|PEXPIRE @ 90000000 XX|EXPIREAT @ U|EXPIREAT @ U GT
    PEXPIREAT @ 4102444800000 LT|EXPIREAT @ 1|PERSIST @|TTL @|PTTL @|EXPIRETIME @|PEXPIRETIME @|OBJECT ENCODING @
    OBJECT REFCOUNT @|OBJECT IDLETIME @|OBJECT FREQ @|MEMORY USAGE @ SAMPLES 0|RENAME @ @`,
  script: `
    EVAL $echo 1 @ V|EVAL $increment 1 @|EVAL $both 2 @ K|EVAL $fails 0|EVAL $nested 0|EVAL_RO $echo 1 @ V
    EVAL_RO $increment 1 @|EVAL nonsense 1 @|SCRIPT LOAD $loaded; EVALSHA $sha 1 @ V|SCRIPT LOAD $loaded; EVALSHA_RO $sha 1 @ V
    EVAL $loaded 1 @ V|EVALSHA $sha 1 @ V|EVALSHA $sha 1 @ V|EVALSHA_RO $sha 1 K V|EVALSHA ffffffffffffffffffffffffffffffffffffffff 1 @|SCRIPT EXISTS $sha ffff
    FUNCTION LOAD REPLACE $library|FUNCTION LOAD $library|FCALL append 1 @ V|FCALL append 1 @ V|FCALL length 1 @
    FCALL_RO length 1 @|FCALL_RO append 1 @ V|FUNCTION LIST|FUNCTION LIST LIBRARYNAME mine WITHCODE`,
  keyspace: `
    DBSIZE|DBSIZE|DBSIZE|KEYS *|KEYS *list*|KEYS {?}*1|KEYS V|RANDOMKEY|PING|PING V|ECHO V|SELECT 0|SELECT 3; SET @ V; GET @; DBSIZE; KEYS *; SELECT 0|SELECT 3; DEL A+; MGET A+; SELECT 0|MOVE @ 3
    TIME|COMMAND COUNT`,
  rare: `
    FLUSHALL|SWAPDB 0 3|FLUSHDB ASYNC|SCRIPT FLUSH|FUNCTION FLUSH|FUNCTION DELETE mine`,
  // Those that may wait do not wait for long.
  link: `
    BLPOP @ 0.01|BRPOP @ K 0.01|BLMOVE @ K LEFT RIGHT 0.01|BRPOPLPUSH @ K 0.01|BLMPOP 0.01 2 @ K LEFT COUNT P|BZPOPMIN @ 0.01
    BZPOPMAX @ K 0.01|BZMPOP 0.01 1 @ MAX|PUBLISH V V|SPUBLISH V V|PUBSUB NUMPAT|WATCH @; UNWATCH|WAIT 0 1
    CLIENT SETNAME F; CLIENT GETNAME`,
} as const;

export type Family = keyof typeof families;

const append =
  "redis.register_function('append', function(keys, args) return redis.call('APPEND', keys[1], args[1]) end)";
const length =
  "redis.register_function{function_name='length', flags={'no-writes'}, callback=function(keys) " +
  "return redis.call('STRLEN', keys[1]) end}";

const loaded = 'return {ARGV[1], KEYS[1]}';

/** Scripts, and values as DUMP has them. */
export const texts: Readonly<Record<string, string | Buffer>> = {
  $echo: 'return {KEYS[1], ARGV[1], #ARGV}',
  $increment: "return redis.call('INCR', KEYS[1])",
  $push: "redis.pcall('RPUSH', KEYS[1], ARGV[1]) return redis.call('LRANGE', KEYS[1], 0, -1)",
  $both: "return {redis.call('TYPE', KEYS[1]), redis.call('EXISTS', KEYS[1], KEYS[2])}",
  $fails: "return redis.error_reply('MINE is wrong')",
  $nested: "return {1, {2, 'three', {false, 4.9}}, redis.status_reply('FINE'), true}",
  $loaded: loaded,
  $sha: createHash('sha1').update(loaded).digest('hex'),
  $library: `#!lua name=mine\n${append}\n${length}`,
  $string: Buffer.from('0008726573746f7265640a00b565b8d8d26f0af4', 'hex'),
  $hash: Buffer.from('10121200000004008166028176028167020c01ff0a00de133993f783817e', 'hex'),
};
