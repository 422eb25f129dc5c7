import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProxyHeader } from '../src/proxy-header.js';
import { LOCAL, PROXY, proxyHeader, TCP4, TCP6, tcp4, tcp6, UNIX, UNSPECIFIED } from './proxy-headers.js';

/** Gives a header bytes in parts of these lengths, and the rest in one; tells where it ended. */
function take(bytes: Buffer, lengths: readonly number[] = []): { header: ProxyHeader; end: number } {
  const header = new ProxyHeader();
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    const end = Math.min(at + length, bytes.length);
    const next = header.take(bytes, at, end);
    if (next < end || header.fault !== null) return { header, end: next };
    at = next;
  }
  return { header, end: at };
}

const address4 = fc.ipV4();
const address6 = fc.tuple(...Array.from({ length: 8 }, () => fc.integer({ min: 0, max: 0xffff })));
const port = fc.integer({ min: 0, max: 65_535 });
const tlvs = fc.uint8Array({ maxLength: 300 });
const splits = fc.array(fc.integer({ min: 1, max: 40 }));

describe('the client it names, whatever the parts it comes in and whatever follows', () => {
  test('TCP over IPv4', () => {
    fc.assert(
      fc.property(address4, port, tlvs, tlvs, splits, (address, clientPort, more, behind, lengths) => {
        const header = proxyHeader(PROXY, TCP4, tcp4(address, clientPort), Buffer.from(more));
        const taken = take(Buffer.concat([header, behind]), lengths);
        expect(taken.header.fault).toBeNull();
        expect(taken.header.isWhole).toBe(true);
        expect(taken.end).toBe(header.length);
        expect(taken.header.client).toBe(`${address}:${clientPort}`);
      }),
    );
  });

  test('TCP over IPv6', () => {
    fc.assert(
      fc.property(address6, port, tlvs, splits, (groups, clientPort, more, lengths) => {
        const header = proxyHeader(PROXY, TCP6, tcp6(groups, clientPort), Buffer.from(more));
        const { client } = take(header, lengths).header;
        const colon = client!.lastIndexOf(':');
        expect(client!.slice(colon + 1)).toBe(String(clientPort));
        // As the WHATWG writes an address, which is another programmer's work.
        const hostname = (text: string) => new URL(`http://[${text}]`).hostname;
        const expected = groups.map((group) => group.toString(16)).join(':');
        expect(hostname(client!.slice(0, colon))).toBe(hostname(expected));
      }),
    );
  });

  test.each<[what: string, header: Buffer, client: string | null]>([
    ['a unix socket', proxyHeader(PROXY, UNIX, Buffer.alloc(216, '/a')), 'unix'],
    ['nobody it knows', proxyHeader(PROXY, UNSPECIFIED), null],
    ['nobody it knows, with more', proxyHeader(PROXY, UNSPECIFIED, Buffer.alloc(20)), null],
    ['itself', proxyHeader(LOCAL, UNSPECIFIED), null],
    ['itself, of whatever kind', proxyHeader(LOCAL, 0xff, Buffer.alloc(3)), null],
    [
      'one behind the longest TLVs',
      proxyHeader(PROXY, TCP4, tcp4('1.2.3.4', 5), Buffer.alloc(65_523)),
      '1.2.3.4:5',
    ],
  ])('%s', (_what, bytes, client) => {
    for (const lengths of [[], Array.from({ length: bytes.length }, () => 1)]) {
      const { header, end } = take(bytes, lengths);
      expect([header.fault, header.isWhole, end, header.client]).toEqual([null, true, bytes.length, client]);
    }
  });
});

test('it is not whole one byte before its end', () => {
  const bytes = proxyHeader(PROXY, TCP6, tcp6([1, 2, 3, 4, 5, 6, 7, 8], 9), Buffer.alloc(7));
  for (let end = 0; end < bytes.length; end++) {
    const { header } = take(bytes.subarray(0, end));
    expect([header.isWhole, header.fault]).toEqual([false, null]);
  }
});

describe('a fault is found at the byte that shows it', () => {
  const good = proxyHeader(PROXY, TCP4, tcp4('1.2.3.4', 5));
  const withByte = (index: number, byte: number) => {
    const bytes = Buffer.from(good);
    bytes[index] = byte;
    return bytes;
  };

  test.each<[what: string, bytes: Buffer, at: number, fault: RegExp]>([
    ['version 1', Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 5 6\r\n'), 0, /does not begin with/],
    ['a command of Redis', Buffer.from('*1\r\n$4\r\nPING\r\n'), 0, /does not begin with/],
    ['a TLS handshake', Buffer.from([0x16, 3, 1, 0, 0]), 0, /does not begin with/],
    ['version 1 within the head', withByte(12, 0x11), 12, /version 1, not 2/],
    ['version 3', withByte(12, 0x31), 12, /version 3, not 2/],
    ['an unknown command', withByte(12, 0x22), 12, /command, 2/],
    ['datagrams', withByte(13, 0x12), 13, /kind, 0x12/],
    ['an unknown family', withByte(13, 0x41), 13, /kind, 0x41/],
    ['too little for IPv4', withByte(15, 11), 15, /too short for its addresses: 11/],
    ['too little for IPv6', proxyHeader(PROXY, TCP6, Buffer.alloc(35)), 15, /too short/],
    ['too little for a path', proxyHeader(PROXY, UNIX, Buffer.alloc(215)), 15, /too short/],
  ])('%s', (_what, bytes, at, fault) => {
    for (const lengths of [[], Array.from({ length: bytes.length }, () => 1)]) {
      const { header, end } = take(bytes, lengths);
      expect(header.fault).toMatch(fault);
      expect(end).toBe(at + 1);
      expect(header.isWhole).toBe(false);
    }
  });

  test('each byte of the signature counts', () => {
    for (let index = 0; index < 12; index++) {
      const { header, end } = take(withByte(index, good[index] ^ 1));
      expect(header.fault).not.toBeNull();
      expect(end).toBe(index + 1);
    }
  });
});

test('whatever comes, in whatever parts, the verdict is the same', () => {
  const bytes = fc
    .tuple(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 16 }))
    .map(([noise, kept]) => {
      const head = proxyHeader(PROXY, TCP4, tcp4('1.2.3.4', 5)).subarray(0, kept);
      return Buffer.concat([head, noise]);
    });
  fc.assert(
    fc.property(bytes, splits, (sent, lengths) => {
      const [one, other] = [take(sent), take(sent, lengths)];
      expect(other.end).toBe(one.end);
      expect(other.header.fault).toBe(one.header.fault);
      expect(other.header.isWhole).toBe(one.header.isWhole);
      if (one.header.isWhole && one.header.fault === null) {
        expect(other.header.client).toBe(one.header.client);
      }
    }),
    { numRuns: 2_000 },
  );
});
