// Checks the style of the documents: sentences that are not too long, no repeated words, no filler. `cspell`
// checks the spelling.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeGood from 'write-good';

const ROOT = join(import.meta.dirname, '..');

/** The most words that a sentence may have. */
const MAX_WORDS = 38;

/** The passive voice is common in descriptions of protocols, and `only` and `several` are exact there. */
const CHECKS = { passive: false, adverb: false, weasel: false };

/** What else is found and has no shorter word that means the same. */
const ALLOWED = [
  ...['it is', 'It is', 'it was', 'therefore', 'Therefore', 'however', 'all of', 'All of'],
  ...['requirement', 'sufficient', 'maximum', 'minimum'],
];

const documents = ['.', 'docs', 'docs/benchmarks'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** The text without code, tables, headings and the targets of links. Lines stay where they are. */
function proseOf(text) {
  const blank = (part) => part.replace(/[^\n]/g, ' ');
  let count = 0;
  return text
    .replace(/^```.*?^```/gms, blank)
    .replace(/^(?:\||#).*$/gm, blank)
    .replace(/`[^`]*`/g, () => `code${(count += 1)}`)
    .replace(/\]\([^)\s]*\)/g, ']');
}

function problemsOf(prose) {
  // In the same place, so that the positions are those of the text.
  const style = writeGood(prose.replaceAll('\n', ' '), { ...CHECKS, whitelist: ALLOWED });
  return [...style, ...longSentences(prose)];
}

function* longSentences(prose) {
  for (const { 0: sentence, index } of prose.matchAll(/\S(?:(?!\n\s*(?:\n|[-*#]|\d+\.)|[.:?!]\s).)*/gs)) {
    const words = sentence.split(/\s+/).length;
    if (words > MAX_WORDS)
      yield { index, reason: `expected at most ${MAX_WORDS} words in a sentence, got ${words}` };
  }
}

let count = 0;
for (const name of documents) {
  const prose = proseOf(readFileSync(join(ROOT, name), 'utf8'));
  for (const { index, reason } of problemsOf(prose)) {
    count += 1;
    console.log(`${name}:${prose.slice(0, index).split('\n').length}: ${reason}`);
  }
}
console.log(`${documents.length} documents, ${count} problems of style`);
process.exitCode = count === 0 ? 0 : 1;
