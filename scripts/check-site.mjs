// Checks the documentation site: every link has a target, and the search index contains every public name.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateSync } from 'node:zlib';

const site = join(import.meta.dirname, '../docs/site');
const pages = readdirSync(site, { recursive: true }).filter((name) => name.endsWith('.html'));
const brokenLinks = [];
let linkCount = 0;

for (const page of pages) {
  for (const [, target] of readFileSync(join(site, page), 'utf8').matchAll(/ (?:href|src)="([^"]*)"/g)) {
    if (/^(?:[a-z]+:|#)/.test(target)) continue;
    linkCount += 1;
    const [path, anchor] = target.split('#');
    const file = join(site, dirname(page), decodeURI(path));
    const isValid =
      existsSync(file) && (!anchor || !file.endsWith('.html') || hasAnchor(file, decodeURI(anchor)));
    if (!isValid) brokenLinks.push(`broken link in ${page}: ${target}`);
  }
}

function hasAnchor(file, anchor) {
  const html = readFileSync(file, 'utf8');
  return html.includes(`id="${anchor}"`) || html.includes(`name="${anchor}"`);
}

// TypeDoc writes the search index as base64 of deflated JSON.
const script = readFileSync(join(site, 'assets/search.js'), 'utf8');
const [, encodedIndex] = /"([^"]+)"/.exec(script);
const index = inflateSync(Buffer.from(encodedIndex, 'base64')).toString();
const overview = readFileSync(join(site, 'modules/shared-data-middleware.html'), 'utf8');
const memberLinks = overview.matchAll(/<a href="\.\.\/\w+\/[^"]*\.(\w+)\.html"/g);
const linkedNames = [...memberLinks].map(([, name]) => name);
const names = [...new Set(linkedNames)];
const missingNames = names.filter((name) => !index.includes(`"${name}"`));

console.log(`${pages.length} pages, ${linkCount} links, ${brokenLinks.length} broken`);
console.log(`${names.length} public names, ${missingNames.length} missing from the search index`);
for (const problem of brokenLinks) console.log(problem);
for (const name of missingNames) console.log(`missing from the search index: ${name}`);
// With so few links, the pattern above no longer matches the pages of TypeDoc.
if (linkedNames.length <= 10) console.log(`expected more than 10 public names, got ${linkedNames.length}`);
process.exitCode = brokenLinks.length + missingNames.length === 0 && linkedNames.length > 10 ? 0 : 1;
