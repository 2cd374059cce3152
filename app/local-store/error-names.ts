/** The names of an error and of the errors that it wraps: Dexie wraps the browser's. */
export function namesOf(error: unknown): string[] {
  const names: string[] = [];
  for (let one = error; typeof one === 'object' && one !== null && names.length < 5; one = innerOf(one))
    if ('name' in one) names.push(String(one.name));
  return names;
}

function innerOf(error: object): unknown {
  if ('inner' in error && error.inner !== undefined) return error.inner;
  return 'cause' in error ? error.cause : undefined;
}
