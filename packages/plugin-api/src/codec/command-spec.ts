/** How the engine treats a command. Numbers, since the hot path compares them. */
export const Handling = {
  /** Not served: the conversation answers why. What a command is until its table says otherwise. */
  reject: 0,
  /** To the one node that owns all its keys; refused where they lie on several. */
  forward: 1,
  /** As `forward`; where keys lie on several nodes, one fragment to each, and the replies merged. */
  split: 2,
  /** Has no key, any node will do: the one that owns the key `placeholder` is taken. */
  anyNode: 3,
  /** The conversation says what is to be done: it answers by itself, say. */
  local: 4,
  /** Has no key and concerns them all: to every node in service as it is, and the replies merged. */
  allNodes: 5,
  /** Its one key is a channel: to the node that messages of it are published on. */
  channel: 6,
} as const;

export type Handling = (typeof Handling)[keyof typeof Handling];

/** What a codec knows of a command's name. One object per command, shared by all requests. */
export interface CommandSpec {
  /** Lower case. */
  readonly name: string;
  /** Changes no data, and sending it twice is as good as once. */
  readonly readonly: boolean;
}
