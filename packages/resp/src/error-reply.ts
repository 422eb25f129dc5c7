/** Control bytes: within an error they would end the line or disturb a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\x00-\x1f\x7f]/g;

/** A whole error reply. Characters of `text` are bytes (latin1), and control bytes become spaces. */
export function errorReply(text: string): Uint8Array {
  return Buffer.from(`-${text.replace(controls, ' ')}\r\n`, 'latin1');
}
