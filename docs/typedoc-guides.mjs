// A guide is listed under its heading rather than under the name of its file, and in the group of its subject.
import { Converter } from 'typedoc';

const HEADING = /^# (.+)$/m;

/** The groups of the guides. `groupOrder` in `typedoc.json` is their order. A guide that is not listed is an error. */
const GROUPS = {
  'Start here': [
    'Getting started',
    'Cookbook',
    'Single-page applications',
    'In your framework',
    'The command',
  ],
  'Moving from another server': ['Porting from Werkzeug', 'Coming from serve-static or sirv'],
  'How it behaves': [
    'HTTP, requirement by requirement',
    'Reliability and safety',
    'Compression',
    'Performance',
    'Benchmark',
  ],
  'In production': [
    'Compression dictionaries',
    'Scaling',
    'Object storage',
    'Observability',
    'Single executables',
  ],
};

export function load(application) {
  application.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [first] = document.content;
    document.name = HEADING.exec(first?.text ?? '')?.[1] ?? document.name;
    const [group] = Object.entries(GROUPS).find(([, names]) => names.includes(document.name)) ?? [];
    if (group === undefined) throw new Error(`expected '${document.name}' in a group of typedoc-guides.mjs`);
    document.frontmatter['group'] = group;
  });
}
