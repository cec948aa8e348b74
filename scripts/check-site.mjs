// Every link of the documentation site leads somewhere, and its search knows every public member.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateSync } from 'node:zlib';

const site = join(import.meta.dirname, '../docs/site');
const pages = readdirSync(site, { recursive: true }).filter((name) => name.endsWith('.html'));
const dead = [];
let links = 0;

for (const page of pages) {
  for (const [, target] of readFileSync(join(site, page), 'utf8').matchAll(/ (?:href|src)="([^"]*)"/g)) {
    if (/^(?:[a-z]+:|#)/.test(target)) continue;
    links += 1;
    const [path, anchor] = target.split('#');
    const file = join(site, dirname(page), decodeURI(path));
    const isThere =
      existsSync(file) && (!anchor || !file.endsWith('.html') || hasAnchor(file, decodeURI(anchor)));
    if (!isThere) dead.push(`${page}: ${target}`);
  }
}

function hasAnchor(file, anchor) {
  const html = readFileSync(file, 'utf8');
  return html.includes(`id="${anchor}"`) || html.includes(`name="${anchor}"`);
}

const index = readFileSync(join(site, 'assets/search.js'), 'utf8');
const [, encoded] = /"([^"]+)"/.exec(index);
const known = inflateSync(Buffer.from(encoded, 'base64')).toString();
const members = readFileSync(join(site, 'modules/shared-data-middleware.html'), 'utf8');
const names = [...members.matchAll(/<a href="\.\.\/\w+\/[^"]*\.(\w+)\.html"/g)].map(([, name]) => name);
const unknown = [...new Set(names)].filter((name) => !known.includes(`"${name}"`));

console.log(
  `${pages.length} pages, ${links} links, ${dead.length} dead; ${new Set(names).size} names, ${unknown.length} not found by search`,
);
for (const one of [...dead, ...unknown]) console.log(one);
process.exitCode = dead.length + unknown.length === 0 && names.length > 10 ? 0 : 1;
