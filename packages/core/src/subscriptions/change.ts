import type { Acknowledgement } from './acknowledgement.js';

export interface Step {
  /** `null`: there is nothing to wait for. */
  readonly acknowledgement: Acknowledgement | null;
  /** Called at the very moment, so that what the servers send next finds it done. */
  readonly finish: () => void;
}

/** Finishes steps in their order, each once it is acknowledged. Resolves when all are finished. */
export function finishInOrder(steps: readonly Step[]): Promise<void> {
  return new Promise((resolve) => {
    let next = 0;
    const advance = () => {
      while (next < steps.length && (steps[next].acknowledgement?.isDone ?? true)) steps[next++].finish();
      if (next === steps.length) resolve();
    };
    for (const { acknowledgement } of steps) if (acknowledgement !== null) acknowledgement.onDone = advance;
    advance();
  });
}
