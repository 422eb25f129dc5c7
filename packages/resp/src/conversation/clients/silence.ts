/** Which replies the client does not want: CLIENT REPLY. */
export const Silence = { none: 0, once: 1, always: 2 } as const;

export type Silence = (typeof Silence)[keyof typeof Silence];
