import { type DecoderLimits, DecodeStatus, Handling } from '@shardmux/plugin-api';
import { argumentsOf, bytesOf, keysOf, LIMITS, type Subject, show, showCall } from './subject.js';

export function tellsRanges(subject: Subject): void {
  for (const sample of subject.samples.commands) {
    const command = subject.decode(sample);
    const { bytes, start, end, argCount, keyCount } = command;
    const expectRange = (what: string, from: number, rangeStart: number, rangeEnd: number, to: number) => {
      if (from <= rangeStart && rangeStart <= rangeEnd && rangeEnd <= to) return;
      subject.breach(`${what} of ${show(sample)} is [${rangeStart}, ${rangeEnd}), not in [${from}, ${to})`);
    };
    expectRange('the request', 0, start, end, bytes.length);
    let last = start;
    for (let i = 0; i < argCount; i++) {
      expectRange(`argument ${i}`, last, command.argStart(i), command.argEnd(i), end);
      last = command.argEnd(i);
    }
    for (let i = 0; i < keyCount; i++) {
      expectRange(`key ${i}`, start, command.keyStart(i), command.keyEnd(i), end);
    }
  }
}

/** A decoder that has let go is as good as a new one. */
export function letsGo(subject: Subject): void {
  const decoder = subject.createDecoder();
  for (const sample of subject.samples.commands) {
    const status = decoder.decode(sample, 0, sample.length);
    if (status !== DecodeStatus.command) subject.breach(`${show(sample)} is no command after it let go`);
    decoder.release();
    if (decoder.bytes === sample) subject.breach(`it holds ${show(sample)}`);
  }
}

export function findsArguments(subject: Subject): void {
  for (const call of subject.calls) {
    const [name, ...args] = argumentsOf(subject.decode(subject.encode(call)));
    const expected = call.args.map(bytesOf);
    const areEqual = args.length === expected.length && args.every((arg, i) => arg.equals(expected[i]));
    if (areEqual && name.toString().toLowerCase() === call.name.toLowerCase()) continue;
    subject.breach(`${showCall(call)} is decoded as ${[name, ...args].map(show).join(' ')}`);
  }
}

export function findsKeys(subject: Subject): void {
  for (const call of subject.calls) {
    const keys = JSON.stringify(keysOf(subject.decode(subject.encode(call))).map(String));
    if (keys !== JSON.stringify(call.keys)) subject.breach(`the keys of ${showCall(call)} are ${keys}`);
  }
}

/** Room before and behind the place where a command is to be written. */
const MARGIN = 64;
const FILLER = 0xa5;

export function staysInBound({ codec, calls, breach }: Subject): void {
  for (const call of calls) {
    const bound = codec.encoder.bound(call.name, call.args);
    const out = Buffer.alloc(MARGIN + bound + MARGIN, FILLER);
    const length = codec.encoder.write(call.name, call.args, out, MARGIN) - MARGIN;
    if (!(length <= bound)) breach(`${showCall(call)} takes ${length} bytes, the bound being ${bound}`);
    const around = [...out.subarray(0, MARGIN), ...out.subarray(MARGIN + bound)];
    if (around.some((byte) => byte !== FILLER)) breach(`${showCall(call)} is written beside its place`);
  }
}

export function encodesAlike(subject: Subject): void {
  const { calls } = subject;
  const first = calls.map((call) => subject.encode(call));
  for (let i = calls.length - 1; i >= 0; i--) {
    const again = subject.encode(calls[i]);
    if (again.equals(first[i])) continue;
    subject.breach(`${showCall(calls[i])} is ${show(first[i])} at first, then ${show(again)}`);
  }
}

/** Each limit is set to one less than a command needs. */
export function holdsToLimits(subject: Subject): void {
  for (const call of subject.calls) {
    const request = subject.encode(call);
    const command = subject.decode(request);
    const longest = (each: readonly Buffer[]) => Math.max(...each.map(({ length }) => length));
    const tight: Partial<DecoderLimits>[] = [{ maxBulkLength: longest(argumentsOf(command)) - 1 }];
    if (command.argCount > 1) tight.push({ maxArguments: command.argCount - 1 });
    if (command.keyCount > 0) tight.push({ maxKeyLength: longest(keysOf(command)) - 1 });
    for (const limits of tight) {
      const decoder = subject.createDecoder({ ...LIMITS, ...limits });
      const status = decoder.decode(request, 0, request.length);
      if (status === DecodeStatus.malformed || decoder.handling === Handling.reject) continue;
      subject.breach(`${showCall(call)} is served in spite of ${JSON.stringify(limits)}`);
    }
  }
}
