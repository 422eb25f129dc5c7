import type { Refutation } from './linearize.js';
import type { Operation, Value } from './operation.js';

const MAX_LINES = 40;

/**
 * A refutation for people to read: a line for each operation, by the time of its call, `>` before the one that no order
 * explains. Times in ms since the first call.
 *
 *     client     called   answered
 *          1      0.000      1.250  SET key 7 → "OK"
 *          2      1.500          ?  INCR key → unknown
 *   >      1      2.000      2.125  GET key → "6"
 */
export function refutationText({ prefix, unexplained }: Refutation): string {
  const start = prefix[0]!.calledAt;
  // Whoever wrote what was read may be far back.
  const origin = String(unexplained.answer!.reply);
  const shown = prefix.filter(
    (operation, i) => i >= prefix.length - MAX_LINES || operation.call.includes(origin),
  );
  const lines = shown.map((operation) => {
    const { client, calledAt, answer } = operation;
    const times = [calledAt - start, answer === null ? null : answer.at - start].map(timeText);
    return `${operation === unexplained ? '>' : ' '} ${String(client).padStart(6)} ${times.join(' ')}  ${operationText(operation)}`;
  });
  const rest = prefix.length - shown.length;
  return [
    `no order of these operations explains ${operationText(unexplained)}`,
    `  client ${'called'.padStart(10)} ${'answered'.padStart(10)}`,
    ...(rest === 0 ? [] : [`  … and ${rest} before`]),
    ...lines,
  ].join('\n');
}

function operationText({ call, answer }: Operation): string {
  return `${call.join(' ')} → ${answer === null ? 'unknown' : valueText(answer.reply)}`;
}

function valueText(value: Value): string {
  return value === null ? 'nil' : JSON.stringify(value);
}

function timeText(time: number | null): string {
  return (time === null ? '?' : time.toFixed(3)).padStart(10);
}
