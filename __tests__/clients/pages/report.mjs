/** Tells the server what a page finds out, be it an error. */
export async function report(find) {
  const found = await find().catch((error) => ({ error: String(error) }));
  await globalThis.fetch('/report', { method: 'POST', body: JSON.stringify(found) });
}
