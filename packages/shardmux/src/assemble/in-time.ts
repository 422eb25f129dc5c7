/**
 * Waits for work, but not for ever.
 * @param limit in ms.
 * @throws what `late` gives where the work takes longer; it goes on, and nobody hears of it.
 */
export async function inTime<T>(work: Promise<T>, limit: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limit);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
