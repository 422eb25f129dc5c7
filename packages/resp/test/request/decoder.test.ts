import { DecodeStatus, Handling } from '@shardmux/plugin-api';
import { type Argument, encodeCommand } from '@shardmux/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/commands/refusal.js';
import { RespRequestDecoder } from '../../src/request/decoder.js';
import { argumentsOf, conversationThatIs, decodeOne, keysOf, limits, text } from '../support.js';
import { outcomeOf } from './outcome.js';

function command(...args: Argument[]): RespRequestDecoder {
  return decodeOne(encodeCommand(args));
}

function protocolError(words: string): string {
  return `-ERR Protocol error: ${words}\r\n`;
}

const anyBytes = fc.uint8Array({ maxLength: 40 });
const anyCommand = fc.tuple(
  fc.oneof(fc.constantFrom('GET', 'mset', 'Del', 'EVAL', 'XGROUP', 'ping', 'sort'), fc.string()),
  fc.array(anyBytes, { maxLength: 40 }),
);
const anyRequest = fc.oneof(
  anyCommand.map(([name, args]) => encodeCommand([name, ...args])),
  fc
    .constantFrom('*0\r\n', '*-1\r\n', '\r\n', '\n', 'get "a b" \r\n', 'PING\n')
    .map((line) => Buffer.from(line)),
);
const anyRequests = fc.array(anyRequest, { minLength: 1, maxLength: 5 }).map((list) => Buffer.concat(list));

describe('a command', () => {
  it('is told by its offsets', () => {
    const set = command('SET', 'key', 'value');
    expect(set.spec.name).toBe('set');
    expect(set.handling).toBe(Handling.forward);
    expect(argumentsOf(set)).toEqual(['SET', 'key', 'value']);
    expect(keysOf(set)).toEqual(['key']);
  });

  it('may have keys and values of any bytes, and empty ones', () => {
    const odd = Buffer.from('\0\r\n$3\r\n*', 'latin1');
    expect(keysOf(command('SET', odd, odd))).toEqual([odd.toString('latin1')]);
    expect(keysOf(command('GET', ''))).toEqual(['']);
  });

  it('is known in any letter case', () => {
    expect(command('gEt', 'key').spec).toBe(command('GET', 'key').spec);
    expect(command('xgroup', 'Create', 's', 'g', '$').spec.name).toBe('xgroup|create');
  });

  it('may have more arguments than there was room for', () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `key${i}`);
    expect(keysOf(command('MGET', ...keys))).toEqual(keys);
  });

  it('leaves the room of a large one behind', () => {
    const decoder = new RespRequestDecoder(limits, conversationThatIs(true));
    const large = encodeCommand(['MGET', ...Array.from({ length: 200_000 }, () => 'k')]);
    const small = encodeCommand(['GET', 'k']);
    expect(decoder.decode(large, 0, large.length)).toBe(DecodeStatus.command);
    expect(decoder.decode(small, 0, small.length)).toBe(DecodeStatus.command);
    expect(keysOf(decoder)).toEqual(['k']);
    const held = Object.values(decoder).filter((value) => value instanceof Int32Array);
    expect(held.reduce((sum, array) => sum + array.byteLength, 0)).toBeLessThan(1000);
  });
});

describe('any requests', () => {
  it('come out the same, cut in two anywhere', () => {
    fc.assert(
      fc.property(anyRequests, (bytes) => {
        const whole = outcomeOf(bytes);
        for (let cut = 0; cut <= bytes.length; cut++)
          expect(outcomeOf(bytes, { cuts: [cut] })).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('come out the same, byte by byte and in random pieces', () => {
    fc.assert(
      fc.property(anyRequests, fc.array(fc.nat(), { maxLength: 20 }), (bytes, points) => {
        const whole = outcomeOf(bytes);
        const cuts = points.map((point) => point % (bytes.length + 1)).sort((a, b) => a - b);
        expect(outcomeOf(bytes, { cuts })).toEqual(whole);
        expect(outcomeOf(bytes, { cuts: [...bytes.keys()] })).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('keep their arguments', () => {
    fc.assert(
      fc.property(fc.array(anyBytes, { maxLength: 40 }), (args) => {
        const texts = args.map((arg) => Buffer.from(arg).toString('latin1'));
        expect(argumentsOf(command('nosuchcommand', ...args))).toEqual(['nosuchcommand', ...texts]);
      }),
    );
  });
});

describe('an incomplete command', () => {
  function expectedAfter(bytes: string): number {
    const decoder = new RespRequestDecoder(limits, conversationThatIs(true));
    expect(decoder.decode(Buffer.from(bytes), 0, bytes.length)).toBe(DecodeStatus.incomplete);
    return decoder.expected;
  }

  it('tells how long it will be at least', () => {
    expect(expectedAfter('')).toBe(1);
    expect(expectedAfter('*2\r\n$3\r\nGET\r\n$100\r\n')).toBe('*2\r\n$3\r\nGET\r\n$100\r\n'.length + 102);
    expect(expectedAfter('*2\r\n$3\r\nGET\r\n$10')).toBe('*2\r\n$3\r\nGET\r\n$10'.length + 1);
    expect(expectedAfter('get ke')).toBe(7);
  });

  it('allocates nothing for what was only announced', () => {
    const before = process.memoryUsage().arrayBuffers;
    expectedAfter('*1048576\r\n$536870912\r\n');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000);
  });

  it('takes time in proportion to its bytes, in however many pieces it comes', () => {
    const value = 1_000_000;
    const bytes = encodeCommand(['SET', 'key', Buffer.alloc(value)]);
    let reads = 0;
    const counting = new Proxy(bytes, {
      get(target, property) {
        reads++;
        return Reflect.get(target, property);
      },
    });
    const decoder = new RespRequestDecoder(limits, conversationThatIs(true));
    const pieces = 1000;
    for (let i = 1; i < pieces; i++) decoder.decode(counting, 0, Math.floor((bytes.length * i) / pieces));
    expect(decoder.decode(counting, 0, bytes.length)).toBe(DecodeStatus.command);
    expect(reads).toBeLessThan(20 * pieces);
  });
});

describe('limits', () => {
  it('hold for the count of arguments', () => {
    const own = { limits: { maxArguments: 3 } };
    expect(outcomeOf(encodeCommand(['SET', 'k', 'v']), own)).toHaveLength(1);
    expect(outcomeOf(Buffer.from('*4\r\n'), own)).toEqual([protocolError('invalid multibulk length')]);
    expect(outcomeOf(Buffer.from('set k v x\r\n'), own)).toEqual([protocolError('invalid multibulk length')]);
  });

  it('hold for the length of an argument', () => {
    const own = { limits: { maxBulkLength: 10 } };
    expect(outcomeOf(encodeCommand(['SET', 'k', '0123456789']), own)).toHaveLength(1);
    expect(outcomeOf(encodeCommand(['SET', 'k', '0123456789X']), own)).toEqual([
      protocolError('invalid bulk length'),
    ]);
  });

  it('hold for the length of an inline command, with its end in sight or not', () => {
    const own = { limits: { maxInlineLength: 10 } };
    expect(outcomeOf(Buffer.from('get 345678\n'), own)).toHaveLength(1);
    const error = [protocolError('too big inline request')];
    expect(outcomeOf(Buffer.from('get 3456789\n'), own)).toEqual(error);
    expect(outcomeOf(Buffer.from('get 3456789'), own)).toEqual(error);
  });

  it('refuse a key that is too long, and go on', () => {
    const both = Buffer.concat([encodeCommand(['MGET', 'k', 'toolong']), encodeCommand(['GET', 'four'])]);
    expect(outcomeOf(both, { limits: { maxKeyLength: 4 } })).toMatchObject([
      { handling: Handling.reject, refusal: Refusal.keyTooLong, keys: [] },
      { handling: Handling.forward, keys: ['four'] },
    ]);
  });

  it('are stricter before a client has authenticated', () => {
    const shut = { open: false };
    expect(outcomeOf(encodeCommand(['A', ...'123456789']), shut)).toHaveLength(1);
    expect(outcomeOf(encodeCommand(['A', Buffer.alloc(16_384)]), shut)).toHaveLength(1);
    expect(outcomeOf(Buffer.from('*11\r\n'), shut)).toEqual([
      protocolError('unauthenticated multibulk length'),
    ]);
    expect(outcomeOf(Buffer.from('*1\r\n$16385\r\n'), shut)).toEqual([
      protocolError('unauthenticated bulk length'),
    ]);
  });

  it('end at two gigabytes for a whole command, whatever the single limits are', () => {
    const length = 999_999_999;
    const header = '*3\r\n';
    const argument = `$${length}\r\n`.length + length + 2;
    // Nobody has so much memory: these bytes are made up when they are looked at.
    const endless = new Proxy(new Uint8Array(), {
      get(_, property) {
        const at = Number(property);
        if (at < header.length) return header.charCodeAt(at);
        const within = (at - header.length) % argument;
        return `$${length}\r\n`.charCodeAt(within) || (within === argument - 2 ? 0x0d : 0x0a);
      },
    });
    const decoder = new RespRequestDecoder({ ...limits, maxBulkLength: length }, conversationThatIs(true));
    expect(decoder.decode(endless, 0, header.length + argument)).toBe(DecodeStatus.incomplete);
    expect(decoder.decode(endless, 0, header.length + 2 * argument)).toBe(DecodeStatus.incomplete);
    expect(decoder.decode(endless, 0, header.length + 2 * argument + 20)).toBe(DecodeStatus.malformed);
    expect(text(decoder.malformedReply)).toBe(protocolError('too big command'));
  });
});
