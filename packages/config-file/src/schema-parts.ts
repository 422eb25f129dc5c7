import { z } from 'zod';

/*
 * What schemas are built from. Every message is the end of a sentence that begins with what was found.
 */

/** The longest time that a timer of Node takes, in ms, and the largest number that Twemproxy can hold. */
export const MAX_INT = 2 ** 31 - 1;

export function whole(min: number, max: number, what = 'a whole number') {
  const error = `must be ${what} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A time in ms, up to 24 days. */
export function milliseconds(min = 0) {
  return whole(min, MAX_INT, 'a whole number of milliseconds');
}

export function fraction(max: number) {
  const error = `must be a number from 0 to ${max}`;
  return z.number({ error }).min(0, { error }).max(max, { error });
}

export function bytes(max: number) {
  return whole(1, max, 'a whole number of bytes');
}

export function flag() {
  return z.boolean({ error: 'must be true or false' });
}

export function text(error = 'must be a text that is not empty') {
  return z.string({ error }).min(1, { error });
}

/** A text of the form that a parser knows; it becomes what the parser makes of it. */
export function parsed<Value>(form: string, parse: (text: string) => Value | null): z.ZodType<Value, string> {
  return z.string({ error: form }).transform((value, context) => {
    const result = parse(value);
    if (result !== null) return result;
    context.addIssue({ code: 'custom', message: form });
    return z.NEVER;
  });
}

/** A mapping with these keys and no others. The message about an unknown key is the list of the known ones. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : 'must be a mapping'),
  });
}
