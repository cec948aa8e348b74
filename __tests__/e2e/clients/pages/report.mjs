/** Sends the result of a page, or its error, to the server. */
export async function report(run) {
  const result = await run().catch((error) => ({ error: String(error) }));
  await globalThis.fetch('/report', { method: 'POST', body: JSON.stringify(result) });
}
