import type { MaybePromise } from '../maybe-promise';
import type { OpenedFile } from './opened-file';

/** Uses a file and closes it afterwards, however that went. */
export function whileOpen<T>(file: OpenedFile, use: () => MaybePromise<T>): MaybePromise<T> {
  return file.close === undefined ? use() : useAndClose(file, use);
}

async function useAndClose<T>(file: OpenedFile, use: () => MaybePromise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    await file.close?.();
  }
}
