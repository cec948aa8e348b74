import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PROJECT } from '../support/root';

function documentsIn(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(PROJECT, folder, entry.name));
}

const documents = ['.', 'docs', 'docs/benchmarks'].flatMap(documentsIn);

/** The text without code, where brackets have another meaning. */
function prose(document: string): string {
  return readFileSync(document, 'utf8')
    .replace(/^```.*?^```/gms, '')
    .replace(/`[^`\n]*`/g, 'code');
}

/** The anchors of the headings, as GitHub and TypeDoc generate them. */
function anchors(document: string): string[] {
  const headings = readFileSync(document, 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  );
}

const links = documents.flatMap((document) =>
  [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => [relative(PROJECT, document), target] as const,
  ),
);

test('the documents contain links', () => {
  expect(links.length).toBeGreaterThan(30);
});

test.each(links.filter(([, target]) => !/^https?:/.test(target)))(
  '%s links to an existing file and anchor: %s',
  (document, target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? join(PROJECT, document) : join(PROJECT, dirname(document), path);
    expect(existsSync(file)).toBe(true);
    if (anchor !== undefined && statSync(file).isFile()) expect(anchors(file)).toContain(anchor);
  },
);

test.each(links.filter(([, target]) => /^https?:/.test(target)))(
  '%s links over https to %s',
  (_document, target) => {
    expect(new URL(target).protocol).toMatch(/^https:$|^http:$/);
    if (!target.startsWith('https:')) expect(new URL(target).hostname).toBe('127.0.0.1');
  },
);

describe('in the published package', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: PROJECT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files = [] } = {}] = JSON.parse(packed) as { files?: { path: string }[] }[];
  const published = new Set(files.map(({ path }) => path));

  test('there is every guide', () => {
    const guides = documents.map((document) => relative(PROJECT, document));
    expect(guides.filter((guide) => !published.has(guide))).toEqual([]);
  });

  test('every link of a document leads to a file of the package', () => {
    const missing = links
      .filter(([document, target]) => published.has(document) && !/^(?:https?:|#)/.test(target))
      .map(([document, target]) => [document, join(dirname(document), target.split('#')[0] ?? '')] as const)
      .filter(([, target]) => !published.has(target));
    expect(missing).toEqual([]);
  });
});
