import { FRAME_INCOMPLETE, FRAME_MALFORMED, ReplyClass } from '@shardmux/plugin-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RespReplyFramer } from '../../src/reply/framer.js';
import { anySent, bytesOf, type Sent } from './any-reply.js';
import { framesOf } from './frames.js';

/** How each frame is to be found: where it ends, and of what kind it is. */
function expectedOf(sent: readonly Sent[]) {
  const frames = sent.map(({ replyClass, isPush }, i) => {
    const end = bytesOf(sent.slice(0, i + 1)).length;
    return { end, replyClass, isPush };
  });
  return { frames, left: null };
}

describe('any replies', () => {
  it('are framed as they were sent, in whatever pieces they come', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 20 });
    fc.assert(
      fc.property(anySent, cuts, (sent, points) => {
        const bytes = bytesOf(sent);
        const places = points.map((point) => point % (bytes.length + 1)).toSorted((a, b) => a - b);
        expect(framesOf(bytes, places)).toEqual(expectedOf(sent));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are framed as they were sent, byte by byte', () => {
    fc.assert(
      fc.property(anySent, (sent) => {
        const bytes = bytesOf(sent);
        expect(framesOf(bytes, [...bytes.keys()])).toEqual(expectedOf(sent));
      }),
    );
  });

  it('are none while a byte is missing', () => {
    fc.assert(
      fc.property(anySent, fc.nat(), ([{ bytes }], point) => {
        const part = bytes.subarray(0, point % bytes.length);
        expect(framesOf(part)).toEqual({ frames: [], left: part.length === 0 ? null : FRAME_INCOMPLETE });
      }),
    );
  });
});

describe('a framer', () => {
  const { ok, error, notReady } = ReplyClass;

  it.each([
    ['!8\r\nERR a\r\nb\r\n', error, false],
    ['!17\r\nLOADING the data\n\r\n', notReady, false],
    ['|1\r\n+a\r\n-ERR b\r\n-ERR no\r\n', error, false],
    ['|1\r\n+a\r\n:1\r\n|0\r\n!6\r\nBUSY x\r\n', notReady, false],
    ['|1\r\n+a\r\n-ERR no\r\n+OK\r\n', ok, false],
    ['*2\r\n!5\r\nERR a\r\n|1\r\n+a\r\n+b\r\n:1\r\n', ok, false],
    ['>2\r\n+invalidate\r\n_\r\n', ok, true],
    ['|1\r\n+a\r\n+b\r\n>1\r\n+message\r\n', ok, true],
  ])('knows what %j is', (text, replyClass, isPush) => {
    const bytes = Buffer.from(`>1\r\n+a\r\n${text}-LOADING x\r\n${text}+OK\r\n`);
    const found = framesOf(bytes).frames.map((frame) => [frame.replyClass, frame.isPush]);
    const itself = [replyClass, isPush];
    expect(found).toEqual([[ok, true], itself, [notReady, false], itself, [ok, false]]);
  });

  it.each([
    '_x\r\n',
    '_\n',
    '#\r\n',
    '#x\r\n',
    '#tt\r\n',
    ',\r\n',
    ',-\r\n',
    ',+1\r\n',
    ',.5\r\n',
    ',1.\r\n',
    ',1e\r\n',
    ',1e+\r\n',
    ',1.5x\r\n',
    ',infinity\r\n',
    ',in\r\n',
    ',--nan\r\n',
    '!-1\r\n',
    '!3\r\nERRx\r\n',
    '=-1\r\n',
    '=3\r\ntxt\r\n',
    '=5\r\ntxt;a\r\n',
    '=0\r\n\r\n',
    '%-1\r\n',
    '~-1\r\n',
    '|-1\r\n',
    '>-1\r\n',
    '%x\r\n',
    '~01\r\n',
    '%1\r\n+a\r\n?',
    '*1\r\n>1\r\n+a\r\n',
    '|1\r\n>1\r\n+a\r\n+b\r\n+c\r\n',
    '>1\r\n>1\r\n+a\r\n',
    '$?\r\n',
    '*?\r\n',
    '%999999999\r\n%999999999\r\n',
  ])('takes %j for malformed, whole and byte by byte', (text) => {
    const malformed = { frames: [], left: FRAME_MALFORMED };
    expect(framesOf(Buffer.from(text))).toEqual(malformed);
    if (text.length < 100)
      expect(
        framesOf(
          Buffer.from(text),
          [...text].map((_, i) => i),
        ),
      ).toEqual(malformed);
  });

  it.each(['(', ',', '_'])('passes no line of more than 64 KB that begins with %s', (type) => {
    const bytes = Buffer.from(`${type}${'1'.repeat(65_536)}`);
    expect(framesOf(bytes)).toEqual({ frames: [], left: FRAME_MALFORMED });
  });

  it('needs no stack for depth, nor for attributes of attributes', () => {
    for (const layer of ['%1\r\n+key\r\n', '~1\r\n', '|0\r\n', '*1\r\n|1\r\n+a\r\n+b\r\n']) {
      const deep = Buffer.from(`${layer.repeat(200_000)}:1\r\n`);
      expect(framesOf(deep).frames).toEqual([{ end: deep.length, replyClass: ok, isPush: false }]);
    }
    const nested = Buffer.from(`${'|1\r\n'.repeat(100_000)}${':1\r\n'.repeat(200_001)}`);
    expect(framesOf(nested).frames).toEqual([{ end: nested.length, replyClass: ok, isPush: false }]);
  });

  it('tells how long what is incomplete will be', () => {
    for (const text of ['|1\r\n+a\r\n+b\r\n=1000\r\ntxt', '>2\r\n+a\r\n!1000\r\nERR']) {
      const framer = new RespReplyFramer();
      expect(framer.frame(Buffer.from(text), 0, text.length)).toBe(FRAME_INCOMPLETE);
      expect(framer.expected).toBe(text.length - 3 + 1002);
    }
  });
});
