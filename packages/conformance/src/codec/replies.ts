import { inspect, isDeepStrictEqual } from 'node:util';
import { type ReadOptions, ReplyClass, ShardmuxError } from '@shardmux/plugin-api';
import { type Subject, show } from './subject.js';

const TEXTS: ReadOptions = { buffers: false, stringNumbers: false };
const BUFFERS: ReadOptions = { buffers: true, stringNumbers: false };
const STRING_NUMBERS: ReadOptions = { buffers: false, stringNumbers: true };

export function classifies(subject: Subject): void {
  for (const { bytes, replyClass } of subject.samples.replies) {
    const found = subject.frame(bytes);
    if (found !== replyClass) subject.breach(`${show(bytes)} is of class ${found}, not ${replyClass}`);
  }
}

/** One framer has them by turns: each push once behind a reply of every kind, and in front of one. */
export function tellsPushes({ codec, samples, pushes, breach }: Subject): void {
  const framer = codec.createFramer();
  const tells = (bytes: Uint8Array, isPush: boolean) => {
    framer.frame(bytes, 0, bytes.length);
    if (framer.isPush !== isPush) breach(`${show(bytes)} is ${isPush ? 'no' : 'a'} push`);
    if (isPush && framer.replyClass !== ReplyClass.ok)
      breach(`${show(bytes)} is of class ${framer.replyClass}`);
  };
  for (const { bytes } of samples.replies) {
    tells(bytes, false);
    for (const push of pushes) {
      tells(push, true);
      tells(bytes, false);
    }
  }
}

/** As the engine has them: framed in a run, and then read in a run. */
export function readsToEnd({ codec, samples, breach }: Subject): void {
  const run = Buffer.concat(samples.replies.map(({ bytes }) => bytes));
  const framer = codec.createFramer();
  for (const options of [TEXTS, BUFFERS, STRING_NUMBERS]) {
    const reader = codec.createReader();
    let at = 0;
    for (const { bytes } of samples.replies) {
      const end = framer.frame(run, at, run.length);
      reader.read(run, at, end, options);
      if (reader.next !== end) {
        breach(`${show(bytes)} is framed to ${end - at} bytes and read to ${reader.next - at}`);
      }
      at = end;
    }
  }
}

export function readsValues(subject: Subject): void {
  for (const { bytes, value } of subject.samples.replies) {
    if (value === undefined) continue;
    const found = read(subject, bytes, TEXTS);
    if (!isDeepStrictEqual(found, value)) subject.breach(`${show(bytes)} is ${inspect(found)}`);
  }
}

export function returnsErrors(subject: Subject): void {
  for (const { bytes, replyClass } of subject.samples.replies) {
    const value = read(subject, bytes, TEXTS);
    const isError = ShardmuxError.is(value) && value.code === 'SHARDMUX_REPLY';
    if (isError !== (replyClass !== ReplyClass.ok)) subject.breach(`${show(bytes)} is ${inspect(value)}`);
  }
}

export function givesForms(subject: Subject): void {
  const unwanted: readonly [ReadOptions, isUnwanted: (leaf: unknown) => boolean][] = [
    [TEXTS, (leaf) => leaf instanceof Uint8Array],
    [BUFFERS, (leaf) => typeof leaf === 'string'],
    [STRING_NUMBERS, (leaf) => typeof leaf === 'number' || typeof leaf === 'bigint'],
  ];
  for (const { bytes } of subject.samples.replies) {
    for (const [options, isUnwanted] of unwanted) {
      const leaf = leavesOf(read(subject, bytes, options)).find(isUnwanted);
      if (leaf === undefined) continue;
      subject.breach(`read with ${inspect(options)}, ${show(bytes)} has ${inspect(leaf)}`);
    }
  }
}

/** What a value is made of in the end. */
function leavesOf(value: unknown): unknown[] {
  if (value instanceof Map || value instanceof Set) return leavesOf([...value]);
  if (typeof value !== 'object' || value === null) return [value];
  if (value instanceof Uint8Array || ShardmuxError.is(value)) return [value];
  return Object.values(value).flatMap(leavesOf);
}

export function copiesValues({ codec, samples, breach }: Subject): void {
  for (const { bytes: sample } of samples.replies) {
    for (const options of [TEXTS, BUFFERS]) {
      const bytes = Buffer.from(sample);
      const value = codec.createReader().read(bytes, 0, bytes.length, options);
      const before = inspect(value, { depth: null });
      bytes.fill(0);
      const after = inspect(value, { depth: null });
      if (after !== before)
        breach(`of ${show(sample)}, ${before} became ${after} when its bytes were others`);
    }
  }
}

/** As long as the longest word of Redis, and again as long. */
const MAX_CODE_LENGTH = 32;

export function namesErrors({ codec, samples, breach }: Subject): void {
  const errors = samples.replies.filter(({ replyClass }) => replyClass !== ReplyClass.ok);
  for (const { bytes } of errors) {
    const code = codec.errorCode(bytes, 0, bytes.length);
    if (!/^\S+$/.test(code) || code.length > MAX_CODE_LENGTH) breach(`${show(bytes)} is called "${code}"`);
    const behind = Buffer.concat([bytes, bytes]);
    const again = codec.errorCode(behind, bytes.length, behind.length);
    if (again !== code) breach(`${show(bytes)} is called "${code}", and "${again}" behind another`);
  }
}

function read({ codec }: Subject, bytes: Uint8Array, options: ReadOptions): unknown {
  return codec.createReader().read(bytes, 0, bytes.length, options);
}
