/** Records that follow each other, in whichever order they were chosen: what waits for another is tried again behind it. */
export async function bringAll(
  records: readonly string[],
  bring: (record: string) => Promise<string>,
): Promise<string[]> {
  const brought: string[] = [];
  let left = records;
  while (left.length > 0) {
    const failed: { readonly record: string; readonly error: unknown }[] = [];
    for (const record of left) {
      try {
        brought.push(await bring(record));
      } catch (error) {
        failed.push({ record, error });
      }
    }
    if (failed.length === left.length) throw failed[0]?.error;
    left = failed.map(({ record }) => record);
  }
  return brought;
}
