import { join } from 'node:path';

/** The directory of the project. */
export const PROJECT = join(__dirname, '../..');
