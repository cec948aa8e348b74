import { format } from 'node:util';
import { pathMatcher, useAsDictionary } from '../http/use-as-dictionary';
import { isUseAsDictionary } from '../options/dictionaries';
import type { SharedDataOptions, UseAsDictionary } from '../options/options';
import type { SharedFile, SharedRequest } from '../types';

/** Which files are dictionaries, and of which files deltas are sent (RFC 9842). */
export interface Dictionaries {
  /** Whether the response to a request may be a delta. */
  mayApply(request: SharedRequest): boolean;
  /** The value of Use-As-Dictionary, or undefined for a file that is no dictionary. */
  fieldFor(file: SharedFile, request: SharedRequest): string | undefined;
}

/** Compiles the option `dictionaries`. */
export function compileDictionaries(option: NonNullable<SharedDataOptions['dictionaries']>): Dictionaries {
  return typeof option === 'function' ? selectedBy(option) : matchedBy([option].flat());
}

/** @throws TypeError if the function returns something else */
function selectedBy(select: (file: SharedFile) => UseAsDictionary | undefined): Dictionaries {
  return {
    mayApply: () => true,
    fieldFor: (file) => {
      const selected: unknown = select(file);
      if (selected === undefined) return undefined;
      if (isUseAsDictionary(selected)) return useAsDictionary(selected);
      throw new TypeError(
        format(
          "option 'dictionaries': expected the function to return { match } or undefined, got %O",
          selected,
        ),
      );
    },
  };
}

function matchedBy(options: readonly UseAsDictionary[]): Dictionaries {
  const rules = options.map((option) => ({
    matches: pathMatcher(option.match),
    field: useAsDictionary(option),
  }));
  const fieldFor = (request: SharedRequest): string | undefined => {
    const path = urlPath(request);
    return rules.find(({ matches }) => matches(path))?.field;
  };
  return {
    mayApply: (request) => fieldFor(request) !== undefined,
    fieldFor: (_file, request) => fieldFor(request),
  };
}

/** The path that the client sees, also where the request comes through a mount point. */
function urlPath({ url = '', originalUrl = url }: SharedRequest): string {
  return originalUrl.replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*$/, '');
}
