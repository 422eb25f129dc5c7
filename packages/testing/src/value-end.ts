import { FixtureError } from './fixture-error.js';

/**
 * Index just past the first whole RESP2 or RESP3 value in `[start, end)`, and -1 while some of it is missing. A
 * command is such a value too: an array. Meant for well-formed streams; strictness is what is under test elsewhere.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_GARBAGE` where no value can begin like this.
 */
export function valueEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  for (let missing = 1; missing > 0; missing--) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0 || lineEnd + 2 > end) return -1;
    const type = String.fromCharCode(bytes[at]!);
    const length = Math.max(0, Number(bytes.toString('latin1', at + 1, lineEnd)));
    const absent = bytes[at + 1] === 0x2d; // "-": the null of RESP2
    at = lineEnd + 2;
    if ('$=!'.includes(type) && !absent) at += length + 2;
    else if ('*~>'.includes(type)) missing += length;
    else if (type === '%') missing += 2 * length;
    else if (type === '|') missing += 2 * length + 1;
    else if (!'+-:_#,($'.includes(type)) {
      throw new FixtureError(
        'SHARDMUX_FIXTURE_GARBAGE',
        `${JSON.stringify(type)} does not begin a RESP value`,
      );
    }
    if (at > end) return -1;
  }
  return at;
}
