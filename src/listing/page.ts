import { createHash } from 'node:crypto';
import { escapeHtml } from '../http/html';
import { canonicalForm } from '../paths/canonical-target';
import type { DirectoryListing, ListingEntry } from '../types';

type PageNumber = DirectoryListing['page'];

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --link: #0645ad; --line: #d0d0d0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #161616; --link: #8ab4f8; --line: #444; }
}
body { margin: 0 auto; padding: 1.5rem; max-width: 60rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
a { color: var(--link); }
a:focus-visible { outline: 3px solid currentcolor; outline-offset: 2px; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
nav ol { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0; padding: 0; list-style: none; }
nav[aria-label="Breadcrumb"] li + li::before { content: "/" / ""; margin-right: 0.4rem; }
table { width: 100%; border-collapse: collapse; }
caption { padding: 0.4rem 0; text-align: start; }
th, td { padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); text-align: start; font-weight: normal; }
thead th { font-weight: bold; }
tbody th { overflow-wrap: anywhere; }
td { white-space: nowrap; font-variant-numeric: tabular-nums; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Allows only the style of the page. No script runs, whatever a file name contains. */
export const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'`;

/** Created when it is first used: it takes 20 ms, which applications without listings need not spend. */
let byName: Intl.Collator | undefined;

/** What the order of a listing depends on. */
interface Named {
  readonly name: string;
  readonly isDirectory: boolean;
}

/**
 * Compares entries for `sort`: directories come first, and `file10` comes after `file9`. Names that look alike,
 * such as `é` as one character and as two, are ordered by their characters, so that each has its one place.
 */
export function compareNames(one: Named, other: Named): number {
  // The sensitivity gives names that differ only in case a fixed order.
  byName ??= new Intl.Collator('en', { numeric: true, sensitivity: 'variant' });
  return (
    Number(other.isDirectory) - Number(one.isDirectory) ||
    byName.compare(one.name, other.name) ||
    Number(one.name > other.name) - Number(one.name < other.name)
  );
}

/** The HTML page of a directory. */
export function listingPage({ path, entries, page }: DirectoryListing): string {
  const heading = escapeHtml(path);
  const title = page.count === 1 ? heading : `${heading} (${position(page)})`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Breadcrumb">
<ol>
${breadcrumbs(path).join('\n')}
</ol>
</nav>
<main>
<h1><bdi>${heading}</bdi></h1>
${pageLinks(page)}${entries.length === 0 ? emptyText(page) : table(entries, page)}
</main>
</body>
</html>
`;
}

/** Relative links to the directories above, and to this one. */
function breadcrumbs(path: string): string[] {
  const names = ['Home', ...path.split('/').filter((name) => name !== '')];
  return names.map((name, index) => {
    const steps = names.length - 1 - index;
    const current = steps === 0 ? ' aria-current="page"' : '';
    return `<li><a href="./${'../'.repeat(steps)}"${current}><bdi>${escapeHtml(name)}</bdi></a></li>`;
  });
}

/** Links to the first, the previous, the next and the last page, as far as they are other pages. */
function pageLinks({ number, count }: PageNumber): string {
  if (count === 1) return '';
  const links = [
    ...(number > 1 ? [pageLink('First', 1), pageLink('Previous', number - 1, 'prev')] : []),
    `<li aria-current="page">${position({ number, count })}</li>`,
    ...(number < count ? [pageLink('Next', number + 1, 'next'), pageLink('Last', count)] : []),
  ];
  return `<nav aria-label="Pages">\n<ol>\n${links.join('\n')}\n</ol>\n</nav>\n`;
}

function pageLink(text: string, number: number, relation?: 'prev' | 'next'): string {
  const rel = relation === undefined ? '' : ` rel="${relation}"`;
  return `<li><a href="./?page=${number}"${rel}>${text}</a></li>`;
}

function position({ number, count }: PageNumber): string {
  return `page ${number} of ${count}`;
}

function emptyText({ count }: PageNumber): string {
  return `<p>This ${count === 1 ? 'folder' : 'page'} is empty.</p>`;
}

function table(entries: readonly ListingEntry[], { count }: PageNumber): string {
  const directories = entries.filter(({ file }) => file === undefined).length;
  return `<table>
<caption>${plural(directories, 'folder')}, ${plural(entries.length - directories, 'file')}${count === 1 ? '' : ' on this page'}</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Size</th><th scope="col">Modified (UTC)</th></tr></thead>
<tbody>
${entries.map(row).join('\n')}
</tbody>
</table>`;
}

/** A row of the table. `bdi` keeps right-to-left text in a name from reordering the rest of the row. */
function row({ name, file }: ListingEntry): string {
  const slash = file === undefined ? '/' : '';
  const link = `<a href="${hrefOf(name)}${slash}"><bdi>${escapeHtml(name)}</bdi>${slash}</a>`;
  return `<tr><th scope="row">${link}</th><td>${sizeOf(file)}</td><td>${timeOf(file)}</td></tr>`;
}

/**
 * A relative URL. With `./` in front, a name is never taken for a scheme, such as `javascript:`, or a host. In
 * its canonical form, it is not redirected.
 */
function hrefOf(name: string): string {
  return `./${escapeHtml(canonicalForm(encodeURIComponent(name)))}`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

function sizeOf(file: ListingEntry['file']): string {
  if (file === undefined) return '';
  let [amount, unit] = [file.size, 0];
  // Above 1023.95, one decimal would show 1024.0.
  while (amount >= (unit === 0 ? 1024 : 1023.95) && unit < UNITS.length - 1)
    [amount, unit] = [amount / 1024, unit + 1];
  return `${unit === 0 ? amount : amount.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

/** Nothing for a time that is not in the years 0 to 9999: it is wrong, and beyond `Date` `toISOString` throws. */
function timeOf(file: ListingEntry['file']): string {
  const year = file?.mtime.getUTCFullYear() ?? NaN;
  if (file === undefined || !(year >= 0 && year <= 9999)) return '';
  const iso = file.mtime.toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}</time>`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
