// A guide is listed under its heading rather than under the name of its file.
import { Converter } from 'typedoc';

const HEADING = /^# (.+)$/m;

export function load(application) {
  application.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [first] = document.content;
    document.name = HEADING.exec(first?.text ?? '')?.[1] ?? document.name;
  });
}
