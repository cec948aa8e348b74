/* global document, fetch */

for (const row of document.querySelectorAll('#files tr')) void describe(row);

async function describe(row) {
  const { headers } = await fetch(row.querySelector('a').href, { method: 'HEAD' });
  const bytes = Number(headers.get('Content-Length')).toLocaleString('en');
  for (const text of [headers.get('Content-Type'), bytes, headers.get('ETag')]) {
    row.insertCell().textContent = text;
  }
}
