import { basename, dirname, extname, join } from 'node:path';

const [, self = ''] = process.argv;

/**
 * The file of another program of the bench, for `fork`, which gives it the options of this process: compiled
 * where this one is, else a source.
 * @param name such as `figure-process`
 */
export const programBeside = (name: string): string => join(dirname(self), `${name}${extname(self)}`);

/** Whether this process was started as that program: the others import its file for constants and types. */
export const runsAs = (name: string): boolean => basename(self, extname(self)) === name;
