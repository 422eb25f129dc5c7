/** Well-formed bytes for the mutations to begin with. */

function encode(line) {
  const words = line.split(' ');
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${bulks.join('')}`;
}

const commands = [
  'GET key',
  'set key value EX 10',
  'MGET a b c d e',
  `MGET ${'key '.repeat(40)}last`,
  'MSET a 1 b 2 c 3',
  'DEL a b',
  'EXISTS a a b',
  'PING',
  'PING hello',
  'ECHO hello',
  'AUTH secret',
  'AUTH default secret',
  'HELLO 2 AUTH default secret SETNAME me',
  'HELLO 3',
  'SELECT 0',
  'QUIT',
  'COMMAND DOCS get',
  'OBJECT ENCODING key',
  'XGROUP CREATE stream group $ MKSTREAM',
  'XREAD COUNT 2 STREAMS a b 0 0',
  'XREADGROUP GROUP g c NOACK STREAMS a b > >',
  'XREAD BLOCK 0 STREAMS a $',
  'SORT list BY w_* LIMIT 0 5 GET # GET v_* ASC STORE out',
  'GEORADIUS key 1 2 3 m COUNT 2 ANY STORE out STOREDIST other',
  'ZUNIONSTORE out 2 a b WEIGHTS 1 2',
  'EVAL return 2 a b c',
  'FCALL f 1 a',
  'LMPOP 2 a b LEFT',
  'COPY a b DB 1',
  'BITOP AND out a b c',
  'MULTI',
  'SUBSCRIBE news',
  'CONFIG GET *',
  'NOSUCHCOMMAND with arguments',
];

const inlines = [
  'get key\r\n',
  'set key "two\\r\\nlines\\x41"\r\n',
  "mget 'a b' c\n",
  '\r\n',
  'PING\r\n',
  'POST / HTTP/1.1\r\n',
  'Host: localhost\r\n',
  '*0\r\n',
  '*-1\r\n',
];

export const requests = [...commands.map(encode), ...inlines].map((text) => Buffer.from(text, 'latin1'));

export const replies = [
  '+OK\r\n',
  '-ERR some error\r\n',
  '-LOADING Redis is loading the dataset in memory\r\n',
  '-BUSY Redis is busy running a script\r\n',
  '-BUSYKEY Target key name already exists\r\n',
  ':0\r\n',
  ':-9223372036854775808\r\n',
  '$-1\r\n',
  '$0\r\n\r\n',
  '$5\r\nhello\r\n',
  `$100\r\n${'x'.repeat(100)}\r\n`,
  '*-1\r\n',
  '*0\r\n',
  '*1\r\n$1\r\na\r\n',
  '*2\r\n$1\r\na\r\n$-1\r\n',
  '*3\r\n:1\r\n*2\r\n+a\r\n-ERR b\r\n$1\r\nc\r\n',
  '*1\r\n*1\r\n*1\r\n*1\r\n*0\r\n',
].map((text) => Buffer.from(text, 'latin1'));

/** What a mutation puts in: bytes and texts that the protocol gives a meaning. */
export const pieces = [
  '\r',
  '\n',
  '\r\n',
  '$',
  '*',
  '+',
  '-',
  ':',
  '"',
  "'",
  '\\',
  '\0',
  ' ',
  '0',
  '9',
  '-1',
  '00',
  '1000000000',
  '999999999',
  '536870912',
  '536870913',
  '18446744073709551617',
  '*1\r\n',
  '*3\r\n',
  '$3\r\n',
  '$0\r\n\r\n',
  'STREAMS',
  'STORE\0',
].map((text) => Buffer.from(text, 'latin1'));
