/**
 * Waits for work, but not for ever.
 * @param limit in ms.
 * @throws what `late` gives where the work takes longer; it goes on, and nobody hears of it.
 */
export async function inTime(work: Promise<void>, limit: number, late: () => Error): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limit);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
