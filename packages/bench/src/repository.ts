import { fileURLToPath } from 'node:url';

/** The folder of the repository that this build lies in. */
export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
