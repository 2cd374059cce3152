import type { Page } from 'playwright-core';

/** The rows that the device holds in some stores of its database of files: names for files, sizes for other contents. */
export function storedFiles(page: Page, names: string[]): Promise<object[][]> {
  return page.evaluate(async (wanted) => {
    const [files] = (await indexedDB.databases()).filter(({ name }) => name?.startsWith('teamlink-files-'));
    const opening = indexedDB.open(files?.name ?? '');
    await new Promise((resolve) => (opening.onsuccess = resolve));
    const reading = opening.result.transaction(wanted);
    const answers = wanted.map((name) => reading.objectStore(name).getAll());
    await new Promise((resolve) => (reading.oncomplete = resolve));
    opening.result.close();
    const plain = (_key: string, value: unknown) =>
      value instanceof File ? value.name : value instanceof Blob ? value.size : value;
    return answers.map(({ result }) => JSON.parse(JSON.stringify(result, plain)) as object[]);
  }, names);
}
