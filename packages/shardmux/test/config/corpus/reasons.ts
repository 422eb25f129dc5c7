/* Why we judge some files otherwise than Twemproxy, where several share a reason. */

export const YAML_1_2 = 'it is well-formed YAML 1.2, which changed these rules';
export const WRAPS = 'there it wraps around at 2^32';
export const UNREACHABLE = 'there it is a server that can never be reached';
export const RESOLVED_LATER = 'a name is resolved when the pool starts to listen';
