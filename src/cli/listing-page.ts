import { createHash } from 'node:crypto';
import { escapeHtml } from '../http/redirect';

/** What a directory holds: a file, or a folder, which has neither a size nor a time here. */
export interface Entry {
  readonly name: string;
  /** Undefined for a folder. */
  readonly file: { readonly size: number; readonly mtime: Date } | undefined;
}

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
nav li + li::before { content: "/" / ""; margin-right: 0.4rem; }
table { width: 100%; border-collapse: collapse; }
caption { padding: 0.4rem 0; text-align: start; }
th, td { padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); text-align: start; font-weight: normal; }
thead th { font-weight: bold; }
tbody th { overflow-wrap: anywhere; }
td { white-space: nowrap; font-variant-numeric: tabular-nums; }
`;

/** Nothing but the one style is let in: no script runs, whatever a name may hold. */
export const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** `sensitivity` is that of names which differ in case alone: they then stand in a fixed order. */
const BY_NAME = new Intl.Collator('en', { numeric: true, sensitivity: 'variant' });

/** Folders first, and `file10` after `file9`. */
export function inOrder(one: Entry, other: Entry): number {
  const [oneIsFile, otherIsFile] = [one.file !== undefined, other.file !== undefined];
  return Number(oneIsFile) - Number(otherIsFile) || BY_NAME.compare(one.name, other.name);
}

/** The page of a directory. `path` is that of the request, decoded, with a slash at both ends. */
export function listingPage(path: string, entries: readonly Entry[]): string {
  const title = escapeHtml(path);
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
${crumbs(path).join('\n')}
</ol>
</nav>
<main>
<h1><bdi>${title}</bdi></h1>
${entries.length === 0 ? '<p>This folder is empty.</p>' : table(entries)}
</main>
</body>
</html>
`;
}

/** The folders from the top to this one, each as so many steps up. */
function crumbs(path: string): string[] {
  const names = ['Home', ...path.split('/').filter((name) => name !== '')];
  return names.map((name, at) => {
    const steps = names.length - 1 - at;
    const current = steps === 0 ? ' aria-current="page"' : '';
    return `<li><a href="./${'../'.repeat(steps)}"${current}><bdi>${escapeHtml(name)}</bdi></a></li>`;
  });
}

function table(entries: readonly Entry[]): string {
  const folders = entries.filter(({ file }) => file === undefined).length;
  return `<table>
<caption>${counted(folders, 'folder')}, ${counted(entries.length - folders, 'file')}</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Size</th><th scope="col">Modified (UTC)</th></tr></thead>
<tbody>
${entries.map(row).join('\n')}
</tbody>
</table>`;
}

/** The name is kept apart by `bdi`, so that one with marks of direction does not turn the rest of the row round. */
function row({ name, file }: Entry): string {
  const slash = file === undefined ? '/' : '';
  const link = `<a href="${hrefOf(name)}${slash}"><bdi>${escapeHtml(name)}</bdi>${slash}</a>`;
  return `<tr><th scope="row">${link}</th><td>${sizeOf(file)}</td><td>${timeOf(file)}</td></tr>`;
}

/** After `./` a name can be neither a scheme, as `javascript:` would be, nor another host. */
function hrefOf(name: string): string {
  return `./${escapeHtml(encodeURIComponent(name))}`;
}

function sizeOf(file: Entry['file']): string {
  if (file === undefined) return '';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [amount, at] = [file.size, 0];
  // From there on, one decimal would make it 1024.0.
  while (amount >= (at === 0 ? 1024 : 1023.95) && at < units.length - 1)
    [amount, at] = [amount / 1024, at + 1];
  return `${at === 0 ? amount : amount.toFixed(1)} ${units[at] ?? ''}`;
}

function timeOf(file: Entry['file']): string {
  if (file === undefined) return '';
  const iso = file.mtime.toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}</time>`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
