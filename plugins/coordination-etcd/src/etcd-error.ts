/** One server of the cluster did not answer; another may. */
export class EtcdError extends Error {
  /** The request has left: it may have been done. */
  readonly mayBeDone: boolean;

  constructor(message: string, mayBeDone: boolean, options?: ErrorOptions) {
    super(message, options);
    this.mayBeDone = mayBeDone;
  }
}
