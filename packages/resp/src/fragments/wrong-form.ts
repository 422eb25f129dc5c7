/** In place of an offset: a reply has another form than its command allows. */
export const WRONG_FORM = -1;
